import { nanos } from '../../src/base/time.ts';
import { Rng } from '../../src/base/rng.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { CauseKind, Fate, NONE, PacketKind, SpanKind, TcpFlag } from '../../src/trace/types.ts';
import type { Trace } from '../../src/trace/types.ts';

const end = (node: number, port: number) => ({
  node,
  address: `10.0.0.${String(2 - node)}`,
  port,
  isn: 0,
  mss: 1460,
  windowScale: 10,
  sackPermitted: true,
  timestamps: true,
});

/** A builder with a client, a server and a link each way. */
export const twoHosts = (flows = 1): TraceBuilder => {
  const builder = new TraceBuilder();
  builder.nodes.push({ name: 'Client', role: 'client', address: '10.0.0.2' });
  builder.nodes.push({ name: 'Server', role: 'server', address: '10.0.0.1' });
  for (const [from, to] of [
    [0, 1],
    [1, 0],
  ] as const)
    builder.links.push({ from, to, mbps: 20, delay: nanos(20e6), queuePackets: 67 });
  for (let f = 0; f < flows; f++)
    builder.flows.push({
      name: `flow ${String(f + 1)}`,
      protocol: 'tcp',
      client: end(0, 40_000 + f),
      server: end(1, 443),
      congestion: 'CUBIC',
      knobs: [],
      lookup: null,
      tls: null,
    });
  return builder;
};

export interface Row {
  readonly up?: boolean;
  readonly flow?: number;
  readonly sent: number;
  readonly length?: number;
  readonly delay?: number;
  readonly fate?: number;
  readonly kind?: number;
  readonly payload?: number;
  readonly offset?: number;
  readonly flags?: number;
  readonly again?: number;
}

/** Appends one packet; times in ns. */
export const send = (builder: TraceBuilder, row: Row): number => {
  const i = builder.addPacket();
  const p = builder.packets;
  const payload = row.payload ?? 0;
  p.link[i] = row.up ? 0 : 1;
  p.flow[i] = row.flow ?? 0;
  p.sent[i] = row.sent;
  p.start[i] = row.sent;
  p.end[i] = row.sent + (row.length ?? (payload > 0 ? 600_000 : 20_800));
  p.fate[i] = row.fate ?? Fate.Delivered;
  p.arrived[i] = row.fate === Fate.QueueFull ? row.sent : (p.end[i] ?? 0) + (row.delay ?? 20e6);
  if (row.fate === Fate.LostOnWire) p.arrived[i] = p.end[i] ?? 0;
  p.kind[i] = row.kind ?? (payload > 0 ? PacketKind.Data : PacketKind.Ack);
  p.payload[i] = payload;
  p.size[i] = payload + 52;
  p.offset[i] = row.offset ?? 0;
  p.flags[i] = row.flags ?? TcpFlag.ACK;
  p.retransmissionOf[i] = row.again ?? NONE;
  if (row.again !== undefined) p.nth[i] = (p.nth[row.again] ?? 1) + 1;
  return i;
};

/** A trace of `n` packets with losses, repairs, waits, states and series drawn from a seed. */
export const randomTrace = (seed: number, n: number, flows = 1): Trace => {
  const rng = new Rng(seed);
  const builder = twoHosts(flows);
  const cwnd = builder.addSeries('cwnd', 1, 0);
  const inflight = builder.addSeries('inflight', 1, 0);
  const offsets = new Array<number>(flows).fill(0);
  const lost: number[] = [];
  let t = 0;
  for (let k = 0; k < n; k++) {
    t += rng.below(4) === 0 ? rng.below(20_000_000) : rng.below(700_000);
    const flow = rng.below(flows);
    const draw = rng.unit();
    if (k < 3 * flows) send(builder, { up: k % 2 === 0, flow, sent: t, kind: PacketKind.Syn, flags: TcpFlag.SYN });
    else if (draw < 0.35) send(builder, { up: true, flow, sent: t });
    else if (draw < 0.4 && lost.length > 0) {
      const first = lost.splice(rng.below(lost.length), 1)[0] as number;
      const { flow: f, offset } = builder.packets;
      send(builder, { flow: f[first] ?? 0, sent: t, payload: 1448, offset: offset[first] ?? 0, again: first });
    } else {
      const fate = rng.unit() < 0.06 ? (rng.below(2) === 0 ? Fate.LostOnWire : Fate.QueueFull) : Fate.Delivered;
      const delay = 20e6 + (rng.below(20) === 0 ? rng.below(200e6) : 0);
      const i = send(builder, { flow, sent: t, payload: 1448, offset: offsets[flow] ?? 0, fate, delay });
      offsets[flow] = (offsets[flow] ?? 0) + 1448;
      if (fate !== Fate.Delivered) {
        lost.push(i);
        const span = builder.addSpan(nanos(t + 21e6), SpanKind.Blocked, 0, flow, 'blocked', i, CauseKind.None, NONE);
        builder.endSpan(span, nanos(t + 22e6 + rng.below(60e6)));
        builder.spans.a[span] = builder.packets.offset[i] ?? 0;
      } else builder.addDelivery(nanos(t + 21e6), flow, 0, 0, builder.packets.offset[i] ?? 0, 1448, i);
    }
    cwnd.push(nanos(t), 14_480 + rng.below(100) * 1448);
    inflight.push(nanos(t), rng.below(100) * 1448);
  }
  builder.addSpan(nanos(0), SpanKind.State, 1, 0, 'LISTEN', NONE, CauseKind.None, NONE);
  const recovery = builder.addSpan(nanos(t / 3), SpanKind.Recovery, 1, 0, 'fast recovery', NONE, CauseKind.None, NONE);
  builder.endSpan(recovery, nanos(t / 2));
  return builder.finish({ source: 'simulated', title: `random ${String(seed)}`, seed, end: nanos(t + 300e6) });
};
