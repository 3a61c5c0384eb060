import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithFixtures } from '../../support/fixtures.ts';
import { decodeFrame } from '../../../src/wire/http2/decode.ts';
import { frameFields } from '../../../src/wire/http2/fields.ts';
import { encodeFrames, frameFlags, frameSize, frameStream, frameType } from '../../../src/wire/http2/frame.ts';
import type { Frame } from '../../../src/wire/http2/frame.ts';
import { fromHex, toHex } from '../hpack/support.ts';
import { within } from '../hpack/within.ts';

interface Case {
  readonly error: readonly number[] | null;
  readonly wire: string;
  readonly frame: {
    readonly length: number;
    readonly type: number;
    readonly flags: number;
    readonly stream_identifier: number;
    readonly frame_payload: Readonly<Record<string, string | number | boolean>>;
  } | null;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** A frame's payload in the words of the vectors. */
const payload = (frame: Frame): Record<string, unknown> => {
  const padding = (bytes: Uint8Array | null): Record<string, unknown> =>
    bytes === null ? {} : { padding_length: bytes.length, padding: text(bytes) };
  switch (frame.kind) {
    case 'data':
      return { data: text(frame.data), ...padding(frame.padding) };
    case 'headers':
      return {
        header_block_fragment: text(frame.block),
        ...padding(frame.padding),
        stream_dependency: frame.priority?.dependency,
        weight: frame.priority?.weight,
        exclusive: frame.priority?.exclusive,
      };
    case 'continuation':
      return { header_block_fragment: text(frame.block) };
    case 'pushPromise':
      return {
        header_block_fragment: text(frame.block),
        promised_stream_id: frame.promised,
        ...padding(frame.padding),
      };
    case 'rstStream':
      return { error_code: frame.code };
    case 'windowUpdate':
      return { window_size_increment: frame.increment };
    default:
      return {};
  }
};

describeWithFixtures('HTTP/2 frames of http2-frame-test-case', (fixtures) => {
  const folder = join(fixtures, 'vectors/http2-frames');
  it.each(readdirSync(folder).map((name) => [name.replace(/^.*__|\.json$/g, ''), name]))('%s', (_, name) => {
    const { error, wire, frame } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Case;
    const bytes = fromHex(wire);
    const decoded = decodeFrame(bytes);
    within(frameFields(bytes, 0, bytes.length), 0, bytes.length * 8);
    if (error !== null) {
      expect(decoded).toMatchObject({ ok: false, code: error[0] });
      if (!decoded.ok) expect(decoded.problems[0]?.what.length).toBeGreaterThan(20);
      return;
    }
    if (!decoded.ok || frame === null) return expect.fail('not read');
    const read = decoded.value.frame;
    expect(decoded.value.end).toBe(bytes.length);
    expect(payload(read)).toEqual(frame.frame_payload);
    expect([frameType(read), frameFlags(read), frameStream(read)]).toEqual([
      frame.type,
      frame.flags,
      frame.stream_identifier,
    ]);
    expect(frameSize(read)).toBe(frame.length + 9);
    expect(toHex(encodeFrames(read)).toUpperCase()).toBe(wire);
  });
});
