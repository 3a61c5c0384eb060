/** Bytes of a stream that have come and are not yet used. Adding and taking cost in proportion to the bytes, on average. */
export class ByteQueue {
  #bytes = new Uint8Array(256);
  #from = 0;
  #to = 0;
  #taken = 0;

  /** Bytes that wait. */
  get length(): number {
    return this.#to - this.#from;
  }
  /** Bytes taken since the start: the stream's offset of the first that waits. */
  get taken(): number {
    return this.#taken;
  }
  /** What waits, without a copy: good until the next `push`. */
  get view(): Uint8Array {
    return this.#bytes.subarray(this.#from, this.#to);
  }

  push(chunk: Uint8Array): void {
    if (this.#to + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length);
    this.#bytes.set(chunk, this.#to);
    this.#to += chunk.length;
  }

  drop(count: number): void {
    this.#from += count;
    this.#taken += count;
  }

  /** A copy of the first bytes, which leave the queue. */
  take(count: number): Uint8Array {
    const out = this.#bytes.slice(this.#from, this.#from + count);
    this.drop(count);
    return out;
  }

  #makeRoom(more: number): void {
    const { length } = this;
    // Moved to the front where that frees at least half, else twice as large: either way paid for by bytes that came.
    const next = 2 * (length + more) <= this.#bytes.length ? this.#bytes : new Uint8Array(2 * (length + more));
    if (next === this.#bytes) next.copyWithin(0, this.#from, this.#to);
    else next.set(this.view);
    this.#bytes = next;
    this.#from = 0;
    this.#to = length;
  }
}
