import type { SentUnit } from '../../../wire/http/session.ts';
import { UnitReader } from '../http/unitReader.ts';
import type { UnitPiece } from '../http/unitReader.ts';

/** One stream of the peer's: what it has sent on it, and how far that has been read. */
interface PeerStream {
  readonly units: SentUnit[];
  readonly reader: UnitReader;
}

/** What arrives on each stream is known by number only: the peer's log, sorted by stream, says what it is. */
export class PeerStreams {
  readonly #log: readonly SentUnit[];
  readonly #streams = new Map<number, PeerStream>();
  /** Units of the log that are sorted. */
  #sorted = 0;

  constructor(log: readonly SentUnit[]) {
    this.#log = log;
  }

  #stream(id: number): PeerStream {
    let stream = this.#streams.get(id);
    if (!stream) {
      const units: SentUnit[] = [];
      stream = { units, reader: new UnitReader(units) };
      this.#streams.set(id, stream);
    }
    return stream;
  }

  #sort(): void {
    for (; this.#sorted < this.#log.length; this.#sorted++) {
      const unit = this.#log[this.#sorted] as SentUnit;
      this.#stream(unit.stream).units.push(unit);
    }
  }

  /** The request that a stream is for; −1: nothing was sent on it. */
  requestOf(id: number): number {
    this.#sort();
    return this.#stream(id).units[0]?.request ?? -1;
  }

  /** The type that a unidirectional stream began with, as its unit; null: nothing was sent on it. */
  typeOf(id: number): SentUnit | null {
    this.#sort();
    return this.#stream(id).units[0] ?? null;
  }

  /** The pieces that `bytes` more bytes of a stream bring. */
  push(id: number, bytes: number): UnitPiece[] {
    this.#sort();
    return this.#stream(id).reader.push(bytes);
  }
}
