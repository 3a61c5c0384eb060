/** A set of whole numbers, kept as half-open ranges [start, end) in ascending order. Few ranges are expected. */
export class RangeSet {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  get count(): number {
    return this.#starts.length;
  }
  get isEmpty(): boolean {
    return this.#starts.length === 0;
  }
  /** The smallest member; −1 where there is none. */
  get first(): number {
    return this.#starts[0] ?? -1;
  }
  /** The largest member; −1 where there is none. */
  get last(): number {
    return (this.#ends[this.#ends.length - 1] ?? 0) - 1;
  }
  start(i: number): number {
    return this.#starts[i] ?? -1;
  }
  end(i: number): number {
    return this.#ends[i] ?? -1;
  }

  /** Index of the first range that ends at or behind `value`. */
  #at(value: number): number {
    let i = this.#ends.length;
    while (i > 0 && (this.#ends[i - 1] as number) >= value) i--;
    return i;
  }

  has(value: number): boolean {
    const i = this.#at(value + 1);
    return i < this.count && (this.#starts[i] as number) <= value;
  }

  /** Adds a range; returns how many of its numbers are new. */
  add(start: number, end: number): number {
    if (end <= start) return 0;
    const from = this.#at(start);
    let to = from;
    let known = 0;
    let low = start;
    let high = end;
    while (to < this.count && (this.#starts[to] as number) <= end) {
      const a = this.#starts[to] as number;
      const b = this.#ends[to] as number;
      known += Math.max(0, Math.min(b, end) - Math.max(a, start));
      low = Math.min(low, a);
      high = Math.max(high, b);
      to++;
    }
    // Most ranges grow at an end.
    if (to - from === 1) {
      this.#starts[from] = low;
      this.#ends[from] = high;
    } else {
      this.#starts.splice(from, to - from, low);
      this.#ends.splice(from, to - from, high);
    }
    return end - start - known;
  }

  remove(start: number, end: number): void {
    let i = this.#at(start + 1);
    while (i < this.count && (this.#starts[i] as number) < end) {
      const a = this.#starts[i] as number;
      const b = this.#ends[i] as number;
      const rest: [number, number][] = [];
      if (a < start) rest.push([a, start]);
      if (b > end) rest.push([end, b]);
      this.#starts.splice(i, 1, ...rest.map(([from]) => from));
      this.#ends.splice(i, 1, ...rest.map(([, to]) => to));
      i += rest.length;
    }
  }
}
