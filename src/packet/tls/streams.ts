import { isUpward } from '../../trace/direction.ts';
import type { CapturedBytes, Trace } from '../../trace/types.ts';
import { u16, u8 } from '../../wire/bytes.ts';
import { ContentType, HandshakeType } from '../../wire/tls/codes.ts';
import { RECORD_HEADER_SIZE } from '../../wire/tls/record.ts';
import type { Gap } from '../../wire/tls/record.ts';

/** A gap, and all bytes that are missing up to it. */
export interface StreamGap extends Gap {
  readonly total: number;
}

/** One direction of a flow from where its TLS begins: the first copy of each byte, and where bytes are missing. */
export interface TlsStream {
  readonly flow: number;
  readonly up: boolean;
  /** Stream offset of `bytes[0]`. */
  readonly start: number;
  readonly bytes: Uint8Array;
  /** Packets that brought the pieces, and where in `bytes` each piece ends. */
  readonly packets: Int32Array;
  readonly ends: Float64Array;
  /** Where the capture lacks bytes. */
  readonly gaps: readonly StreamGap[];
}

/** Place in the file of a packet's TCP payload, and how many of its bytes were captured. */
export const payloadPlace = (trace: Trace, captured: CapturedBytes, i: number): { at: number; length: number } => {
  const p = trace.packets;
  const payload = p.payload[i] as number;
  const before = (captured.ipAt[i] as number) + (p.size[i] as number) - payload;
  const there = (captured.length[i] as number) - before;
  return {
    at: (captured.offset[i] as number) + before,
    length: before < 0 ? 0 : Math.max(0, Math.min(payload, there)),
  };
};

/** Longest fragment of any version (RFC 5246 §6.2.3). */
const LONGEST = 18_432;

/** How much bytes look like a record: 0 not at all, 1 its header does, 2 a hello stands in it. */
const likeness = (bytes: Uint8Array, at: number, length: number): number => {
  if (length < RECORD_HEADER_SIZE) return 0;
  const type = u8(bytes, at);
  const size = u16(bytes, at + 3);
  const isHeader =
    type >= ContentType.ChangeCipherSpec &&
    type <= ContentType.ApplicationData &&
    u8(bytes, at + 1) === 3 &&
    u8(bytes, at + 2) <= 4 &&
    size > 0 &&
    size <= LONGEST;
  if (!isHeader) return 0;
  if (type !== ContentType.Handshake || length <= RECORD_HEADER_SIZE) return 1;
  const message = u8(bytes, at + RECORD_HEADER_SIZE);
  return message === HandshakeType.ClientHello || message === HandshakeType.ServerHello ? 2 : 1;
};

/** Whether a payload begins with a header of a record. */
export const looksTls = (bytes: Uint8Array, at: number, length: number): boolean => likeness(bytes, at, length) > 0;

/** What is known of a direction while its packets are listed. */
export interface Direction {
  readonly packets: number[];
  /** Lowest offset of any payload, and whether a record header stands there. */
  lowest: number;
  startsAsRecord: boolean;
  /** Lowest offset at which a hello begins: after STARTTLS that is not the first byte. */
  hello: number;
}

/** Packets with payload of each direction of TCP: 2 × flow is the client's, the next the server's. */
export const directionsOf = (
  trace: Trace,
  captured: CapturedBytes,
  isWanted: (flow: number) => boolean = () => true,
): (Direction | undefined)[] => {
  const p = trace.packets;
  const all: (Direction | undefined)[] = [];
  for (let i = 0; i < trace.packetCount; i++) {
    if (p.payload[i] === 0 || p.hop[i] !== 0) continue;
    const flow = p.flow[i] as number;
    if (trace.flows[flow]?.protocol !== 'tcp' || !isWanted(flow)) continue;
    const place = payloadPlace(trace, captured, i);
    const key = 2 * flow + (isUpward(trace, i) ? 0 : 1);
    const direction = (all[key] ??= { packets: [], lowest: Infinity, startsAsRecord: false, hello: Infinity });
    direction.packets.push(i);
    const offset = p.offset[i] as number;
    const like = likeness(captured.bytes, place.at, place.length);
    if (offset < direction.lowest) {
      direction.lowest = offset;
      direction.startsAsRecord = like > 0;
    }
    if (like === 2 && offset < direction.hello) direction.hello = offset;
  }
  return all;
};

/** Joins the pieces from `start` on, lowest offset first, each byte from the packet that was sent first. */
export const joinPackets = (
  trace: Trace,
  captured: CapturedBytes,
  key: number,
  direction: Direction,
  start: number,
): TlsStream => {
  const { offset } = trace.packets;
  // Packets come in the order of sending, and the sort keeps it between equal offsets.
  const sorted = Int32Array.from(direction.packets).sort(
    (a, b) => (offset[a] as number) - (offset[b] as number) || a - b,
  );
  const packets: number[] = [];
  const pieces: number[] = [];
  const ends: number[] = [];
  const gaps: StreamGap[] = [];
  let reached = start;
  let size = 0;
  for (const i of sorted) {
    const from = offset[i] as number;
    const place = payloadPlace(trace, captured, i);
    if (from + place.length <= reached) continue;
    if (from > reached) {
      gaps.push({ at: size, lost: from - reached, total: from - start - size });
      reached = from;
    }
    packets.push(i);
    pieces.push(place.at + (reached - from));
    size += from + place.length - reached;
    reached = from + place.length;
    ends.push(size);
  }
  const bytes = new Uint8Array(size);
  let to = 0;
  for (const [k, at] of pieces.entries()) {
    const end = ends[k] as number;
    bytes.set(captured.bytes.subarray(at, at + (end - to)), to);
    to = end;
  }
  const up = key % 2 === 0;
  return {
    flow: key >>> 1,
    up,
    start,
    bytes,
    packets: Int32Array.from(packets),
    ends: Float64Array.from(ends),
    gaps,
  };
};

/** Stream offset of byte `at` of what is there. */
export const offsetAt = (stream: TlsStream, at: number): number => {
  const { start, gaps } = stream;
  let lo = 0;
  let hi = gaps.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if ((gaps[mid]?.at ?? Infinity) <= at) lo = mid + 1;
    else hi = mid;
  }
  return start + at + (gaps[lo - 1]?.total ?? 0);
};

/**
 * The directions of a captured trace that carry TLS, by flow, the client's first. One is taken for TLS where a hello
 * begins a segment, or where its very first bytes are a record header; `isWanted` leaves flows out. Linear in the bytes, but for sorting packets.
 */
export const tlsStreams = (trace: Trace, isWanted?: (flow: number) => boolean): TlsStream[] => {
  const { captured } = trace;
  if (!captured) return [];
  const streams: TlsStream[] = [];
  directionsOf(trace, captured, isWanted).forEach((direction, key) => {
    if (!direction) return;
    const start = direction.hello < Infinity ? direction.hello : direction.startsAsRecord ? direction.lowest : null;
    if (start !== null) streams.push(joinPackets(trace, captured, key, direction, start));
  });
  return streams;
};

/** Index of the piece that holds byte `at` of a stream. */
export const pieceAt = (stream: TlsStream, at: number): number => {
  let lo = 0;
  let hi = stream.ends.length - 1;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if ((stream.ends[mid] as number) > at) hi = mid;
    else lo = mid + 1;
  }
  return lo;
};
