import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QpackDecoder } from '../../../src/wire/qpack/decoder.ts';
import { QpackEncoder } from '../../../src/wire/qpack/encoder.ts';
import { instructionFields, sectionFields } from '../../../src/wire/qpack/fields.ts';
import {
  decoderInstructionSize,
  encodeDecoderInstructions,
  encodeEncoderInstructions,
  encoderInstructionSize,
} from '../../../src/wire/qpack/instruction.ts';
import { decoderStream, encoderStream } from '../../../src/wire/qpack/instructionStream.ts';
import { decodeSection, encodeSection, sectionSize } from '../../../src/wire/qpack/section.ts';
import type { Section } from '../../../src/wire/qpack/section.ts';
import { within } from '../hpack/within.ts';

const text = (max: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength: max }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const field = fc.record({
  name: fc.oneof(fc.constantFrom(':path', 'cookie', 'x-a', 'x-b', 'etag'), text(10)),
  value: fc.oneof(fc.constantFrom('1', '2', '3'), text(40)),
});
/** What happens in between: the encoder stream gets through, the decoder speaks, a stream is given up. */
const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('send' as const), fields: fc.array(field, { maxLength: 6 }) }),
    },
    { weight: 3, arbitrary: fc.constantFrom({ do: 'insert' } as const, { do: 'speak' } as const) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), nth: fc.nat(20) }) },
  ),
  { maxLength: 40 },
);

describe('QPACK', () => {
  it('sections come out right in any order of arrival, and never more are blocked than allowed', () => {
    fc.assert(
      fc.property(steps, fc.nat(400), fc.nat(3), (plan, capacity, maxBlocked) => {
        const encoder = new QpackEncoder();
        const decoder = new QpackDecoder(capacity, maxBlocked);
        encoder.setPeer(capacity, maxBlocked);
        const sent = new Map<number, readonly { name: string; value: string }[]>();
        const cancelled = new Set<number>();
        let toInsert: Uint8Array[] = [];
        const stream = encoderStream();
        const check = (read: { stream: number; fields: readonly { name: string; value: string }[] }): void => {
          expect(read.fields.map(({ name, value }) => ({ name, value }))).toEqual(sent.get(read.stream));
          sent.delete(read.stream);
        };
        const insert = (): void => {
          for (const bytes of toInsert) {
            const instructions = stream.push(bytes);
            if (!instructions.ok) return expect.fail(instructions.problems[0]?.what);
            const free = decoder.insert(instructions.value);
            if (!free.ok) return expect.fail(free.problems[0]?.what);
            free.value.forEach(check);
          }
          toInsert = [];
        };
        const speak = (): void => {
          const said = decoder.feedback();
          const read = decoderStream().push(encodeDecoderInstructions(said));
          expect(read).toEqual({ ok: true, value: said });
          expect(encoder.acknowledge(said)).toEqual({ ok: true, value: undefined });
        };
        plan.forEach((step, i) => {
          if (step.do === 'insert') insert();
          else if (step.do === 'speak') speak();
          else if (step.do === 'cancel') {
            const id = [...sent.keys()][step.nth];
            if (id === undefined) return;
            decoder.cancel(id);
            cancelled.add(id);
            sent.delete(id);
          } else {
            sent.set(i, step.fields);
            const { instructions, section } = encoder.section(i, step.fields);
            toInsert.push(encodeEncoderInstructions(instructions));
            const bytes = encodeSection(section);
            expect(sectionSize(section)).toBe(bytes.length);
            expect(decodeSection(bytes)).toEqual({ ok: true, value: section });
            const read = decoder.bytes(i, bytes);
            if (!read.ok) return expect.fail(read.problems[0]?.what);
            if (read.value) check(read.value);
          }
          expect(decoder.blocked).toBeLessThanOrEqual(maxBlocked);
        });
        insert();
        speak();
        expect(sent.size).toBe(0);
        expect(encoder.known).toBe(encoder.table.inserted);
        for (let i = 0; i < encoder.table.inserted; i++) expect(encoder.uses(i)).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('any bytes end in values or in a sentence', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), (bytes, cut) => {
        const section = decodeSection(bytes);
        if (section.ok) expect(decodeSection(encodeSection(section.value))).toEqual(section);
        else expect(section.problems[0]?.what.length).toBeGreaterThan(15);
        const whole = encoderStream().push(bytes);
        const parts = encoderStream();
        const first = parts.push(bytes.subarray(0, cut));
        const second = first.ok ? parts.push(bytes.subarray(cut)) : first;
        expect(second.ok).toBe(whole.ok);
        if (whole.ok && first.ok && second.ok) {
          expect([...first.value, ...second.value]).toEqual(whole.value);
          const size = whole.value.reduce((sum, one) => sum + encoderInstructionSize(one), 0);
          expect(encodeEncoderInstructions(whole.value).length).toBe(size);
        }
        const said = decoderStream().push(bytes);
        if (said.ok)
          expect(encodeDecoderInstructions(said.value).length).toBe(
            said.value.reduce((sum, one) => sum + decoderInstructionSize(one), 0),
          );
        within(sectionFields(bytes, 0, bytes.length), 0, bytes.length * 8);
        within(instructionFields(bytes, 0, bytes.length, 'encoder'), 0, bytes.length * 8);
        within(instructionFields(bytes, 0, bytes.length, 'decoder'), 0, bytes.length * 8);
      }),
      { numRuns: 1000 },
    );
  });

  it('an instruction too long for any table is refused before its text has come', () => {
    const stream = encoderStream();
    const done = stream.push(Uint8Array.of(0xc0, 0x7f, 0xff, 0xff, 0xff, 0x7f));
    expect(done.ok ? '' : done.problems[0]?.what).toContain('longer than 1048576 bytes');
  });

  it('a section that unfolds beyond the limit is refused', () => {
    const decoder = new QpackDecoder(4096, 0, 1000);
    const lines = Array.from({ length: 30 }, () => ({ kind: 'indexed', from: 'static', index: 1 }) as const);
    const section: Section = { insertCount: 0, negative: false, deltaBase: 0, lines };
    const done = decoder.section(0, section);
    expect(done.ok ? '' : done.problems[0]?.what).toContain('longer than the 1000 bytes');
  });
});
