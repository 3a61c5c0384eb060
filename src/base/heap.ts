/** Added to the insertion order of entries that yield to others of the same instant. */
const LATE = 0x10_0000_0000_0000;

/**
 * Binary heap of small integers ordered by (time, insertion). Holds the wake-ups of the event loop: few entries, no
 * allocation per push once grown.
 */
export class TimeHeap {
  #times = new Float64Array(16);
  #orders = new Float64Array(16);
  #items = new Int32Array(16);
  #size = 0;
  #inserted = 0;

  get size(): number {
    return this.#size;
  }

  /** Time of the first entry; `Infinity` when empty. */
  get firstTime(): number {
    return this.#size === 0 ? Infinity : (this.#times[0] as number);
  }

  /** `late` entries come after all others of the same instant (timers after arrivals). */
  push(time: number, item: number, late = false): void {
    if (this.#size === this.#times.length) this.#grow();
    let i = this.#size++;
    const order = this.#inserted++ + (late ? LATE : 0);
    while (i > 0) {
      const parent = (i - 1) >>> 1;
      if (this.#before(parent, time, order)) break;
      this.#move(parent, i);
      i = parent;
    }
    this.#set(i, time, order, item);
  }

  /** The first item; −1 when empty. */
  get firstItem(): number {
    return this.#size === 0 ? -1 : (this.#items[0] as number);
  }

  /** Removes and returns the first item; −1 when empty. */
  pop(): number {
    if (this.#size === 0) return -1;
    const first = this.#items[0] as number;
    const last = --this.#size;
    if (last > 0) this.#sink(this.#times[last] as number, this.#orders[last] as number, this.#items[last] as number);
    return first;
  }

  /** The first item gives way to another: `pop` and `push` in one step, for half of their cost. */
  replaceFirst(time: number, item: number): void {
    this.#sink(time, this.#inserted++, item);
  }

  /** Puts an entry in the place of the first, and from there down to where it belongs. */
  #sink(time: number, order: number, item: number): void {
    const size = this.#size;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.#before(right, this.#times[child] as number, this.#orders[child] as number))
        child = right;
      if (!this.#before(child, time, order)) break;
      this.#move(child, i);
      i = child;
    }
    this.#set(i, time, order, item);
  }

  #before(i: number, time: number, order: number): boolean {
    const t = this.#times[i] as number;
    return t < time || (t === time && (this.#orders[i] as number) < order);
  }

  #move(from: number, to: number): void {
    this.#set(to, this.#times[from] as number, this.#orders[from] as number, this.#items[from] as number);
  }

  #set(i: number, time: number, order: number, item: number): void {
    this.#times[i] = time;
    this.#orders[i] = order;
    this.#items[i] = item;
  }

  #grow(): void {
    const capacity = this.#times.length * 2;
    const times = new Float64Array(capacity);
    const orders = new Float64Array(capacity);
    const items = new Int32Array(capacity);
    times.set(this.#times);
    orders.set(this.#orders);
    items.set(this.#items);
    this.#times = times;
    this.#orders = orders;
    this.#items = items;
  }
}
