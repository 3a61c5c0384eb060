import { atOnce } from '../../base/steps.ts';
import type { Steps } from '../../base/steps.ts';
import { isUpward } from '../../trace/direction.ts';
import { Fate, isLost } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import { LinkType } from '../../wire/link/types.ts';
import { packetFrame } from '../../packet/bytes.ts';
import { packetLabel } from '../../packet/label.ts';
import { lossSentence } from '../../packet/sentences.ts';
import { keyLogOf } from '../../packet/made.ts';
import { ByteWriter } from '../byteWriter.ts';
import { orderByTime } from '../order.ts';
import { BlockType, BYTE_ORDER_MAGIC, OptionCode, TLS_KEY_LOG } from './blocks.ts';

/** Where the capture is taken: at one kind of end, or at both as an interface each. */
export type Vantage = 'client' | 'server' | 'both';

/** A simulated run has no wall time: its instant 0 is 2000-01-01 00:00:00 UTC, the same in every export. */
const SIMULATED_EPOCH = 946_684_800_000_000_000n;
const NANOSECONDS = 9;
const NO_SNAPLEN = 0;
const INBOUND = 1;
const OUTBOUND = 2;

const text = new TextEncoder();

/** Writes one option, padded; `value` empty ends nothing. */
const option = (out: ByteWriter, code: number, value: Uint8Array): void => {
  out.u16(code);
  out.u16(value.length);
  out.padded(value);
};
const endOptions = (out: ByteWriter): void => {
  out.u16(OptionCode.End);
  out.u16(0);
};

/** Writes a block: type, length before and behind, body. */
const block = (out: ByteWriter, type: number, body: () => void): void => {
  const start = out.length;
  out.u32(type);
  out.u32(0);
  body();
  const length = out.length - start + 4;
  out.u32(length);
  out.patch32(start + 4, length);
};

const section = (out: ByteWriter, application: string, comment: string): void => {
  block(out, BlockType.Section, () => {
    out.u32(BYTE_ORDER_MAGIC);
    out.u16(1);
    out.u16(0);
    // Section length −1: not said.
    out.u32(0xffffffff);
    out.u32(0xffffffff);
    if (comment !== '') option(out, OptionCode.Comment, text.encode(comment));
    option(out, OptionCode.Application, text.encode(application));
    endOptions(out);
  });
};

const interfaceBlock = (out: ByteWriter, linkType: number, name: string, description: string): void => {
  block(out, BlockType.Interface, () => {
    out.u16(linkType);
    out.u16(0);
    out.u32(NO_SNAPLEN);
    option(out, OptionCode.Name, text.encode(name));
    if (description !== '') option(out, OptionCode.Description, text.encode(description));
    option(out, OptionCode.TimeResolution, Uint8Array.of(NANOSECONDS));
    endOptions(out);
  });
};

/** Wireshark opens what is encrypted with what stands here, so it comes before the packets (pcapng §4.7). */
const secrets = (out: ByteWriter, keyLog: string): void => {
  if (keyLog === '') return;
  const bytes = text.encode(keyLog);
  block(out, BlockType.DecryptionSecrets, () => {
    out.u32(TLS_KEY_LOG);
    out.u32(bytes.length);
    out.padded(bytes);
  });
};

const packetBlock = (
  out: ByteWriter,
  iface: number,
  time: bigint,
  bytes: Uint8Array,
  wireLength: number,
  flags: number,
  comment: string,
): void => {
  block(out, BlockType.EnhancedPacket, () => {
    out.u32(iface);
    out.u32(Number(time >> 32n));
    out.u32(Number(time & 0xffffffffn));
    out.u32(bytes.length);
    out.u32(wireLength);
    out.padded(bytes);
    if (comment !== '') option(out, OptionCode.Comment, text.encode(comment));
    option(out, OptionCode.Flags, Uint8Array.of(flags, 0, 0, 0));
    endOptions(out);
  });
};

/** The instants at which packets pass the vantages, in order of time. */
interface Sightings {
  readonly order: Uint32Array;
  readonly time: Float64Array;
  readonly packet: Int32Array;
  /** Index of the interface. */
  readonly iface: Uint16Array;
  readonly inbound: Uint8Array;
}

/** `ifaceOf[node]`: interface of a node, −1 where nobody captures. */
const sightings = (trace: Trace, ifaceOf: Int32Array): Sightings => {
  const { packets: p, links, packetCount } = trace;
  const limit = packetCount * 2;
  const time = new Float64Array(limit);
  const packet = new Int32Array(limit);
  const iface = new Uint16Array(limit);
  const inbound = new Uint8Array(limit);
  let n = 0;
  const see = (i: number, node: number | undefined, at: number, isInbound: number): void => {
    const where = node === undefined ? -1 : (ifaceOf[node] as number);
    if (where < 0) return;
    time[n] = at;
    packet[n] = i;
    iface[n] = where;
    inbound[n++] = isInbound;
  };
  // Arrivals first: what they bring about at the same instant is sent after them.
  for (let i = 0; i < packetCount; i++) {
    const fate = p.fate[i];
    if (fate === Fate.Delivered || fate === Fate.Unknown)
      see(i, links[p.link[i] as number]?.to, p.arrived[i] as number, 1);
  }
  for (let i = 0; i < packetCount; i++) see(i, links[p.link[i] as number]?.from, p.sent[i] as number, 0);
  const times = time.subarray(0, n);
  return { order: orderByTime(times), time, packet, iface, inbound };
};

/** Says of a lost packet where and why it was lost; empty for others. */
const lossComment = (trace: Trace, packet: number): string => {
  const p = trace.packets;
  const fate = p.fate[packet] as number;
  if (!isLost(fate)) return '';
  const link = trace.links[p.link[packet] as number];
  const name = (node: number | undefined): string => trace.nodes[node ?? -1]?.name ?? '?';
  const at = ((p.arrived[packet] as number) / 1e6).toFixed(3);
  const way = isUpward(trace, packet) ? 'client to server' : 'server to client';
  return `${packetLabel(trace, packet)} ${lossSentence[fate] ?? 'lost'} between ${name(link?.from)} and ${name(link?.to)} (${way}) at ${at} ms`;
};

/** Nodes at which a vantage captures, in order. Without roles (imported): the flows' own ends. */
const vantageNodes = (trace: Trace, vantage: Vantage): number[] => {
  const nodes = new Set<number>();
  for (const flow of trace.flows) {
    if (vantage !== 'server') nodes.add(flow.client.node);
    if (vantage !== 'client') nodes.add(flow.server.node);
  }
  return [...nodes].sort((a, b) => a - b);
};

/**
 * A trace as pcapng: nanosecond times, one interface a vantage node, raw IP (link type 101). A packet is in it at the
 * instant when it passes that node: sent by it, or arrived there. Lost ones carry a comment that says where and why. The
 * secrets of TLS stand before the packets that they open; `prepareBytes` goes before this.
 */
export const writePcapng = (trace: Trace, vantage: Vantage = 'client', application = 'Roundtrip'): Uint8Array =>
  atOnce(pcapngSteps(trace, vantage, application));

/** The same step by step: each packet is one. */
export function* pcapngSteps(trace: Trace, vantage: Vantage = 'client', application = 'Roundtrip'): Steps<Uint8Array> {
  const out = new ByteWriter();
  const epoch = trace.epoch === null ? SIMULATED_EPOCH : BigInt(trace.epoch);
  section(out, application, trace.title);
  const nodes = vantageNodes(trace, vantage);
  const ifaceOf = new Int32Array(trace.nodes.length).fill(-1);
  for (const [k, node] of nodes.entries()) {
    ifaceOf[node] = k;
    const { name, address } = trace.nodes[node] ?? { name: `node ${String(node)}`, address: '' };
    interfaceBlock(out, LinkType.Raw, name, address);
  }
  /** Each connection's secrets stand right before its first packet: a replay's, which bear the same name, come later. */
  const told = new Set<number>();
  const seen = sightings(trace, ifaceOf);
  let written = 0;
  for (const k of seen.order) {
    yield written++ / seen.order.length;
    const i = seen.packet[k] as number;
    const flow = trace.packets.flow[i] as number;
    if (!told.has(flow)) {
      told.add(flow);
      secrets(out, keyLogOf(trace, flow));
    }
    const frame = packetFrame(trace, i);
    const bytes = frame.bytes.subarray(frame.ipAt);
    const isInbound = seen.inbound[k] === 1;
    const time = epoch + BigInt(seen.time[k] as number);
    const wireLength = Math.max(bytes.length, trace.packets.size[i] as number);
    packetBlock(
      out,
      seen.iface[k] as number,
      time,
      bytes,
      wireLength,
      isInbound ? INBOUND : OUTBOUND,
      lossComment(trace, i),
    );
  }
  return out.finish();
}
