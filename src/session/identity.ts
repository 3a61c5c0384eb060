import { seqDiff } from '../base/seq32.ts';
import type { Seq32 } from '../base/seq32.ts';
import { QuicFrameIndex, QuicType } from '../trace/quic/types.ts';
import { PacketKind } from '../trace/types.ts';
import type { Trace, TraceFlow } from '../trace/types.ts';
import type { Touch } from '../scenario/schema.ts';

/**
 * What makes a packet the same one in two runs: flow, direction, first byte of the stream or kind, n-th transmission.
 * It is a `touched` entry without its act.
 */
export type PacketIdentity = Pick<Touch, 'flow' | 'dir' | 'stream' | 'offset' | 'kind' | 'ackOf' | 'nth'>;

type ControlKind = NonNullable<Touch['kind']>;
const controlKinds: Readonly<Partial<Record<number, ControlKind>>> = {
  [PacketKind.Ack]: 'ack',
  [PacketKind.Syn]: 'syn',
  [PacketKind.Fin]: 'fin',
  [PacketKind.Rst]: 'rst',
  [PacketKind.Probe]: 'probe',
};

const directionOf = (trace: Trace, flow: TraceFlow, packet: number): 'up' | 'down' => {
  const link = trace.links[trace.packets.link[packet] as number];
  return link?.from === flow.client.node || link?.to === flow.server.node ? 'up' : 'down';
};

/** Stream offset that an ACK names: the next byte expected, from 0. */
const ackedOffset = (trace: Trace, flow: TraceFlow, dir: 'up' | 'down', packet: number): number | undefined => {
  const isn = dir === 'up' ? flow.server.isn : flow.client.isn;
  if (isn === null) return undefined;
  return Math.max(0, seqDiff(trace.packets.ack[packet] as Seq32, isn as Seq32) - 1);
};

const cryptoKinds: Readonly<Partial<Record<number, ControlKind>>> = {
  [QuicType.Initial]: 'initial',
  [QuicType.Handshake]: 'handshake',
  [QuicType.OneRtt]: 'crypto',
};

/** Where the words of an ACK frame have the largest number that it acknowledges (see `partsOf`). */
const LARGEST = 6;

/** A datagram by its first bytes of a stream, by the space of its CRYPTO, by what it acknowledges, or as one of control. */
const quicIdentity = (trace: Trace, packet: number, common: Omit<PacketIdentity, 'stream'>): PacketIdentity | null => {
  const { packets: p, quic } = trace;
  if (!quic) return null;
  const stream = p.stream[packet] as number;
  if ((p.payload[packet] as number) > 0 && stream >= 0)
    return { ...common, stream, offset: p.offset[packet] as number };
  const { packets: q, frames: f, words, packetsOf } = quic;
  /** First frame of a kind, and the row of its packet. */
  const find = (kind: number): readonly [frame: number, packet: number] | null => {
    for (let k = packetsOf[packet] ?? 0; k < (packetsOf[packet + 1] ?? 0); k++)
      for (let n = q.frame[k] as number; n < (q.frame[k] as number) + (q.frames[k] as number); n++)
        if (f.kind[n] === kind) return [n, k];
    return null;
  };
  const bare = { ...common, stream: 0 };
  if (p.kind[packet] === PacketKind.Ack) {
    const ack = find(QuicFrameIndex.ack);
    return ack && { ...bare, kind: 'ack', ackOf: words[(f.word[ack[0]] as number) + LARGEST] ?? 0 };
  }
  const crypto = p.kind[packet] === PacketKind.Data ? find(QuicFrameIndex.crypto) : null;
  return { ...bare, kind: (crypto && cryptoKinds[q.type[crypto[1]] as number]) ?? 'control' };
};

/** null where a packet has none (imported and not understood). */
export const identityOf = (trace: Trace, packet: number): PacketIdentity | null => {
  const p = trace.packets;
  const flow = trace.flows[p.flow[packet] as number];
  if (!flow) return null;
  const dir = directionOf(trace, flow, packet);
  const common = { flow: flow.name, dir, stream: 0, nth: p.nth[packet] as number };
  if (flow.protocol === 'udp') return quicIdentity(trace, packet, common);
  if ((p.payload[packet] as number) > 0) return { ...common, offset: p.offset[packet] as number };
  const kind = controlKinds[p.kind[packet] as number];
  if (!kind) return null;
  if (kind !== 'ack') return { ...common, kind };
  const ackOf = ackedOffset(trace, flow, dir, packet);
  return ackOf === undefined ? null : { ...common, kind, ackOf };
};

const same = (a: PacketIdentity, b: PacketIdentity): boolean =>
  a.dir === b.dir && a.stream === b.stream && a.offset === b.offset && a.kind === b.kind && a.ackOf === b.ackOf;

/** Row of the packet with this identity, or −1. One pass over the columns. */
export const findPacket = (trace: Trace, id: PacketIdentity): number => {
  const p = trace.packets;
  const flow = trace.flows.findIndex(({ name }) => name === id.flow);
  if (flow < 0) return -1;
  for (let i = 0; i < trace.packetCount; i++) {
    if (p.flow[i] !== flow || p.nth[i] !== id.nth || p.hop[i] !== 0) continue;
    if (id.offset !== undefined && p.offset[i] !== id.offset) continue;
    const found = identityOf(trace, i);
    if (found && same(found, id)) return i;
  }
  return -1;
};

/**
 * As one word for the URL: `page.down.41992.2`, `page.up.ack-43440.1`, of stream 4 `page.down.s4-1200.1`. The flow's name
 * is percent-encoded.
 */
export const identityWord = (id: PacketIdentity): string => {
  const place = id.stream > 0 ? `s${String(id.stream)}-` : '';
  const what =
    id.offset !== undefined
      ? `${place}${String(id.offset)}`
      : id.ackOf !== undefined
        ? `ack-${String(id.ackOf)}`
        : id.kind;
  return `${encodeURIComponent(id.flow).replaceAll('.', '%2E')}.${id.dir}.${what ?? ''}.${String(id.nth)}`;
};

const WORD =
  /^([^.]+)\.(up|down)\.((?:s\d{1,15}-)?\d{1,15}|ack-\d{1,15}|syn|fin|rst|probe|initial|handshake|crypto|control)\.(\d{1,5})$/;

/** Reads `identityWord`; null where it is not one. */
export const parseIdentity = (word: string): PacketIdentity | null => {
  const [, flow, dir, what, nth] = WORD.exec(word) ?? [];
  if (flow === undefined || what === undefined || (dir !== 'up' && dir !== 'down')) return null;
  let name: string;
  try {
    name = decodeURIComponent(flow);
  } catch {
    return null;
  }
  const common = { flow: name, dir, stream: 0, nth: Number(nth) } as const;
  const [, stream = 0, offset] = /^(?:s(\d+)-)?(\d+)$/.exec(what) ?? [];
  if (offset !== undefined) return { ...common, stream: Number(stream), offset: Number(offset) };
  if (what.startsWith('ack-')) return { ...common, kind: 'ack', ackOf: Number(what.slice(4)) };
  return { ...common, kind: what as ControlKind };
};
