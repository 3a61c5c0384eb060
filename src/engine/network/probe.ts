import type { Nanos } from '../../base/time.ts';
import type { SeriesBuilder, TraceBuilder } from '../../trace/builder.ts';
import { EventKind, NONE, SpanKind } from '../../trace/types.ts';
import type { SecureProbe } from '../host/secure/transport.ts';
import { METRIC_NAMES } from '../protocol/metrics.ts';
import type { Metric } from '../protocol/metrics.ts';
import type { Probe } from '../protocol/probe.ts';

/** Writes what one end of a flow reports into the trace. */
export class TraceProbe implements Probe, SecureProbe {
  readonly #trace: TraceBuilder;
  readonly #node: number;
  readonly #flow: number;
  readonly #series: (SeriesBuilder | null)[] = METRIC_NAMES.map(() => null);
  #state = NONE;
  #recovery = NONE;
  #blocked = NONE;
  /** Row of what was last waited for: the first transmission of later bytes came later. */
  #blockedSince = 0;
  #limited = NONE;
  #secureState = NONE;
  #record = NONE;
  /** Spans that are open, by what they are of. */
  readonly #open = new Map<string, number>();
  causeKind = 0;
  cause = NONE;

  constructor(trace: TraceBuilder, node: number, flow: number) {
    this.#trace = trace;
    this.#node = node;
    this.#flow = flow;
  }

  state(now: Nanos, name: string): void {
    if (this.#state !== NONE) this.#trace.endSpan(this.#state, now);
    this.#state = this.#trace.addSpan(
      now,
      SpanKind.State,
      this.#node,
      this.#flow,
      name,
      NONE,
      this.causeKind,
      this.cause,
    );
  }

  metric(now: Nanos, metric: Metric, value: number): void {
    let series = this.#series[metric] as SeriesBuilder | null;
    if (series === null) {
      series = this.#trace.addSeries(METRIC_NAMES[metric], this.#node, this.#flow);
      this.#series[metric] = series;
    }
    series.push(now, value);
  }

  event(now: Nanos, kind: number, packet: number, causeKind: number, cause: number, a: number, b: number): number {
    return this.#trace.addEvent(now, kind, this.#node, this.#flow, packet, causeKind, cause, a, b);
  }

  recovery(now: Nanos, label: string | null, causeKind: number, cause: number): void {
    if (this.#recovery !== NONE) this.#trace.endSpan(this.#recovery, now);
    this.#recovery =
      label === null
        ? NONE
        : this.#trace.addSpan(now, SpanKind.Recovery, this.#node, this.#flow, label, NONE, causeKind, cause);
  }

  blocked(now: Nanos, offset: number, waiting: number): void {
    const { spans } = this.#trace;
    if (this.#blocked !== NONE) {
      if (spans.a[this.#blocked] === offset) {
        spans.b[this.#blocked] = waiting;
        return;
      }
      this.#trace.endSpan(this.#blocked, now);
      this.#blocked = NONE;
    }
    if (offset < 0) return;
    const span = this.#trace.addSpan(
      now,
      SpanKind.Blocked,
      this.#node,
      this.#flow,
      'waiting',
      this.#culprit(offset),
      this.causeKind,
      this.cause,
    );
    this.#trace.spans.a[span] = offset;
    this.#trace.spans.b[span] = waiting;
    this.#blocked = span;
  }

  delivered(now: Nanos, offset: number, bytes: number, packet: number, stream = 0): void {
    this.#trace.addDelivery(now, this.#flow, this.#node, stream, offset, bytes, packet);
  }

  windowLimited(now: Nanos, limited: boolean): void {
    if (limited === (this.#limited !== NONE)) return;
    if (limited)
      this.#limited = this.#trace.addSpan(
        now,
        SpanKind.WindowLimited,
        this.#node,
        this.#flow,
        'window-limited',
        NONE,
        this.causeKind,
        this.cause,
      );
    else {
      this.#trace.endSpan(this.#limited, now);
      this.#limited = NONE;
    }
  }

  /** A state of the TLS handshake was entered. */
  secureState(now: Nanos, name: string): void {
    if (this.#secureState !== NONE) this.#trace.endSpan(this.#secureState, now);
    this.#secureState = this.#trace.addSpan(
      now,
      SpanKind.TlsState,
      this.#node,
      this.#flow,
      name,
      NONE,
      this.causeKind,
      this.cause,
    );
  }

  secured(now: Nanos): void {
    this.event(now, EventKind.Secured, NONE, this.causeKind, this.cause, 0, 0);
  }

  failed(now: Nanos, alert: number, fromPeer: boolean): void {
    this.event(now, EventKind.TlsFailed, NONE, this.causeKind, this.cause, alert, fromPeer ? 1 : 0);
  }

  early(now: Nanos, accepted: boolean): void {
    this.event(now, EventKind.EarlyData, NONE, this.causeKind, this.cause, accepted ? 1 : 0, 0);
  }

  record(now: Nanos, offset: number, size: number): void {
    const { spans } = this.#trace;
    if (this.#record !== NONE) {
      if (spans.a[this.#record] === offset) return;
      this.#trace.endSpan(this.#record, now);
      this.#record = NONE;
    }
    if (offset < 0) return;
    const span = this.#trace.addSpan(
      now,
      SpanKind.Record,
      this.#node,
      this.#flow,
      'record incomplete',
      NONE,
      this.causeKind,
      this.cause,
    );
    // The table may have grown: its arrays are read anew.
    this.#trace.spans.a[span] = offset;
    this.#trace.spans.b[span] = size;
    this.#record = span;
  }

  /** A stream of HTTP/2 entered a state. What is closed has none any more. */
  streamState(now: Nanos, stream: number, request: number, name: string): void {
    this.keyed(now, `stream ${String(stream)}`, SpanKind.StreamState, name === 'closed' ? null : name, stream, request);
  }

  /** A message stands still for this reason; null: it does not. */
  held(now: Nanos, request: number, reason: string | null): void {
    this.keyed(now, `held ${String(request)}`, SpanKind.HttpHeld, reason, request, 0);
  }

  /** Ends the span of this key, and begins the next where `label` names one; one that says the same goes on. */
  keyed(now: Nanos, key: string, kind: number, label: string | null, a: number, b: number, packet = NONE): void {
    const open = this.#open.get(key);
    if (open === undefined && label === null) return;
    const { spans } = this.#trace;
    if (open !== undefined) {
      const says = label !== null && spans.a[open] === a && spans.b[open] === b && spans.packet[open] === packet;
      if (says && this.#trace.label(label) === spans.label[open]) return;
      this.#trace.endSpan(open, now);
    }
    this.#open.delete(key);
    if (label === null) return;
    const span = this.#trace.addSpan(now, kind, this.#node, this.#flow, label, packet, this.causeKind, this.cause);
    this.#trace.spans.a[span] = a;
    this.#trace.spans.b[span] = b;
    this.#open.set(key, span);
  }

  /** The first packet that carried the bytes at `offset` towards this end, on its last hop: where it died, if it did. */
  #culprit(offset: number): number {
    const { packets, packetCount } = this.#trace;
    for (let i = packetCount - 1; i >= this.#blockedSince; i--) {
      if (packets.flow[i] !== this.#flow || packets.retransmissionOf[i] !== NONE) continue;
      const behind = offset - (packets.offset[i] as number);
      if (behind < 0 || behind >= (packets.payload[i] as number)) continue;
      const first = this.#firstHop(i);
      if (this.#trace.links[packets.link[first] as number]?.from === this.#node) continue;
      this.#blockedSince = first;
      return i;
    }
    this.#blockedSince = packetCount;
    return NONE;
  }

  /** The row of a packet at the host that sent it: routers name the row before theirs as the cause. */
  #firstHop(row: number): number {
    const { hop, cause } = this.#trace.packets;
    let at = row;
    while ((hop[at] as number) > 0) at = cause[at] as number;
    return at;
  }
}
