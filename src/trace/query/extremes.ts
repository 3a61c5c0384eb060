/** Entries per block, level over level. */
const FAN = 16;

/** Smallest and largest of any run of a long series, in logarithmic time: what a column of pixels must show. */
export class Extremes {
  readonly #low: ArrayLike<number>[];
  readonly #high: ArrayLike<number>[];

  constructor(values: ArrayLike<number>) {
    this.#low = [values];
    this.#high = [values];
    for (let n = values.length; n > FAN;) {
      const below = this.#low.length - 1;
      const low = this.#low[below] as ArrayLike<number>;
      const high = this.#high[below] as ArrayLike<number>;
      const blocks = Math.ceil(n / FAN);
      const nextLow = new Float64Array(blocks);
      const nextHigh = new Float64Array(blocks);
      for (let b = 0; b < blocks; b++) {
        let min = Infinity;
        let max = -Infinity;
        const stop = Math.min(n, (b + 1) * FAN);
        for (let i = b * FAN; i < stop; i++) {
          if ((low[i] as number) < min) min = low[i] as number;
          if ((high[i] as number) > max) max = high[i] as number;
        }
        nextLow[b] = min;
        nextHigh[b] = max;
      }
      this.#low.push(nextLow);
      this.#high.push(nextHigh);
      n = blocks;
    }
  }

  /** [smallest, largest] of entries [first, stop); [Infinity, −Infinity] of none. */
  of(first: number, stop: number): [number, number] {
    let min = Infinity;
    let max = -Infinity;
    let a = first;
    let b = stop;
    for (let level = 0; a < b; level++) {
      const low = this.#low[level];
      const high = this.#high[level];
      if (!low || !high) break;
      const last = level === this.#low.length - 1;
      while (a < b && (last || a % FAN !== 0)) {
        if ((low[a] as number) < min) min = low[a] as number;
        if ((high[a] as number) > max) max = high[a] as number;
        a++;
      }
      while (b > a && b % FAN !== 0) {
        b--;
        if ((low[b] as number) < min) min = low[b] as number;
        if ((high[b] as number) > max) max = high[b] as number;
      }
      a /= FAN;
      b /= FAN;
    }
    return [min, max];
  }
}
