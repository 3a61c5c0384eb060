/** One line of a header: text is one character a byte, as on the wire. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** What an entry counts beyond its text (RFC 7541 §4.1, RFC 9204 §3.2.1). */
export const ENTRY_OVERHEAD = 32;

export const entrySize = (field: HeaderField): number => field.name.length + field.value.length + ENTRY_OVERHEAD;

/** A key that no two different pairs share. */
export const pairKey = (name: string, value: string): string => `${name.length} ${name}${value}`;

/**
 * The dynamic table of HPACK and QPACK: entries in order of insertion, evicted from the oldest on. An entry is known by
 * its absolute index, which is the number of insertions before it and never changes (RFC 9204 §3.2.4). Every step takes
 * time in proportion to what it evicts.
 */
export class DynamicTable {
  #entries: HeaderField[] = [];
  /** Place in `#entries` of the oldest entry that is still there. */
  #head = 0;
  #inserted = 0;
  #size = 0;
  #capacity: number;
  readonly #newestPair = new Map<string, number>();
  readonly #newestName = new Map<string, number>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Bytes, with 32 for each entry. */
  get size(): number {
    return this.#size;
  }
  get capacity(): number {
    return this.#capacity;
  }
  /** How many entries were ever inserted; the absolute index of the next one. */
  get inserted(): number {
    return this.#inserted;
  }
  get count(): number {
    return this.#entries.length - this.#head;
  }
  /** Absolute index of the oldest entry; `inserted` where the table is empty. */
  get oldest(): number {
    return this.#inserted - this.count;
  }

  /** The entry with an absolute index; null where it is evicted or not yet there. */
  get(absolute: number): HeaderField | null {
    if (absolute < this.oldest || absolute >= this.#inserted) return null;
    return this.#entries[this.#head + absolute - this.oldest] ?? null;
  }

  /** The entries, newest first, as HPACK counts them. */
  snapshot(): HeaderField[] {
    return this.#entries.slice(this.#head).reverse();
  }

  /** Absolute index of the newest entry with this name and value; −1 where there is none. */
  find(name: string, value: string): number {
    return this.#newestPair.get(pairKey(name, value)) ?? -1;
  }
  /** Absolute index of the newest entry with this name; −1 where there is none. */
  findName(name: string): number {
    return this.#newestName.get(name) ?? -1;
  }

  /** Absolute index of the oldest entry that stays when `bytes` more are to fit in. */
  oldestAfter(bytes: number): number {
    let size = this.#size;
    let at = this.#head;
    while (size + bytes > this.#capacity && at < this.#entries.length) size -= entrySize(this.#entries[at++]!);
    return this.#inserted - (this.#entries.length - at);
  }

  /** Evicts until the new size fits (RFC 7541 §4.3). */
  resize(capacity: number): void {
    this.#capacity = capacity;
    this.#evictTo(capacity);
  }

  /** Adds an entry; one larger than the table empties it and is not kept (RFC 7541 §4.4). Says whether it is kept. */
  insert(field: HeaderField): boolean {
    const size = entrySize(field);
    this.#evictTo(this.#capacity - size);
    if (size > this.#capacity) return false;
    this.#entries.push(field);
    this.#newestPair.set(pairKey(field.name, field.value), this.#inserted);
    this.#newestName.set(field.name, this.#inserted);
    this.#inserted++;
    this.#size += size;
    return true;
  }

  #evictTo(limit: number): void {
    while (this.#size > Math.max(0, limit)) {
      const field = this.#entries[this.#head]!;
      const absolute = this.oldest;
      const key = pairKey(field.name, field.value);
      if (this.#newestPair.get(key) === absolute) this.#newestPair.delete(key);
      if (this.#newestName.get(field.name) === absolute) this.#newestName.delete(field.name);
      this.#size -= entrySize(field);
      this.#head++;
    }
    // Evicted places are given back now and then, so that a step costs the same on average however long the table lives.
    if (this.#head > 64 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }
}
