import { describe, expect, it } from 'vitest';
import { QpackDecoder } from '../../../src/wire/qpack/decoder.ts';
import { QpackEncoder } from '../../../src/wire/qpack/encoder.ts';
import { unwrapInsertCount, wrapInsertCount } from '../../../src/wire/qpack/insertCount.ts';
import {
  decoderInstructionSize,
  encodeDecoderInstructions,
  encodeEncoderInstructions,
  encoderInstructionSize,
} from '../../../src/wire/qpack/instruction.ts';
import type { DecoderInstruction, EncoderInstruction } from '../../../src/wire/qpack/instruction.ts';
import { decoderStream, encoderStream } from '../../../src/wire/qpack/instructionStream.ts';
import { decodeSection, encodeSection, sectionSize } from '../../../src/wire/qpack/section.ts';
import type { Section } from '../../../src/wire/qpack/section.ts';
import { QPACK_STATIC_TABLE } from '../../../src/wire/qpack/staticTable.ts';
import { fromHex, list, toHex } from '../hpack/support.ts';

const plain = (text: string): { text: string; huffman: boolean } => ({ text, huffman: false });

/** The bytes of RFC 9204 appendix B, each as what it says. */
const b1: Section = {
  insertCount: 0,
  negative: false,
  deltaBase: 0,
  lines: [{ kind: 'literal', never: false, name: { from: 'static', index: 1 }, value: plain('/index.html') }],
};
const b2: Section = {
  insertCount: 3,
  negative: true,
  deltaBase: 1,
  lines: [
    { kind: 'indexed', from: 'postBase', index: 0 },
    { kind: 'indexed', from: 'postBase', index: 1 },
  ],
};
const b4: Section = {
  insertCount: 5,
  negative: false,
  deltaBase: 0,
  lines: [
    { kind: 'indexed', from: 'base', index: 0 },
    { kind: 'indexed', from: 'static', index: 1 },
    { kind: 'indexed', from: 'base', index: 1 },
  ],
};
const inserts: Readonly<Record<string, readonly [string, readonly EncoderInstruction[]]>> = {
  'B.2': [
    '3fbd01c00f7777772e6578616d706c652e636f6dc10c2f73616d706c652f70617468',
    [
      { kind: 'capacity', capacity: 220 },
      { kind: 'insert', name: { from: 'static', index: 0 }, value: plain('www.example.com') },
      { kind: 'insert', name: { from: 'static', index: 1 }, value: plain('/sample/path') },
    ],
  ],
  'B.3': [
    '4a637573746f6d2d6b65790c637573746f6d2d76616c7565',
    [{ kind: 'insert', name: plain('custom-key'), value: plain('custom-value') }],
  ],
  'B.4': ['02', [{ kind: 'duplicate', index: 2 }]],
  'B.5': [
    '810d637573746f6d2d76616c756532',
    [{ kind: 'insert', name: { from: 'dynamic', index: 1 }, value: plain('custom-value2') }],
  ],
};
const said: readonly (readonly [string, string, DecoderInstruction])[] = [
  ['B.2', '84', { kind: 'acknowledge', stream: 4 }],
  ['B.3', '01', { kind: 'increment', count: 1 }],
  ['B.4', '48', { kind: 'cancel', stream: 8 }],
];

describe('RFC 9204 appendix B, to the byte', () => {
  it.each(Object.entries(inserts))('%s: encoder stream, however it is cut', (_, [hex, instructions]) => {
    const bytes = fromHex(hex);
    expect(toHex(encodeEncoderInstructions(instructions))).toBe(hex);
    expect(instructions.reduce((sum, one) => sum + encoderInstructionSize(one), 0)).toBe(bytes.length);
    const byByte = encoderStream();
    const read: EncoderInstruction[] = [];
    for (const byte of bytes) {
      const pushed = byByte.push(Uint8Array.of(byte));
      if (pushed.ok) read.push(...pushed.value);
    }
    expect(read).toEqual(instructions);
    expect(encoderStream().push(bytes)).toEqual({ ok: true, value: instructions });
  });

  it.each(said)('%s: decoder stream', (_, hex, instruction) => {
    expect(toHex(encodeDecoderInstructions([instruction]))).toBe(hex);
    expect(decoderInstructionSize(instruction)).toBe(1);
    expect(decoderStream().push(fromHex(hex))).toEqual({ ok: true, value: [instruction] });
  });

  it.each([
    ['B.1', '0000510b2f696e6465782e68746d6c', b1],
    ['B.2', '03811011', b2],
    ['B.4', '050080c181', b4],
  ])('%s: field section', (_, hex, section) => {
    expect(toHex(encodeSection(section))).toBe(hex);
    expect(sectionSize(section)).toBe(hex.length / 2);
    expect(decodeSection(fromHex(hex))).toEqual({ ok: true, value: section });
  });

  it('the tables and what is said go as the appendix has them', () => {
    const decoder = new QpackDecoder(220, 1);
    const take = (name: string): unknown => decoder.insert(inserts[name]![1]);
    const entries = (): string =>
      decoder.table
        .snapshot()
        .map((f) => `${f.name}=${f.value}`)
        .reverse()
        .join(' | ');
    expect(decoder.section(0, b1)).toMatchObject({ ok: true, value: { fields: list(':path: /index.html') } });
    const fields = list(':authority: www.example.com | :path: /sample/path');
    // The section comes before its instructions: it waits for two insertions.
    expect(decoder.section(4, b2)).toEqual({ ok: true, value: null });
    expect([decoder.blocked, decoder.waitsFor(4)]).toEqual([1, 2]);
    expect(take('B.2')).toMatchObject({ ok: true, value: [{ stream: 4, required: 2, fields }] });
    expect(decoder.blocked).toBe(0);
    expect(decoder.table.size).toBe(106);
    expect(decoder.feedback()).toEqual([said[0]![2]]);
    take('B.3');
    expect(decoder.table.size).toBe(160);
    expect(decoder.feedback()).toEqual([said[1]![2]]);
    take('B.4');
    expect(decoder.table.size).toBe(217);
    expect(entries()).toBe(
      ':authority=www.example.com | :path=/sample/path | custom-key=custom-value | :authority=www.example.com',
    );
    expect(decoder.section(8, b4)).toMatchObject({
      ok: true,
      value: { fields: list(':authority: www.example.com | :path: / | custom-key: custom-value') },
    });
    take('B.5');
    expect(decoder.table.size).toBe(215);
    expect(entries()).toBe(
      ':path=/sample/path | custom-key=custom-value | :authority=www.example.com | custom-key=custom-value2',
    );
  });

  it('our encoder writes B.1 and B.2 itself, and keeps count of what is in use', () => {
    const add = (names: readonly string[]): QpackEncoder =>
      new QpackEncoder({ huffman: 'never', indexing: ({ value }) => (names.includes(value) ? 'add' : 'without') }, 220);
    const encoder = add(['www.example.com', '/sample/path']);
    encoder.setPeer(220, 1);
    const first = add([]).section(0, list(':path: /index.html'));
    expect(toHex(encodeSection(first.section))).toBe('0000510b2f696e6465782e68746d6c');
    const second = encoder.section(4, list(':authority: www.example.com | :path: /sample/path'));
    expect(toHex(encodeEncoderInstructions(second.instructions))).toBe(inserts['B.2']![0]);
    expect(toHex(encodeSection(second.section))).toBe('03811011');
    expect([encoder.uses(0), encoder.uses(1), encoder.known]).toEqual([1, 1, 0]);
    encoder.acknowledge([{ kind: 'acknowledge', stream: 4 }]);
    expect([encoder.uses(0), encoder.uses(1), encoder.known]).toEqual([0, 0, 2]);
  });
});

describe('QPACK rules', () => {
  it('the static table has 99 entries (RFC 9204 appendix A)', () => {
    expect(QPACK_STATIC_TABLE.length).toBe(99);
    const at = (index: number): string => `${QPACK_STATIC_TABLE[index]?.name} ${QPACK_STATIC_TABLE[index]?.value}`;
    expect([at(0), at(15), at(29), at(52), at(63), at(71), at(98)]).toEqual([
      ':authority ',
      ':method CONNECT',
      'accept */*',
      'content-type text/html; charset=utf-8',
      ':status 100',
      ':status 500',
      'x-frame-options sameorigin',
    ]);
  });

  it('insert counts wrap and come back (RFC 9204 §4.5.1.1)', () => {
    // The RFC's own example: 100 bytes hold 3 entries; 4 on the wire means 9 where 10 have come.
    expect(unwrapInsertCount(4, 100, 10)).toBe(9);
    for (const capacity of [32, 100, 4096])
      for (let inserted = 0; inserted < 300; inserted++)
        for (let ahead = -2; ahead < 4; ahead++) {
          const most = Math.floor(capacity / 32);
          const required = inserted + ahead;
          if (required < 1 || ahead > most || -ahead >= most) continue;
          expect(unwrapInsertCount(wrapInsertCount(required, capacity), capacity, inserted)).toBe(required);
        }
    expect(unwrapInsertCount(7, 100, 10)).toBe(-1);
    expect(unwrapInsertCount(1, 0, 0)).toBe(-1);
  });

  it('no more streams are blocked than allowed, on both sides', () => {
    const encoder = new QpackEncoder();
    encoder.setPeer(4096, 1);
    const first = encoder.section(0, list('x-one: 1'));
    const second = encoder.section(4, list('x-two: 2'));
    expect(first.section.insertCount).toBe(2);
    // The second is inserted for later, but spelled out now.
    expect(second.instructions).toHaveLength(1);
    expect(second.section).toMatchObject({ insertCount: 0, lines: [{ kind: 'literal' }] });
    const decoder = new QpackDecoder(4096, 1);
    expect(decoder.section(0, first.section)).toEqual({ ok: true, value: null });
    const refused = decoder.section(4, { ...first.section });
    expect(refused.ok ? '' : refused.problems[0]?.what).toContain('no more than 1 streams may wait');
    decoder.cancel(0);
    expect(decoder.blocked).toBe(0);
    expect(decoder.feedback()).toEqual([{ kind: 'cancel', stream: 0 }]);
    expect(encoder.acknowledge([{ kind: 'cancel', stream: 0 }]).ok).toBe(true);
    expect(encoder.uses(0)).toBe(0);
    expect(encoder.section(8, list('x-one: 1')).section.insertCount).toBe(2);
  });

  it('an entry in use, or not acknowledged, is not evicted', () => {
    const encoder = new QpackEncoder({ huffman: 'never', indexing: () => 'add' }, 100);
    encoder.setPeer(100, 10);
    expect(encoder.section(0, list('first: 1 | second: 2')).instructions).toHaveLength(3);
    expect(encoder.section(4, list('third: 333333 | fourth: 4')).instructions).toEqual([]);
    encoder.acknowledge([{ kind: 'acknowledge', stream: 0 }]);
    expect(encoder.section(8, list('third: 333333')).instructions).toHaveLength(1);
    expect(encoder.table.snapshot().map((f) => f.name)).toEqual(['third', 'second']);
  });

  it.each<[string, readonly DecoderInstruction[], string]>([
    ['an increment of nothing', [{ kind: 'increment', count: 0 }], 'increment of 0'],
    ['an increment beyond what was sent', [{ kind: 'increment', count: 2 }], 'increment of 2 where 1'],
    ['an acknowledgment of nothing', [{ kind: 'acknowledge', stream: 4 }], 'stream 4 has no section'],
  ])('%s is refused by the encoder', (_, instructions, sentence) => {
    const encoder = new QpackEncoder();
    encoder.setPeer(4096, 1);
    encoder.section(0, list('x-one: 1'));
    const done = encoder.acknowledge(instructions);
    expect(done.ok ? '' : done.problems[0]?.what).toContain(sentence);
  });

  it.each([
    ['a capacity above the settings', '3fe21f', 'above the 4096'],
    ['an entry larger than the table', '4000', 'larger than the table of 0'],
    ['a name that is not there', '8000', 'of the dynamic table'],
    ['a static name that is not there', 'ff2400', 'entry 99 of the static table'],
  ])('%s is refused by the decoder', (_, hex, sentence) => {
    const read = encoderStream().push(fromHex(hex));
    const done = read.ok ? new QpackDecoder(4096, 1).insert(read.value) : read;
    expect(done.ok ? '' : done.problems[0]?.what).toContain(sentence);
  });

  it.each([
    ['a count that fits no table', 'ff800100', 'fits no table'],
    ['a base below zero', '0285', 'Base would be'],
    ['an entry beyond the count', '020011', 'insertion 2'],
    ['a static entry that is not there', '0000ff24', 'static entry 99'],
  ])('%s is refused by the decoder', (_, hex, sentence) => {
    const decoder = new QpackDecoder(4096, 1);
    decoder.insert([{ kind: 'capacity', capacity: 4096 }]);
    decoder.insert([
      { kind: 'insert', name: plain('a'), value: plain('b') },
      { kind: 'insert', name: plain('c'), value: plain('d') },
    ]);
    const done = decoder.bytes(0, fromHex(hex));
    expect(done.ok ? '' : done.problems[0]?.what).toContain(sentence);
  });
});
