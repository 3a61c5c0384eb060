import { putU16, putU32, u8 } from './bytes.ts';
import type { Reader } from './tls/reader.ts';

/**
 * A number of QUIC's variable-length encoding: 0 to 2^62 − 1 (RFC 9000 §16). It is a `number` as far as numbers are
 * exact, and a `bigint` only above 2^53 − 1, so that arithmetic stays plain and no value is lost.
 */
export type Varint = number | bigint;

export const VARINT_LIMIT = (1n << 62n) - 1n;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** The value as a number; above 2^53 − 1 it stays there. Right for windows and limits, which are credit. */
export const asNumber = (value: Varint): number =>
  typeof value === 'number' ? value : value > SAFE ? Number.MAX_SAFE_INTEGER : Number(value);

/** The shortest form of a value: `number` where that is exact. */
export const asVarint = (value: bigint): Varint => (value > SAFE ? value : Number(value));

/** Bytes of the shortest encoding: 1, 2, 4 or 8 (RFC 9000 §16, table 4). */
export const varintSize = (value: Varint): 1 | 2 | 4 | 8 =>
  value < 0x40 ? 1 : value < 0x4000 ? 2 : value < 0x4000_0000 ? 4 : 8;

/** Writes a value at `at`, in its shortest form unless `size` says more; returns the place behind it. */
export const putVarint = (bytes: Uint8Array, at: number, value: Varint, size = varintSize(value)): number => {
  if (size === 1) bytes[at] = Number(value);
  else if (size === 2) putU16(bytes, at, 0x4000 | Number(value));
  else if (size === 4) putU32(bytes, at, (0x8000_0000 | Number(value)) >>> 0);
  else if (typeof value === 'number') {
    putU32(bytes, at, (0xc000_0000 | Math.floor(value / 0x1_0000_0000)) >>> 0);
    putU32(bytes, at + 4, value % 0x1_0000_0000);
  } else {
    putU32(bytes, at, (0xc000_0000 | Number(value >> 32n)) >>> 0);
    putU32(bytes, at + 4, Number(value & 0xffff_ffffn));
  }
  return at + size;
};

/** Bytes that the value at `at` takes, by its first byte; nothing is said about whether they are there. */
export const varintSizeAt = (bytes: Uint8Array, at: number): 1 | 2 | 4 | 8 =>
  (1 << (u8(bytes, at) >>> 6)) as 1 | 2 | 4 | 8;

/** The value from its upper 30 and lower 32 bits. */
const joined = (high: number, low: number): Varint =>
  high < 0x20_0000 ? high * 0x1_0000_0000 + low : (BigInt(high) << 32n) | BigInt(low);

/** Reads a value (RFC 9000 §A.1). Any length is read, the shortest or not. */
export const readVarint = (reader: Reader, what: string): Varint => {
  const first = reader.u8(what);
  const head = first & 0x3f;
  switch (first >>> 6) {
    case 0:
      return head;
    case 1:
      return head * 0x100 + reader.u8(what);
    case 2:
      return head * 0x100_0000 + reader.u24(what);
    default:
      return joined(head * 0x100_0000 + reader.u24(what), reader.u32(what));
  }
};

/** A value that counts bytes or items in what follows: above 2^53 nothing can follow it, so that it may stay there. */
export const readLength = (reader: Reader, what: string): number => asNumber(readVarint(reader, what));
