import { isUpward } from '../../trace/direction.ts';
import { QuicFrameIndex, QuicType } from '../../trace/quic/types.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import type { Trace } from '../../trace/types.ts';
import { u8 } from '../../wire/bytes.ts';
import { cryptoSpace } from '../../wire/quic/make/space.ts';
import type { CryptoSpace } from '../../wire/quic/make/space.ts';
import { HandshakeType, HELLO_RETRY_RANDOM } from '../../wire/tls/codes.ts';
import type { HandshakeMessage } from '../../wire/tls/handshake/message.ts';

/** The TLS of a connection, which CRYPTO frames carry: a stream for each direction and packet number space. */

export interface CryptoMessageAt {
  /** [from, end) of its CRYPTO stream. */
  readonly from: number;
  readonly end: number;
  readonly label: string;
}

/** Names a stream of CRYPTO. */
export interface CryptoPlace {
  readonly flow: number;
  readonly up: boolean;
  readonly space: CryptoSpace;
}

/** The stream that the CRYPTO frames of a packet belong to. */
export const cryptoPlace = (trace: Trace, quic: TraceQuic, row: number): CryptoPlace => {
  const { type, datagram } = quic.packets;
  const packet = datagram[row] as number;
  const space =
    type[row] === QuicType.Initial ? 'initial' : type[row] === QuicType.Handshake ? 'handshake' : 'application';
  return { flow: trace.packets.flow[packet] as number, up: isUpward(trace, packet), space };
};

const keyOf = ({ flow, up, space }: CryptoPlace): string => `${String(flow)} ${up ? 'up' : 'down'} ${space}`;

/** Bytes of a capture's CRYPTO streams, and how far each is there without a gap. */
interface Joined {
  bytes: Uint8Array;
  readonly pieces: (readonly [from: number, end: number])[];
}

const captured = new WeakMap<TraceQuic, ReadonlyMap<string, Joined>>();

const joinedOf = (trace: Trace, quic: TraceQuic): ReadonlyMap<string, Joined> => {
  let streams = captured.get(quic);
  if (streams) return streams;
  const made = new Map<string, Joined>();
  const { kind, packet, offset, length, at } = quic.frames;
  for (let f = 0; f < quic.frameCount; f++) {
    if (kind[f] !== QuicFrameIndex.crypto || (at[f] as number) < 0) continue;
    const key = keyOf(cryptoPlace(trace, quic, packet[f] as number));
    const from = offset[f] as number;
    const end = from + (length[f] as number);
    let joined = made.get(key);
    if (!joined) made.set(key, (joined = { bytes: new Uint8Array(2048), pieces: [] }));
    if (end > joined.bytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(joined.bytes);
      joined.bytes = larger;
    }
    joined.bytes.set(quic.plain.subarray(at[f], (at[f] as number) + end - from), from);
    joined.pieces.push([from, end]);
  }
  captured.set(quic, (streams = made));
  return streams;
};

/** How far a stream is there from its first byte on. */
const reachOf = ({ pieces }: Joined): number => {
  let reached = 0;
  for (const [from, end] of pieces.toSorted((a, b) => a[0] - b[0])) {
    if (from > reached) break;
    reached = Math.max(reached, end);
  }
  return reached;
};

/** The bytes of a captured CRYPTO stream, as far as they are there without a gap. */
export const capturedCrypto = (trace: Trace, quic: TraceQuic, place: CryptoPlace): Uint8Array => {
  const joined = joinedOf(trace, quic).get(keyOf(place));
  return joined ? joined.bytes.subarray(0, reachOf(joined)) : new Uint8Array(0);
};

const HEADER = 4;

/** A HelloRetryRequest is a ServerHello with this random (RFC 8446 §4.1.3). */
const isRetry = (random: Uint8Array): boolean => HELLO_RETRY_RANDOM.every((byte, i) => random[i] === byte);

/** Names without a decoder: labels are wanted before anything is looked into. */
const simulatedName = (message: HandshakeMessage): string => {
  if (message.type === 'serverHello' && isRetry(message.random)) return 'HelloRetryRequest';
  if (message.type === 'ticket13') return 'NewSessionTicket';
  // `certificate13` is Certificate as TLS 1.3 has it.
  const kind = message.type.replace(/\d+$/, '');
  return kind.charAt(0).toUpperCase() + kind.slice(1);
};
const capturedName = (bytes: Uint8Array): string => {
  const code = u8(bytes, 0);
  if (code === HandshakeType.ServerHello && isRetry(bytes.subarray(HEADER + 2))) return 'HelloRetryRequest';
  return Object.entries(HandshakeType).find(([, type]) => type === code)?.[0] ?? `message ${String(code)}`;
};

/** Cuts a stream at its messages' headers (RFC 8446 §4); one that is not whole is left out. */
const cut = (bytes: Uint8Array): CryptoMessageAt[] => {
  const found: CryptoMessageAt[] = [];
  for (let from = 0; from + HEADER <= bytes.length;) {
    const end = from + HEADER + u8(bytes, from + 1) * 0x1_0000 + u8(bytes, from + 2) * 0x100 + u8(bytes, from + 3);
    if (end > bytes.length) break;
    found.push({ from, end, label: capturedName(bytes.subarray(from, end)) });
    from = end;
  }
  return found;
};

const known = new WeakMap<TraceQuic, Map<string, readonly CryptoMessageAt[]>>();

const messagesOf = (trace: Trace, quic: TraceQuic, place: CryptoPlace): readonly CryptoMessageAt[] => {
  const session = trace.flows[place.flow]?.quic;
  if (!session) return cut(capturedCrypto(trace, quic, place));
  const side = place.up ? 'client' : 'server';
  let from = 0;
  return session.messages.flatMap((one) => {
    if (one.from !== side || cryptoSpace(one.epoch) !== place.space) return [];
    const message = { from, end: one.end, label: simulatedName(one.message) };
    from = one.end;
    return [message];
  });
};

/** The messages of a CRYPTO stream, in order. Of a simulated one no bytes are needed. */
export const cryptoMessages = (trace: Trace, quic: TraceQuic, place: CryptoPlace): readonly CryptoMessageAt[] => {
  let streams = known.get(quic);
  if (!streams) known.set(quic, (streams = new Map<string, readonly CryptoMessageAt[]>()));
  const key = keyOf(place);
  let messages = streams.get(key);
  if (!messages) streams.set(key, (messages = messagesOf(trace, quic, place)));
  return messages;
};
