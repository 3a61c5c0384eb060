import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { putU16, u16 } from '../bytes.ts';
import { FieldWriter, grouped, hex } from '../field.ts';
import type { Field } from '../field.ts';
import { transportChecksum } from '../ip/checksum.ts';
import { IpProtocol } from '../ip/protocols.ts';

/** A UDP header (RFC 768). `length` counts header and payload in bytes; a checksum of 0 means none (IPv4). */
export interface UdpHeader {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly length: number;
  readonly checksum: number;
}

export const UDP_SIZE = 8;

/** Writes the header at `at`, its checksum as given; returns the place behind it. */
export const encodeUdp = (header: UdpHeader, bytes: Uint8Array, at: number): number => {
  putU16(bytes, at, header.sourcePort);
  putU16(bytes, at + 2, header.destinationPort);
  putU16(bytes, at + 4, header.length);
  putU16(bytes, at + 6, header.checksum);
  return at + UDP_SIZE;
};

/** Reads the header at `at`. Fails where fewer than 8 bytes are there. */
export const decodeUdp = (bytes: Uint8Array, at: number, end: number): Result<UdpHeader> =>
  end - at < UDP_SIZE
    ? fail({
        where: `byte ${String(at)}`,
        what: `a UDP header needs 8 bytes, ${String(Math.max(0, end - at))} are there`,
      })
    : ok({
        sourcePort: u16(bytes, at),
        destinationPort: u16(bytes, at + 2),
        length: u16(bytes, at + 4),
        checksum: u16(bytes, at + 6),
      });

/**
 * Checksum over pseudo-header and datagram (RFC 768, RFC 8200 §8.1). 0 for one that holds its own right checksum; over one
 * with a checksum of 0, the value to put there. `source`, `destination`: places of the addresses.
 */
export const udpChecksum = (
  bytes: Uint8Array,
  source: number,
  destination: number,
  addressLength: number,
  at: number,
  length: number,
): number => transportChecksum(IpProtocol.Udp, bytes, source, destination, addressLength, at, length);

/** Puts the right checksum into the datagram at `at` (whose checksum field is 0); a computed 0 is sent as all ones. */
export const writeUdpChecksum = (
  bytes: Uint8Array,
  source: number,
  destination: number,
  addressLength: number,
  at: number,
  length: number,
): void => {
  putU16(bytes, at + 6, udpChecksum(bytes, source, destination, addressLength, at, length) || 0xffff);
};

/** The fields of the UDP header at `at`. `isRight`: whether its checksum is; null: nobody knows. */
export const udpFields = (bytes: Uint8Array, at: number, end: number, isRight: boolean | null = null): Field[] => {
  const w = new FieldWriter('udp', at, 'RFC 768');
  if (end - at < UDP_SIZE) return w.fields;
  w.add('sourcePort', 'Source port', 0, 16, String(u16(bytes, at)));
  w.add('destinationPort', 'Destination port', 16, 16, String(u16(bytes, at + 2)));
  w.add('length', 'Length', 32, 16, grouped(u16(bytes, at + 4)), 'header and payload');
  const checksum = u16(bytes, at + 6);
  const said = checksum === 0 ? 'none' : isRight === null ? '' : isRight ? 'right' : 'wrong';
  w.add('checksum', 'Checksum', 48, 16, hex(checksum, 4), said);
  return w.fields;
};
