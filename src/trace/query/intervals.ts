import { upperBound } from '../../base/bisect.ts';

/** Rows per block; each level of maxima is this much smaller than the one below. */
const FAN = 64;

/**
 * Intervals [start, end] ordered by start, searched by range. Maxima of the ends, block over block, let a search skip
 * what is over: one interval that lasts long widens the search by one block and no more.
 */
export class Intervals {
  readonly #levels: Float64Array[] = [];
  readonly #starts: ArrayLike<number>;
  readonly #ends: ArrayLike<number>;
  readonly length: number;

  /** `starts` ascending. NaN ends count as over. */
  constructor(starts: ArrayLike<number>, ends: ArrayLike<number>, length = starts.length) {
    this.#starts = starts;
    this.#ends = ends;
    this.length = length;
    let below: ArrayLike<number> = ends;
    let count = length;
    while (count > FAN) {
      const next = new Float64Array(Math.ceil(count / FAN)).fill(-Infinity);
      for (let b = 0; b < next.length; b++) {
        const stop = Math.min(count, (b + 1) * FAN);
        let max = -Infinity;
        for (let i = b * FAN; i < stop; i++) if ((below[i] as number) > max) max = below[i] as number;
        next[b] = max;
      }
      this.#levels.push(next);
      below = next;
      count = next.length;
    }
  }

  /** Calls `visit(i)` for each interval that touches [from, to], ascending, until it returns false. */
  visit(from: number, to: number, visit: (i: number) => boolean | void): void {
    const stop = upperBound(this.#starts, to, this.length);
    let i = this.#next(0, from, stop);
    while (i < stop) {
      if (visit(i) === false) return;
      i = this.#next(i + 1, from, stop);
    }
  }

  /** First interval at or after `i` and before `stop` whose end is ≥ from. */
  #next(first: number, from: number, stop: number): number {
    let i = first;
    while (i < stop) {
      if (i % FAN === 0) {
        // Climb as long as whole blocks are over, then step over the largest of them.
        let skip = 0;
        let size = FAN;
        for (const level of this.#levels) {
          if (i % size !== 0 || (level[i / size] as number) >= from) break;
          skip = size;
          size *= FAN;
        }
        if (skip > 0) {
          i += skip;
          continue;
        }
      }
      if ((this.#ends[i] as number) >= from) return i;
      i++;
    }
    return stop;
  }
}
