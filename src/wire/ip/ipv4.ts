import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { putU16, u16, u8 } from '../bytes.ts';
import { addressText, parseAddress } from './address.ts';
import { internetChecksum } from './checksum.ts';

/** An IPv4 header (RFC 791 §3.1). Sizes in bytes. */
export interface Ipv4Header {
  readonly dscp: number;
  /** 0 not-ECT, 1 ECT(1), 2 ECT(0), 3 CE (RFC 3168 §5). */
  readonly ecn: number;
  /** Header and payload. */
  readonly totalLength: number;
  readonly id: number;
  /** The unused first flag bit. */
  readonly reserved: boolean;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  /** Offset of this fragment's payload, a multiple of 8. */
  readonly fragmentOffset: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
  /** Options with their padding: 0 to 40 bytes, a multiple of 4. */
  readonly options: Uint8Array;
}

export const IPV4_BASE_SIZE = 20;

export const ipv4HeaderSize = (header: Ipv4Header): number => IPV4_BASE_SIZE + header.options.length;

/** Writes the header with its right checksum at `at`; returns the place behind it. Addresses must be IPv4 texts. */
export const encodeIpv4 = (header: Ipv4Header, bytes: Uint8Array, at: number): number => {
  const size = ipv4HeaderSize(header);
  bytes[at] = 0x40 | (size >>> 2);
  bytes[at + 1] = (header.dscp << 2) | header.ecn;
  putU16(bytes, at + 2, header.totalLength);
  putU16(bytes, at + 4, header.id);
  const flags = (header.reserved ? 4 : 0) | (header.dontFragment ? 2 : 0) | (header.moreFragments ? 1 : 0);
  putU16(bytes, at + 6, (flags << 13) | (header.fragmentOffset >>> 3));
  bytes[at + 8] = header.ttl;
  bytes[at + 9] = header.protocol;
  putU16(bytes, at + 10, 0);
  bytes.set(parseAddress(header.source) ?? new Uint8Array(4), at + 12);
  bytes.set(parseAddress(header.destination) ?? new Uint8Array(4), at + 16);
  bytes.set(header.options, at + IPV4_BASE_SIZE);
  putU16(bytes, at + 10, internetChecksum(bytes, at, size));
  return at + size;
};

/** Reads the header at `at`, of a packet that ends at `end`. Fails where it is no IPv4 header or is cut. */
export const decodeIpv4 = (bytes: Uint8Array, at: number, end: number): Result<Ipv4Header> => {
  const where = `byte ${String(at)}`;
  if (end - at < IPV4_BASE_SIZE) {
    return fail({ where, what: `an IPv4 header needs 20 bytes, ${String(Math.max(0, end - at))} are there` });
  }
  const first = u8(bytes, at);
  if (first >>> 4 !== 4) return fail({ where, what: `IP version ${String(first >>> 4)} where 4 was expected` });
  const size = (first & 15) * 4;
  if (size < IPV4_BASE_SIZE || at + size > end) {
    return fail({ where, what: `IPv4 header length ${String(size)} is outside 20 to ${String(end - at)}` });
  }
  const fragment = u16(bytes, at + 6);
  return ok({
    dscp: u8(bytes, at + 1) >>> 2,
    ecn: u8(bytes, at + 1) & 3,
    totalLength: u16(bytes, at + 2),
    id: u16(bytes, at + 4),
    reserved: (fragment & 0x8000) !== 0,
    dontFragment: (fragment & 0x4000) !== 0,
    moreFragments: (fragment & 0x2000) !== 0,
    fragmentOffset: (fragment & 0x1fff) * 8,
    ttl: u8(bytes, at + 8),
    protocol: u8(bytes, at + 9),
    source: addressText(bytes, at + 12, 4),
    destination: addressText(bytes, at + 16, 4),
    options: bytes.slice(at + IPV4_BASE_SIZE, at + size),
  });
};
