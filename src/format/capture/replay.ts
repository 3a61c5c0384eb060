import { nanos } from '../../base/time.ts';
import type { SeriesBuilder, TraceBuilder } from '../../trace/builder.ts';
import { CauseKind, Fate, NONE, SpanKind, TcpFlag } from '../../trace/types.ts';
import { orderByTime } from '../order.ts';
import type { Dissection } from './dissect.ts';
import { Receiver } from './receiver.ts';
import { Sender } from './sender.ts';
import { Side } from './side.ts';
import { afterReceiving, afterSending } from './states.ts';
import type { InferredState } from './states.ts';

/** Flows with fewer packets get no series: a scan of a network has thousands of them. */
const MIN_PACKETS_FOR_SERIES = 8;

/** One end of a flow: its state, what it sends and what it receives. */
class End {
  state: InferredState = 'CLOSED';
  #span = NONE;
  readonly #rcvwnd: SeriesBuilder | null;
  readonly #builder: TraceBuilder;

  constructor(
    builder: TraceBuilder,
    readonly node: number,
    readonly flow: number,
    readonly sender: Sender,
    readonly receiver: Receiver,
    readonly scale: number,
    follow: boolean,
  ) {
    this.#builder = builder;
    this.#rcvwnd = follow ? builder.addSeries('rcvwnd', node, flow, 'inferred') : null;
  }

  become(state: InferredState, time: number, packet: number, causeKind: number): void {
    if (state === this.state) return;
    const b = this.#builder;
    if (this.#span !== NONE) b.endSpan(this.#span, nanos(time));
    this.#span = b.addSpan(nanos(time), SpanKind.State, this.node, this.flow, state, NONE, causeKind, packet);
    this.state = state;
  }

  advertises(time: number, window: number, flags: number): void {
    const scaled = (flags & TcpFlag.SYN) !== 0 ? window : window * 2 ** this.scale;
    this.#rcvwnd?.push(nanos(time), scaled);
  }
}

interface Ends {
  readonly client: End;
  readonly server: End;
}

const makeEnds = (builder: TraceBuilder, d: Dissection, flow: number, follow: boolean): Ends => {
  const { up, down } = d.flows[flow] as Dissection['flows'][number];
  const { client, server } = builder.flows[flow] as TraceBuilder['flows'][number];
  const clientScale = Side.scale(up, down) ?? 0;
  const serverScale = Side.scale(down, up) ?? 0;
  const end = (node: number, own: number, peer: number, incoming: Side, outgoing: Side): End =>
    new End(
      builder,
      node,
      flow,
      new Sender(builder, flow, node, peer, follow && outgoing.stream.next > 0),
      new Receiver(builder, flow, node, incoming.stream.isn === null ? -1 : 0),
      own,
      follow,
    );
  return {
    client: end(client.node, clientScale, serverScale, down, up),
    server: end(server.node, serverScale, clientScale, up, down),
  };
};

/** Instants at which packets come to their receivers, in order; lost ones do not. */
const arrivals = (builder: TraceBuilder): { order: Uint32Array; packet: Int32Array; time: Float64Array } => {
  const p = builder.packets;
  const n = builder.packetCount;
  const packet = new Int32Array(n);
  const time = new Float64Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) {
    if (p.fate[i] === Fate.InferredLost) continue;
    packet[count] = i;
    time[count++] = p.arrived[i] as number;
  }
  const times = time.subarray(0, count);
  return { order: orderByTime(times), packet, time };
};

/** Another transport, whose packets are played in the same order: each call takes a packet, and passes over what is not its own. */
export interface Followed {
  depart(packet: number): void;
  arrive(packet: number): void;
}

/**
 * Plays the packets of an imported trace through the ends of their flows, in order of time, and writes what follows from
 * them: states, deliveries, blocked spans, bytes in flight, round trips and windows. All of it is inferred.
 */
export const replay = (builder: TraceBuilder, d: Dissection, quic: Followed | null): void => {
  const n = builder.packetCount;
  const p = builder.packets;
  const perFlow = new Uint32Array(d.flows.length);
  for (let i = 0; i < n; i++) perFlow[p.flow[i] as number] = (perFlow[p.flow[i] as number] as number) + 1;
  const all = d.flows.map((flow, f) =>
    flow.protocol === 'tcp' ? makeEnds(builder, d, f, (perFlow[f] as number) >= MIN_PACKETS_FOR_SERIES) : null,
  );

  const depart = (i: number): void => {
    const ends = all[p.flow[i] as number];
    if (!ends) quic?.depart(i);
    if (!ends || (p.kind[i] as number) > LAST_TCP_KIND) return;
    const flow = builder.flows[p.flow[i] as number] as TraceBuilder['flows'][number];
    const isUp = builder.links[p.link[i] as number]?.from === flow.client.node;
    const own = isUp ? ends.client : ends.server;
    const peer = isUp ? ends.server : ends.client;
    const time = p.sent[i] as number;
    const flags = p.flags[i] as number;
    own.become(afterSending(own.state, flags), time, i, CauseKind.Sent);
    if ((flags & TcpFlag.RST) !== 0) return;
    if ((flags & TcpFlag.ACK) !== 0) {
      own.advertises(time, p.window[i] as number, flags);
      own.receiver.acknowledges(time, peer.sender.dataOffset(p.ack[i] as number));
    }
    const takesSpace = (p.payload[i] as number) > 0 || (flags & (TcpFlag.SYN | TcpFlag.FIN)) !== 0;
    if (takesSpace) {
      own.sender.sent(
        time,
        p.seq[i] as number,
        p.offset[i] as number,
        p.payload[i] as number,
        flags,
        (p.nth[i] as number) > 1,
      );
    }
  };
  const arrive = (i: number): void => {
    const ends = all[p.flow[i] as number];
    if (!ends) quic?.arrive(i);
    if (!ends || (p.kind[i] as number) > LAST_TCP_KIND) return;
    const flow = builder.flows[p.flow[i] as number] as TraceBuilder['flows'][number];
    const own = builder.links[p.link[i] as number]?.from === flow.client.node ? ends.server : ends.client;
    const time = p.arrived[i] as number;
    const flags = p.flags[i] as number;
    const isReset = (flags & TcpFlag.RST) !== 0;
    const acksFin =
      (flags & TcpFlag.ACK) !== 0 &&
      !isReset &&
      own.sender.acknowledged(time, p.ack[i] as number, p.window[i] as number, flags);
    own.become(afterReceiving(own.state, flags, acksFin), time, i, CauseKind.Arrival);
    const payload = p.payload[i] as number;
    if (payload > 0 && !isReset && p.fate[i] === Fate.Delivered) {
      own.receiver.arrive(time, p.offset[i] as number, (p.offset[i] as number) + payload, i);
    }
  };

  const { order, packet, time } = arrivals(builder);
  let sent = 0;
  for (const k of order) {
    const at = time[k] as number;
    const row = packet[k] as number;
    // At one instant arrivals come first, for what is sent then may answer them; but each packet leaves before it comes.
    while (sent < n && ((p.sent[sent] as number) < at || sent <= row)) depart(sent++);
    arrive(row);
  }
  while (sent < n) depart(sent++);
};

/** Kinds up to Probe are TCP; Other is not followed. */
const LAST_TCP_KIND = 5;
