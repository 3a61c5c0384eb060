import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithFixtures } from '../../support/fixtures.ts';
import { QpackDecoder } from '../../../src/wire/qpack/decoder.ts';
import { QpackEncoder } from '../../../src/wire/qpack/encoder.ts';
import { instructionFields, sectionFields } from '../../../src/wire/qpack/fields.ts';
import { decoderInstructionSize, encodeEncoderInstructions } from '../../../src/wire/qpack/instruction.ts';
import type { DecoderInstruction } from '../../../src/wire/qpack/instruction.ts';
import { encoderStream } from '../../../src/wire/qpack/instructionStream.ts';
import { decodeSection, encodeSection, sectionSize } from '../../../src/wire/qpack/section.ts';
import type { HeaderField } from '../../../src/wire/hpack/table.ts';
import { toHex } from '../hpack/support.ts';
import { within } from '../hpack/within.ts';

/** A QIF: header lists with an empty line behind each, name and value parted by a tab. */
const listsOf = (file: string): HeaderField[][] =>
  readFileSync(file, 'latin1')
    .split('\n\n')
    .map((text) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#')))
    .filter((lines) => lines.length > 0)
    .map((lines) =>
      lines.map((line) => {
        const [name = '', value = ''] = line.split('\t');
        return { name, value };
      }),
    );

interface Chunk {
  readonly stream: number;
  readonly bytes: Uint8Array;
}

/** The offline format: 8 bytes of stream id, 4 of length, bytes; stream 0 is the encoder stream. */
const chunksOf = (file: string): Chunk[] => {
  const data = readFileSync(file);
  const chunks: Chunk[] = [];
  for (let at = 0; at < data.length;) {
    const length = data.readUInt32BE(at + 8);
    chunks.push({ stream: Number(data.readBigUInt64BE(at)), bytes: data.subarray(at + 12, at + 12 + length) });
    at += 12 + length;
  }
  return chunks;
};

const plain = (fields: readonly HeaderField[]): HeaderField[] => fields.map(({ name, value }) => ({ name, value }));

/** Decodes a whole file; the lists by stream, or the first sentence. */
const decoded = (chunks: readonly Chunk[], capacity: number, blocked: number, check: boolean) => {
  const decoder = new QpackDecoder(capacity, blocked);
  const stream = encoderStream();
  const lists = new Map<number, HeaderField[]>();
  let most = 0;
  // The files were made with the whole capacity from the start; what they set themselves comes after.
  decoder.insert([{ kind: 'capacity', capacity }]);
  for (const { stream: id, bytes } of chunks) {
    if (id === 0) {
      const instructions = stream.push(bytes);
      const free = instructions.ok ? decoder.insert(instructions.value) : instructions;
      if (!free.ok) return { problem: free.problems[0], lists, most };
      for (const one of free.value) lists.set(one.stream, plain(one.fields));
      if (check && instructions.ok) {
        expect(toHex(encodeEncoderInstructions(instructions.value))).toBe(toHex(bytes));
        within(instructionFields(bytes, 0, bytes.length, 'encoder'), 0, bytes.length * 8);
      }
      continue;
    }
    const read = decoder.bytes(id, bytes);
    if (!read.ok) return { problem: read.problems[0], lists, most };
    if (read.value) lists.set(id, plain(read.value.fields));
    most = Math.max(most, decoder.blocked);
    const section = decodeSection(bytes);
    if (section.ok && check) {
      expect(toHex(encodeSection(section.value))).toBe(toHex(bytes));
      expect(sectionSize(section.value)).toBe(bytes.length);
      const fields = sectionFields(bytes, 0, bytes.length, { table: decoder.table, capacity });
      within(fields, 0, bytes.length * 8);
      if (read.value) {
        const shown = fields.slice(1).map((field) => ({ name: field.name, value: field.value }));
        expect(shown).toEqual(plain(read.value.fields));
      }
    }
  }
  expect(decoder.blocked).toBe(0);
  return { problem: null, lists, most };
};

describeWithFixtures('QPACK files', (fixtures) => {
  const folder = join(fixtures, 'vectors/qpack');
  const files = readdirSync(folder);
  const makers = [...new Set(files.flatMap((name) => /^enc__([^_]+)__(?!examples)/.exec(name)?.[1] ?? []))];

  it.each(makers)('%s: every file decodes to its lists, and each piece is written again to the byte', (maker) => {
    const ours = files.filter((name) => name.startsWith(`enc__${maker}__`));
    let mostBlocked = 0;
    for (const name of ours) {
      const [, list = '', capacity = '0', blocked = '0'] = /([a-z-]+)\.out\.(\d+)\.(\d+)\.\d$/.exec(name) ?? [];
      const done = decoded(chunksOf(join(folder, name)), Number(capacity), Number(blocked), ours.indexOf(name) < 6);
      expect({ name, problem: done.problem }).toEqual({ name, problem: null });
      const want = listsOf(join(folder, `qif__${list}.qif`));
      expect([...done.lists].sort(([a], [b]) => a - b).map(([, fields]) => fields)).toEqual(want);
      expect(done.most).toBeLessThanOrEqual(Number(blocked));
      mostBlocked = Math.max(mostBlocked, done.most);
    }
    // Some write a section before its instructions, so that it has to wait.
    expect(mostBlocked).toBe(['f5', 'proxygen', 'quinn'].includes(maker) ? 1 : 0);
    expect(ours.length).toBeGreaterThan(1);
  });

  it.each([
    ['err1', 'Required Insert Count needs 1 bytes at byte 1'],
    ['err3', 'Base needs 1 bytes at byte 2'],
    ['err5', 'length of the value needs 1 bytes at byte 3'],
    ['err7', "value's length needs 1 bytes at byte 4"],
    ['err11', 'entry 1, to be duplicated, is not in the table'],
  ])('%s is refused', (name, sentence) => {
    const { problem } = decoded(chunksOf(join(folder, `err__${name}`)), 4096, 100, false);
    expect(problem?.what).toContain(sentence);
  });

  it('err9 was an error only while static entries counted from 1: today it is an empty :authority', () => {
    const { lists } = decoded(chunksOf(join(folder, 'err__err9')), 4096, 100, true);
    expect([...lists.values()]).toEqual([[{ name: ':authority', value: '' }]]);
  });

  const inputs = readFileSync(join(fixtures, 'vectors/fuzz/quiche-qpack_decode.jsonl'), 'utf8').trim().split('\n');
  it('the 243 inputs of a fuzzer end in fields or in a sentence', () => {
    const ends = { fields: 0, waiting: 0, sentence: 0 };
    for (const line of inputs) {
      const { hex } = JSON.parse(line) as { hex: string };
      const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
      const read = new QpackDecoder(4096, 10).bytes(4, bytes);
      if (!read.ok) expect(read.problems[0]?.what.length).toBeGreaterThan(15);
      ends[!read.ok ? 'sentence' : read.value ? 'fields' : 'waiting']++;
      within(sectionFields(bytes, 0, bytes.length), 0, bytes.length * 8);
      within(instructionFields(bytes, 0, bytes.length, 'encoder'), 0, bytes.length * 8);
      const pushed = encoderStream().push(bytes);
      if (pushed.ok) new QpackDecoder(4096, 10).insert([{ kind: 'capacity', capacity: 4096 }, ...pushed.value]);
    }
    expect(ends.fields + ends.waiting + ends.sentence).toBe(inputs.length);
    expect(Math.min(ends.fields, ends.sentence)).toBeGreaterThan(1);
  });

  it.each([
    ['netbsd', 4096, 100, 0],
    ['netbsd', 4096, 0, 0],
    ['netbsd', 256, 100, 2],
    ['fb-req', 4096, 100, 0],
    ['fb-req', 512, 2, 5],
    ['fb-req', 0, 0, 0],
    ['fb-resp', 4096, 0, 3],
    ['fb-resp', 4096, 100, 1],
  ])('our encoder: %s, table %i, %i blocked, acknowledged %i sections late', (list, capacity, blocked, late) => {
    const encoder = new QpackEncoder();
    const decoder = new QpackDecoder(capacity, blocked);
    encoder.setPeer(capacity, blocked);
    const lists = listsOf(join(folder, `qif__${list}.qif`));
    const acknowledgments: DecoderInstruction[][] = [];
    let bytes = 0;
    let text = 0;
    const read: HeaderField[][] = [];
    lists.forEach((fields, i) => {
      const { instructions, section } = encoder.section(i * 4, fields);
      bytes += encodeEncoderInstructions(instructions).length + sectionSize(section);
      text += fields.reduce((sum, field) => sum + field.name.length + field.value.length, 0);
      // The section overtakes its instructions where it may: then it has to wait for them.
      const mayWait = section.insertCount !== 0 && blocked > 0;
      const early = mayWait ? decoder.section(i * 4, section) : null;
      const free = decoder.insert(instructions);
      const done = early ?? decoder.section(i * 4, section);
      expect(free).toMatchObject({ ok: true });
      expect(done).toMatchObject({ ok: true });
      const one = done.ok ? (done.value ?? (free.ok ? free.value[0] : null)) : null;
      expect(plain(one?.fields ?? [])).toEqual(fields);
      read.push(plain(one?.fields ?? []));
      acknowledgments.push(decoder.feedback());
      if (acknowledgments.length > late) {
        const said = acknowledgments.shift() ?? [];
        expect(encoder.acknowledge(said)).toMatchObject({ ok: true });
        expect(said.every((one) => decoderInstructionSize(one) > 0)).toBe(true);
      }
    });
    expect(read.length).toBe(lists.length);
    expect(bytes).toBeLessThan(text * (capacity === 0 ? 0.8 : 0.75));
  });
});
