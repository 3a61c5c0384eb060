import { hashWords } from '../base/hash.ts';
import { seq32 } from '../base/seq32.ts';
import { NONE, TcpFlag } from '../trace/types.ts';
import type { Trace, TraceEnd } from '../trace/types.ts';
import { putU32 } from '../wire/bytes.ts';
import { encodeIpv4, IPV4_BASE_SIZE } from '../wire/ip/ipv4.ts';
import { encodeIpv6, IPV6_SIZE } from '../wire/ip/ipv6.ts';
import { IpProtocol } from '../wire/ip/protocols.ts';
import { encodeTcp, TCP_BASE_SIZE, tcpHeaderSize, writeTcpChecksum } from '../wire/tcp/header.ts';
import type { TcpHeader } from '../wire/tcp/header.ts';
import { tcpOptionsSize } from '../wire/tcp/options.ts';
import type { TcpOption } from '../wire/tcp/options.ts';
import { encodeUdp, UDP_SIZE, writeUdpChecksum } from '../wire/udp/header.ts';
import { packetEnds } from './direction.ts';
import type { PacketEnds } from './direction.ts';
import { madeSession } from './made.ts';
import { writeApplication } from './payload.ts';
import { rowsWithin } from './quic/rows.ts';
import { quicBytes } from './quic/bytes.ts';

/** RFC 1700's recommendation, and what Linux sends. */
const TTL = 64;
const NOP: TcpOption = { kind: 'nop' };

/** Options of a SYN in the order that Linux writes them, so that they fill whole words. */
const synOptions = (sender: TraceEnd, value: number, echo: number): TcpOption[] => {
  const options: TcpOption[] = [];
  const sack: TcpOption = { kind: 'sackPermitted' };
  if (sender.mss !== null) options.push({ kind: 'mss', value: sender.mss });
  if (sender.timestamps === true) {
    options.push(...(sender.sackPermitted === true ? [sack] : [NOP, NOP]), { kind: 'timestamps', value, echo });
  } else if (sender.sackPermitted === true) options.push(NOP, NOP, sack);
  if (sender.windowScale !== null) options.push(NOP, { kind: 'windowScale', shift: sender.windowScale });
  return options;
};

/** Fast Open's option on a SYN, behind all others: empty in one word, a cookie of 8 bytes in three (RFC 7413 §4.1.1). */
const COOKIE_ROOM = 12;

/** A cookie is the client's address under a key of the server's (RFC 7413 §4.1.2); the one that is granted is made with a newer key. */
const cookieOf = (client: string, server: string, isNew: boolean): Uint8Array => {
  const words = [...`${client} ${server}`].map((letter) => letter.charCodeAt(0));
  const cookie = new Uint8Array(COOKIE_ROOM - 4);
  for (const at of [0, 4]) putU32(cookie, at, hashWords(at, isNew ? 1 : 0, ...words));
  return cookie;
};

const fastOpenOptions = (room: number, { sender, receiver }: PacketEnds, isAnswer: boolean): TcpOption[] => {
  if (room < 4) return [];
  const [client, server] = isAnswer ? [receiver, sender] : [sender, receiver];
  const cookie = room < COOKIE_ROOM ? new Uint8Array(0) : cookieOf(client.address, server.address, isAnswer);
  return [{ kind: 'fastOpen', cookie }, NOP, NOP];
};

const TIMESTAMPS_SIZE = 12;

/** Options of a SYN or SYN-ACK; the size column says whether it has one of Fast Open. */
const openingOptions = (trace: Trace, packet: number, ends: PacketEnds, room: number): TcpOption[] => {
  const p = trace.packets;
  const options = synOptions(ends.sender, p.tsVal[packet] as number, p.tsEcr[packet] as number);
  const isAnswer = ((p.flags[packet] as number) & TcpFlag.ACK) !== 0;
  return [...options, ...fastOpenOptions(room - tcpOptionsSize(options), ends, isAnswer)];
};

/** Options of any other segment: two NOPs before each, so that the numbers stand on word boundaries (RFC 7323 appendix A). */
const segmentOptions = (trace: Trace, packet: number, room: number): TcpOption[] => {
  const p = trace.packets;
  const options: TcpOption[] = [];
  const row = p.sack[packet] as number;
  const count = row === NONE ? 0 : (trace.optionWords[row] as number);
  const sackSize = count === 0 ? 0 : 4 + 8 * count;
  // The size column says whether this segment carries timestamps: a reset may not, whatever was agreed.
  if (room - sackSize >= TIMESTAMPS_SIZE) {
    options.push(NOP, NOP, { kind: 'timestamps', value: p.tsVal[packet] as number, echo: p.tsEcr[packet] as number });
  }
  if (count > 0) {
    const blocks: [number, number][] = [];
    for (let k = 0; k < count; k++) {
      blocks.push([trace.optionWords[row + 1 + 2 * k] as number, trace.optionWords[row + 2 + 2 * k] as number]);
    }
    options.push(NOP, NOP, { kind: 'sack', blocks });
  }
  return options;
};

/** The IP header of a packet, for `transport` bytes behind it; returns the place behind it. */
const encodeIp = (
  trace: Trace,
  packet: number,
  sender: TraceEnd,
  receiver: TraceEnd,
  protocol: number,
  bytes: Uint8Array,
): number => {
  const p = trace.packets;
  const common = { dscp: 0, ecn: p.ecn[packet] as number, source: sender.address, destination: receiver.address };
  if (sender.address.includes(':')) {
    const payloadLength = bytes.length - IPV6_SIZE;
    return encodeIpv6({ ...common, flowLabel: 0, payloadLength, nextHeader: protocol, hopLimit: TTL }, bytes, 0);
  }
  return encodeIpv4(
    {
      ...common,
      totalLength: bytes.length,
      id: p.ipId[packet] as number,
      reserved: false,
      dontFragment: true,
      moreFragments: false,
      fragmentOffset: 0,
      ttl: TTL,
      protocol,
      options: new Uint8Array(0),
    },
    bytes,
    0,
  );
};

/** A segment of TCP. */
const encodeSegment = (trace: Trace, packet: number, ends: PacketEnds): Uint8Array => {
  const p = trace.packets;
  const { sender, receiver, upward } = ends;
  const isV6 = sender.address.includes(':');
  const ipSize = isV6 ? IPV6_SIZE : IPV4_BASE_SIZE;
  const payload = p.payload[packet] as number;
  const flags = p.flags[packet] as number;
  const optionRoom = (p.size[packet] as number) - ipSize - TCP_BASE_SIZE - payload;
  const header: TcpHeader = {
    sourcePort: sender.port,
    destinationPort: receiver.port,
    seq: seq32(p.seq[packet] as number),
    ack: seq32(p.ack[packet] as number),
    reserved: (flags >>> 8) & 15,
    flags: flags & 0xff,
    window: p.window[packet] as number,
    urgent: 0,
    options:
      (flags & TcpFlag.SYN) !== 0
        ? openingOptions(trace, packet, ends, optionRoom)
        : segmentOptions(trace, packet, optionRoom),
  };
  const tcpSize = tcpHeaderSize(header) + payload;
  const bytes = new Uint8Array(ipSize + tcpSize);
  const data = encodeTcp(header, bytes, encodeIp(trace, packet, sender, receiver, IpProtocol.Tcp, bytes));
  const flow = p.flow[packet] as number;
  const offset = p.offset[packet] as number;
  if (trace.flows[flow]?.tls) {
    const made = madeSession(trace, flow);
    if (made === null) throw new Error('The bytes of TLS are asked for before they are prepared (prepareBytes).');
    made.copy(upward ? 'client' : 'server', offset, payload, bytes, data);
  } else writeApplication(trace, flow, upward, offset, payload, bytes, data);
  if (isV6) writeTcpChecksum(bytes, 8, 24, 16, ipSize, tcpSize);
  else writeTcpChecksum(bytes, 12, 16, 4, ipSize, tcpSize);
  return bytes;
};

/** The client's end where a datagram took another path than the flow began with (RFC 9000 §9). */
const onPath = (trace: Trace, packet: number, ends: PacketEnds): Pick<PacketEnds, 'sender' | 'receiver'> => {
  const { quic } = trace;
  const path = quic?.paths[quic.packets.path[rowsWithin(trace, quic, packet)[0]] ?? 0];
  if (!path || path.address === '') return ends;
  return ends.upward
    ? { ...ends, sender: { ...ends.sender, ...path } }
    : { ...ends, receiver: { ...ends.receiver, ...path } };
};

/** A datagram of QUIC: IP, UDP, and the packets that share it. */
const encodeDatagram = (trace: Trace, packet: number, ends: PacketEnds): Uint8Array => {
  const { sender, receiver } = onPath(trace, packet, ends);
  const isV6 = sender.address.includes(':');
  const ipSize = isV6 ? IPV6_SIZE : IPV4_BASE_SIZE;
  const payload = quicBytes(trace, packet);
  const length = UDP_SIZE + payload.length;
  const bytes = new Uint8Array(ipSize + length);
  encodeIp(trace, packet, sender, receiver, IpProtocol.Udp, bytes);
  const ports = { sourcePort: sender.port, destinationPort: receiver.port };
  bytes.set(payload, encodeUdp({ ...ports, length, checksum: 0 }, bytes, ipSize));
  if (isV6) writeUdpChecksum(bytes, 8, 24, 16, ipSize, length);
  else writeUdpChecksum(bytes, 12, 16, 4, ipSize, length);
  return bytes;
};

/**
 * The IP packet of a simulated trace as it would stand on the wire, checksums right. Where TLS or QUIC is in it,
 * `prepareBytes` goes before. Its length is that of its headers and payload; where the trace is consistent, it equals the
 * `size` column. Empty for a packet of a captured trace whose bytes are not there.
 */
export const encodePacket = (trace: Trace, packet: number): Uint8Array => {
  const ends = packetEnds(trace, packet);
  if (!ends || (ends.flow.protocol !== 'tcp' && !ends.flow.quic)) return new Uint8Array(0);
  return ends.flow.quic ? encodeDatagram(trace, packet, ends) : encodeSegment(trace, packet, ends);
};
