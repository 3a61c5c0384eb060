import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithFixtures } from '../../support/fixtures.ts';
import { HpackDecoder } from '../../../src/wire/hpack/decoder.ts';
import { HpackEncoder } from '../../../src/wire/hpack/encoder.ts';
import type { HpackPolicy } from '../../../src/wire/hpack/encoder.ts';
import { hpackFields } from '../../../src/wire/hpack/fields.ts';
import { decodeLines, encodeLines, linesSize } from '../../../src/wire/hpack/line.ts';
import type { HeaderField } from '../../../src/wire/hpack/table.ts';
import { fromHex, toHex } from './support.ts';

interface Story {
  readonly cases: readonly {
    readonly wire?: string;
    readonly header_table_size?: number;
    readonly headers: readonly Readonly<Record<string, string>>[];
  }[];
}

const fieldsOf = (headers: Story['cases'][number]['headers']): HeaderField[] =>
  headers.flatMap((header) =>
    Object.entries(header).map(([name, value]) => ({ name, value: Buffer.from(value).toString('latin1') })),
  );

/** All is added but these names. */
const but = (huffman: HpackPolicy['huffman'], ...names: string[]): HpackPolicy => ({
  huffman,
  indexing: ({ name }) => (names.includes(name) ? 'without' : 'add'),
});
const changing = [':path', 'content-length', 'etag', 'location', 'set-cookie'];

/** What is known of the encoders behind the vectors: those missing here choose in ways of their own. */
const policies: Readonly<Record<string, HpackPolicy>> = {
  nghttp2: but('shorter', ...changing),
  'nghttp2-change-table-size': but('shorter', ...changing),
  'nghttp2-16384-4096': but('shorter', ...changing),
  'node-http2-hpack': but('always', ...changing),
  'python-hpack': but('always'),
  'swift-nio-hpack-huffman': but('always'),
  'haskell-http2-static': { huffman: 'never', indexing: () => 'without' },
};

describeWithFixtures('HPACK stories', (fixtures) => {
  const folder = join(fixtures, 'vectors/hpack');
  const files = readdirSync(folder).filter((name) => !name.startsWith('raw-data'));
  const groups = [...new Set(files.map((name) => name.split('__')[0] ?? ''))];
  const read = (name: string): Story => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Story;

  it.each(groups)('%s: decoded, and written again to the byte', (group) => {
    let blocks = 0;
    for (const name of files.filter((file) => file.startsWith(`${group}__`))) {
      const decoder = new HpackDecoder(16384);
      const policy = policies[group];
      const encoder = policy ? new HpackEncoder(policy) : null;
      for (const { wire = '', header_table_size: limit, headers } of read(name).cases) {
        const bytes = fromHex(wire);
        const fields = fieldsOf(headers);
        const state = { entries: decoder.table.snapshot(), capacity: decoder.table.capacity };
        const shown = hpackFields(bytes, 0, bytes.length, state).filter((f) => f.id !== 'hpack.size');
        expect(shown.map((f) => [f.name, f.value])).toEqual(fields.map((f) => [f.name, f.value]));
        const decoded = decoder.decode(bytes);
        expect(decoded.ok && decoded.value.map((f) => ({ name: f.name, value: f.value }))).toEqual(fields);
        const lines = decodeLines(bytes);
        expect(lines.ok && toHex(encodeLines(lines.value))).toBe(wire);
        if (group.startsWith('nghttp2') && limit !== undefined) encoder?.setLimit(limit);
        const made = encoder?.lines(fields);
        if (made) {
          expect(linesSize(made)).toBe(bytes.length);
          expect(toHex(encodeLines(made))).toBe(wire);
        }
        blocks++;
      }
    }
    expect(blocks).toBeGreaterThan(30);
  });

  it('the raw stories come back through our own encoder', () => {
    let saved = 0;
    for (const name of readdirSync(folder).filter((file) => file.startsWith('raw-data'))) {
      const encoder = new HpackEncoder();
      const decoder = new HpackDecoder();
      for (const { headers } of read(name).cases) {
        const fields = fieldsOf(headers);
        const lines = encoder.lines(fields);
        const bytes = encodeLines(lines);
        const decoded = decoder.decode(bytes);
        expect(decoded.ok && decoded.value.map((f) => ({ name: f.name, value: f.value }))).toEqual(fields);
        expect(decoder.table.snapshot()).toEqual(encoder.table.snapshot());
        saved += fields.reduce((sum, f) => sum + f.name.length + f.value.length + 2, 0) - bytes.length;
      }
    }
    expect(saved).toBeGreaterThan(100_000);
  });
});
