import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { putU16, putU32, u16, u32, u8 } from '../bytes.ts';
import { addressText, parseAddress } from './address.ts';

/** An IPv6 header (RFC 8200 §3). Sizes in bytes. */
export interface Ipv6Header {
  readonly dscp: number;
  /** 0 not-ECT, 1 ECT(1), 2 ECT(0), 3 CE (RFC 3168 §5). */
  readonly ecn: number;
  readonly flowLabel: number;
  /** Everything behind these 40 bytes, extension headers included. */
  readonly payloadLength: number;
  readonly nextHeader: number;
  readonly hopLimit: number;
  readonly source: string;
  readonly destination: string;
}

export const IPV6_SIZE = 40;

/** Writes the header at `at`; returns the place behind it. Addresses must be IPv6 texts. */
export const encodeIpv6 = (header: Ipv6Header, bytes: Uint8Array, at: number): number => {
  const trafficClass = (header.dscp << 2) | header.ecn;
  putU32(bytes, at, (6 << 28) | (trafficClass << 20) | header.flowLabel);
  putU16(bytes, at + 4, header.payloadLength);
  bytes[at + 6] = header.nextHeader;
  bytes[at + 7] = header.hopLimit;
  bytes.set(parseAddress(header.source) ?? new Uint8Array(16), at + 8);
  bytes.set(parseAddress(header.destination) ?? new Uint8Array(16), at + 24);
  return at + IPV6_SIZE;
};

/** Reads the header at `at`, of a packet that ends at `end`. Fails where it is no IPv6 header or is cut. */
export const decodeIpv6 = (bytes: Uint8Array, at: number, end: number): Result<Ipv6Header> => {
  const where = `byte ${String(at)}`;
  if (end - at < IPV6_SIZE) {
    return fail({ where, what: `an IPv6 header needs 40 bytes, ${String(Math.max(0, end - at))} are there` });
  }
  const word = u32(bytes, at);
  if (word >>> 28 !== 6) return fail({ where, what: `IP version ${String(word >>> 28)} where 6 was expected` });
  return ok({
    dscp: (word >>> 22) & 0x3f,
    ecn: (word >>> 20) & 3,
    flowLabel: word & 0xfffff,
    payloadLength: u16(bytes, at + 4),
    nextHeader: u8(bytes, at + 6),
    hopLimit: u8(bytes, at + 7),
    source: addressText(bytes, at + 8, 16),
    destination: addressText(bytes, at + 24, 16),
  });
};
