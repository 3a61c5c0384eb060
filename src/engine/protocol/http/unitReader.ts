import { unitSize } from '../../../wire/http/session.ts';
import type { SentUnit } from '../../../wire/http/session.ts';

/** A part of a unit that has arrived. */
export interface UnitPiece {
  readonly unit: SentUnit;
  /** Body bytes in this piece, and where in the message's body they begin. */
  readonly body: number;
  readonly from: number;
  /** The unit's head is whole for the first time. */
  readonly begins: boolean;
  /** The unit's last byte is there. */
  readonly ends: boolean;
}

/** Finds the units in a stream of arriving bytes, of which only their number counts: what they are, the sender's log knows. */
export class UnitReader {
  #next = 0;
  #done = 0;

  constructor(private readonly units: readonly SentUnit[]) {}

  /** Nothing of a unit is here without its rest. */
  get isBetween(): boolean {
    return this.#done === 0;
  }

  /** The pieces that `bytes` more bytes bring. */
  push(bytes: number): UnitPiece[] {
    const pieces: UnitPiece[] = [];
    let left = bytes;
    while (left > 0) {
      const unit = this.units[this.#next];
      if (!unit) break;
      const size = unitSize(unit);
      const head = unit.head.length;
      const before = this.#done;
      const taken = Math.min(left, size - before);
      const after = before + taken;
      left -= taken;
      this.#done = after;
      const ends = after === size;
      if (ends) {
        this.#next++;
        this.#done = 0;
      }
      const bodyBefore = Math.max(0, before - head);
      const body = Math.max(0, after - head) - bodyBefore;
      const begins = before < head && after >= head;
      if (begins || body > 0 || ends) pieces.push({ unit, body, from: unit.from + bodyBefore, begins, ends });
    }
    return pieces;
  }
}
