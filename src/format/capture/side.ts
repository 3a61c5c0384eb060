import { Stream } from './stream.ts';

/** What a capture knows of one end of a TCP flow as a sender: its stream, its last ACK and window, its SYN. */
export class Side {
  readonly stream = new Stream();
  mss: number | null = null;
  windowScale: number | null = null;
  sackPermitted: boolean | null = null;
  timestamps: boolean | null = null;

  /** Whether a payload of it begins as TLS, or one of the first as HTTP; and at how many of those was looked. */
  looksTls = false;
  looksHttp = false;
  looked = 0;

  /** Whether any segment of this side was seen. */
  seen = false;
  /** Sequence number behind the highest byte seen, and when it came. */
  nextSeq = 0;
  hasNext = false;
  nextTime = 0;
  /** Sequence number up to which nothing is missing: what the other side may acknowledge. */
  gapless = 0;
  /** Latest acknowledgement number, its time, how many duplicates of it, and its SACK row. */
  ack = 0;
  hasAck = false;
  ackTime = 0;
  duplicates = 0;
  sack = -1;
  /** Latest window as on the wire; −1: none yet. */
  window = -1;
  /** Marks of its latest segment. */
  lastMarks = 0;
  /** Smallest time from a segment of this side to the ACK of it, ns. */
  minRoundTrip = Infinity;

  /** Shift of its windows, given the other side's offer: 0 unless both offered one (RFC 7323 §2.2); null: not known. */
  static scale(own: Side, other: Side): number | null {
    if (own.stream.isn === null || other.stream.isn === null) return null;
    return own.windowScale === null || other.windowScale === null ? 0 : Math.min(own.windowScale, 14);
  }
}
