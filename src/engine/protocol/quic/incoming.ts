import { RangeSet } from './ranges.ts';

/** Bytes of one direction of a stream, or of CRYPTO, at their receiver: arrived in any order, delivered in order. */
export class Incoming {
  readonly #arrived = new RangeSet();
  /** Offset behind the last byte that was handed on. */
  delivered = 0;
  /** Offset behind the highest byte that arrived. */
  highest = 0;
  /** Length of the whole, once the end is known; −1 before. */
  finalSize = -1;

  /** Adds a piece; returns how many bytes are new. */
  add(offset: number, length: number, fin: boolean): number {
    const end = offset + length;
    if (fin) this.finalSize = end;
    this.highest = Math.max(this.highest, end);
    return this.#arrived.add(offset, end);
  }

  /** Bytes that can be handed on now, in order; they then count as delivered. */
  deliver(): number {
    const ready = this.#arrived.first === 0 ? this.#arrived.end(0) - this.delivered : 0;
    this.delivered += ready;
    return ready;
  }

  /** Bytes that lie here for want of earlier ones. */
  get waiting(): number {
    let sum = 0;
    for (let i = 0; i < this.#arrived.count; i++)
      if (this.#arrived.start(i) > this.delivered) sum += this.#arrived.end(i) - this.#arrived.start(i);
    return sum;
  }
  get isWhole(): boolean {
    return this.finalSize >= 0 && this.delivered === this.finalSize;
  }
}
