import { nanos, serializationTime } from '../../src/base/time.ts';
import { addDatagram } from '../../src/engine/network/quicRows.ts';
import type { QuicDatagram } from '../../src/engine/protocol/quic/pdu.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { QuicBuilder } from '../../src/trace/quic/builder.ts';
import { Fate, PacketKind } from '../../src/trace/types.ts';
import type { Trace, TraceEnd } from '../../src/trace/types.ts';
import { ParameterId } from '../../src/wire/quic/codes.ts';
import { parameterNumber } from '../../src/wire/quic/transportParameters.ts';
import type { HttpSession } from '../../src/wire/http/session.ts';
import type { QuicPair } from '../engine/quic/pair.ts';

const UDP_AND_IP = 28;

const end = (node: number, address: string, port: number): TraceEnd => ({
  node,
  address,
  port,
  isn: null,
  mss: null,
  windowScale: null,
  sackPermitted: null,
  timestamps: null,
});

const kindOf = (datagram: QuicDatagram, payload: number): number => {
  if (payload > 0) return PacketKind.Data;
  const kinds = datagram.packets.flatMap((packet): string[] =>
    packet.kind === 'frames' ? packet.frames.map(({ kind }) => kind) : [packet.kind],
  );
  return kinds.every((kind) => kind === 'ack' || kind === 'padding') ? PacketKind.Ack : PacketKind.Control;
};

/** What carries bytes of CRYPTO and STREAM, the first STREAM frame's place before the first CRYPTO frame's. */
const dataOf = (datagram: QuicDatagram): { payload: number; stream: number; offset: number } => {
  const frames = datagram.packets.flatMap((packet) => (packet.kind === 'frames' ? packet.frames : []));
  const data = frames.flatMap((frame) => (frame.kind === 'crypto' || frame.kind === 'stream' ? [frame] : []));
  const stream = data.find((frame) => frame.kind === 'stream');
  return {
    payload: data.reduce((sum, frame) => sum + frame.data.length, 0),
    stream: stream?.kind === 'stream' ? stream.stream : -1,
    offset: (stream ?? data[0])?.offset ?? 0,
  };
};

/** The runs of pairs as flows of one trace, each after the one before. */
export const quicTraceOf = (...pairs: readonly QuicPair[]): Trace => httpTraceOf(...pairs.map((pair) => ({ pair })));

/** The same, with what HTTP/3 wrote to their streams. */
export const httpTraceOf = (...runs: readonly { readonly pair: QuicPair; readonly http?: HttpSession }[]): Trace => {
  const trace = new TraceBuilder();
  const quic = new QuicBuilder();
  trace.nodes.push(
    { name: 'client', role: 'client', address: '10.0.0.1' },
    { name: 'server', role: 'server', address: '10.0.0.2' },
  );
  trace.links.push(
    { from: 0, to: 1, mbps: 50, delay: nanos(40e6), queuePackets: null },
    { from: 1, to: 0, mbps: 50, delay: nanos(40e6), queuePackets: null },
  );
  let base = 0;
  runs.forEach(({ pair, http }, flow) => {
    const client = end(0, '10.0.0.1', 50_000 + flow);
    const server = end(1, '10.0.0.2', 443);
    const common = { congestion: 'NewReno', knobs: [], lookup: null, tls: null };
    const name = `pair ${String(flow)}`;
    trace.flows.push({ name, protocol: 'udp', client, server, ...common, quic: pair.log, ...(http && { http }) });
    const exponent = (side: 'client' | 'server'): number =>
      Number(parameterNumber(pair.log.parameters[side], ParameterId.AckDelayExponent));
    quic.flows.push({
      flow,
      version: null,
      suite: null,
      serverName: null,
      alpn: null,
      resumed: null,
      early: null,
      closed: 0,
      opened: 0,
      secured: null,
      ackDelayExponent: { client: exponent('client'), server: exponent('server') },
    });
    for (const { from, sentAt, arrivesAt, datagram } of pair.crossings) {
      const row = trace.addPacket();
      const { packets: p } = trace;
      const size = datagram.size + UDP_AND_IP;
      const sent = base + sentAt;
      const { payload, stream, offset } = dataOf(datagram);
      p.link[row] = from === 'client' ? 0 : 1;
      p.flow[row] = flow;
      p.sent[row] = sent;
      p.start[row] = sent;
      p.end[row] = sent + serializationTime(size, 50);
      p.arrived[row] = arrivesAt === null ? p.end[row] : base + arrivesAt;
      p.fate[row] = arrivesAt === null ? Fate.LostOnWire : Fate.Delivered;
      p.kind[row] = kindOf(datagram, payload);
      p.size[row] = size;
      p.payload[row] = payload;
      p.stream[row] = stream;
      p.offset[row] = offset;
      p.ecn[row] = datagram.ecn;
      addDatagram(quic, row, datagram, 0);
    }
    base += pair.now + 1e9;
  });
  const made = trace.finish({ source: 'simulated', title: 'pairs', seed: 1, end: nanos(base) });
  return { ...made, quic: quic.finish(made.packetCount) };
};
