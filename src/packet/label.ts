import { seqDiff } from '../base/seq32.ts';
import type { Seq32 } from '../base/seq32.ts';
import { traceIndex } from '../trace/query/index.ts';
import { isRepetition } from '../trace/repetition.ts';
import { NONE, PacketKind, TcpFlag } from '../trace/types.ts';
import type { Trace } from '../trace/types.ts';
import { grouped } from '../wire/field.ts';
import { packetEnds } from './direction.ts';
import { isEncrypted, isProtected } from './protected.ts';
import { sightsOf, spokenOf } from './spoken.ts';

/** Names of packets. `observed`: only what somebody without keys can tell of one (`packet/tls/observer.ts`). */

/** n-th packet with payload of its link, from 1, retransmissions counted; 0 where it carries none. */
export const dataNumber = (trace: Trace, packet: number): number => traceIndex(trace).dataNumbers[packet] ?? 0;

/** The first transmission of the same first byte; the packet itself where there is none earlier. */
export const originalOf = (trace: Trace, packet: number): number => {
  const earlier = trace.packets.retransmissionOf;
  let row = packet;
  for (let limit = 0; limit < 65536; limit++) {
    const before = earlier[row] ?? NONE;
    if (before === NONE || before >= row) break;
    row = before;
  }
  return row;
};

/** Whether the packet's bytes were sent before. */
export const isRetransmission = isRepetition;

/** The acknowledgement number, the next byte expected, counted from the peer's SYN as Wireshark does; the wire number where none was seen. */
const ackNumber = (trace: Trace, packet: number): string => {
  const ends = packetEnds(trace, packet);
  const ack = trace.packets.ack[packet] as number;
  const isn = ends?.receiver.isn ?? null;
  if (isn === null) return grouped(ack);
  // The SYN takes number 0 (RFC 9293 §3.4), so the first byte of the stream is 1.
  return grouped(Math.max(0, seqDiff(ack as Seq32, isn as Seq32)));
};

const otherName = (trace: Trace, packet: number): string => {
  const protocol = trace.flows[trace.packets.flow[packet] as number]?.protocol;
  return protocol === 'udp' ? 'UDP' : protocol === 'tcp' ? 'TCP' : 'IP';
};

/** What a wiretap sees in a packet, in one line. */
const sightsText = (trace: Trace, packet: number): string =>
  sightsOf(trace, packet)
    .map(({ label }) => label)
    .join(' · ');

/** What HTTP says of a packet, else what TLS does: the messages and records that end in it. */
const inside = (trace: Trace, packet: number, observed: boolean): string => {
  const { tls } = trace;
  if (observed && isEncrypted(trace, trace.packets.flow[packet] as number)) {
    const text = sightsText(trace, packet);
    return text === '' ? '' : ` ${text}`;
  }
  const label = spokenOf(trace)?.httpLabel(trace, packet) || (tls?.labels[tls.labelOf[packet] ?? 0] ?? '');
  return label === '' ? '' : ` ${label}`;
};

/** What a SYN carries (TCP Fast Open, RFC 7413): the first of it, for it shares its arrow with the SYN. How much, the figures add. */
const carried = (trace: Trace, packet: number, observed: boolean): string => {
  if (trace.packets.payload[packet] === 0) return '';
  const [first = '', ...more] = inside(trace, packet, observed).split(', ');
  const name = first.replace(/ \(.*/, '') || ' data';
  return ` +${name}${more.length > 0 ? ' …' : ''}`;
};

const quicText = (trace: Trace, packet: number, observed: boolean): string | null => {
  const label = spokenOf(trace)?.quicLabel(trace, packet) ?? null;
  return label !== null && observed ? sightsText(trace, packet) : label;
};

/** Whether it says again what was said, as far as that can be told. */
const isSeenAgain = (trace: Trace, packet: number, observed: boolean): boolean =>
  isRetransmission(trace, packet) && !(observed && isProtected(trace, packet));

const baseLabel = (trace: Trace, packet: number, observed: boolean): string => {
  const quic = quicText(trace, packet, observed);
  if (quic !== null) return quic;
  const p = trace.packets;
  const flags = p.flags[packet] as number;
  switch (p.kind[packet]) {
    case PacketKind.Data: {
      const number = `#${String(dataNumber(trace, originalOf(trace, packet)))}${inside(trace, originalOf(trace, packet), observed)}`;
      return (flags & TcpFlag.SYN) !== 0 ? `SYN ${number}` : (flags & TcpFlag.FIN) !== 0 ? `${number} FIN` : number;
    }
    case PacketKind.Syn:
      return ((flags & TcpFlag.ACK) !== 0 ? 'SYN-ACK' : 'SYN') + carried(trace, packet, observed);
    case PacketKind.Fin:
      return 'FIN';
    case PacketKind.Rst:
      return 'RST';
    case PacketKind.Probe:
      return 'Probe';
    case PacketKind.Ack:
      return `ACK ${ackNumber(trace, packet)}`;
    default:
      return otherName(trace, packet);
  }
};

/**
 * Short name for figures: `#30`, `R #30`, `SYN-ACK`, `ACK 41,993`; of QUIC `1-RTT #12: stream 4, 1,162 bytes`. A segment
 * that is sent again has its original's number, a packet of QUIC its own.
 */
export const packetLabel = (trace: Trace, packet: number, observed = false): string =>
  (isSeenAgain(trace, packet, observed) && trace.packets.kind[packet] !== PacketKind.Probe ? 'R ' : '') +
  baseLabel(trace, packet, observed);

/** The shortest name of a packet, for sentences: `#30`, `SYN-ACK`; of QUIC its packet number. A repeated one has its original's. */
export const packetName = (trace: Trace, packet: number, observed = false): string => {
  const original = originalOf(trace, packet);
  const quic = spokenOf(trace)?.quicName(trace, original) ?? null;
  // Without its number, what is left of a name is its kind and how long it is.
  if (quic !== null) return observed ? sightsText(trace, packet).replace(/(:|, ).*/, '') : quic;
  return trace.packets.kind[original] === PacketKind.Data
    ? `#${String(dataNumber(trace, original))}`
    : packetLabel(trace, original, observed);
};

const ackTitle = (trace: Trace, packet: number): string => {
  const row = trace.packets.sack[packet] as number;
  const blocks = row === NONE ? 0 : (trace.optionWords[row] as number);
  const sack = blocks === 0 ? '' : `, with ${String(blocks)} SACK block${blocks === 1 ? '' : 's'}`;
  const closed = trace.packets.window[packet] === 0 ? ', window closed' : '';
  return `ACK: next byte expected is ${ackNumber(trace, packet)}${sack}${closed}`;
};

/** Title for the inspector: `Segment #30, sent again`. */
export const packetTitle = (trace: Trace, packet: number, observed = false): string => {
  const p = trace.packets;
  const again = isSeenAgain(trace, packet, observed) ? ', sent again' : '';
  const quic = quicText(trace, packet, observed);
  if (quic !== null) return quic + again;
  const flags = p.flags[packet] as number;
  switch (p.kind[packet]) {
    case PacketKind.Data: {
      const fin = (flags & TcpFlag.FIN) !== 0 ? ' with FIN' : '';
      const syn = (flags & TcpFlag.SYN) !== 0 ? ' with SYN' : '';
      return `Segment #${String(dataNumber(trace, originalOf(trace, packet)))}${syn}${fin}${again}`;
    }
    case PacketKind.Syn:
      if ((flags & TcpFlag.ACK) !== 0) return `SYN-ACK: the server answers${again}`;
      if ((p.payload[packet] as number) > 0) return `SYN with data: the client connects and asks at once${again}`;
      return `SYN: the client asks to connect${again}`;
    case PacketKind.Fin:
      return `FIN: no more bytes this way${again}`;
    case PacketKind.Rst:
      return 'RST: the connection is reset';
    case PacketKind.Probe:
      return (p.payload[packet] as number) === 0
        ? 'Probe of an idle or closed window'
        : 'Probe of a closed window, one byte';
    case PacketKind.Ack:
      return ackTitle(trace, packet);
    default:
      return `${otherName(trace, packet)} packet, ${grouped(p.size[packet] as number)} bytes`;
  }
};
