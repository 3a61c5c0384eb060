import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Setting } from '../../../src/wire/http2/codes.ts';
import { decodeFrame } from '../../../src/wire/http2/decode.ts';
import { frameFields } from '../../../src/wire/http2/fields.ts';
import { encodeFrames, frameSize, PREFACE } from '../../../src/wire/http2/frame.ts';
import type { Frame } from '../../../src/wire/http2/frame.ts';
import { parsePriority, priorityText } from '../../../src/wire/http2/priority.ts';
import { FrameReader } from '../../../src/wire/http2/reader.ts';
import { cutBytes, cutLength, splitBlock } from '../../../src/wire/http2/split.ts';
import { within } from '../hpack/within.ts';

const bytes = (max: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength: max });
const text = (max: number): fc.Arbitrary<string> => bytes(max).map((b) => Buffer.from(b).toString('latin1'));
const stream = fc.integer({ min: 1, max: 0x7fffffff });
const padding = fc.option(bytes(20));
const u32 = fc.nat(0xffffffff);
const priority = fc.record({
  exclusive: fc.boolean(),
  dependency: fc.nat(0x7fffffff),
  weight: fc.integer({ min: 1, max: 256 }),
});
const kind = <K extends string>(name: K): fc.Arbitrary<K> => fc.constant(name);
const setting = fc.oneof(
  fc.record({ id: fc.constantFrom(1, 3, 6, 0x1a1a), value: u32 }),
  fc.record({ id: fc.constantFrom<number>(Setting.EnablePush, Setting.NoRfc7540Priorities), value: fc.nat(1) }),
  fc.record({ id: fc.constant<number>(Setting.InitialWindowSize), value: fc.nat(0x7fffffff) }),
  fc.record({ id: fc.constant<number>(Setting.MaxFrameSize), value: fc.integer({ min: 16384, max: 16777215 }) }),
);
const endHeaders = fc.boolean();
const frames: fc.Arbitrary<Frame> = fc.oneof<fc.Arbitrary<Frame>[]>(
  fc.record({ kind: kind('data'), stream, data: bytes(60), endStream: fc.boolean(), padding }),
  fc.record({
    kind: kind('headers'),
    stream,
    block: bytes(60),
    endStream: fc.boolean(),
    endHeaders,
    priority: fc.oneof(fc.constant(null), priority),
    padding,
  }),
  fc.record({ kind: kind('priority'), stream, priority }),
  fc.record({ kind: kind('rstStream'), stream, code: u32 }),
  fc.record({ kind: kind('settings'), values: fc.array(setting, { maxLength: 6 }) }),
  fc.constant<Frame>({ kind: 'settingsAck' }),
  fc.record({
    kind: kind('pushPromise'),
    stream,
    promised: fc.integer({ min: 1, max: 0x3fffffff }).map((n) => 2 * n),
    block: bytes(60),
    endHeaders,
    padding,
  }),
  fc.record({ kind: kind('ping'), ack: fc.boolean(), data: fc.uint8Array({ minLength: 8, maxLength: 8 }) }),
  fc.record({ kind: kind('goAway'), lastStream: fc.nat(0x7fffffff), code: u32, debug: bytes(20) }),
  fc.record({ kind: kind('windowUpdate'), stream: fc.nat(0x7fffffff), increment: stream }),
  fc.record({ kind: kind('continuation'), stream, block: bytes(60), endHeaders }),
  fc.record({ kind: kind('altSvc'), stream: fc.nat(5), origin: text(20), value: text(20) }),
  fc.record({ kind: kind('origin'), origins: fc.array(text(20), { maxLength: 4 }) }),
  fc.record({ kind: kind('priorityUpdate'), prioritized: stream, value: text(12) }),
  fc.record({
    kind: kind('unknown'),
    type: fc.constantFrom(0xb, 0xd, 0x40, 0xff),
    flags: fc.nat(255),
    stream: fc.nat(0x7fffffff),
    payload: bytes(30),
  }),
);

describe('HTTP/2 frames', () => {
  it('decode ∘ encode is identity, size is the number of bytes, fields lie inside', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const encoded = encodeFrames(frame);
        expect(frameSize(frame)).toBe(encoded.length);
        expect(decodeFrame(encoded)).toEqual({ ok: true, value: { frame, at: 0, end: encoded.length } });
        const fields = frameFields(encoded, 0, encoded.length);
        within(fields, 0, encoded.length * 8);
        // The fields cover the frame, without a hole and without overlap.
        expect(fields.reduce((sum, field) => sum + field.bits, 0)).toBe(encoded.length * 8);
      }),
      { numRuns: 500 },
    );
  });

  it('any bytes, and any cut or changed frame, are read or refused with a code and a sentence', () => {
    const changed = fc.tuple(frames, fc.nat(), fc.nat(255), fc.nat()).map(([frame, at, value, cut]) => {
      const encoded = encodeFrames(frame);
      encoded[at % encoded.length] = value;
      return encoded.slice(0, cut % (encoded.length + 1));
    });
    fc.assert(
      fc.property(fc.oneof(bytes(80), changed), (data) => {
        const decoded = decodeFrame(data);
        if (decoded.ok) {
          const again = encodeFrames(decoded.value.frame);
          const back = decodeFrame(again);
          expect(back.ok && back.value.frame).toEqual(decoded.value.frame);
        } else {
          expect(decoded.problems[0]?.what.length).toBeGreaterThan(15);
          expect(decoded.problems[0]?.where).toBe(`byte ${decoded.at}`);
          expect(decoded.code).toBeGreaterThan(0);
        }
        within(frameFields(data, 0, data.length), 0, data.length * 8);
      }),
      { numRuns: 1000 },
    );
  });

  it('a stream of frames is read the same, however it is cut', () => {
    const settings: Frame = { kind: 'settings', values: [] };
    fc.assert(
      fc.property(fc.array(frames, { maxLength: 8 }), fc.array(fc.nat(200), { maxLength: 10 }), (list, cuts) => {
        const body = encodeFrames(settings, ...list);
        const all = new Uint8Array(PREFACE.length + body.length);
        all.set(PREFACE);
        all.set(body, PREFACE.length);
        const whole = new FrameReader('client').push(all);
        const reader = new FrameReader('client');
        const read = [];
        let at = 0;
        for (const cut of cuts) {
          read.push(...reader.push(all.subarray(at, at + cut)));
          at += cut;
        }
        read.push(...reader.push(all.subarray(at)));
        expect(read).toEqual(whole);
        expect(whole[0]).toMatchObject({ at: 24, end: 33, frame: settings, refused: null });
        const last = whole.at(-1);
        // All is read, or it ends at a header block that another frame cuts into.
        if (last?.refused) expect(last.refused.problems[0]?.what).toMatch(/header block/);
        else expect(last?.end).toBe(all.length);
      }),
      { numRuns: 300 },
    );
  });

  it('a header block of any length is split and put together again', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 40, max: 60 }), padding, fc.boolean(), (length, max, pad, push) => {
        const block = Uint8Array.from({ length }, (_, i) => i);
        const whole: Extract<Frame, { kind: 'headers' | 'pushPromise' }> = push
          ? { kind: 'pushPromise', stream: 1, promised: 2, block, endHeaders: true, padding: pad }
          : { kind: 'headers', stream: 1, block, endStream: true, endHeaders: true, priority: null, padding: pad };
        const parts = splitBlock(whole, cutBytes, max);
        expect(parts.every((part) => frameSize(part) <= max + 9)).toBe(true);
        expect(parts.map(frameSize)).toEqual(splitBlock(whole, cutLength, max).map(frameSize));
        const read = new FrameReader('server').push(encodeFrames({ kind: 'settings', values: [] }, ...parts));
        expect(read.slice(1, -1).every(({ block: done }) => done === null)).toBe(true);
        expect(read.at(-1)?.block).toEqual({
          kind: whole.kind,
          stream: 1,
          promised: push ? 2 : 0,
          endStream: !push,
          block,
          frames: parts.length,
        });
      }),
    );
  });

  it('priorities come back, and strange ones are passed over (RFC 9218 §4)', () => {
    for (let urgency = 0; urgency < 8; urgency++)
      for (const incremental of [false, true])
        expect(parsePriority(priorityText({ urgency, incremental }))).toEqual({ urgency, incremental });
    expect(priorityText({ urgency: 3, incremental: false })).toBe('');
    expect(parsePriority('i=?1;x, u=9, foo, u=2;a=b')).toEqual({ urgency: 2, incremental: true });
    expect(parsePriority('u=-1,i=?0')).toEqual({ urgency: 3, incremental: false });
  });
});
