import { nanos } from '../../base/time.ts';
import { TraceBuilder } from '../../trace/builder.ts';
import { Fate, NONE, PacketKind, Quality, TcpFlag } from '../../trace/types.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import type { CapturedBytes, Trace, TraceEnd } from '../../trace/types.ts';
import { orderByTime } from '../order.ts';
import type { Dissection } from './dissect.ts';
import { inferQueueing } from './arrivals.ts';
import { findFates } from './fates.ts';
import type { Flow } from './flows.ts';
import type { FrameTable } from './frames.ts';
import { LinkTable } from './links.ts';
import { replay } from './replay.ts';
import type { Followed } from './replay.ts';
import { Mark } from './rows.ts';
import type { RowTable } from './rows.ts';
import type { Side } from './side.ts';
import { findVantage } from './vantage.ts';
import type { Delays } from './vantage.ts';

const kindOf = (rows: RowTable, row: number): number => {
  const c = rows.columns;
  if (c.tcp[row] === 0) return c.kind[row] as number;
  const flags = c.flags[row] as number;
  if ((flags & TcpFlag.RST) !== 0) return PacketKind.Rst;
  if (((c.marks[row] as number) & (Mark.KeepAlive | Mark.ZeroWindowProbe)) !== 0) return PacketKind.Probe;
  if ((flags & TcpFlag.SYN) !== 0) return PacketKind.Syn;
  if ((c.payload[row] as number) > 0) return PacketKind.Data;
  return (flags & TcpFlag.FIN) !== 0 ? PacketKind.Fin : PacketKind.Ack;
};

const endOf = (node: number, address: string, port: number, side: Side): TraceEnd => ({
  node,
  address,
  port,
  isn: side.stream.isn,
  mss: side.mss,
  windowScale: side.windowScale,
  sackPermitted: side.sackPermitted,
  timestamps: side.timestamps,
});

/** What was read of QUIC: `follow` takes the rows of packets by rows of the capture, and is then played with them. */
export interface QuicCapture {
  follow(builder: TraceBuilder, packetOf: Int32Array): Followed & { finish(): TraceQuic };
}

/** Text form of an end: IPv6 addresses in brackets (RFC 3986 §3.2.2). */
const endText = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${String(port)}` : `${address}:${String(port)}`;

const flowName = (flow: Flow, addresses: readonly string[]): string => {
  const client = addresses[flow.client] ?? '?';
  const server = addresses[flow.server] ?? '?';
  return flow.protocol === 'other'
    ? `${client} → ${server}`
    : `${endText(client, flow.clientPort)} → ${endText(server, flow.serverPort)}`;
};

/** Instants of a row: measured where it passed the capture point, moved by the way to the ends elsewhere. */
const instants = (
  d: Dissection,
  frames: FrameTable,
  delay: Delays,
  row: number,
): { sent: number; arrived: number; quality: number } => {
  const c = d.rows.columns;
  const seen = frames.columns.time[c.frame[row] as number] as number;
  const isUp = c.upward[row] === 1;
  if (delay.both) {
    const twin = c.twin[row] as number;
    if (twin >= 0) {
      const arrived = Math.max(seen, frames.columns.time[c.frame[twin] as number] as number);
      return { sent: seen, arrived, quality: Quality.Measured | (Quality.Measured << 2) };
    }
    return {
      sent: seen,
      arrived: seen + (isUp ? delay.toServer : delay.toClient),
      quality: Quality.Measured | (Quality.Inferred << 2),
    };
  }
  const sent = seen - (isUp ? delay.toClient : delay.toServer);
  const arrived = seen + (isUp ? delay.toServer : delay.toClient);
  const knowsNothing = !delay.atClient && !delay.atServer && delay.toClient === 0 && delay.toServer === 0;
  const sentMeasured = knowsNothing || (isUp ? delay.atClient : delay.atServer);
  const arrivedMeasured = isUp ? delay.atServer : delay.atClient;
  return {
    sent,
    arrived,
    quality:
      (sentMeasured ? Quality.Measured : Quality.Inferred) |
      ((arrivedMeasured ? Quality.Measured : Quality.Inferred) << 2),
  };
};

/** Wall time of an instant, ns since 1970, as decimal text. */
const wallTime = (frames: FrameTable, after: number): string =>
  (BigInt(frames.firstSeconds) * 1_000_000_000n + BigInt(frames.firstNanos) + BigInt(after)).toString();

/** The rows that become packets, in order of their sending. */
const sortRows = (d: Dissection, frames: FrameTable, delays: readonly Delays[], fates: Uint8Array) => {
  const queueing = inferQueueing(d, frames, delays, fates);
  const c = d.rows.columns;
  const list: number[] = [];
  for (let row = 0; row < d.rows.count; row++) if (c.copy[row] === 0) list.push(row);
  const rows = Int32Array.from(list);
  const sent = new Float64Array(rows.length);
  const arrived = new Float64Array(rows.length);
  const quality = new Uint8Array(rows.length);
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] as number;
    const at = instants(d, frames, delays[c.flow[row] as number] as Delays, row);
    sent[k] = at.sent;
    arrived[k] = at.arrived + (queueing[row] as number);
    quality[k] = at.quality;
  }
  return { rows, sent, arrived, quality, order: orderByTime(sent) };
};

/** Makes the trace: rows sorted by their sending, with inferred instants, fates, deliveries, states and series. */
export const assemble = (
  name: string,
  bytes: Uint8Array,
  frames: FrameTable,
  d: Dissection,
  warnings: readonly string[],
  quic: QuicCapture | null = null,
): Trace => {
  const builder = new TraceBuilder();
  for (const sentence of warnings) builder.warn(sentence);
  const delays = findVantage(d, frames);
  const fates = findFates(d, frames, delays);
  const links = new LinkTable(builder, d.addresses);
  for (const [f, flow] of d.flows.entries()) {
    const ends = links.add(flow, delays[f] as Delays);
    builder.flows.push({
      name: flowName(flow, d.addresses),
      protocol: flow.protocol,
      client: endOf(ends.client, d.addresses[flow.client] ?? '', flow.clientPort, flow.up),
      server: endOf(ends.server, d.addresses[flow.server] ?? '', flow.serverPort, flow.down),
      congestion: null,
      knobs: [],
      lookup: null,
      tls: null,
    });
  }
  const { rows, sent, arrived, quality, order } = sortRows(d, frames, delays, fates);
  const start = order.length > 0 ? (sent[order[0] as number] as number) : 0;
  const captured: CapturedBytes = {
    bytes,
    offset: new Float64Array(rows.length),
    length: new Uint32Array(rows.length),
    ipAt: new Uint16Array(rows.length),
    linkType: new Uint16Array(rows.length),
  };
  builder.reserve(rows.length, 0);
  const packetOf = new Int32Array(d.rows.count).fill(NONE);
  const c = d.rows.columns;
  let end = 0;
  for (const k of order) {
    const row = rows[k] as number;
    const flow = d.flows[c.flow[row] as number] as Flow;
    const side = c.upward[row] === 1 ? flow.up : flow.down;
    const i = builder.addPacket();
    const p = builder.packets;
    packetOf[row] = i;
    const fate = fates[row] as number;
    const sentAt = (sent[k] as number) - start;
    const arrivedAt = (arrived[k] as number) - start;
    p.link[i] = links.linkOf(c.flow[row] as number, c.upward[row] === 1);
    p.flow[i] = c.flow[row] as number;
    p.sent[i] = sentAt;
    p.start[i] = sentAt;
    p.end[i] = sentAt;
    // Where an inferred loss happened is not known: it is put at the sending.
    p.arrived[i] = fate === Fate.InferredLost ? sentAt : arrivedAt;
    p.fate[i] = fate;
    p.quality[i] = quality[k] as number;
    p.kind[i] = kindOf(d.rows, row);
    p.size[i] = c.size[row] as number;
    p.payload[i] = c.payload[row] as number;
    p.flags[i] = c.flags[row] as number;
    p.seq[i] = c.seq[row] as number;
    p.ack[i] = c.ack[row] as number;
    p.window[i] = c.window[row] as number;
    p.offset[i] =
      c.tcp[row] === 1
        ? Math.max(0, (c.offset[row] as number) - side.stream.lowest - (side.stream.isn === null ? 0 : 1))
        : (c.offset[row] as number);
    p.stream[i] = c.stream[row] as number;
    p.tsVal[i] = c.tsVal[row] as number;
    p.tsEcr[i] = c.tsEcr[row] as number;
    const sack = c.sack[row] as number;
    if (sack >= 0) p.sack[i] = builder.addSack(d.rows.sackWords.subarray(sack + 1), d.rows.sackWords[sack] as number);
    p.ipId[i] = c.ipId[row] as number;
    p.ecn[i] = c.ecn[row] as number;
    p.nth[i] = c.nth[row] as number;
    const earlier = c.retransmissionOf[row] as number;
    if (earlier >= 0) p.retransmissionOf[i] = packetOf[earlier] as number;
    const frame = c.frame[row] as number;
    captured.offset[i] = frames.columns.offset[frame] as number;
    captured.length[i] = frames.columns.length[frame] as number;
    captured.ipAt[i] = c.ipAt[row] as number;
    captured.linkType[i] = frames.columns.linkType[frame] as number;
    end = Math.max(end, sentAt, p.arrived[i]);
  }
  const followed = quic?.follow(builder, packetOf) ?? null;
  replay(builder, d, followed);
  const trace = builder.finish({
    source: 'imported',
    title: name,
    seed: 0,
    end: nanos(end),
    epoch: wallTime(frames, start),
    captured,
  });
  return followed ? { ...trace, quic: followed.finish() } : trace;
};
