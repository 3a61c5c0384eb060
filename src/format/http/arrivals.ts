import { lowerBound, upperBound } from '../../base/bisect.ts';

/**
 * When the bytes of one stream first arrived. `add` is called in order of arrival; what came before counts no more.
 */
export class Arrivals {
  /** Pieces in order and apart. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #times: number[] = [];

  /** Bytes [from, to) are here at `time`. */
  add(from: number, to: number, time: number): void {
    const last = this.#ends.length - 1;
    if (last < 0 || from >= (this.#ends[last] as number)) {
      this.#insert(last + 1, from, to, time);
      return;
    }
    let at = from;
    let k = upperBound(this.#ends, from, this.#ends.length);
    while (at < to) {
      const start = this.#starts[k] ?? Infinity;
      if (start > at) {
        this.#insert(k, at, Math.min(to, start), time);
        k++;
      }
      at = Math.max(at, this.#ends[k] ?? Infinity);
      k++;
    }
  }

  #insert(k: number, from: number, to: number, time: number): void {
    if (to <= from) return;
    this.#starts.splice(k, 0, from);
    this.#ends.splice(k, 0, to);
    this.#times.splice(k, 0, time);
  }

  /** When the first byte of [from, to) came, how many of them did, and when the last of those; NaN: none came. */
  of(from: number, to: number): { readonly first: number; readonly last: number; readonly bytes: number } {
    let first = Infinity;
    let last = -Infinity;
    let bytes = 0;
    const end = lowerBound(this.#starts, to, this.#starts.length);
    for (let k = upperBound(this.#ends, from, this.#ends.length); k < end; k++) {
      const time = this.#times[k] as number;
      first = Math.min(first, time);
      last = Math.max(last, time);
      bytes += Math.min(to, this.#ends[k] as number) - Math.max(from, this.#starts[k] as number);
    }
    return bytes > 0 ? { first, last, bytes } : { first: NaN, last: NaN, bytes: 0 };
  }
}
