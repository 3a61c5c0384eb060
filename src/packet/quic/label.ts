import { ackRangesAt } from '../../trace/quic/frames.ts';
import { quicFrameKinds, QuicType } from '../../trace/quic/types.ts';
import type { QuicFrameKind, TraceQuic } from '../../trace/quic/types.ts';
import type { Trace } from '../../trace/types.ts';
import { grouped } from '../../wire/field.ts';
import { updatesIn } from '../http/update.ts';
import { cryptoMessages, cryptoPlace } from './crypto.ts';
import { rowsWithin } from './rows.ts';

/** What an arrow of a QUIC datagram says. */

const typeNames: Readonly<Record<number, string>> = {
  [QuicType.Initial]: 'Initial',
  [QuicType.ZeroRtt]: '0-RTT',
  [QuicType.Handshake]: 'Handshake',
  [QuicType.Retry]: 'Retry',
  [QuicType.OneRtt]: '1-RTT',
  [QuicType.VersionNegotiation]: 'Version Negotiation',
  [QuicType.StatelessReset]: 'Stateless reset',
  [QuicType.Unknown]: 'QUIC',
};
export const quicTypeName = (type: number): string => typeNames[type] ?? 'QUIC';

const bytesText = (n: number): string => `${grouped(n)} byte${n === 1 ? '' : 's'}`;

/** `0–17`; several ranges from the smallest on, or how many there are. */
export const rangesText = (ranges: readonly { readonly smallest: number; readonly largest: number }[]): string => {
  const [first, last] = [ranges.at(-1), ranges[0]];
  if (!first || !last) return '';
  const range = (from: number, to: number): string => (from === to ? grouped(from) : `${grouped(from)}–${grouped(to)}`);
  if (ranges.length <= 2)
    return ranges
      .toReversed()
      .map((one) => range(one.smallest, one.largest))
      .join(', ');
  return `${range(first.smallest, last.largest)} with ${String(ranges.length - 1)} gaps`;
};

/** What the frames of a datagram's packets come to. */
interface Gathered {
  readonly types: number[];
  readonly messages: string[];
  readonly streams: Set<number>;
  streamBytes: number;
  isPart: boolean;
  hasStream: boolean;
  readonly others: Set<QuicFrameKind>;
  readonly acks: number[];
}

/** `newConnectionId` is NEW_CONNECTION_ID. */
export const frameName = (kind: QuicFrameKind): string => kind.replace(/([A-Z])/g, '_$1').toUpperCase();

const quiet = new Set<QuicFrameKind>(['padding', 'ack', 'crypto', 'stream', 'timeStamp']);

const gather = (trace: Trace, quic: TraceQuic, from: number, to: number): Gathered => {
  const found: Gathered = {
    types: [],
    messages: [],
    streams: new Set(),
    streamBytes: 0,
    isPart: false,
    hasStream: false,
    others: new Set(),
    acks: [],
  };
  const { kind, stream, offset, length } = quic.frames;
  for (let row = from; row < to; row++) {
    const type = quic.packets.type[row] as number;
    if (!found.types.includes(type)) found.types.push(type);
    const first = quic.packets.frame[row] as number;
    for (let f = first; f < first + (quic.packets.frames[row] as number); f++) {
      const what = quicFrameKinds[kind[f] as number] ?? 'padding';
      if (what === 'crypto') {
        const [start, end] = [offset[f] as number, (offset[f] as number) + (length[f] as number)];
        const messages = cryptoMessages(trace, quic, cryptoPlace(trace, quic, row));
        const ended = messages.filter((one) => one.end > start && one.end <= end);
        found.messages.push(...ended.map(({ label }) => label));
        const part = ended.length === 0 ? messages.find((one) => one.from < end && one.end > start) : undefined;
        if (part) found.messages.push(`part of ${part.label}`);
        else if (ended.length === 0) found.isPart = true;
      } else if (what === 'stream') {
        found.hasStream = true;
        found.streams.add(stream[f] as number);
        found.streamBytes += length[f] as number;
      } else if (what === 'ack') found.acks.push(f);
      else if (!quiet.has(what)) found.others.add(what);
    }
  }
  return found;
};

/** At most so many names, the rest by dots. */
const few = (names: readonly string[]): string =>
  names.length <= 2 ? names.join(', ') : `${names[0] ?? ''} … ${names.at(-1) ?? ''}`;

const streamsText = ({ streams, streamBytes }: Gathered): string => {
  const ids = [...streams].sort((a, b) => a - b).map(grouped);
  const which =
    ids.length === 1
      ? `stream ${ids[0] ?? ''}`
      : ids.length <= 3
        ? `streams ${ids.slice(0, -1).join(', ')} and ${ids.at(-1) ?? ''}`
        : `${String(ids.length)} streams`;
  return `${which}, ${bytesText(streamBytes)}`;
};

/** The frames' part of a label; empty where nothing is known of them. */
const contentText = (quic: TraceQuic, found: Gathered): string => {
  const parts: string[] = [];
  if (found.messages.length > 0) parts.push(few(found.messages));
  else if (found.isPart) parts.push('CRYPTO');
  // A close is what counts, whatever else is there.
  if (found.others.has('connectionClose')) return 'CONNECTION_CLOSE';
  if (found.hasStream) parts.push(streamsText(found));
  if (parts.length === 0 && found.others.size > 0) parts.push(few([...found.others].map(frameName)));
  if (parts.length === 0 && found.acks.length > 0) {
    parts.push(`ACK ${rangesText(ackRangesAt(quic, found.acks.at(-1) ?? 0))}`);
  }
  return parts.join(' + ');
};

/** On a stream that is no request's there may be a word that changes the order of answers: it is told beside its bytes. */
const updatesText = (trace: Trace, packet: number, { streams }: Gathered): string => {
  if (![...streams].some((stream) => stream % 4 === CLIENT_UNI)) return '';
  const names = updatesIn(trace, packet);
  return names.length > 0 ? ` (${few(names)})` : '';
};
/** Streams on which the client alone sends (RFC 9000 §2.1). */
const CLIENT_UNI = 2;

/** `#12`: the number of a datagram's 1-RTT packet, `Initial #0` where it has none; null for no QUIC. */
export const quicName = (trace: Trace, packet: number): string | null => {
  const { quic } = trace;
  if (!quic) return null;
  const [from, to] = rowsWithin(trace, quic, packet);
  if (from === to) return null;
  const number = (row: number): string => `#${grouped(quic.packets.number[row] as number)}`;
  for (let row = from; row < to; row++)
    if (quic.packets.type[row] === QuicType.OneRtt && (quic.packets.number[row] as number) >= 0) return number(row);
  const name = quicTypeName(quic.packets.type[from] as number);
  return (quic.packets.number[from] as number) < 0 ? name : `${name} ${number(from)}`;
};

const labels = new WeakMap<TraceQuic, (string | undefined)[]>();

/** `Initial, Handshake: ServerHello … Finished`, `1-RTT #12: stream 4, 1,162 bytes`, `ACK 0–17`; null for no QUIC. */
export const quicLabel = (trace: Trace, packet: number): string | null => {
  const { quic } = trace;
  if (!quic) return null;
  const [from, to] = rowsWithin(trace, quic, packet);
  if (from === to) return null;
  let known = labels.get(quic);
  if (!known) labels.set(quic, (known = []));
  return (known[from] ??= labelOf(trace, quic, packet, from, to));
};

const labelOf = (trace: Trace, quic: TraceQuic, packet: number, from: number, to: number): string => {
  const found = gather(trace, quic, from, to);
  const content = contentText(quic, found) + updatesText(trace, packet, found);
  const isShort = found.types.length === 1 && found.types[0] === QuicType.OneRtt;
  const isAck = content.startsWith('ACK ') && found.others.size === 0;
  if (isShort && (isAck || content === 'CONNECTION_CLOSE')) return content;
  const names = isShort ? [`1-RTT${numberText(quic, from)}`] : found.types.map(quicTypeName);
  if (content !== '') return `${names.join(', ')}: ${content}`;
  const isClosed = Array.from({ length: to - from }, (_, k) => quic.packets.problem[from + k]).some((p) => p !== 0);
  return isClosed ? `${names.join(', ')}: protected` : names.join(', ');
};

const numberText = (quic: TraceQuic, row: number): string => {
  const number = quic.packets.number[row] as number;
  return number < 0 ? '' : ` #${grouped(number)}`;
};
