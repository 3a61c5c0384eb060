import { fail, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import { u32, u8 } from '../../bytes.ts';
import { Reader } from '../../tls/reader.ts';
import { readLength } from '../../varint.ts';
import { QuicVersion } from '../codes.ts';
import { longKindOf, MAX_CONNECTION_ID, TAG_SIZE } from './header.ts';
import type { ConnectionId, LongKind } from './header.ts';

interface Place {
  /** The packet's first byte in the datagram, and the place behind its last. */
  readonly at: number;
  readonly end: number;
  readonly destination: ConnectionId;
}
interface LongPlace extends Place {
  readonly version: number;
  readonly source: ConnectionId;
}

/** A packet as it can be told without keys (RFC 8999, RFC 9000 §17). `numberAt`: where its protected number starts. */
export type PacketPlace =
  | (LongPlace & { readonly kind: 'initial'; readonly token: Uint8Array; readonly numberAt: number })
  | (LongPlace & { readonly kind: 'zeroRtt' | 'handshake'; readonly numberAt: number })
  | (LongPlace & {
      readonly kind: 'retry';
      readonly token: Uint8Array;
      readonly tag: Uint8Array;
      readonly unused: number;
    })
  | (LongPlace & { readonly kind: 'versionNegotiation'; readonly versions: readonly number[]; readonly unused: number })
  /** Of a version whose rules are not known here: ids only. */
  | (LongPlace & { readonly kind: 'otherVersion' })
  | (Place & { readonly kind: 'oneRtt'; readonly numberAt: number });

/** Versions whose headers are as in RFC 9000 §17.2; drafts before 17 had others. */
const isKnown = (version: number): boolean =>
  version === QuicVersion.V1 ||
  version === QuicVersion.V2 ||
  version === 0xfaceb002 ||
  (version >>> 8 === 0xff0000 && (version & 0xff) >= 22 && (version & 0xff) <= 34);

/** How long the ids are that a receiver of short headers gave out: one length, or by what the bytes begin with. */
export type IdLength = number | ((bytes: Uint8Array, at: number) => number);

const readLong = (bytes: Uint8Array, at: number, end: number): Result<PacketPlace> => {
  const reader = new Reader(bytes, at, end);
  const refuse = (what: string): Result<never> => fail({ where: `byte ${String(at)}`, what });
  const first = reader.u8('first byte');
  const version = reader.u32('version');
  const kind: LongKind | 'versionNegotiation' | 'otherVersion' =
    version === QuicVersion.Negotiation
      ? 'versionNegotiation'
      : isKnown(version)
        ? longKindOf((first >>> 4) & 3, version)
        : 'otherVersion';
  const id = (what: string): ConnectionId => {
    const length = reader.u8(`length of the ${what}`);
    // Only version negotiation has to cope with longer ones (RFC 9000 §17.2).
    if (length > MAX_CONNECTION_ID && kind !== 'versionNegotiation' && kind !== 'otherVersion')
      reader.fail(`the ${what} of ${String(length)} bytes is longer than 20`);
    return reader.bytes(length, what);
  };
  const destination = id('destination connection id');
  const long = { at, end, version, destination, source: id('source connection id') };
  let place: PacketPlace;
  switch (kind) {
    case 'otherVersion':
      place = { ...long, kind };
      break;
    case 'versionNegotiation': {
      const versions: number[] = [];
      while (reader.left > 0) versions.push(reader.u32('version'));
      place = { ...long, kind, versions, unused: first & 0x7f };
      break;
    }
    case 'retry': {
      const rest = reader.rest();
      if (reader.problem === null && rest.length < TAG_SIZE) reader.fail('a Retry ends with a tag of 16 bytes');
      const split = Math.max(0, rest.length - TAG_SIZE);
      place = { ...long, kind, token: rest.slice(0, split), tag: rest.slice(split), unused: first & 15 };
      break;
    }
    default: {
      const token = kind === 'initial' ? reader.bytes(readLength(reader, 'token length'), 'token') : null;
      const length = readLength(reader, 'Length');
      const numberAt = reader.at;
      if (reader.problem === null && length > reader.left)
        reader.fail(
          `the packet says ${String(length)} bytes at byte ${String(numberAt)}, ${String(reader.left)} are there`,
        );
      const body = { ...long, end: numberAt + length, numberAt };
      place = kind === 'initial' ? { ...body, kind, token: token! } : { ...body, kind };
    }
  }
  return reader.problem === null ? ok(place) : refuse(reader.problem);
};

/** Reads what can be read of the packet at `at` without keys. A short header takes the rest of its datagram. */
export const readPacket = (bytes: Uint8Array, at: number, end: number, idLength: IdLength): Result<PacketPlace> => {
  if (at >= end) return fail({ where: `byte ${String(at)}`, what: 'no packet is here' });
  if (u8(bytes, at) >= 0x80) return readLong(bytes, at, end);
  const length = typeof idLength === 'number' ? idLength : idLength(bytes, at + 1);
  const numberAt = at + 1 + length;
  return numberAt > end
    ? fail({ where: `byte ${String(at)}`, what: `a connection id of ${String(length)} bytes does not fit here` })
    : ok({ kind: 'oneRtt', at, end, destination: bytes.slice(at + 1, numberAt), numberAt });
};

export interface Datagram {
  readonly packets: readonly PacketPlace[];
  /** Why the rest is no packet, and where it starts; null where all is read. */
  readonly rest: { readonly at: number; readonly what: string } | null;
}

const isZero = (bytes: Uint8Array, at: number, end: number): boolean => {
  while (at < end && u8(bytes, at) === 0) at++;
  return at >= end;
};
const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/**
 * The packets that share a datagram (RFC 9000 §12.2). A packet of another connection than the first is not read, nor
 * what follows it.
 */
export const packetsOf = (bytes: Uint8Array, idLength: IdLength, at = 0, end = bytes.length): Datagram => {
  const packets: PacketPlace[] = [];
  while (at < end) {
    // Some fill a datagram up behind its packets, not inside them.
    if (packets.length > 0 && u8(bytes, at) === 0 && isZero(bytes, at, end))
      return { packets, rest: { at, what: `${String(end - at)} zeros fill the datagram up` } };
    const read = readPacket(bytes, at, end, idLength);
    if (!read.ok) return { packets, rest: { at, what: read.problems[0]?.what ?? '' } };
    const packet = read.value;
    if (packets[0] && !same(packets[0].destination, packet.destination))
      return { packets, rest: { at, what: 'its connection id is not that of the first packet in the datagram' } };
    packets.push(packet);
    at = packet.end;
  }
  return { packets, rest: null };
};

/** Fewest bytes of a stateless reset: five of noise, sixteen of token (RFC 9000 §10.3). */
export const LEAST_RESET = 21;

/** Whether a datagram that nothing else could be made of is a stateless reset with one of these tokens. */
export const isStatelessReset = (bytes: Uint8Array, tokens: readonly Uint8Array[]): boolean => {
  if (bytes.length < LEAST_RESET || u8(bytes, 0) >= 0x80) return false;
  const tail = bytes.subarray(bytes.length - 16);
  return tokens.some((token) => same(token, tail));
};

/** A stateless reset: a short header of noise with the token at its end. `noise`: at least five bytes. */
export const encodeStatelessReset = (noise: Uint8Array, token: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(noise.length + token.length);
  bytes.set(noise);
  bytes.set(token, noise.length);
  bytes[0] = (u8(bytes, 0) & 0x3f) | 0x40;
  return bytes;
};

/** The version of a long header; null for a short one, or where it is cut. */
export const versionAt = (bytes: Uint8Array, at: number): number | null =>
  u8(bytes, at) >= 0x80 && at + 5 <= bytes.length ? u32(bytes, at + 1) : null;
