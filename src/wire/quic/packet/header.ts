import { putU32 } from '../../bytes.ts';
import { putVarint, varintSize } from '../../varint.ts';
import { QuicVersion } from '../codes.ts';
import { truncated } from './number.ts';
import type { NumberLength } from './number.ts';

/** Bytes that name a connection to one end: 0 to 20 of them in versions 1 and 2 (RFC 9000 §17.2). */
export type ConnectionId = Uint8Array;

export const MAX_CONNECTION_ID = 20;
/** Authentication tag behind every protected payload (RFC 9001 §5.3). */
export const TAG_SIZE = 16;
/** A datagram with an Initial is at least this long (RFC 9000 §14.1). */
export const INITIAL_DATAGRAM_SIZE = 1200;

interface Numbered {
  /** The whole packet number, and how many of its bytes are sent. */
  readonly number: number;
  readonly numberLength: NumberLength;
  /** Not set: greased as RFC 9287 allows; absent or true: set, as RFC 9000 asks. */
  readonly fixedBit?: boolean;
}

interface Long {
  readonly version: number;
  readonly destination: ConnectionId;
  readonly source: ConnectionId;
}

/** Bytes of the Length field; absent: two, or more where that is not enough, as stacks do it. */
interface WithLength {
  readonly lengthSize?: 1 | 2 | 4 | 8;
}

/** The header of a packet that carries frames (RFC 9000 §17.2.2 to §17.2.4, §17.3.1), as it is before its protection. */
export type PacketHeader =
  | ({ readonly kind: 'initial'; readonly token: Uint8Array } & Long & Numbered & WithLength)
  | ({ readonly kind: 'zeroRtt' | 'handshake' } & Long & Numbered & WithLength)
  | ({
      readonly kind: 'oneRtt';
      readonly destination: ConnectionId;
      readonly spin: boolean;
      readonly keyPhase: 0 | 1;
    } & Numbered);

/** Long packet types by version: RFC 9000 §17.2, RFC 9369 §3.2. */
const longTypes = ['initial', 'zeroRtt', 'handshake', 'retry'] as const;
export type LongKind = (typeof longTypes)[number];

export const longTypeBits = (kind: LongKind, version: number): number =>
  (longTypes.indexOf(kind) + (version === QuicVersion.V2 ? 1 : 0)) & 3;
export const longKindOf = (bits: number, version: number): LongKind =>
  longTypes[(bits + (version === QuicVersion.V2 ? 3 : 0)) & 3] ?? 'initial';

const idsSize = ({ destination, source }: Long): number => 1 + destination.length + 1 + source.length;

/** What the Length field counts: packet number, payload and tag. */
const lengthValue = (header: Numbered, payload: number): number => header.numberLength + payload + TAG_SIZE;

const lengthSize = (header: Numbered & WithLength, payload: number): 1 | 2 | 4 | 8 => {
  const least = varintSize(lengthValue(header, payload));
  return header.lengthSize ?? (least === 1 ? 2 : least);
};

/** Bytes in front of a payload of `payload` bytes, the packet number included. */
export const headerSize = (header: PacketHeader, payload: number): number => {
  if (header.kind === 'oneRtt') return 1 + header.destination.length + header.numberLength;
  const token = header.kind === 'initial' ? varintSize(header.token.length) + header.token.length : 0;
  return 1 + 4 + idsSize(header) + token + lengthSize(header, payload) + header.numberLength;
};

/** Bytes of a protected packet with `payload` bytes of frames: what is on the wire, without making it. */
export const packetSize = (header: PacketHeader, payload: number): number =>
  headerSize(header, payload) + payload + TAG_SIZE;

/** Fewest bytes of frames that leave enough behind the packet number for the sample (RFC 9001 §5.4.2). */
export const leastPayload = (length: NumberLength): number => 4 - length;

const putId = (bytes: Uint8Array, at: number, id: ConnectionId): number => {
  bytes[at] = id.length;
  bytes.set(id, at + 1);
  return at + 1 + id.length;
};

const putNumber = (bytes: Uint8Array, at: number, { number, numberLength: length }: Numbered): number => {
  const part = truncated(number, length);
  for (let i = length - 1; i >= 0; i--) bytes[at++] = Math.floor(part / 256 ** i) & 0xff;
  return at;
};

/** Writes a header as it is before its protection; returns the place behind the packet number. */
export const putHeader = (bytes: Uint8Array, at: number, header: PacketHeader, payload: number): number => {
  const fixed = header.fixedBit === false ? 0 : 0x40;
  const length = header.numberLength - 1;
  if (header.kind === 'oneRtt') {
    bytes[at] = fixed | (header.spin ? 0x20 : 0) | (header.keyPhase << 2) | length;
    bytes.set(header.destination, at + 1);
    return putNumber(bytes, at + 1 + header.destination.length, header);
  }
  bytes[at] = 0x80 | fixed | (longTypeBits(header.kind, header.version) << 4) | length;
  putU32(bytes, at + 1, header.version);
  at = putId(bytes, putId(bytes, at + 5, header.destination), header.source);
  if (header.kind === 'initial') {
    at = putVarint(bytes, at, header.token.length);
    bytes.set(header.token, at);
    at += header.token.length;
  }
  at = putVarint(bytes, at, lengthValue(header, payload), lengthSize(header, payload));
  return putNumber(bytes, at, header);
};

/** A Retry (RFC 9000 §17.2.5) without its integrity tag of 16 bytes, which `retryTag` makes. */
export interface Retry extends Long {
  readonly token: Uint8Array;
  /** Four bits that mean nothing. */
  readonly unused: number;
}

/** Bytes of a Retry, its tag included. */
export const retrySize = (retry: Retry): number => 1 + 4 + idsSize(retry) + retry.token.length + TAG_SIZE;

export const encodeRetry = (retry: Retry, tag: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(1 + 4 + idsSize(retry) + retry.token.length + tag.length);
  bytes[0] = 0xc0 | (longTypeBits('retry', retry.version) << 4) | retry.unused;
  putU32(bytes, 1, retry.version);
  const at = putId(bytes, putId(bytes, 5, retry.destination), retry.source);
  bytes.set(retry.token, at);
  bytes.set(tag, at + retry.token.length);
  return bytes;
};

/** Version Negotiation (RFC 9000 §17.2.1): ids may be as long as one byte of length allows. */
export interface VersionNegotiation {
  readonly destination: ConnectionId;
  readonly source: ConnectionId;
  readonly versions: readonly number[];
  /** Seven bits that mean nothing; the first of them set, so that it looks like QUIC. */
  readonly unused: number;
}

export const versionNegotiationSize = (packet: VersionNegotiation): number =>
  1 + 4 + idsSize({ ...packet, version: 0 }) + 4 * packet.versions.length;

export const encodeVersionNegotiation = (packet: VersionNegotiation): Uint8Array => {
  const bytes = new Uint8Array(versionNegotiationSize(packet));
  bytes[0] = 0x80 | packet.unused;
  let at = putId(bytes, putId(bytes, 5, packet.destination), packet.source);
  for (const version of packet.versions) {
    putU32(bytes, at, version);
    at += 4;
  }
  return bytes;
};
