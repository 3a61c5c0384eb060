import { ErrorCode } from '../../../wire/http2/codes.ts';
import { decodeFrame } from '../../../wire/http2/decode.ts';
import { parsePriority } from '../../../wire/http2/priority.ts';
import type { Priority } from '../../../wire/http2/priority.ts';
import type { SentUnit } from '../../../wire/http/session.ts';
import { bytesOf } from './frames.ts';

/** What has been opened by now. */
interface Opened {
  /** Highest stream that the client has opened, and that this end has promised; 0: none. */
  readonly last: number;
  readonly lastPushed: number;
  /** Streams of the client that are open. */
  readonly active: number;
}

/** What a PRIORITY_UPDATE comes to: an error of the connection, or a stream with its new priority; stream 0: it has to wait. */
export type Heard =
  { readonly code: number } | { readonly code: null; readonly stream: number; readonly priority: Priority };

/** What a server hears by PRIORITY_UPDATE, and keeps for streams that are not open yet (RFC 9218 §7, §7.1). */
export class PriorityUpdates {
  readonly #side: 'client' | 'server';
  readonly #most: number;
  readonly #early = new Map<number, Priority>();

  /** `most`: streams that the client may have open at a time. */
  constructor(side: 'client' | 'server', most: number) {
    this.#side = side;
    this.#most = most;
  }

  /** What was said of a stream before it was opened, the latest word only (RFC 9218 §7); null: nothing was. */
  take(stream: number): Priority | null {
    const early = this.#early.get(stream) ?? null;
    this.#early.delete(stream);
    return early;
  }

  hear(unit: SentUnit, { last, lastPushed, active }: Opened): Heard {
    // Servers do not send it (RFC 9218 §7.1).
    if (this.#side === 'client') return { code: ErrorCode.ProtocolError };
    // A stream other than 0, one that names stream 0, one that is too short (RFC 9218 §7.1, RFC 9113 §4.2).
    const read = decodeFrame(bytesOf(unit));
    if (!read.ok) return { code: read.code };
    const { frame } = read.value;
    if (frame.kind !== 'priorityUpdate') return { code: ErrorCode.ProtocolError };
    const stream = frame.prioritized;
    const priority = parsePriority(frame.value);
    const isPush = stream % 2 === 0;
    if (stream <= (isPush ? lastPushed : last)) return { code: null, stream, priority };
    // RFC 9218 §7.1: a push that was not promised; more streams than may be open, with those that wait for their opening.
    if (isPush) return { code: ErrorCode.ProtocolError };
    this.#early.set(stream, priority);
    return this.#early.size + active > this.#most
      ? { code: ErrorCode.ProtocolError }
      : { code: null, stream: 0, priority };
  }
}
