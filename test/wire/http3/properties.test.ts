import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORBIDDEN_FRAMES, FORBIDDEN_SETTINGS, isReserved } from '../../../src/wire/http3/codes.ts';
import { decodePayload } from '../../../src/wire/http3/decode.ts';
import type { ReadFrame } from '../../../src/wire/http3/decode.ts';
import { frameFields, streamTypeFields } from '../../../src/wire/http3/fields.ts';
import {
  encodeFrames,
  encodeStreamType,
  frameHeaderSize,
  frameSize,
  frameType,
} from '../../../src/wire/http3/frame.ts';
import { StreamReader } from '../../../src/wire/http3/stream.ts';
import type { StreamFrame } from '../../../src/wire/http3/stream.ts';
import { asVarint } from '../../../src/wire/varint.ts';
import type { Varint } from '../../../src/wire/varint.ts';
import { within } from '../hpack/within.ts';

const bytes = (max: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength: max });
const varint: fc.Arbitrary<Varint> = fc
  .oneof(fc.bigInt(0n, 63n), fc.bigInt(0n, 1n << 14n), fc.bigInt(0n, 1n << 30n), fc.bigInt(0n, (1n << 62n) - 1n))
  .map(asVarint);
const kind = <K extends string>(name: K): fc.Arbitrary<K> => fc.constant(name);
const text = bytes(12).map((b) => Buffer.from(b).toString('latin1'));
const setting = fc.record({ id: varint.filter((id) => !FORBIDDEN_SETTINGS.has(id)), value: varint });
const control = fc.oneof<fc.Arbitrary<ReadFrame>[]>(
  fc.record({ kind: kind('cancelPush'), push: varint }),
  fc.record({ kind: kind('goAway'), id: varint }),
  fc.record({ kind: kind('maxPushId'), push: varint }),
  fc.record({ kind: kind('priorityUpdate'), of: kind('push'), id: varint, value: text }),
  // Requests go on streams whose number divides by four (RFC 9218 §7.2).
  fc.record({
    kind: kind('priorityUpdate'),
    of: kind('request'),
    id: varint.map((id) => asVarint((BigInt(id) >> 2n) << 2n)),
    value: text,
  }),
);
const settings: fc.Arbitrary<ReadFrame> = fc.record({
  kind: kind('settings'),
  values: fc.uniqueArray(setting, { maxLength: 5, selector: ({ id }) => id }),
});
const unknown: fc.Arbitrary<ReadFrame> = fc.record({
  kind: kind('unknown'),
  type: varint.filter((type) => type > 0x10 && !FORBIDDEN_FRAMES.has(type) && type !== 0xf0700 && type !== 0xf0701),
  payload: bytes(20),
});
const message = fc.oneof<fc.Arbitrary<ReadFrame>[]>(
  fc.record({ kind: kind('data'), data: bytes(80) }),
  fc.record({ kind: kind('headers'), section: bytes(40) }),
  fc.record({ kind: kind('pushPromise'), push: varint, section: bytes(40) }),
  unknown,
);

/** The frames of a stream, pieces of DATA put together. */
const joined = (frames: readonly StreamFrame[]): ReadFrame[] => {
  const out: ReadFrame[] = [];
  let pieces: number[] = [];
  for (const { frame, isLast } of frames) {
    if (frame.kind !== 'data') out.push(frame);
    else {
      pieces.push(...frame.data);
      if (isLast) out.push({ kind: 'data', data: Uint8Array.from(pieces) });
      if (isLast) pieces = [];
    }
  }
  return out;
};

const cuts = fc.array(fc.nat(40), { maxLength: 12 });
const read = (reader: StreamReader, all: Uint8Array, sizes: readonly number[]): StreamFrame[] => {
  const frames: StreamFrame[] = [];
  let at = 0;
  for (const size of [...sizes, all.length]) {
    frames.push(...reader.read(all.subarray(at, at + size)).frames);
    at += size;
  }
  return frames;
};

describe('HTTP/3 frames', () => {
  it('decode ∘ encode is identity, size is the number of bytes, fields cover the frame', () => {
    fc.assert(
      fc.property(fc.oneof(control, settings, message), (frame) => {
        const encoded = encodeFrames(frame);
        expect(frameSize(frame)).toBe(encoded.length);
        const payload = frame.kind === 'data' ? frame.data.length : encoded.length;
        const head = frame.kind === 'data' ? frameHeaderSize(0, payload) : 0;
        if (head > 0) expect(head + payload).toBe(encoded.length);
        const fields = frameFields(encoded, 0, encoded.length);
        within(fields, 0, encoded.length * 8);
        expect(fields.reduce((sum, field) => sum + field.bits, 0)).toBe(encoded.length * 8);
      }),
      { numRuns: 400 },
    );
  });

  it('streams are read the same however they are cut', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), cuts, (list, sizes) => {
        const first: ReadFrame = { kind: 'headers', section: Uint8Array.of(1, 2, 3) };
        const all = encodeFrames(first, ...list);
        const reader = new StreamReader('bidirectional');
        const frames = read(reader, all, sizes);
        expect(joined(frames)).toEqual([first, ...list]);
        expect(reader.finish()).toBeNull();
        expect(frames.at(-1)?.end).toBe(all.length);
      }),
    );
    fc.assert(
      fc.property(settings, fc.array(fc.oneof(control, unknown), { maxLength: 6 }), cuts, (first, list, sizes) => {
        const all = Uint8Array.of(...encodeStreamType(0), ...encodeFrames(first, ...list));
        const reader = new StreamReader('unidirectional');
        expect(joined(read(reader, all, sizes))).toEqual([first, ...list]);
        expect([reader.kind, reader.finish()]).toEqual(['control', null]);
      }),
    );
  });

  it('any bytes are read or refused with a code and a sentence', () => {
    fc.assert(
      fc.property(bytes(60), varint, fc.boolean(), (data, type, bidirectional) => {
        const reader = new StreamReader(bidirectional ? 'bidirectional' : 'unidirectional');
        const { refused } = reader.read(data);
        const end = refused ?? reader.finish();
        if (end) {
          expect(end.problems[0]?.what.length).toBeGreaterThan(15);
          expect(end.code).toBeGreaterThanOrEqual(0x100);
        }
        const one = decodePayload(type, data, 0);
        if (one.ok) expect(frameType(one.value)).toBe(type);
        within(frameFields(data, 0, data.length), 0, data.length * 8);
        within(streamTypeFields(data, 0, data.length), 0, data.length * 8);
      }),
      { numRuns: 1000 },
    );
  });

  it('reserved numbers are 0x1f · N + 0x21 (RFC 9114 §7.2.8)', () => {
    expect([0x21, 0x40, 0x5f, 0x20, 0x22, 0].map(isReserved)).toEqual([true, true, true, false, false, false]);
    expect(isReserved(0x1fn * 0x210842108421083n + 0x21n)).toBe(true);
  });
});
