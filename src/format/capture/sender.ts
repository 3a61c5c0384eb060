import { grown } from '../../base/columns.ts';
import { nanos } from '../../base/time.ts';
import type { SeriesBuilder, TraceBuilder } from '../../trace/builder.ts';
import { TcpFlag } from '../../trace/types.ts';

interface SenderSeries {
  readonly inflight: SeriesBuilder;
  readonly rtt: SeriesBuilder;
  readonly srtt: SeriesBuilder;
  readonly sndwnd: SeriesBuilder;
}

const NOTHING = new Float64Array(0);

/** The sending end of one direction, inferred: bytes in flight, round trips, the window it was given. */
export class Sender {
  readonly #series: SenderSeries | null;
  readonly #peerScale: number;
  /** A sequence number and its offset, to turn acknowledgement numbers into offsets. */
  #anchorSeq = 0;
  #anchorOffset = NaN;
  #next = 0;
  #acknowledged = 0;
  /** Segments on their way, in order: end offset and sending time, from `#head` on. */
  #ends = NOTHING;
  #times = NOTHING;
  #head = 0;
  #count = 0;
  /** Segments up to here were sent more than once: they tell no round trip (RFC 6298 §3). */
  #ambiguous = 0;
  #srtt = 0;
  /** Offset behind the FIN; Infinity: none was sent. */
  #finEnd = Infinity;

  /** `peerScale`: shift of the receiver's windows. Series are kept only where `follow` says so. */
  constructor(builder: TraceBuilder, flow: number, node: number, peerScale: number, follow: boolean) {
    this.#peerScale = peerScale;
    this.#series = follow
      ? {
          inflight: builder.addSeries('inflight', node, flow, 'inferred'),
          rtt: builder.addSeries('rtt', node, flow, 'inferred'),
          srtt: builder.addSeries('srtt', node, flow, 'inferred'),
          sndwnd: builder.addSeries('sndwnd', node, flow, 'inferred'),
        }
      : null;
  }

  /** A segment leaves. `offset`: of its first payload byte; the SYN has none. */
  sent(time: number, seq: number, offset: number, payload: number, flags: number, again: boolean): void {
    const isSyn = (flags & TcpFlag.SYN) !== 0;
    const isFin = (flags & TcpFlag.FIN) !== 0;
    const end = offset + payload + (isFin ? 1 : 0);
    if (Number.isNaN(this.#anchorOffset)) this.#acknowledged = offset;
    if (Number.isNaN(this.#anchorOffset) || end >= this.#next) {
      this.#anchorSeq = (seq + (isSyn ? 1 : 0)) >>> 0;
      this.#anchorOffset = offset;
    }
    if (isFin) this.#finEnd = end;
    if (again) {
      this.#ambiguous = Math.max(this.#ambiguous, end);
      return;
    }
    if (end <= this.#next && !isSyn) return;
    this.#push(end, time);
    this.#next = Math.max(this.#next, end);
    this.#series?.inflight.push(nanos(time), Math.max(0, this.#next - this.#acknowledged));
  }

  /** Offset of the next data byte that an acknowledgement number names (a FIN's own number left out); NaN: not known. */
  dataOffset(ack: number): number {
    const offset = this.#anchorOffset + ((ack - this.#anchorSeq) | 0);
    return offset >= this.#finEnd ? this.#finEnd - 1 : offset;
  }

  /** An ACK arrives; returns whether it covers this end's FIN. */
  acknowledged(time: number, ack: number, window: number, flags: number): boolean {
    if (Number.isNaN(this.#anchorOffset)) return false;
    const offset = this.#anchorOffset + ((ack - this.#anchorSeq) | 0);
    const series = this.#series;
    const scaled = (flags & TcpFlag.SYN) !== 0 ? window : window * 2 ** this.#peerScale;
    series?.sndwnd.push(nanos(time), scaled);
    let sample = NaN;
    while (this.#head < this.#count && (this.#ends[this.#head] as number) <= offset) {
      const sentAt = this.#times[this.#head] as number;
      sample = (this.#ends[this.#head] as number) > this.#ambiguous ? time - sentAt : NaN;
      this.#head++;
    }
    if (offset > this.#acknowledged) {
      this.#acknowledged = offset;
      series?.inflight.push(nanos(time), Math.max(0, this.#next - offset));
    }
    if (series && sample >= 0) {
      // RFC 6298 §2.3: alpha is 1/8.
      this.#srtt = this.#srtt === 0 ? sample : this.#srtt + (sample - this.#srtt) / 8;
      series.rtt.push(nanos(time), sample);
      series.srtt.push(nanos(time), Math.round(this.#srtt));
    }
    return offset >= this.#finEnd;
  }

  #push(end: number, time: number): void {
    if (this.#count === this.#ends.length) {
      if (this.#head > this.#count / 2) {
        this.#ends.copyWithin(0, this.#head, this.#count);
        this.#times.copyWithin(0, this.#head, this.#count);
        this.#count -= this.#head;
        this.#head = 0;
      } else {
        const capacity = Math.max(4, this.#count * 2);
        this.#ends = grown(this.#ends, capacity);
        this.#times = grown(this.#times, capacity);
      }
    }
    this.#ends[this.#count] = end;
    this.#times[this.#count++] = time;
  }
}
