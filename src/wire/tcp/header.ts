import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { seq32 } from '../../base/seq32.ts';
import type { Seq32 } from '../../base/seq32.ts';
import { putU16, putU32, u16, u32, u8 } from '../bytes.ts';
import { transportChecksum } from '../ip/checksum.ts';
import { IpProtocol } from '../ip/protocols.ts';
import { decodeTcpOptions, encodeTcpOptions, tcpOptionsSize } from './options.ts';
import type { TcpOption } from './options.ts';

/** A TCP header (RFC 9293 §3.1). */
export interface TcpHeader {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly seq: Seq32;
  readonly ack: Seq32;
  /** The four bits behind the data offset, the last of which Accurate ECN uses (RFC 9768 §3.1). */
  readonly reserved: number;
  /** The eight control bits: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128. */
  readonly flags: number;
  /** As on the wire, unscaled. */
  readonly window: number;
  readonly urgent: number;
  readonly options: readonly TcpOption[];
}

export const TCP_BASE_SIZE = 20;
/** The data offset has four bits that count words of 4 bytes. */
export const TCP_MAX_SIZE = 60;

/** Size in bytes, options and padding included. */
export const tcpHeaderSize = (header: TcpHeader): number => TCP_BASE_SIZE + tcpOptionsSize(header.options);

/** Writes the header at `at` with a checksum of 0 (see `writeTcpChecksum`); returns the place behind it. */
export const encodeTcp = (header: TcpHeader, bytes: Uint8Array, at: number): number => {
  putU16(bytes, at, header.sourcePort);
  putU16(bytes, at + 2, header.destinationPort);
  putU32(bytes, at + 4, header.seq);
  putU32(bytes, at + 8, header.ack);
  bytes[at + 12] = ((tcpHeaderSize(header) >>> 2) << 4) | header.reserved;
  bytes[at + 13] = header.flags;
  putU16(bytes, at + 14, header.window);
  putU16(bytes, at + 16, 0);
  putU16(bytes, at + 18, header.urgent);
  return encodeTcpOptions(header.options, bytes, at + TCP_BASE_SIZE);
};

/** Reads the header at `at`, of a segment that ends at `end`. Fails where it is cut or its data offset is impossible. */
export const decodeTcp = (bytes: Uint8Array, at: number, end: number): Result<TcpHeader> => {
  const where = `byte ${String(at)}`;
  if (end - at < TCP_BASE_SIZE) {
    return fail({ where, what: `a TCP header needs 20 bytes, ${String(Math.max(0, end - at))} are there` });
  }
  const size = (u8(bytes, at + 12) >>> 4) * 4;
  if (size < TCP_BASE_SIZE || at + size > end) {
    return fail({ where, what: `TCP data offset of ${String(size)} bytes is outside 20 to ${String(end - at)}` });
  }
  return ok({
    sourcePort: u16(bytes, at),
    destinationPort: u16(bytes, at + 2),
    seq: seq32(u32(bytes, at + 4)),
    ack: seq32(u32(bytes, at + 8)),
    reserved: u8(bytes, at + 12) & 15,
    flags: u8(bytes, at + 13),
    window: u16(bytes, at + 14),
    urgent: u16(bytes, at + 18),
    options: decodeTcpOptions(bytes, at + TCP_BASE_SIZE, at + size),
  });
};

/**
 * Checksum over pseudo-header and segment (RFC 9293 §3.1, RFC 8200 §8.1). 0 for a segment that holds its own right
 * checksum; over a segment with a checksum of 0, the value to put there. `source`, `destination`: places of the addresses.
 */
export const tcpChecksum = (
  bytes: Uint8Array,
  source: number,
  destination: number,
  addressLength: number,
  at: number,
  length: number,
): number => transportChecksum(IpProtocol.Tcp, bytes, source, destination, addressLength, at, length);

/** Puts the right checksum into the segment at `at` (whose checksum field is 0). */
export const writeTcpChecksum = (
  bytes: Uint8Array,
  source: number,
  destination: number,
  addressLength: number,
  at: number,
  length: number,
): void => {
  putU16(bytes, at + 16, tcpChecksum(bytes, source, destination, addressLength, at, length));
};
