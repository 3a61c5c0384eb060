import { upperBound } from '../../../base/bisect.ts';
import { ContentType } from '../../../wire/tls/codes.ts';
import { Epoch } from '../../../wire/tls/epoch.ts';
import { RECORD_HEADER_SIZE, TAG_SIZE } from '../../../wire/tls/record.ts';
import { takesEarly } from '../../../wire/tls/make/session.ts';
import type { Side, TlsSession } from '../../../wire/tls/make/session.ts';

/** A stretch of a stream: [from, to). */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Where in one side's TCP stream its application bytes lie. */
export class Places {
  /** Application offset, stream offset of the header and size, content before, of each record with application bytes. */
  readonly #offsets: number[] = [];
  readonly #at: number[] = [];
  readonly #sizes: number[] = [];
  readonly #lengths: number[] = [];
  /** Bytes of each record before its content. */
  readonly #before: number[] = [];
  readonly #bytes: number;
  readonly #stream: number;

  constructor(session: TlsSession, side: Side) {
    const skipsEarly = !takesEarly(session);
    const is12 = session.messages.some(
      ({ message }) => message.type === 'serverHelloDone' || message.type === 'ticket12',
    );
    let bytes = 0;
    let stream = 0;
    for (const record of session.records[side]) {
      const isLost = record.epoch === Epoch.Early && skipsEarly;
      if (record.type === ContentType.ApplicationData && !isLost) {
        this.#offsets.push(bytes);
        this.#at.push(stream);
        this.#sizes.push(record.size);
        this.#lengths.push(record.length);
        // TLS 1.2 may send a part of its nonce along; only the tag stands behind its content.
        this.#before.push(is12 ? record.size - record.length - TAG_SIZE : RECORD_HEADER_SIZE);
        bytes += record.length;
      }
      stream += record.size;
    }
    this.#bytes = bytes;
    this.#stream = stream;
  }

  /** Stream bytes that must be there for application bytes [from, to): to the record's tag where they reach its end. */
  range(from: number, to: number): Range {
    return { from: this.#place(from, false), to: to > from ? this.#place(to, true) : this.#place(from, false) };
  }

  #place(offset: number, isEnd: boolean): number {
    // What was never written lies behind all that was.
    if (isEnd ? offset > this.#bytes : offset >= this.#bytes) return this.#stream + offset - this.#bytes;
    const i = Math.max(0, upperBound(this.#offsets, isEnd ? offset - 1 : offset, this.#offsets.length) - 1);
    const inside = offset - (this.#offsets[i] as number);
    const at = this.#at[i] as number;
    return isEnd && inside === this.#lengths[i]
      ? at + (this.#sizes[i] as number)
      : at + (this.#before[i] as number) + inside;
  }
}
