import type { Nanos } from '../../base/time.ts';
import { CauseKind, EventKind, LossProof, NONE, SpanKind } from '../../trace/types.ts';
import type { QuicBuilder } from '../../trace/quic/builder.ts';
import type { TraceBuilder } from '../../trace/builder.ts';
import type { Metric } from '../protocol/metrics.ts';
import type { QuicProbe } from '../protocol/quic/probe.ts';
import type { SpaceId } from '../protocol/quic/space.ts';
import { TraceProbe } from './probe.ts';
import type { SentIndex } from './sentIndex.ts';

const PROOFS = {
  packets: LossProof.PacketThreshold,
  time: LossProof.TimeThreshold,
  timeout: LossProof.Timeout,
} as const;

/** Writes what one end of a QUIC connection reports into the trace. */
export class QuicTraceProbe implements QuicProbe {
  readonly base: TraceProbe;
  /** Rows of this end's packets in the table of QUIC, by space and number. */
  readonly #rows: readonly Map<number, number>[] = [new Map(), new Map(), new Map()];
  /** The event that declared the datagram of a row lost. */
  readonly #losses = new Map<number, number>();
  /** Streams whose bytes wait for earlier ones; and what limit holds a stream. */
  readonly #waiting = new Set<number>();
  readonly #limited = new Map<number, string>();
  /** The timer that fired at this instant: what is sent has it as its cause. */
  fired = NONE;
  /** The packet whose arrival is being heard. */
  arrival = NONE;

  constructor(
    trace: TraceBuilder,
    readonly quic: QuicBuilder,
    readonly node: number,
    readonly flow: number,
    /** What the other end has sent. */
    private readonly peerSent: SentIndex,
  ) {
    this.base = new TraceProbe(trace, node, flow);
  }

  /** The packets of a datagram have rows from `first` on. */
  booked(first: number, numbers: readonly { readonly space: SpaceId; readonly number: number }[]): void {
    let row = first;
    for (const { space, number } of numbers) {
      if (number >= 0) this.#rows[space]?.set(number, row);
      row++;
    }
  }

  /** The event by which this row's datagram was declared lost. */
  lossOf(row: number): number {
    return this.#losses.get(row) ?? NONE;
  }

  state(now: Nanos, name: string): void {
    this.base.state(now, name);
  }

  metric(now: Nanos, metric: Metric, value: number): void {
    this.base.metric(now, metric, value);
  }

  sent(): void {
    // Rows are written when the datagram enters its link.
  }

  acked(now: Nanos, space: SpaceId, number: number): void {
    const row = this.#rows[space]?.get(number);
    if (row !== undefined) this.quic.packets.acked[row] = now;
  }

  lost(now: Nanos, space: SpaceId, number: number, by: 'packets' | 'time' | 'timeout'): void {
    const row = this.#rows[space]?.get(number);
    if (row === undefined) return;
    this.quic.packets.lost[row] = now;
    const datagram = this.quic.packets.datagram[row] as number;
    const proof = PROOFS[by];
    const event = this.#event(now, EventKind.LossDetected, datagram, proof, number);
    this.#losses.set(datagram, event);
  }

  timeout(now: Nanos, space: SpaceId, count: number): void {
    this.fired = this.#event(now, EventKind.PtoFired, NONE, space, count);
  }

  recovery(now: Nanos, label: string | null): void {
    this.base.recovery(now, label === null ? null : 'recovery', this.base.causeKind, this.base.cause);
  }

  blocked(now: Nanos, stream: number, offset: number, waiting: number): void {
    // Most frames find their stream in order, as it was before.
    if (waiting === 0 && !this.#waiting.delete(stream)) return;
    if (waiting > 0) this.#waiting.add(stream);
    const culprit = offset < 0 ? NONE : this.peerSent.first(stream, offset);
    this.base.keyed(
      now,
      `blocked ${String(stream)}`,
      SpanKind.StreamBlocked,
      waiting > 0 && offset >= 0 ? 'waiting' : null,
      stream,
      offset,
      culprit,
    );
  }

  delivered(now: Nanos, stream: number, offset: number, bytes: number): void {
    if (bytes > 0) this.base.delivered(now, offset, bytes, this.arrival, stream);
  }

  /** The peer's limit holds bytes of a stream back (−1: of all); null: it does not. */
  held(now: Nanos, stream: number, label: string | null): void {
    // Most streams are held back by nothing, as before.
    if (label === null && this.#limited.size === 0) return;
    if ((this.#limited.get(stream) ?? null) === label) return;
    if (label === null) this.#limited.delete(stream);
    else this.#limited.set(stream, label);
    this.base.keyed(now, `limit ${String(stream)}`, SpanKind.FlowBlocked, label, stream, 0);
  }

  event(now: Nanos, kind: number, a: number, b: number): number {
    return this.#event(now, kind, NONE, a, b);
  }

  #event(now: Nanos, kind: number, packet: number, a: number, b: number): number {
    const { causeKind, cause } = this.base;
    return this.base.event(now, kind, packet, cause === NONE ? CauseKind.None : causeKind, cause, a, b);
  }
}
