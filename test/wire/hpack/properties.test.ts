import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HpackDecoder, hpackEntry } from '../../../src/wire/hpack/decoder.ts';
import { HpackEncoder } from '../../../src/wire/hpack/encoder.ts';
import { hpackFields } from '../../../src/wire/hpack/fields.ts';
import { huffmanSize, putHuffman, readHuffman } from '../../../src/wire/hpack/huffman.ts';
import { encodeLines, linesSize } from '../../../src/wire/hpack/line.ts';
import { DynamicTable, entrySize } from '../../../src/wire/hpack/table.ts';
import { fromHex } from './support.ts';
import { within } from './within.ts';

const text = (max: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength: max }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const names = fc.oneof(fc.constantFrom(':path', 'cookie', 'authorization', 'etag', 'x-a', 'x-b'), text(12));
const field = fc.record({ name: names, value: text(60) });
const secret = (f: { name: string; value: string }): boolean => f.name === 'cookie' && f.value.length < 20;
const blocks = fc.array(
  fc.record({ fields: fc.array(field, { maxLength: 12 }), limit: fc.option(fc.nat(5000), { freq: 4 }) }),
  { maxLength: 8 },
);

describe('HPACK', () => {
  it('what is encoded is decoded, whatever the sizes of the table', () => {
    fc.assert(
      fc.property(blocks, (messages) => {
        const encoder = new HpackEncoder();
        const decoder = new HpackDecoder();
        for (const { fields, limit } of messages) {
          if (limit !== null) {
            decoder.setLimit(limit);
            encoder.setLimit(limit);
          }
          const lines = encoder.lines(fields);
          const bytes = encodeLines(lines);
          expect(linesSize(lines)).toBe(bytes.length);
          const state = { entries: decoder.table.snapshot(), capacity: decoder.table.capacity };
          within(hpackFields(bytes, 0, bytes.length, state), 0, bytes.length * 8);
          const decoded = decoder.decode(bytes);
          expect(decoded.ok && decoded.value.map((f) => ({ name: f.name, value: f.value }))).toEqual(fields);
          if (decoded.ok)
            for (const f of decoded.value) expect(f.neverIndexed).toBe(f.name === 'authorization' || secret(f));
          expect(decoder.table.snapshot()).toEqual(encoder.table.snapshot());
          expect(encoder.table.size).toBe(encoder.table.snapshot().reduce((sum, f) => sum + entrySize(f), 0));
          expect(encoder.table.size).toBeLessThanOrEqual(encoder.table.capacity);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('any bytes end in fields or in a sentence, and are shown without leaving their place', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const decoded = new HpackDecoder().decode(bytes);
        if (!decoded.ok) {
          expect(decoded.problems[0]?.where).toMatch(/^byte \d+$/);
          expect(decoded.problems[0]?.what.length).toBeGreaterThan(15);
        }
        within(hpackFields(bytes, 0, bytes.length), 0, bytes.length * 8);
      }),
      { numRuns: 1000 },
    );
  });

  it('the Huffman code is complete, and each text comes back', () => {
    // RFC 7541 appendix B: with EOS the code fills the tree, so the shares of all codes add up to one.
    const sizes = Array.from({ length: 256 }, (_, code) => huffmanSize(String.fromCharCode(code).repeat(8)));
    expect(sizes.reduce((sum, size) => sum + 2 ** -size, 2 ** -30)).toBe(1);
    fc.assert(
      fc.property(text(40), (value) => {
        const bytes = new Uint8Array(huffmanSize(value));
        expect(putHuffman(bytes, 0, value)).toBe(bytes.length);
        expect(readHuffman(bytes, 0, bytes.length)).toEqual({ text: value });
      }),
    );
  });

  it.each([
    ['an index that is not there', 'be', 'index 62 names no entry'],
    ['index 0', '80', 'index 0 names no entry'],
    ['EOS in a text', '0084ffffffff00', 'end-of-string symbol'],
    ['padding of eight ones', '0082f8ff00', 'padding that is not up to seven ones'],
    ['padding with a zero', '00811e00', 'padding that is not up to seven ones'],
    ['a text that is cut', '000561', 'name needs 5 bytes at byte 2, 1 are there'],
    ['a size behind a field', '8220', 'behind a header line'],
    ['a size above the limit', '3fe21f', 'above the 4096'],
    ['an integer without end', 'ffffffffffffffffffffffff', 'too large'],
  ])('%s is refused with a sentence', (_, hex, sentence) => {
    const decoded = new HpackDecoder().decode(fromHex(hex));
    expect(decoded.ok ? '' : decoded.problems[0]?.what).toContain(sentence);
  });

  it('a lower limit has to be answered before anything else', () => {
    const decoder = new HpackDecoder();
    decoder.setLimit(100);
    expect(decoder.decode(fromHex('82')).ok).toBe(false);
    expect(decoder.decode(fromHex('3f4582'))).toMatchObject({ ok: true, value: [{ name: ':method' }] });
    expect(decoder.table.capacity).toBe(100);
  });

  it('a small block that unfolds into a large list is refused at the limit', () => {
    const encoder = new HpackEncoder();
    const big = { name: 'x', value: 'y'.repeat(3000) };
    const first = encodeLines(encoder.lines([big]));
    const bomb = new Uint8Array(first.length + 100_000).fill(0xbe, first.length);
    bomb.set(first);
    const decoded = new HpackDecoder().decode(bomb);
    expect(decoded.ok ? '' : decoded.problems[0]?.what).toContain('longer than the 1048576 bytes allowed');
    expect(decoded.ok ? '' : decoded.problems[0]?.where).toBe(
      `byte ${first.length + Math.floor((1 << 20) / 3033) - 1}`,
    );
  });

  it('an entry larger than the table empties it (RFC 7541 §4.4)', () => {
    const table = new DynamicTable(100);
    expect(table.insert({ name: 'a', value: 'b' })).toBe(true);
    expect(table.insert({ name: 'a', value: 'b'.repeat(80) })).toBe(false);
    expect([table.count, table.size, table.find('a', 'b'), hpackEntry(table, 62)]).toEqual([0, 0, -1, null]);
  });
});
