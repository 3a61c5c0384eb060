import { RangeSet } from './ranges.ts';

/** A piece of a byte stream that goes into one frame. */
export interface Piece {
  readonly offset: number;
  readonly length: number;
  readonly fin: boolean;
}

/** Bytes of one direction of a stream, or of CRYPTO, at their sender: written, sent, lost, acknowledged. */
export class Outgoing {
  /** Offset behind the last byte written, and whether that is the end. */
  written = 0;
  finWritten = false;
  /** First byte that was never sent. */
  next = 0;
  finSent = false;
  finAcked = false;
  #finLost = false;
  readonly #lost = new RangeSet();
  readonly #acked = new RangeSet();

  /** Bytes written that were never sent. */
  get fresh(): number {
    return this.written - this.next;
  }
  get hasLost(): boolean {
    return !this.#lost.isEmpty || this.#finLost;
  }
  /** Where the next piece starts. */
  get nextDue(): number {
    return this.#lost.isEmpty ? this.next : this.#lost.start(0);
  }
  get finDue(): boolean {
    return this.finWritten && (!this.finSent || this.#finLost);
  }
  /** Something of it is to be sent, as far as limits allow. */
  get hasDue(): boolean {
    return this.next < this.written || this.hasLost || this.finDue;
  }
  /** Every byte and the end are acknowledged. */
  get isDone(): boolean {
    return this.finAcked && this.ackedTo === this.written;
  }
  /** All bytes in front of this one are acknowledged. */
  get ackedTo(): number {
    return this.#acked.first === 0 ? this.#acked.end(0) : 0;
  }

  /**
   * The next piece of at most `most` bytes; never-sent bytes only up to offset `limit`. Lost ones go first (RFC 9000
   * §13.3). Null where nothing may go.
   */
  take(most: number, limit: number): Piece | null {
    if (!this.#lost.isEmpty) {
      if (most <= 0) return null;
      const offset = this.#lost.start(0);
      const end = Math.min(this.#lost.end(0), offset + most);
      this.#lost.remove(offset, end);
      const fin = this.finWritten && (this.finSent || this.#finLost) && end === this.written;
      if (fin) this.#finLost = false;
      return { offset, length: end - offset, fin };
    }
    const length = Math.max(0, Math.min(most, this.written - this.next, limit - this.next));
    const fin = this.finDue && this.next + length === this.written;
    if (length === 0 && !fin) return null;
    const offset = this.next;
    this.next += length;
    if (fin) {
      this.finSent = true;
      this.#finLost = false;
    }
    return { offset, length, fin };
  }

  /** Acknowledged; returns how many bytes are newly so. */
  onAcked({ offset, length, fin }: Piece): number {
    if (fin) {
      this.finAcked = true;
      this.#finLost = false;
    }
    this.#lost.remove(offset, offset + length);
    return this.#acked.add(offset, offset + length);
  }

  /** Lost, or to be sent again by a probe: what is not acknowledged of it is due once more. */
  onLost({ offset, length, fin }: Piece): void {
    const missing = new RangeSet();
    missing.add(offset, offset + length);
    for (let i = 0; i < this.#acked.count; i++) missing.remove(this.#acked.start(i), this.#acked.end(i));
    for (let i = 0; i < missing.count; i++) this.#lost.add(missing.start(i), missing.end(i));
    if (fin && !this.finAcked) this.#finLost = true;
  }

  /** Nothing that was sent counts: a new attempt begins (Retry, version negotiation, 0-RTT rejected). */
  restart(): void {
    this.#lost.remove(0, this.written);
    this.next = 0;
    this.finSent = false;
    this.#finLost = false;
  }
}
