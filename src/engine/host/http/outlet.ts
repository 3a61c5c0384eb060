import type { Nanos } from '../../../base/time.ts';
import { Flag, FrameType } from '../../../wire/http2/codes.ts';
import type { SentUnit } from '../../../wire/http/session.ts';
import type { Transport } from '../transport.ts';

/** Where units come from; what is asked for is sent. */
export interface UnitSource {
  pollUnit(): SentUnit | null;
  /** Its last byte has left this layer. */
  sent?(unit: SentUnit): void;
  /** Makes more of what there is to send; false: there is nothing. */
  advance?(): boolean;
}

export interface OutletOptions {
  readonly transport: Transport;
  readonly source: UnitSource;
  /** Bytes of a write, and with it of a record; units are joined and cut to that size. */
  readonly size: number;
  /** A message's head and its body go in writes of their own (sendfile). */
  readonly headApart: boolean;
  /** Writes only while TCP has fewer bytes than this unsent. */
  readonly lowWater: number;
  /** Headers alone stay in the buffer until something of a body follows (nginx). */
  readonly holdsHeaders: boolean;
}

/**
 * Takes units from a source and writes them: the buffer in front of `SSL_write` (nginx `ngx_ssl_send_chain`, whose
 * `ssl_buffer_size` of 16 KB makes full records), or plain writes. Stops where the transport is full, and goes on when
 * it is told to look again.
 */
export class Outlet {
  readonly #o: OutletOptions;
  #unit: SentUnit | null = null;
  #done = 0;
  #buffered = 0;
  #flush = false;

  constructor(options: OutletOptions) {
    this.#o = options;
  }

  /** Nothing waits here. */
  get isEmpty(): boolean {
    return this.#unit === null && this.#buffered === 0;
  }

  /** Writes as much as there is room for. True: all that there was has been written. */
  pump(now: Nanos): boolean {
    const { source } = this.#o;
    for (;;) {
      const isDone = this.#batch(now);
      if (source.advance?.() !== true) return isDone;
    }
  }

  #batch(now: Nanos): boolean {
    const { transport, size, lowWater } = this.#o;
    for (;;) {
      if (transport.isFull || transport.unsent >= lowWater) return false;
      const isFull = this.#fill(size);
      if (this.#buffered === 0 || (!isFull && !this.#flush)) return true;
      transport.command({ type: 'write', bytes: this.#buffered }, now);
      this.#buffered = 0;
      this.#flush = false;
    }
  }

  /** Fills the buffer. True: it is to be written, whatever else comes. */
  #fill(size: number): boolean {
    const { source, headApart, holdsHeaders } = this.#o;
    while (this.#buffered < size) {
      if (this.#unit === null) {
        this.#unit = source.pollUnit();
        this.#done = 0;
        if (this.#unit === null) return false;
      }
      const unit = this.#unit;
      const head = unit.head.length;
      const end = headApart && this.#done < head ? head : head + unit.body;
      const taken = Math.min(size - this.#buffered, end - this.#done);
      this.#done += taken;
      this.#buffered += taken;
      if (!holdsHeaders || unit.type !== FrameType.Headers || (unit.flags & Flag.EndStream) !== 0) this.#flush = true;
      if (this.#done === head + unit.body) {
        this.#unit = null;
        source.sent?.(unit);
      }
      if (headApart && this.#done === head) return true;
    }
    return true;
  }
}
