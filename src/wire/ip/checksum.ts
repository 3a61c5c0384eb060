import { u8 } from '../bytes.ts';

/**
 * Sum of the 16-bit words of a range, not yet folded (RFC 1071 §1): an odd last byte counts as the high half of a word.
 * Exact for ranges up to 128 kB and a starting sum below 2^32.
 */
export const sumWords = (bytes: Uint8Array, at: number, length: number, start = 0): number => {
  let sum = start;
  const end = at + length - 1;
  let i = at;
  for (; i < end; i += 2) sum += (u8(bytes, i) << 8) | u8(bytes, i + 1);
  if (i === end) sum += u8(bytes, i) << 8;
  return sum;
};

/** Folds a sum into 16 bits and complements it: the checksum field (RFC 1071 §1). */
export const foldChecksum = (sum: number): number => {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
};

/** The Internet checksum of a range. Over a range that holds its own right checksum it is 0. */
export const internetChecksum = (bytes: Uint8Array, at: number, length: number): number =>
  foldChecksum(sumWords(bytes, at, length));

/**
 * Sum of the pseudo-header that TCP and UDP put before their own bytes: IPv4 (RFC 9293 §3.1) or IPv6 (RFC 8200 §8.1).
 * `source` and `destination` are the places of the two addresses, each of `addressLength` bytes.
 */
export const pseudoHeaderSum = (
  bytes: Uint8Array,
  source: number,
  destination: number,
  addressLength: number,
  protocol: number,
  length: number,
): number =>
  sumWords(bytes, source, addressLength) +
  sumWords(bytes, destination, addressLength) +
  protocol +
  Math.floor(length / 0x10000) +
  (length % 0x10000);

/**
 * Checksum over pseudo-header and what `protocol` put at `at` (RFC 9293 §3.1, RFC 768, RFC 8200 §8.1). 0 for one that holds
 * its own right checksum; over one with a checksum of 0, the value to put there. `source`, `destination`: places of the
 * addresses.
 */
export const transportChecksum = (
  protocol: number,
  bytes: Uint8Array,
  source: number,
  destination: number,
  addressLength: number,
  at: number,
  length: number,
): number =>
  foldChecksum(
    sumWords(bytes, at, length, pseudoHeaderSum(bytes, source, destination, addressLength, protocol, length)),
  );
