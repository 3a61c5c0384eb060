import { describe, expect, test } from 'vitest';
import type { Http2Connection } from '../../../src/engine/protocol/http2/connection.ts';
import { TableEncoder } from '../../../src/engine/protocol/http2/blocks.ts';
import { Http2Connection as Connection } from '../../../src/engine/protocol/http2/connection.ts';
import { frameUnit } from '../../../src/engine/protocol/http2/frames.ts';
import { UrgencyScheduler } from '../../../src/engine/protocol/http2/scheduler.ts';
import type { HttpNotice } from '../../../src/engine/protocol/http/notices.ts';
import { httpLabel } from '../../../src/packet/http/label.ts';
import { ErrorCode, FrameType, Setting } from '../../../src/wire/http2/codes.ts';
import { decodeFrame } from '../../../src/wire/http2/decode.ts';
import type { Frame } from '../../../src/wire/http2/frame.ts';
import { unitSize } from '../../../src/wire/http/session.ts';
import type { HttpLog, SentUnit } from '../../../src/wire/http/session.ts';
import { finished, httpOf, playHttp, requestOf, said, sized } from './runs.ts';

const path = { rttMs: 80, mbps: 10 };
const wire = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const big = sized(400_000, 400_000, 60_000);
/** The last one becomes urgent while the first is sent. */
const late = big.map((one, i) => (i === 2 ? { ...one, reprioritize: [{ atMs: 300, urgency: 0 }] } : one));
const tls = { version: '1.3' } as const;

describe('PRIORITY_UPDATE in HTTP/2 (RFC 9218 §7.1)', () => {
  test('leaves on stream 0 when the client changes its mind, and the server’s order changes when it arrives', async () => {
    const before = await playHttp({ tls, http: { version: '2' }, requests: big }, path);
    expect(finished(before)).toEqual(['r1', 'r2', 'r3']);
    const trace = await playHttp({ tls, http: { version: '2' }, requests: late }, path);
    expect(finished(trace)).toEqual(['r3', 'r1', 'r2']);
    const frames = httpOf(trace).client.filter(({ type }) => type === FrameType.PriorityUpdate);
    expect(frames.map(({ head }) => decodeFrame(wire(head)))).toMatchObject([
      { ok: true, value: { frame: { kind: 'priorityUpdate', prioritized: 5, value: 'u=0' } } },
    ]);
    const row = Array.from({ length: trace.packetCount }, (_, i) => i).find((i) =>
      httpLabel(trace, i).startsWith('PRIORITY_UPDATE'),
    );
    expect(httpLabel(trace, row ?? -1)).toBe('PRIORITY_UPDATE 5 · u=0');
    expect(trace.packets.sent[row ?? -1]).toBe(300e6);
    // Nothing is different before half a round trip has passed.
    expect(requestOf(trace, 'r3').firstByte).toBeGreaterThan(380e6);
    expect(requestOf(trace, 'r3').firstByte).toBeLessThan(480e6);
  });

  test('an answer that becomes incremental takes turns from then on', async () => {
    const requests = sized(300_000, 300_000).map((one) => ({
      ...one,
      reprioritize: [{ atMs: 250, incremental: true }],
    }));
    const trace = await playHttp({ http: { version: '2' }, requests }, path);
    const streams = httpOf(trace)
      .server.filter(({ type, body }) => type === FrameType.Data && body > 0)
      .map(({ stream }) => stream);
    const changes = streams.filter((stream, i) => i > 0 && stream !== streams[i - 1]).length;
    expect(changes).toBeGreaterThan(10);
    expect(streams.slice(0, 5)).toEqual([1, 1, 1, 1, 1]);
  });

  test('a request that has not gone goes with the new priority, and no frame is sent', async () => {
    const requests = [
      { id: 'first', responseBytes: 1000 },
      { id: 'then', responseBytes: 1000, after: ['first'], reprioritize: [{ atMs: 10, urgency: 1 }] },
    ];
    const trace = await playHttp({ http: { version: '2' }, requests }, path);
    const { client } = httpOf(trace);
    expect(client.filter(({ type }) => type === FrameType.PriorityUpdate)).toEqual([]);
    const plain = await playHttp(
      { http: { version: '2' }, requests: requests.map((one) => ({ ...one, reprioritize: [] })) },
      path,
    );
    const asked = (units: readonly SentUnit[]): string =>
      units.findLast(({ type }) => type === FrameType.Headers)?.head ?? '';
    expect(asked(client).length).toBeGreaterThan(asked(httpOf(plain).client).length);
  });

  test('and the server knows that priority from the start', async () => {
    const requests = [
      { id: 'first', responseBytes: 1000 },
      { id: 'big', responseBytes: 400_000, after: ['first'] },
      { id: 'late', responseBytes: 30_000, after: ['first'], delayMs: 20, reprioritize: [{ atMs: 10, urgency: 0 }] },
    ];
    expect(finished(await playHttp({ http: { version: '2' }, requests }, path))).toEqual(['first', 'late', 'big']);
  });

  test('what waits for a connection moves in the client’s own queue, in HTTP/1, too', async () => {
    const requests = sized(20_000, 20_000, 20_000).map((one, i) =>
      i === 2 ? { ...one, reprioritize: [{ atMs: 5, urgency: 0 }] } : one,
    );
    const trace = await playHttp({ http: { version: '1.1', connections: 1 }, requests }, path);
    expect(finished(trace)).toEqual(['r3', 'r1', 'r2']);
  });

  test('after the answer it means nothing: nothing is sent', async () => {
    const requests = [
      { id: 'short', responseBytes: 100, reprioritize: [{ atMs: 900, urgency: 0 }] },
      { id: 'long', responseBytes: 1_500_000 },
    ];
    const trace = await playHttp({ http: { version: '2' }, requests }, path);
    expect(requestOf(trace, 'long').completion).toBeGreaterThan(900e6);
    expect(httpOf(trace).client.map(said)).not.toContain('PriorityUpdate 0');
  });
});

/** A server that hears what a client without manners writes, unit by unit. */
class Heard {
  readonly log: HttpLog = { version: '2', client: [], server: [] };
  readonly end: Http2Connection;

  constructor(side: 'client' | 'server' = 'server', maxStreams = 100) {
    this.end = new Connection({
      side,
      log: this.log,
      settings: side === 'server' ? [{ id: Setting.MaxConcurrentStreams, value: maxStreams }] : [],
      connectionWindow: 65_535,
      priority: () => ({ urgency: 3, incremental: false }),
      encoder: new TableEncoder(),
      scheduler: (out) => new UrgencyScheduler(out),
      hooks: { streamState: () => undefined, held: () => undefined },
    });
    this.end.command({ type: 'open' });
    this.#side = side;
  }
  readonly #side: 'client' | 'server';

  hear(...frames: readonly (Frame | SentUnit)[]): this {
    for (const frame of frames) {
      const unit = 'head' in frame ? frame : frameUnit(frame, 'stream' in frame ? (frame.stream - 1) / 2 : -1);
      (this.#side === 'server' ? this.log.client : this.log.server).push(unit);
      this.end.receive({ bytes: unitSize(unit) });
    }
    return this;
  }

  /** Streams of the DATA frames that go next, and the code of a GOAWAY. */
  sent(): string[] {
    const list: string[] = [];
    for (let unit = this.end.pollUnit(); unit; unit = this.end.pollUnit()) {
      const read = decodeFrame(wire(unit.head.slice(0, unit.type === FrameType.Data ? 0 : undefined)));
      if (unit.type === FrameType.Data) list.push(`data ${String(unit.stream)}`);
      else if (read.ok && read.value.frame.kind === 'goAway') list.push(`goAway ${String(read.value.frame.code)}`);
    }
    return list;
  }

  notices(): HttpNotice[] {
    const list: HttpNotice[] = [];
    for (let notice = this.end.pollEvent(); notice; notice = this.end.pollEvent()) list.push(notice);
    return list;
  }
}

const ask = (stream: number): Frame => ({
  kind: 'headers',
  stream,
  block: Uint8Array.of(0x82),
  endStream: true,
  endHeaders: true,
  priority: null,
  padding: null,
});
const update = (prioritized: number, value = 'u=0'): Frame => ({ kind: 'priorityUpdate', prioritized, value });
const answer = (heard: Heard, request: number): void => {
  heard.end.command({ type: 'respond', request, fields: [{ name: ':status', value: '200' }], body: 10_000 });
};

describe('a server and PRIORITY_UPDATE', () => {
  test('what is said of a stream before it opens is kept, the latest word of it (RFC 9218 §7)', () => {
    const heard = new Heard().hear(update(3, 'u=7'), update(3, 'u=1'), ask(1), ask(3));
    answer(heard, 0);
    answer(heard, 1);
    expect(heard.sent()).toEqual(['data 3', 'data 1']);
  });

  test('a stream that is closed is passed over', () => {
    const heard = new Heard().hear(ask(1));
    answer(heard, 0);
    expect(heard.sent()).toEqual(['data 1']);
    expect(heard.hear(update(1)).notices()).toEqual([{ type: 'request', request: 0 }]);
    expect(heard.sent()).toEqual([]);
  });

  const onStream = frameUnit(update(1));
  const cases: readonly (readonly [string, readonly (Frame | SentUnit)[], number])[] = [
    [
      'on a stream other than 0',
      [ask(1), { ...onStream, head: `${onStream.head.slice(0, 8)}\x01${onStream.head.slice(9)}` }],
      ErrorCode.ProtocolError,
    ],
    ['about stream 0', [update(0)], ErrorCode.ProtocolError],
    ['about a push that was not promised', [ask(1), update(2)], ErrorCode.ProtocolError],
    ['too short', [{ ...onStream, head: '\0\0\x02\x10\0\0\0\0\0\0\x01' }], ErrorCode.FrameSizeError],
  ];
  test.each(cases)('%s: the connection ends with an error', (_, frames, code) => {
    const heard = new Heard().hear(...frames);
    answer(heard, 0);
    expect(heard.notices().at(-1)).toEqual({ type: 'failed', code });
    // The answer is not sent any more.
    expect(heard.sent()).toEqual([`goAway ${String(code)}`]);
  });

  test('streams that wait for their opening count among those that may be open', () => {
    const heard = new Heard('server', 2).hear(ask(1), update(3));
    expect(heard.notices().at(-1)).toEqual({ type: 'request', request: 0 });
    expect(heard.hear(update(3, 'u=2')).notices()).toEqual([]);
    expect(heard.hear(update(5)).notices()).toEqual([{ type: 'failed', code: ErrorCode.ProtocolError }]);
  });

  test('a client does not take it from a server', () => {
    const heard = new Heard('client').hear(update(1));
    expect(heard.notices()).toEqual([{ type: 'failed', code: ErrorCode.ProtocolError }]);
    expect(heard.sent()).toEqual([`goAway ${String(ErrorCode.ProtocolError)}`]);
  });
});
