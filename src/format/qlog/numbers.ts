/** Packet numbers of one direction and space, and the rows that carried them. Searched by bisection. */
export class NumberIndex {
  readonly #numbers: Float64Array;
  readonly #rows: Int32Array;
  /** Where to look on from index i: i itself until it is covered. */
  readonly #skip: Int32Array;
  readonly #taken: Uint8Array;

  /** Rows in the order in which they were logged; the same number may stand there twice. */
  constructor(numbers: readonly number[], rows: readonly number[]) {
    let ascends = true;
    for (let i = 1; i < numbers.length; i++) if ((numbers[i] as number) < (numbers[i - 1] as number)) ascends = false;
    const order = ascends
      ? null
      : numbers.map((_, i) => i).sort((a, b) => (numbers[a] as number) - (numbers[b] as number) || a - b);
    this.#numbers = Float64Array.from(order?.map((i) => numbers[i] as number) ?? numbers);
    this.#rows = Int32Array.from(order?.map((i) => rows[i] as number) ?? rows);
    this.#skip = Int32Array.from({ length: numbers.length + 1 }, (_, i) => i);
    this.#taken = new Uint8Array(numbers.length);
  }

  #from(number: number): number {
    let lo = 0;
    let hi = this.#numbers.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if ((this.#numbers[mid] as number) < number) lo = mid + 1;
      else hi = mid;
    }
    return lo;
  }

  /** The first row of a number, −1: none. */
  find(number: number): number {
    const i = this.#from(number);
    return this.#numbers[i] === number ? (this.#rows[i] as number) : -1;
  }

  /** The first row of a number that nobody has taken yet, −1: none. */
  take(number: number): number {
    for (let i = this.#from(number); this.#numbers[i] === number; i++) {
      if (this.#taken[i] === 1) continue;
      this.#taken[i] = 1;
      return this.#rows[i] as number;
    }
    return -1;
  }

  /** Calls `each` for the rows of numbers within [smallest, largest] for which it was not called before. */
  cover(smallest: number, largest: number, each: (row: number) => void): void {
    const skip = this.#skip;
    for (let i = this.#open(this.#from(smallest)); i < this.#numbers.length; i = this.#open(i)) {
      if ((this.#numbers[i] as number) > largest) return;
      skip[i] = i + 1;
      each(this.#rows[i] as number);
    }
  }

  /** First index at or behind `from` that is not covered. */
  #open(from: number): number {
    const skip = this.#skip;
    let root = from;
    while ((skip[root] as number) !== root) root = skip[root] as number;
    for (let i = from; i < root;) {
      const next = skip[i] as number;
      skip[i] = root;
      i = next;
    }
    return root;
  }
}
