import { seqDiff } from '../base/seq32.ts';
import type { Seq32 } from '../base/seq32.ts';
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

/** null where a packet has none (imported and not understood). */
export const identityOf = (trace: Trace, packet: number): PacketIdentity | null => {
  const p = trace.packets;
  const flow = trace.flows[p.flow[packet] as number];
  if (!flow) return null;
  const dir = directionOf(trace, flow, packet);
  const common = { flow: flow.name, dir, stream: 0, nth: p.nth[packet] as number };
  if ((p.payload[packet] as number) > 0) return { ...common, offset: p.offset[packet] as number };
  const kind = controlKinds[p.kind[packet] as number];
  if (!kind) return null;
  if (kind !== 'ack') return { ...common, kind };
  const ackOf = ackedOffset(trace, flow, dir, packet);
  return ackOf === undefined ? null : { ...common, kind, ackOf };
};

/** Row of the packet with this identity, or −1. One pass over the columns. */
export const findPacket = (trace: Trace, id: PacketIdentity): number => {
  const p = trace.packets;
  const flowIndex = trace.flows.findIndex((flow) => flow.name === id.flow);
  const flow = trace.flows[flowIndex];
  if (!flow) return -1;
  const kind = Number(Object.entries(controlKinds).find(([, name]) => name === id.kind)?.[0] ?? PacketKind.Data);
  for (let i = 0; i < trace.packetCount; i++) {
    if (p.flow[i] !== flowIndex || p.nth[i] !== id.nth || p.hop[i] !== 0) continue;
    const payload = p.payload[i] as number;
    if (id.offset !== undefined) {
      if (payload === 0 || p.offset[i] !== id.offset) continue;
    } else if (payload > 0 || p.kind[i] !== kind) continue;
    if (directionOf(trace, flow, i) !== id.dir) continue;
    if (id.ackOf !== undefined && ackedOffset(trace, flow, id.dir, i) !== id.ackOf) continue;
    return i;
  }
  return -1;
};

/** As one word for the URL: `page.down.41992.2`, `page.up.ack-43440.1`. The flow's name is percent-encoded. */
export const identityWord = (id: PacketIdentity): string => {
  const what =
    id.offset !== undefined ? String(id.offset) : id.ackOf !== undefined ? `ack-${String(id.ackOf)}` : id.kind;
  return `${encodeURIComponent(id.flow).replaceAll('.', '%2E')}.${id.dir}.${what ?? ''}.${String(id.nth)}`;
};

const WORD = /^([^.]+)\.(up|down)\.(\d{1,15}|ack-\d{1,15}|syn|fin|rst|probe)\.(\d{1,5})$/;

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
  if (/^\d/.test(what)) return { ...common, offset: Number(what) };
  if (what.startsWith('ack-')) return { ...common, kind: 'ack', ackOf: Number(what.slice(4)) };
  return { ...common, kind: what as ControlKind };
};
