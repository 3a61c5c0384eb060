import type { TableOf } from '../../base/columns.ts';
import type { FrameKind } from '../../wire/quic/frame/frame.ts';

/** What a packet inside a datagram is (RFC 9000 §17). */
export const QuicType = {
  Initial: 0,
  ZeroRtt: 1,
  Handshake: 2,
  Retry: 3,
  OneRtt: 4,
  VersionNegotiation: 5,
  StatelessReset: 6,
  /** Imported and not understood. */
  Unknown: 7,
} as const;
export type QuicType = (typeof QuicType)[keyof typeof QuicType];

/** Bits of `packets.bits`. */
export const QuicBit = { KeyPhase: 1, Spin: 2, NoFixedBit: 4, AckEliciting: 8 } as const;

/** Kinds of frames by the number that `frames.kind` holds. */
export const quicFrameKinds = [
  'padding',
  'ping',
  'ack',
  'resetStream',
  'stopSending',
  'crypto',
  'newToken',
  'stream',
  'maxData',
  'maxStreamData',
  'maxStreams',
  'dataBlocked',
  'streamDataBlocked',
  'streamsBlocked',
  'newConnectionId',
  'retireConnectionId',
  'pathChallenge',
  'pathResponse',
  'connectionClose',
  'handshakeDone',
  'datagram',
  'ackFrequency',
  'immediateAck',
  'timeStamp',
] as const satisfies readonly FrameKind[];
export type QuicFrameKind = (typeof quicFrameKinds)[number];

/** Index of each kind in `quicFrameKinds`. */
export const QuicFrameIndex = Object.fromEntries(quicFrameKinds.map((kind, i) => [kind, i])) as Readonly<
  Record<QuicFrameKind, number>
>;

/**
 * A QUIC packet: rows in the order of their datagrams, and within one as they stand there. Several may share a datagram
 * (RFC 9000 §12.2). A datagram that a router passes on has rows for its first hop only.
 */
export const quicPacketShape = {
  /** Row of its datagram in `Trace.packets` (hop 0). */
  datagram: 'i32',
  /** QuicType. */
  type: 'u8',
  /** Packet number; −1: it has none, or it is hidden. */
  number: 'f64',
  /** Bytes of the number on the wire, 1 to 4; 0: not known. */
  numberLength: 'u8',
  /** Bytes of the Length field where it is not the shortest usual one; 0: as usual. */
  lengthSize: 'u8',
  /** Bytes in the datagram, header and tag included; and bytes of frames, 0 where it stays closed. */
  size: 'u32',
  payload: 'u32',
  /** QuicBit. */
  bits: 'u8',
  version: 'u32',
  /** Rows of `TraceQuic.blobs`: connection ids as they stand in the header, token; 0: empty or none. */
  destination: 'u32',
  source: 'u32',
  token: 'u32',
  /** Row of `TraceQuic.paths`: the client's end of its path, as the server sees it; 0: as the flow says. */
  path: 'u8',
  /** Its frames: first row, and how many. */
  frame: 'u32',
  frames: 'u32',
  /** When its sender learned that it arrived, and when it declared it lost, ns; NaN: never. */
  acked: 'f64',
  lost: 'f64',
  /** Index into `TraceQuic.sentences`: why it stays closed; 0: it does not. */
  problem: 'u16',
} as const;
export type QuicPacketColumns = TableOf<typeof quicPacketShape>;

/** A frame: rows in the order of their packets. Numbers that a kind has beside these stand in `words`, bytes in `blobs`. */
export const quicFrameShape = {
  /** Row of its packet. */
  packet: 'i32',
  /** QuicFrameIndex. */
  kind: 'u8',
  /** Stream; −1: none. */
  stream: 'f64',
  /** Offset in its stream, or in the CRYPTO stream of its packet's space; bytes of data (of padding: their number). */
  offset: 'f64',
  length: 'f64',
  /** 1: FIN (STREAM); 2: it has a length field (STREAM, DATAGRAM); 4: uni (MAX_STREAMS, STREAMS_BLOCKED); 8: an application's close. */
  bits: 'u8',
  /** First of its numbers in `TraceQuic.words`; −1: none. */
  word: 'i32',
  /** First of its rows in `TraceQuic.blobs`; 0: none. */
  blob: 'u32',
  /** Where its data stands in `TraceQuic.plain`; −1: it is not there (simulated, or told without bytes). */
  at: 'f64',
} as const;
export type QuicFrameColumns = TableOf<typeof quicFrameShape>;

/** Frame bits as `frames.bits` holds them. */
export const QuicFrameBit = { Fin: 1, Length: 2, Uni: 4, Application: 8 } as const;

/** What one QUIC connection came to. Numbers as in the registries; words are made where they are shown. */
export interface QuicFlow {
  readonly flow: number;
  readonly version: number | null;
  readonly suite: number | null;
  readonly serverName: string | null;
  readonly alpn: string | null;
  readonly resumed: boolean | null;
  /** What became of early data; null: none was offered, or nobody knows. */
  readonly early: 'accepted' | 'rejected' | null;
  /** Protected packets that stayed closed, and that could be opened. */
  readonly closed: number;
  readonly opened: number;
  /** ns: when the client may send 1-RTT data, or early data; null: it never came to it. */
  readonly secured: number | null;
  /** Exponent of its ACK delays by sender (RFC 9000 §18.2). */
  readonly ackDelayExponent: { readonly client: number; readonly server: number };
}

/** An address and port of a client. */
export interface QuicPath {
  readonly address: string;
  readonly port: number;
}

/** QUIC of a trace: plain data, so that it crosses to the page without a copy. */
export interface TraceQuic {
  readonly flows: readonly QuicFlow[];
  readonly packetCount: number;
  readonly packets: QuicPacketColumns;
  readonly frameCount: number;
  readonly frames: QuicFrameColumns;
  readonly words: Float64Array;
  /** Where the client is, after a migration or behind a NAT that forgot (RFC 9000 §9); row 0 stands for the flow's own. */
  readonly paths: readonly QuicPath[];
  /** Row 0 is empty. */
  readonly blobs: readonly Uint8Array[];
  /** Data of frames of an imported trace; empty where it was not kept. */
  readonly plain: Uint8Array;
  readonly sentences: readonly string[];
  /** `packetsOf[i]` to `packetsOf[i + 1]` are the rows that datagram i of `Trace.packets` carries. */
  readonly packetsOf: Uint32Array;
}
