import fc from 'fast-check';
import http from 'node:http';
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ByteQueue } from '../../../src/wire/http1/byteQueue.ts';
import { chunkFields, http1Fields } from '../../../src/wire/http1/fields.ts';
import { framingOf, keepsAlive } from '../../../src/wire/http1/framing.ts';
import {
  chunkedSize,
  chunkSize,
  encodeChunked,
  encodeChunkHead,
  encodeHead,
  encodeLastChunk,
  headSize,
  lastChunkSize,
} from '../../../src/wire/http1/message.ts';
import type { Message, Response } from '../../../src/wire/http1/message.ts';
import { MessageReader } from '../../../src/wire/http1/reader.ts';
import type { HttpEvent } from '../../../src/wire/http1/reader.ts';
import type { HeaderField } from '../../../src/wire/hpack/table.ts';
import { list } from '../hpack/support.ts';
import { within } from '../hpack/within.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,10}$/);
const value = fc.stringMatching(/^([!-~\xa0-\xff]([ -~]{0,10}[!-~])?)?$/);
const field = fc.record({ name: token.map((name) => `x-${name}`), value });
const version = fc.constantFrom('1.0' as const, '1.1');
const fields = fc.array(field, { maxLength: 6 });
const requests: fc.Arbitrary<Message> = fc.record({
  kind: fc.constant('request' as const),
  method: token,
  target: fc.stringMatching(/^[!-~]{1,20}$/),
  version,
  fields,
});
const responses: fc.Arbitrary<Response> = fc.record({
  kind: fc.constant('response' as const),
  version,
  status: fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
  reason: value,
  fields,
});

const contentOf = (events: readonly HttpEvent[], request: number): string =>
  events
    .flatMap((event) => (event.kind === 'content' && event.request === request ? [...event.data] : []))
    .map((code) => String.fromCharCode(code))
    .join('');
const join = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
const cutInto = (all: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  let at = 0;
  return [...cuts, all.length].map((cut) => all.subarray(at, (at += cut)));
};

describe('HTTP/1 messages', () => {
  it('heads come back, size is the number of bytes, fields cover them', () => {
    fc.assert(
      fc.property(fc.oneof(requests, responses), (message) => {
        const head = encodeHead(message);
        expect(headSize(message)).toBe(head.length);
        const reader = new MessageReader(message.kind);
        const { events, refused } = reader.read(head);
        expect(refused).toBeNull();
        expect(events[0]).toMatchObject({ kind: 'head', at: 0, end: head.length, message });
        const shown = http1Fields(head, 0, head.length);
        within(shown, 0, head.length * 8);
        expect(shown.reduce((sum, one) => sum + one.bits, 0)).toBe(head.length * 8);
        expect(shown.slice(1, -1).map((one) => ({ name: one.name, value: one.value }))).toEqual(message.fields);
      }),
      { numRuns: 300 },
    );
  });

  it('answers in order, each with its content, however the bytes are cut', () => {
    const answer = fc.record({
      response: responses,
      content: fc.string({ maxLength: 60, unit: 'binary-ascii' }),
      how: fc.constantFrom('length', 'chunked'),
      chunk: fc.integer({ min: 1, max: 40 }),
      trailers: fields,
      interim: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(answer, { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(60), { maxLength: 20 }),
        (answers, cuts) => {
          const all = join(
            answers.flatMap(({ response, content, how, chunk, trailers, interim }) => {
              const extra: HeaderField =
                how === 'length'
                  ? { name: 'Content-Length', value: String(content.length) }
                  : { name: 'Transfer-Encoding', value: 'chunked' };
              const head = encodeHead({ ...response, fields: [...response.fields, extra] });
              const chunked = encodeChunked(bytes(content), chunk, trailers);
              expect(chunkedSize(content.length, chunk, trailers)).toBe(chunked.length);
              const hint = encodeHead({
                kind: 'response',
                version: '1.1',
                status: 103,
                reason: 'Early Hints',
                fields: [],
              });
              return [...(interim ? [hint] : []), head, how === 'length' ? bytes(content) : chunked];
            }),
          );
          const reader = new MessageReader('response');
          const events: HttpEvent[] = [];
          answers.forEach(() => reader.asked('GET'));
          for (const part of cutInto(all, cuts)) {
            const read = reader.read(part);
            expect(read.refused).toBeNull();
            events.push(...read.events);
          }
          expect(reader.finish()).toEqual({ events: [], refused: null });
          answers.forEach(({ response, content, how, trailers }, i) => {
            expect(contentOf(events, i)).toBe(content);
            const own = events.filter((event) => event.request === i);
            const final = own.filter((event) => event.kind === 'head').at(-1);
            expect(final).toMatchObject({ message: { status: response.status, reason: response.reason } });
            expect(own.at(-1)).toMatchObject({ kind: 'end', trailers: how === 'chunked' ? trailers : [] });
          });
          expect(events.at(-1)).toMatchObject({ kind: 'end', at: all.length, request: answers.length - 1 });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('any bytes end in events or in a sentence', () => {
    const starts = [
      '',
      'GET / HTTP/1.1\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
      'POST / HTTP/1.1\r\nContent-',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...starts),
        fc.string({ maxLength: 60, unit: 'binary-ascii' }),
        fc.nat(40),
        (start, tail, cut) => {
          const data = bytes(start + tail);
          for (const kind of ['request', 'response'] as const) {
            const [whole, parts] = [new MessageReader(kind), new MessageReader(kind)];
            const one = whole.read(data);
            parts.read(data.subarray(0, cut));
            expect(parts.read(data.subarray(cut)).refused).toEqual(one.refused);
            const end = whole.finish();
            for (const problem of [one.refused, end.refused])
              if (problem) expect(problem.what.length).toBeGreaterThan(15);
          }
          within(http1Fields(data, 0, data.length), 0, data.length * 8);
          within(chunkFields(data, 0, data.length), 0, data.length * 8);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('sizes of chunks', () => {
    for (const length of [1, 15, 16, 255, 256, 4096])
      expect(chunkSize(length)).toBe(encodeChunkHead(length).length + length + 2);
    expect(lastChunkSize()).toBe(encodeLastChunk().length);
    const trailers = list('etag: "1"');
    expect(lastChunkSize(trailers)).toBe(encodeLastChunk(trailers).length);
    expect(Buffer.from(encodeChunked(bytes('abcdefgh'), 5)).toString()).toBe('5\r\nabcde\r\n3\r\nfgh\r\n0\r\n\r\n');
  });
});

describe('where a message ends (RFC 9112 §6.3)', () => {
  const answer = (status: number, text = ''): Response => ({
    kind: 'response',
    version: '1.1',
    status,
    reason: '',
    fields: text === '' ? [] : list(text),
  });
  it.each<[string, Message, string, unknown]>([
    ['HEAD has no content', answer(200, 'content-length: 5'), 'HEAD', { kind: 'none' }],
    ['304 has none', answer(304, 'content-length: 5'), 'GET', { kind: 'none' }],
    ['101 ends HTTP', answer(101), 'GET', { kind: 'tunnel' }],
    ['CONNECT makes a tunnel', answer(200), 'CONNECT', { kind: 'tunnel' }],
    ['a refused CONNECT does not', answer(407, 'content-length: 0'), 'CONNECT', { kind: 'length', length: 0 }],
    [
      'chunked goes before a length',
      answer(200, 'content-length: 5 | transfer-encoding: gzip, chunked'),
      'GET',
      { kind: 'chunked' },
    ],
    ['without either, to the end', answer(200), 'GET', { kind: 'close' }],
    ['the same length twice', answer(200, 'content-length: 5, 5'), 'GET', { kind: 'length', length: 5 }],
  ])('%s', (_, message, method, framing) => {
    expect(framingOf(message, method)).toEqual(framing);
  });

  it.each([
    ['two lengths', 'POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n', 'one whole number'],
    ['a length below zero', 'POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n', 'one whole number'],
    [
      'a request that is gzipped to its end',
      'POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n',
      'has to end with chunked',
    ],
    ['a blank before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', 'right behind it'],
    ['a folded field', 'GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n', 'goes on in the next line'],
    ['a zero in a value', 'GET / HTTP/1.1\r\nA: b\0c\r\n\r\n', 'control character'],
    ['HTTP/2 in words', 'GET / HTTP/2.0\r\n\r\n', 'no request line'],
    ['a chunk’s size', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 'no size of a chunk'],
    ['a chunk too long', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n', 'longer than its size'],
    ['a head without end', `GET / HTTP/1.1\r\n${'a: b\r\n'.repeat(60_000)}`, 'longer than 262144'],
    ['a line without end', 'a'.repeat(300_000), 'longer than 262144'],
  ])('%s is refused', (_, text, sentence) => {
    const reader = new MessageReader('request');
    const { refused } = reader.read(bytes(text));
    expect(refused?.what).toContain(sentence);
    expect(refused?.where).toMatch(/^byte \d+$/);
    expect(reader.read(bytes('GET / HTTP/1.1\r\n\r\n')).events).toEqual([]);
  });

  it('an answer that lasts until the end ends with it; one that is cut is refused', () => {
    const open = new MessageReader('response');
    expect(contentOf(open.read(bytes('HTTP/1.0 200 OK\r\n\r\nabc')).events, 0)).toBe('abc');
    expect(open.finish().events).toMatchObject([{ kind: 'end', request: 0 }]);
    const cut = new MessageReader('response');
    cut.read(bytes('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc'));
    expect(cut.finish().refused?.what).toContain('in the middle of a message');
  });

  it('an answer goes by the method of its own request: HEAD, then GET', () => {
    const reader = new MessageReader('response');
    reader.asked('HEAD');
    reader.asked('GET');
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n';
    const { events, refused } = reader.read(bytes(`${head}${head}abc`));
    expect([contentOf(events, 0), contentOf(events, 1), refused]).toEqual(['', 'abc', null]);
  });

  it('whether a connection goes on (RFC 9112 §9.3)', () => {
    expect(keepsAlive('1.1', [])).toBe(true);
    expect(keepsAlive('1.1', list('Connection: Upgrade, Close'))).toBe(false);
    expect(keepsAlive('1.0', [])).toBe(false);
    expect(keepsAlive('1.0', list('connection: keep-alive'))).toBe(true);
  });
});

describe('beside Node', () => {
  it('its server reads our pipelined requests, and we read its answers in order', async () => {
    const server = http.createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        response.setHeader('x-path', request.url ?? '');
        response.write(`got ${Buffer.concat(parts).toString()}`);
        response.end(' and more');
      });
    });
    const reader = new MessageReader('response');
    const events: HttpEvent[] = [];
    await new Promise<void>((resolve) => {
      const wire = new Duplex({
        read: () => undefined,
        write: (chunk: Buffer, _, next) => {
          next();
          events.push(...reader.read(chunk).events);
          if (events.filter((event) => event.kind === 'end').length === 3) resolve();
        },
      });
      server.emit('connection', wire);
      for (const path of ['/a', '/b', '/c']) {
        reader.asked('POST');
        const extra = list(`host: example.org | transfer-encoding: chunked`);
        wire.push(encodeHead({ kind: 'request', method: 'POST', target: path, version: '1.1', fields: extra }));
        wire.push(encodeChunked(bytes(`body of ${path}`), 4));
      }
    });
    server.close();
    expect([0, 1, 2].map((i) => contentOf(events, i))).toEqual(
      ['/a', '/b', '/c'].map((path) => `got body of ${path} and more`),
    );
    expect(events.some((event) => event.kind === 'chunk' && event.size === 0)).toBe(true);
  });
});

describe('a queue of bytes', () => {
  it('gives back what came, however it is added and taken', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.uint8Array({ maxLength: 600 }), fc.nat(600)), { maxLength: 20 }), (steps) => {
        const queue = new ByteQueue();
        const [came, taken]: number[][] = [[], []];
        for (const [chunk, take] of steps) {
          queue.push(chunk);
          came!.push(...chunk);
          taken!.push(...queue.take(Math.min(take, queue.length)));
          expect([...queue.view]).toEqual(came!.slice(taken!.length));
        }
        expect(taken).toEqual(came!.slice(0, queue.taken));
      }),
    );
  });
});
