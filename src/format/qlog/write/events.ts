import { within } from '../../../base/steps.ts';
import type { Steps } from '../../../base/steps.ts';
import { NS_PER_MS } from '../../../base/time.ts';
import { EventKind, Fate, CauseKind, LossProof, NONE, SpanKind } from '../../../trace/types.ts';
import type { SeriesName, Trace } from '../../../trace/types.ts';
import { orderByTime } from '../../order.ts';
import type { Fields } from '../values.ts';
import { httpEvents } from './http.ts';
import { packetTypes, quicPacketFields } from './quicPacket.ts';
import { requestEvents } from './requests.ts';
import { parameterEvents, startedEvent } from './start.ts';
import { TcpPackets } from './tcpPacket.ts';

/** An event as it is written: time in ms. */
export interface QlogEvent {
  readonly time: number;
  readonly name: string;
  readonly data: Fields;
}

/** An event on its way into the order of time; what it says is made when it is written. */
export interface Told {
  /** ns. */
  readonly time: number;
  readonly name: string;
  readonly data: () => Fields;
}

const metricNames: Readonly<Partial<Record<SeriesName, readonly [name: string, unit: number]>>> = {
  cwnd: ['congestion_window', 1],
  ssthresh: ['ssthresh', 1],
  inflight: ['bytes_in_flight', 1],
  rtt: ['latest_rtt', NS_PER_MS],
  srtt: ['smoothed_rtt', NS_PER_MS],
  rttvar: ['rtt_variance', NS_PER_MS],
  rto: ['retransmission_timeout', NS_PER_MS],
  pacing: ['pacing_rate', 1],
  sndwnd: ['send_window', 1],
  rcvwnd: ['receive_window', 1],
};

const triggers = new Map<number, string>([
  [LossProof.PacketThreshold, 'reordering_threshold'],
  [LossProof.TimeThreshold, 'time_threshold'],
  [LossProof.Timeout, 'pto_expired'],
  [LossProof.Sack, 'sack'],
  [LossProof.DuplicateAcks, 'duplicate_acks'],
  [LossProof.Rack, 'rack'],
  [LossProof.PartialAck, 'partial_ack'],
]);

/** States of the machines as the drafts call them (connectivity:connection_state_updated); of TCP by their own names. */
const quicStates: Readonly<Record<string, string>> = {
  INITIAL: 'attempted',
  RETRIED: 'attempted',
  HANDSHAKE: 'handshake_started',
  COMPLETE: 'handshake_complete',
  CONFIRMED: 'handshake_confirmed',
  CLOSING: 'closing',
  DRAINING: 'draining',
  CLOSED: 'closed',
};
const stateFields = (label: string, isQuic: boolean): Fields => {
  const own = label.toLowerCase().replaceAll('-', '_');
  // The drafts know no state behind a Retry: it stands in a field of our own.
  return { new: (isQuic ? quicStates[label] : undefined) ?? own, ...(label === 'RETRIED' && { roundtrip_state: own }) };
};

const spaces = ['initial', 'handshake', 'application_data'];

/** `new` of a changed key is asked for (security:key_updated), and is nobody's business: no bytes of it are told. */
const SECRET = '';

/** Everything that one end of a flow could log. */
export class EndEvents {
  readonly #told: Told[] = [];
  readonly #node: number;
  readonly #tcp: TcpPackets | null;

  constructor(
    readonly trace: Trace,
    readonly flow: number,
    readonly side: 'client' | 'server',
  ) {
    const ends = trace.flows[flow];
    this.#node = ends?.[side].node ?? NONE;
    const isQuic = trace.quic?.flows.some((one) => one.flow === flow) === true;
    this.#tcp = isQuic ? null : new TcpPackets(trace, flow);
  }

  /** Finds what there is to tell, before any of it is told. */
  *#find(): Steps<void> {
    const { trace, flow, side } = this;
    if (this.#tcp) yield* within(this.#tcp.read(flow), 0, 0.8);
    this.#told.push(startedEvent(trace, flow, side), ...parameterEvents(trace, flow, side));
    this.#packets(false);
    yield 0.85;
    this.#events();
    this.#spans();
    yield 0.9;
    this.#metrics();
    yield 0.95;
    this.#packets(true);
    for (const event of httpEvents(trace, flow, side)) this.#told.push(event);
    for (const event of requestEvents(trace, flow, side)) this.#told.push(event);
  }

  /** Row of a packet as its own host sent it. */
  #origin(row: number): number {
    const p = this.trace.packets;
    let i = row;
    for (let left = p.hop[row] as number; left > 0 && p.causeKind[i] === CauseKind.Arrival; left--)
      i = p.cause[i] as number;
    return i;
  }

  #packets(isSent: boolean): void {
    const { packets: p, links, quic } = this.trace;
    const name = isSent ? 'transport:packet_sent' : 'transport:packet_received';
    for (let i = 0; i < this.trace.packetCount; i++) {
      if (p.flow[i] !== this.flow) continue;
      const link = links[p.link[i] as number];
      if (isSent ? link?.from !== this.#node || p.hop[i] !== 0 : link?.to !== this.#node) continue;
      if (!isSent && p.fate[i] !== Fate.Delivered) continue;
      const row = this.#origin(i);
      const time = (isSent ? p.sent[i] : p.arrived[i]) as number;
      if (this.#tcp) {
        const tcp = this.#tcp;
        this.#told.push({ time, name, data: () => tcp.fields(row) });
        continue;
      }
      if (!quic) continue;
      const own = quic.flows.find((one) => one.flow === this.flow)?.ackDelayExponent;
      const isFromClient = (this.side === 'client') === isSent;
      const exponent = (isFromClient ? own?.client : own?.server) ?? 3;
      for (let q = quic.packetsOf[row] as number; q < (quic.packetsOf[row + 1] as number); q++)
        this.#told.push({ time, name, data: () => quicPacketFields(quic, q, exponent) });
    }
  }

  #lost(packet: number, number: number, proof: number): Fields {
    const { quic } = this.trace;
    const trigger = triggers.get(proof);
    let header: Fields = { packet_type: '1RTT', packet_number: this.#tcp?.numbers.get(packet) ?? number };
    if (quic && !this.#tcp && packet !== NONE) {
      for (let q = quic.packetsOf[packet] as number; q < (quic.packetsOf[packet + 1] as number); q++)
        if (quic.packets.number[q] === number)
          header = { packet_type: packetTypes[quic.packets.type[q] as number] ?? 'unknown', packet_number: number };
    }
    return { header, ...(trigger === undefined ? {} : { trigger }) };
  }

  /** When this end could send what it likes; Infinity: never. */
  #connected(): number {
    const { events: e, eventCount } = this.trace;
    for (let i = 0; i < eventCount; i++)
      if (e.kind[i] === EventKind.Connected && e.flow[i] === this.flow && e.node[i] === this.#node)
        return e.time[i] as number;
    return Infinity;
  }

  #events(): void {
    const { events: e, labels } = this.trace;
    let secured = 0;
    for (let i = 0; i < this.trace.eventCount; i++) {
      if (e.flow[i] !== this.flow || e.node[i] !== this.#node) continue;
      const [time, kind, a, b] = [e.time[i] as number, e.kind[i] as number, e.a[i] as number, e.b[i] as number];
      const packet = e.packet[i] as number;
      // The drafts know no timer of TCP: both of its are told as PTO, and which it was in a field of our own.
      const timer = (space: number, count: number, own?: 'rto' | 'tlp'): void => {
        const data = {
          event_type: 'expired',
          timer_type: 'pto',
          packet_number_space: spaces[space],
          count,
          ...(own && { roundtrip_timer: own }),
        };
        this.#told.push({ time, name: 'recovery:loss_timer_updated', data: () => data });
      };
      if (kind === EventKind.LossDetected && (!this.#tcp || packet !== NONE))
        this.#told.push({ time, name: 'recovery:packet_lost', data: () => this.#lost(packet, b, a) });
      else if (kind === EventKind.PtoFired) timer(a, b);
      else if (kind === EventKind.RtoFired) timer(2, b, 'rto');
      else if (kind === EventKind.TlpFired) timer(2, b, 'tlp');
      else if (kind === EventKind.CongestionState)
        this.#told.push({ time, name: 'recovery:congestion_state_updated', data: () => ({ new: labels[a] ?? '' }) });
      else if (kind === EventKind.SlowStartLeft)
        this.#told.push({
          time,
          name: 'recovery:congestion_state_updated',
          data: () => ({ new: 'congestion_avoidance' }),
        });
      else if (kind === EventKind.KeysUpdated)
        this.#told.push({
          time,
          name: 'security:key_updated',
          data: () => ({ key_type: `${this.side}_1rtt_secret`, new: SECRET, generation: a }),
        });
      else if (kind === EventKind.Secured) {
        const key =
          secured++ === 0 && !this.#tcp && time < this.#connected() ? 'client_0rtt_secret' : 'client_1rtt_secret';
        this.#told.push({
          time,
          name: 'security:key_updated',
          data: () => ({ key_type: key, new: SECRET, trigger: 'tls' }),
        });
      }
    }
  }

  #spans(): void {
    const { spans: s, labels } = this.trace;
    for (let i = 0; i < this.trace.spanCount; i++) {
      if (s.flow[i] !== this.flow || s.node[i] !== this.#node) continue;
      const label = labels[s.label[i] as number] ?? '';
      const [start, end, kind] = [s.start[i] as number, s.end[i] as number, s.kind[i]];
      if (kind === SpanKind.State)
        this.#told.push({
          time: start,
          name: 'connectivity:connection_state_updated',
          data: () => stateFields(label, !this.#tcp),
        });
      else if (kind === SpanKind.Recovery) {
        const state = (time: number, to: string): void => {
          this.#told.push({ time, name: 'recovery:congestion_state_updated', data: () => ({ new: to }) });
        };
        state(start, label.replaceAll(' ', '_'));
        if (end < this.trace.end) state(end, 'congestion_avoidance');
      } else if (kind === SpanKind.HttpHeld && label === 'QPACK table') {
        const stream = this.trace.requests.find((one) => one.flow === this.flow && one.index === s.a[i])?.stream ?? 0;
        const held = (time: number, state: string): void => {
          this.#told.push({ time, name: 'qpack:stream_state_updated', data: () => ({ stream_id: stream, state }) });
        };
        held(start, 'blocked');
        held(end, 'unblocked');
      }
    }
  }

  /** Metrics that change at one instant stand in one event. */
  #metrics(): void {
    const at = new Map<number, Record<string, number>>();
    for (const series of this.trace.series) {
      const named = metricNames[series.name];
      if (series.node !== this.#node || series.flow !== this.flow || !named) continue;
      const [name, unit] = named;
      for (let k = 0; k < series.time.length; k++) {
        const value = series.value[k] as number;
        if (!Number.isFinite(value) || value > Number.MAX_SAFE_INTEGER) continue;
        const time = series.time[k] as number;
        const fields = at.get(time) ?? {};
        fields[name] = value / unit;
        at.set(time, fields);
      }
    }
    for (const [time, fields] of at) this.#told.push({ time, name: 'recovery:metrics_updated', data: () => fields });
  }

  /** All of them, step by step, in order of time; at one instant what comes in stands before what goes out. */
  *told(): Steps<Iterator<QlogEvent> & { readonly length: number }> {
    yield* this.#find();
    const told = this.#told;
    const order = orderByTime(Float64Array.from(told, ({ time }) => time));
    let k = 0;
    return {
      length: order.length,
      next: () => {
        if (k >= order.length) return { done: true, value: undefined };
        const { time, name, data } = told[order[k++] as number] as Told;
        return { done: false, value: { time: time / NS_PER_MS, name, data: data() } };
      },
    };
  }
}
