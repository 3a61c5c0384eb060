import { TcpFlag } from '../trace/types.ts';
import type { Trace, TraceEnd } from '../trace/types.ts';
import { u16, u8 } from '../wire/bytes.ts';
import { FieldWriter, grouped } from '../wire/field.ts';
import type { Field } from '../wire/field.ts';
import { ipv4Fields, ipv6Fields } from '../wire/ip/fields.ts';
import { ipPlaces, locateIp } from '../wire/ip/locate.ts';
import type { IpPlaces } from '../wire/ip/locate.ts';
import { IpProtocol, protocolName } from '../wire/ip/protocols.ts';
import { linkFields } from '../wire/link/fields.ts';
import { linkTypeName } from '../wire/link/types.ts';
import type { TcpContext } from '../wire/tcp/context.ts';
import { tcpFields, tcpFlagText } from '../wire/tcp/fields.ts';
import { tcpChecksum, TCP_BASE_SIZE } from '../wire/tcp/header.ts';
import { udpChecksum, udpFields, UDP_SIZE } from '../wire/udp/header.ts';
import { packetFrame } from './bytes.ts';
import type { PacketFrame } from './bytes.ts';
import { packetEnds } from './direction.ts';
import { httpLayers } from './http/layers.ts';
import { isEncrypted } from './protected.ts';
import { quicLayers } from './quic/layers.ts';
import { tlsLayers } from './tls/layers.ts';

/** One header of a packet, or its payload. `from` and `length` in bytes of `packetBytes`. */
export interface Layer {
  readonly id:
    | 'link'
    | 'ip'
    | 'tcp'
    | 'udp'
    | 'quic'
    | `quic.${number}`
    | 'tls'
    | `tls.${number}`
    | 'http'
    | `http.${number}`
    | 'payload'
    | 'other';
  readonly name: string;
  /** One line: what is in it. */
  readonly summary: string;
  readonly from: number;
  readonly length: number;
  readonly rfc: string;
  readonly fields: readonly Field[];
}

/** Shift of the windows that an end announces: null where its SYN was not seen; 0 unless both ends offered it (RFC 7323 §2.2). */
const scaleOf = (sender: TraceEnd, receiver: TraceEnd): number | null => {
  if (sender.isn === null || receiver.isn === null) return null;
  return sender.windowScale === null || receiver.windowScale === null ? 0 : Math.min(sender.windowScale, 14);
};

const tcpContext = (trace: Trace, packet: number, frame: PacketFrame, ip: IpPlaces): TcpContext => {
  const ends = packetEnds(trace, packet);
  const isWhole = frame.missing === 0 && !ip.fragment && ip.end <= frame.bytes.length;
  return {
    isn: ends?.sender.isn ?? null,
    peerIsn: ends?.receiver.isn ?? null,
    windowScale: ends ? scaleOf(ends.sender, ends.receiver) : null,
    checksumRight: isWhole
      ? tcpChecksum(frame.bytes, ip.source, ip.destination, ip.addressLength, ip.transport, ip.end - ip.transport) === 0
      : null,
  };
};

const printable = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, 48), (b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '·')).join('');

const payloadLayer = (trace: Trace, packet: number, bytes: Uint8Array, from: number, end: number): Layer => {
  const w = new FieldWriter('payload', from, 'RFC 9293 §3.4');
  const length = Math.max(0, end - from);
  const offset = trace.packets.offset[packet] as number;
  w.add(
    'bytes',
    'Payload',
    0,
    length * 8,
    printable(bytes.subarray(from, end)),
    `${grouped(length)} bytes, from offset ${grouped(offset)}`,
  );
  return {
    id: 'payload',
    name: 'Payload',
    summary: `${grouped(length)} bytes`,
    from,
    length,
    rfc: 'RFC 9293 §3.4',
    fields: w.fields,
  };
};

/** What a segment carries: TLS records where they were found, and what is none of them as payload; HTTP, where it can be read. */
const streamLayers = (
  trace: Trace,
  packet: number,
  bytes: Uint8Array,
  from: number,
  end: number,
  observed: boolean,
): Layer[] => {
  if (observed && isEncrypted(trace, trace.packets.flow[packet] as number))
    return tlsLayers(trace, packet, bytes, from, end, true);
  return [...recordLayers(trace, packet, bytes, from, end), ...httpLayers(trace, packet, from)];
};

const recordLayers = (trace: Trace, packet: number, bytes: Uint8Array, from: number, end: number): Layer[] => {
  const records = tlsLayers(trace, packet, bytes, from, end);
  const [first, last] = [records[0], records.at(-1)];
  if (!first || !last) return [payloadLayer(trace, packet, bytes, from, end)];
  const behind = last.from + last.length;
  if (first.from > from) records.unshift(payloadLayer(trace, packet, bytes, from, first.from));
  else if (behind < end) records.push(payloadLayer(trace, packet, bytes, behind, end));
  return records;
};

const otherLayer = (bytes: Uint8Array, from: number, name: string): Layer => {
  const w = new FieldWriter('other', from, '');
  const length = Math.max(0, bytes.length - from);
  w.add('bytes', name, 0, length * 8, printable(bytes.subarray(from)), `${grouped(length)} bytes`);
  return { id: 'other', name, summary: `${grouped(length)} bytes`, from, length, rfc: '', fields: w.fields };
};

const transportLayers = (
  trace: Trace,
  packet: number,
  frame: PacketFrame,
  ip: IpPlaces,
  observed: boolean,
): Layer[] => {
  const { bytes } = frame;
  const at = ip.transport;
  const end = Math.min(bytes.length, ip.end);
  if (ip.protocol === IpProtocol.Tcp && !ip.fragment && end - at >= TCP_BASE_SIZE) {
    const fields = tcpFields(bytes, at, end, tcpContext(trace, packet, frame, ip));
    const length = Math.min(Math.max(TCP_BASE_SIZE, (u8(bytes, at + 12) >>> 4) * 4), end - at);
    const flags = u8(bytes, at + 13);
    const summary = `${tcpFlagText(flags)}${(flags & TcpFlag.SYN) !== 0 ? '' : `, window ${grouped(trace.packets.window[packet] as number)}`}`;
    const layers: Layer[] = [
      { id: 'tcp', name: 'TCP header', summary, from: at, length, rfc: 'RFC 9293 §3.1', fields },
    ];
    if (at + length < end) layers.push(...streamLayers(trace, packet, bytes, at + length, end, observed));
    return layers;
  }
  if (ip.protocol === IpProtocol.Udp && !ip.fragment && end - at >= UDP_SIZE) {
    const isWhole = frame.missing === 0 && ip.end <= bytes.length;
    const right = isWhole
      ? udpChecksum(bytes, ip.source, ip.destination, ip.addressLength, at, ip.end - at) === 0
      : null;
    const fields = udpFields(bytes, at, end, right);
    const ports = `port ${String(u16(bytes, at))} to ${String(u16(bytes, at + 2))}`;
    const layers: Layer[] = [
      { id: 'udp', name: 'UDP header', summary: ports, from: at, length: UDP_SIZE, rfc: 'RFC 768', fields },
    ];
    if (at + UDP_SIZE < end) {
      const inside = quicLayers(trace, packet, bytes, at + UDP_SIZE, end, observed);
      layers.push(...(inside.length > 0 ? inside : [payloadLayer(trace, packet, bytes, at + UDP_SIZE, end)]));
    }
    return layers;
  }
  return at < bytes.length ? [otherLayer(bytes, at, ip.fragment ? 'IP fragment' : protocolName(ip.protocol))] : [];
};

/**
 * The layers of a packet, outermost first, with every field's value, meaning, bits and section. `observed`: as far as
 * somebody without keys can read them.
 */
export const packetLayers = (trace: Trace, packet: number, observed = false): Layer[] => {
  const frame = packetFrame(trace, packet);
  const { bytes, ipAt } = frame;
  const told = bytes.length === 0 ? quicLayers(trace, packet, null, 0, 0, observed) : [];
  if (told.length > 0) return told;
  const layers: Layer[] = [];
  if (ipAt > 0) {
    const name = linkTypeName(frame.linkType);
    const fields = linkFields(frame.linkType, bytes, 0, ipAt);
    layers.push({ id: 'link', name, summary: `${String(ipAt)} bytes`, from: 0, length: ipAt, rfc: '', fields });
  }
  const ip = ipPlaces();
  if (!locateIp(bytes, ipAt, bytes.length, ipAt + (trace.packets.size[packet] as number), ip)) {
    layers.push(otherLayer(bytes, ipAt, 'Bytes'));
    return layers;
  }
  const headerEnd = Math.min(ip.transport, bytes.length);
  layers.push({
    id: 'ip',
    name: ip.version === 4 ? 'IPv4 header' : 'IPv6 header',
    summary: `${protocolName(ip.protocol)}, ${grouped(trace.packets.size[packet] as number)} bytes`,
    from: ipAt,
    length: headerEnd - ipAt,
    rfc: ip.version === 4 ? 'RFC 791 §3.1' : 'RFC 8200 §3',
    fields:
      ip.version === 4 ? ipv4Fields(bytes, ipAt, bytes.length) : ipv6Fields(bytes, ipAt, bytes.length, ip.transport),
  });
  layers.push(...transportLayers(trace, packet, frame, ip, observed));
  return layers;
};
