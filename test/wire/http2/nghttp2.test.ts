import http2 from 'node:http2';
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { HpackDecoder } from '../../../src/wire/hpack/decoder.ts';
import { HpackEncoder } from '../../../src/wire/hpack/encoder.ts';
import { encodeLines } from '../../../src/wire/hpack/line.ts';
import { encodeFrames, PREFACE } from '../../../src/wire/http2/frame.ts';
import type { Frame } from '../../../src/wire/http2/frame.ts';
import { FrameReader } from '../../../src/wire/http2/reader.ts';
import type { ReadFrame } from '../../../src/wire/http2/reader.ts';
import { cutBytes, splitBlock } from '../../../src/wire/http2/split.ts';
import { list, toHex } from '../hpack/support.ts';

/** nghttp2, which Node carries, as the other end: no socket, bytes are handed over. */
describe('beside nghttp2', () => {
  it('it reads our requests, also a block in many frames, and we read its answers', async () => {
    const server = http2.createServer({ settings: { headerTableSize: 100 } });
    const seen: http2.IncomingHttpHeaders[] = [];
    server.on('stream', (stream, headers) => {
      seen.push(headers);
      stream.respond({ ':status': 203, 'x-number': String(seen.length), 'set-cookie': ['a=1', 'b=2'] });
      stream.end('x'.repeat(20_000));
    });
    const reader = new FrameReader('server');
    const frames: ReadFrame[] = [];
    const encoder = new HpackEncoder();
    await new Promise<void>((resolve, reject) => {
      const wire = new Duplex({
        read: () => undefined,
        write: (chunk: Buffer, _, next) => {
          next();
          frames.push(...reader.push(chunk));
          if (frames.some(({ refused }) => refused)) reject(new Error(JSON.stringify(frames.at(-1))));
          if (frames.filter(({ frame }) => frame?.kind === 'data' && frame.endStream).length === 3) {
            wire.destroy();
            resolve();
          }
        },
      });
      server.emit('connection', wire);
      wire.push(PREFACE);
      wire.push(encodeFrames({ kind: 'settings', values: [{ id: 4, value: 100_000 }] }));
      encoder.setLimit(100); // what the server's SETTINGS will say
      for (const stream of [1, 3, 5]) {
        const fields = `:method: GET | :scheme: https | :path: /${stream} | :authority: example.org | x-long: ${'ab'.repeat(40)}`;
        const block = encodeLines(encoder.lines(list(fields)));
        const frame = { kind: 'headers', stream, block, endStream: true, endHeaders: true, priority: null } as const;
        wire.push(encodeFrames(...splitBlock<Uint8Array>({ ...frame, padding: new Uint8Array(stream) }, cutBytes, 30)));
      }
    });
    server.close();
    expect(seen.map((h) => h[':path'])).toEqual(['/1', '/3', '/5']);
    expect(seen.map((h) => h['x-long'])).toEqual(Array(3).fill('ab'.repeat(40)));
    const first = frames[0]?.frame as Extract<Frame, { kind: 'settings' }>;
    expect(first.values).toContainEqual({ id: 1, value: 100 });
    const decoder = new HpackDecoder();
    const answers = frames.flatMap(({ block }) => {
      if (!block) return [];
      const decoded = decoder.decode(block.block);
      return decoded.ok ? [decoded.value.filter((f) => f.name !== 'date').map((f) => `${f.name}: ${f.value}`)] : [];
    });
    expect(answers).toEqual(
      [1, 2, 3].map((n) => [':status: 203', `x-number: ${n}`, 'set-cookie: a=1', 'set-cookie: b=2']),
    );
    const bytes = frames.reduce((sum, { frame }) => sum + (frame?.kind === 'data' ? frame.data.length : 0), 0);
    expect(bytes).toBe(60_000);
  });

  it('its requests have the header blocks that our encoder would write, to the byte', async () => {
    const reader = new FrameReader('client');
    const blocks: Uint8Array[] = [];
    await new Promise<void>((resolve) => {
      const wire = new Duplex({
        read: () => undefined,
        write: (chunk: Buffer, _, next) => {
          next();
          for (const { block } of reader.push(chunk)) if (block) blocks.push(block.block);
          if (blocks.length === 6) {
            wire.destroy();
            resolve();
          }
        },
      });
      const client = http2.connect('http://example.org', { createConnection: () => wire });
      client.on('error', () => undefined);
      const ask = (path: string, headers: http2.OutgoingHttpHeaders): void => {
        client.request({ ':path': path, ...headers }).on('error', () => undefined);
      };
      const agent = { 'user-agent': 'roundtrip', accept: '*/*' };
      ask('/', agent);
      ask('/a', { ...agent, cookie: 'short=1', authorization: 'Basic c2VjcmV0', etag: '"1"' });
      ask('/b', { ...agent, cookie: 'long-enough-to-be-indexed=1', 'if-none-match': '"2"', age: '0' });
      ask('/a', { ...agent, cookie: 'long-enough-to-be-indexed=1', authorization: 'Basic c2VjcmV0' });
      ask('/c', { ...agent, 'x-large': 'z'.repeat(3100), 'x-small': '!!', 'content-length': '0' });
      ask('/c', { ...agent, 'x-large': 'z'.repeat(3000), 'x-small': '!!', location: '/' });
    });
    const decoder = new HpackDecoder();
    const encoder = new HpackEncoder();
    expect(blocks).toHaveLength(6);
    for (const block of blocks) {
      const fields = decoder.decode(block);
      if (!fields.ok) return expect.fail(fields.problems[0]?.what);
      expect(toHex(encodeLines(encoder.lines(fields.value)))).toBe(toHex(block));
    }
    expect(decoder.table.snapshot()).toEqual(encoder.table.snapshot());
  });
});
