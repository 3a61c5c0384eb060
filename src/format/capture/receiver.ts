import { nanos } from '../../base/time.ts';
import type { TraceBuilder } from '../../trace/builder.ts';
import { CauseKind, NONE, SpanKind } from '../../trace/types.ts';

/** Ranges kept at most: a stream in more pieces is not one that a receiver would hold. */
const MAX_RANGES = 4096;

/** The receiving end of one direction, inferred: hands over what is in order, notes what waits. */
export class Receiver {
  readonly #builder: TraceBuilder;
  readonly #flow: number;
  readonly #node: number;
  /** Next byte to hand over; −1: not known before the first arrival. */
  #next: number;
  /** Bytes that wait: ascending [start, end) pairs. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #span = NONE;
  readonly #stream: number;
  readonly #kind: number;

  /** `stream`: of QUIC; null for TCP, whose bytes are one stream. */
  constructor(builder: TraceBuilder, flow: number, node: number, next: number, stream: number | null = null) {
    this.#builder = builder;
    this.#stream = stream ?? 0;
    this.#kind = stream === null ? SpanKind.Blocked : SpanKind.StreamBlocked;
    this.#flow = flow;
    this.#node = node;
    this.#next = next;
  }

  /** Payload [offset, end) of `packet` is here. */
  arrive(time: number, offset: number, end: number, packet: number): void {
    if (this.#next < 0) this.#next = offset;
    if (end <= this.#next) return;
    if (offset > this.#next) {
      this.#hold(offset, end);
      if (this.#span === NONE) this.#open(time, packet);
      return;
    }
    this.#deliver(time, end, packet);
  }

  /** The receiver acknowledges up to `offset`: it has those bytes, though the capture missed some of them. */
  acknowledges(time: number, offset: number): void {
    if (this.#next >= 0 && offset > this.#next && this.#starts.length > 0) this.#deliver(time, offset, NONE);
    else if (this.#next >= 0 && offset > this.#next) this.#next = offset;
  }

  #deliver(time: number, upTo: number, packet: number): void {
    const b = this.#builder;
    let end = upTo;
    let taken = 0;
    while (taken < this.#starts.length && (this.#starts[taken] as number) <= end) {
      end = Math.max(end, this.#ends[taken] as number);
      taken++;
    }
    this.#starts.splice(0, taken);
    this.#ends.splice(0, taken);
    b.addDelivery(nanos(time), this.#flow, this.#node, this.#stream, this.#next, end - this.#next, packet);
    if (this.#span !== NONE) {
      b.endSpan(this.#span, nanos(time));
      if (this.#kind === SpanKind.Blocked) b.spans.b[this.#span] = Math.max(0, end - upTo);
      b.spans.packet[this.#span] = packet === NONE ? NONE : firstCopy(b, packet);
      this.#span = NONE;
    }
    this.#next = end;
    if (this.#starts.length > 0) this.#open(time, packet);
  }

  #open(time: number, packet: number): void {
    const b = this.#builder;
    const cause = packet === NONE ? CauseKind.None : CauseKind.Arrival;
    this.#span = b.addSpan(nanos(time), this.#kind, this.#node, this.#flow, 'blocked', NONE, cause, packet);
    b.spans.a[this.#span] = this.#kind === SpanKind.Blocked ? this.#next : this.#stream;
    if (this.#kind === SpanKind.StreamBlocked) b.spans.b[this.#span] = this.#next;
  }

  #hold(offset: number, end: number): void {
    const starts = this.#starts;
    const ends = this.#ends;
    let k = starts.length;
    while (k > 0 && (starts[k - 1] as number) > offset) k--;
    if (k > 0 && (ends[k - 1] as number) >= offset) {
      k--;
      ends[k] = Math.max(ends[k] as number, end);
    } else {
      if (starts.length >= MAX_RANGES) return;
      starts.splice(k, 0, offset);
      ends.splice(k, 0, end);
    }
    let merged = 0;
    while (k + 1 + merged < starts.length && (starts[k + 1 + merged] as number) <= (ends[k] as number)) {
      ends[k] = Math.max(ends[k] as number, ends[k + 1 + merged] as number);
      merged++;
    }
    starts.splice(k + 1, merged);
    ends.splice(k + 1, merged);
  }
}

/** The first transmission of a packet's first byte, as far as it was seen. */
const firstCopy = (b: TraceBuilder, packet: number): number => {
  const earlier = b.packets.retransmissionOf;
  let row = packet;
  for (let limit = 0; limit < 65_536; limit++) {
    const before = earlier[row] as number;
    if (before === NONE || before >= row) break;
    row = before;
  }
  return row;
};
