import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expanded, numberLength, truncated } from '../../../src/wire/quic/packet/number.ts';
import { Reader } from '../../../src/wire/tls/reader.ts';
import { asNumber, asVarint, putVarint, readVarint, varintSize, varintSizeAt } from '../../../src/wire/varint.ts';
import type { Varint } from '../../../src/wire/varint.ts';
import { fromHex, toHex } from '../hpack/support.ts';

describe('RFC 9000 §A.1: variable-length integers', () => {
  it.each<[string, Varint]>([
    ['c2197c5eff14e88c', 151288809941952652n],
    ['9d7f3e7d', 494878333],
    ['7bbd', 15293],
    ['25', 37],
  ])('%s', (hex, value) => {
    const bytes = fromHex(hex);
    expect(readVarint(new Reader(bytes), 'number')).toBe(value);
    expect(varintSize(value)).toBe(bytes.length);
    expect(varintSizeAt(bytes, 0)).toBe(bytes.length);
    const out = new Uint8Array(bytes.length);
    expect(putVarint(out, 0, value)).toBe(bytes.length);
    expect(toHex(out)).toBe(hex);
  });

  it('a longer form than needed is read, and written where it is asked for', () => {
    expect(readVarint(new Reader(fromHex('4025')), 'number')).toBe(37);
    for (const [size, hex] of [
      [2, '4025'],
      [4, '80000025'],
      [8, 'c000000000000025'],
    ] as const) {
      const out = new Uint8Array(size);
      putVarint(out, 0, 37, size);
      expect(toHex(out)).toBe(hex);
    }
  });

  it('every value comes back, at the edges of each length too, and a number where it is exact', () => {
    const edges = [
      0n,
      63n,
      64n,
      16383n,
      16384n,
      (1n << 30n) - 1n,
      1n << 30n,
      (1n << 53n) - 1n,
      1n << 53n,
      (1n << 62n) - 1n,
    ];
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...edges), fc.bigInt(0n, (1n << 62n) - 1n)), (big) => {
        const value = asVarint(big);
        expect(typeof value).toBe(big < 1n << 53n ? 'number' : 'bigint');
        const bytes = new Uint8Array(varintSize(value));
        putVarint(bytes, 0, value);
        expect(readVarint(new Reader(bytes), 'number')).toBe(value);
        expect(asNumber(value)).toBe(Math.min(Number(big), Number.MAX_SAFE_INTEGER));
        const cut = new Reader(bytes.subarray(0, -1));
        readVarint(cut, 'number');
        expect(cut.problem).toMatch(/^number needs/);
      }),
    );
  });
});

describe('packet numbers', () => {
  it('RFC 9000 §A.2: how many bytes are sent', () => {
    expect(numberLength(0xac5c02, 0xabe8b3)).toBe(2);
    expect(numberLength(0xace8fe, 0xabe8b3)).toBe(3);
    expect([numberLength(0, -1), numberLength(127, -1), numberLength(128, -1)]).toEqual([1, 1, 2]);
  });
  it('RFC 9000 §A.3: which one is meant', () => {
    expect(expanded(0x9b32, 2, 0xa82f30ea)).toBe(0xa82f9b32);
  });
  it('what is sent is understood, however far the receiver is', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.nat(2 ** 20), fc.nat(), (acknowledged, ahead, behind) => {
        const number = acknowledged + 1 + ahead;
        const length = numberLength(number, acknowledged);
        // The receiver has all up to what it acknowledged, and any of those after it.
        const largest = acknowledged + (behind % (ahead + 1));
        expect(expanded(truncated(number, length), length, largest)).toBe(number);
        expect(expanded(truncated(number, 4), 4, largest)).toBe(number);
      }),
    );
  });
  it('near 0 nothing becomes negative', () => {
    for (let part = 0; part < 256; part++) expect(expanded(part, 1, -1)).toBe(part);
    expect(expanded(0xff, 1, 2)).toBe(0xff);
  });
});
