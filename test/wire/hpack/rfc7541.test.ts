import { describe, expect, it } from 'vitest';
import { HpackDecoder } from '../../../src/wire/hpack/decoder.ts';
import { HpackEncoder } from '../../../src/wire/hpack/encoder.ts';
import { decodeLines, encodeLines, linesSize } from '../../../src/wire/hpack/line.ts';
import type { HpackLine } from '../../../src/wire/hpack/line.ts';
import { prefixedSize, putPrefixed, readPrefixed } from '../../../src/wire/hpack/prefix.ts';
import { Reader } from '../../../src/wire/tls/reader.ts';
import { fromHex, list, toHex } from './support.ts';

const plain = (text: string): { text: string; huffman: boolean } => ({ text, huffman: false });

describe('RFC 7541 C.1: integers', () => {
  it.each([
    ['C.1.1', 10, 5, '0a'],
    ['C.1.2', 1337, 5, '1f9a0a'],
    ['C.1.3', 42, 8, '2a'],
  ] as const)('%s', (_, value, bits, hex) => {
    const bytes = new Uint8Array(prefixedSize(value, bits));
    expect(putPrefixed(bytes, 0, 0, bits, value)).toBe(bytes.length);
    expect(toHex(bytes)).toBe(hex);
    const reader = new Reader(bytes);
    expect(readPrefixed(reader, reader.u8('integer'), bits, 'integer')).toBe(value);
    expect(reader.left).toBe(0);
  });
});

describe('RFC 7541 C.2: single lines', () => {
  it.each<[string, string, HpackLine, string]>([
    [
      'C.2.1',
      '400a637573746f6d2d6b65790d637573746f6d2d686561646572',
      { kind: 'literal', indexing: 'add', name: plain('custom-key'), value: plain('custom-header') },
      'custom-key: custom-header',
    ],
    [
      'C.2.2',
      '040c2f73616d706c652f70617468',
      { kind: 'literal', indexing: 'without', name: 4, value: plain('/sample/path') },
      ':path: /sample/path',
    ],
    [
      'C.2.3',
      '100870617373776f726406736563726574',
      { kind: 'literal', indexing: 'never', name: plain('password'), value: plain('secret') },
      'password: secret',
    ],
    ['C.2.4', '82', { kind: 'indexed', index: 2 }, ':method: GET'],
  ])('%s', (id, hex, line, text) => {
    const bytes = fromHex(hex);
    expect(decodeLines(bytes)).toEqual({ ok: true, value: [line] });
    expect(toHex(encodeLines([line]))).toBe(hex);
    expect(linesSize([line])).toBe(bytes.length);
    const decoder = new HpackDecoder();
    const decoded = decoder.decode(bytes);
    expect(decoded.ok && decoded.value.map((f) => `${f.name}: ${f.value}`)).toEqual([text]);
    expect(decoder.table.size).toBe(id === 'C.2.1' ? 55 : 0);
  });
});

const requests = [
  ':method: GET | :scheme: http | :path: / | :authority: www.example.com',
  ':method: GET | :scheme: http | :path: / | :authority: www.example.com | cache-control: no-cache',
  ':method: GET | :scheme: https | :path: /index.html | :authority: www.example.com | custom-key: custom-value',
];
const first = 'cache-control: private | date: Mon, 21 Oct 2013 20:13:21 GMT | location: https://www.example.com';
const responses = [
  `:status: 302 | ${first}`,
  `:status: 307 | ${first}`,
  ':status: 200 | cache-control: private | date: Mon, 21 Oct 2013 20:13:22 GMT | location: https://www.example.com | ' +
    'content-encoding: gzip | set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
];
/** The tables of C.3 and C.4, and of C.5 and C.6, after each message: entries newest first, and bytes. */
const requestTables = [
  [':authority: www.example.com', 57],
  ['cache-control: no-cache | :authority: www.example.com', 110],
  ['custom-key: custom-value | cache-control: no-cache | :authority: www.example.com', 164],
] as const;
const responseTables = [
  [
    'location: https://www.example.com | date: Mon, 21 Oct 2013 20:13:21 GMT | cache-control: private | :status: 302',
    222,
  ],
  [
    ':status: 307 | location: https://www.example.com | date: Mon, 21 Oct 2013 20:13:21 GMT | cache-control: private',
    222,
  ],
  [
    'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1 | content-encoding: gzip | ' +
      'date: Mon, 21 Oct 2013 20:13:22 GMT',
    215,
  ],
] as const;

describe.each([
  [
    'C.3',
    'never',
    4096,
    requests,
    requestTables,
    [
      '828684410f7777772e6578616d706c652e636f6d',
      '828684be58086e6f2d6361636865',
      '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
    ],
  ],
  [
    'C.4',
    'always',
    4096,
    requests,
    requestTables,
    [
      '828684418cf1e3c2e5f23a6ba0ab90f4ff',
      '828684be5886a8eb10649cbf',
      '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
    ],
  ],
  [
    'C.5',
    'never',
    256,
    responses,
    responseTables,
    [
      '4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d',
      '4803333037c1c0bf',
      '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
    ],
  ],
  [
    'C.6',
    'always',
    256,
    responses,
    responseTables,
    [
      '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
      '4883640effc1c0bf',
      '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
    ],
  ],
] as const)('RFC 7541 %s', (_, huffman, capacity, messages, tables, blocks) => {
  it('is encoded and decoded to the byte, with the same tables on both sides', () => {
    const encoder = new HpackEncoder({ huffman, indexing: () => 'add' }, capacity);
    const decoder = new HpackDecoder(capacity);
    messages.forEach((message, i) => {
      const lines = encoder.lines(list(message));
      expect(toHex(encodeLines(lines))).toBe(blocks[i]);
      expect(linesSize(lines)).toBe(blocks[i]!.length / 2);
      const decoded = decoder.decode(fromHex(blocks[i]!));
      expect(decoded.ok && decoded.value.map((f) => `${f.name}: ${f.value}`).join(' | ')).toBe(message);
      for (const { table } of [encoder, decoder]) {
        const [entries, size] = tables[i]!;
        expect(table.snapshot()).toEqual(list(entries));
        expect(table.size).toBe(size);
      }
    });
  });
});
