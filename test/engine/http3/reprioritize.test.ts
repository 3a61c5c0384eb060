import { describe, expect, test } from 'vitest';
import { Http3Connection } from '../../../src/engine/protocol/http3/connection.ts';
import type { Http3Output } from '../../../src/engine/protocol/http3/options.ts';
import { frameUnit, streamTypeUnit } from '../../../src/engine/protocol/http3/units.ts';
import { httpLabel } from '../../../src/packet/http/label.ts';
import { ErrorCode } from '../../../src/wire/http3/codes.ts';
import type { Frame } from '../../../src/wire/http3/frame.ts';
import { unitSize } from '../../../src/wire/http/session.ts';
import type { HttpLog } from '../../../src/wire/http/session.ts';
import type { Varint } from '../../../src/wire/varint.ts';
import { finished, httpOf, playHttp, sized } from '../http/runs.ts';
import { decode } from './wire.ts';

const path = { rttMs: 80, mbps: 10 };
const big = sized(400_000, 400_000, 60_000);
const http = { version: '3' } as const;

describe('PRIORITY_UPDATE in HTTP/3 (RFC 9218 §7.2)', () => {
  test('leaves on the control stream when the client changes its mind, and the order changes when it arrives', async () => {
    expect(finished(await playHttp({ http, requests: big }, path))).toEqual(['r1', 'r2', 'r3']);
    const requests = big.map((one, i) => (i === 2 ? { ...one, reprioritize: [{ atMs: 200, urgency: 0 }] } : one));
    const trace = await playHttp({ http, requests }, path);
    expect(finished(trace)).toEqual(['r3', 'r1', 'r2']);
    const { frames } = decode(httpOf(trace).client, 4096, 100);
    expect(frames.filter(({ frame }) => frame.kind === 'priorityUpdate')).toMatchObject([
      { stream: 2, frame: { of: 'request', id: 8, value: 'u=0' } },
    ]);
    const row = Array.from({ length: trace.packetCount }, (_, i) => i).find((i) =>
      httpLabel(trace, i).startsWith('PRIORITY_UPDATE'),
    );
    expect(httpLabel(trace, row ?? -1)).toBe('PRIORITY_UPDATE 8 · u=0');
    expect(trace.packets.sent[row ?? -1]).toBe(200e6);
  });

  test('a server that knows no priorities keeps its turns', async () => {
    const requests = big.map((one, i) => (i === 2 ? { ...one, reprioritize: [{ atMs: 200, urgency: 0 }] } : one));
    const blind = { ...http, server: 'nginx' } as const;
    const trace = await playHttp({ http: blind, requests }, path);
    const plain = await playHttp({ http: blind, requests: big }, path);
    const end = (t: typeof trace): number => t.requests[2]?.completion ?? 0;
    expect(Math.abs(end(trace) - end(plain))).toBeLessThan(5e6);
  });
});

const CONTROL = { client: 2, server: 3 } as const;

/** One end that hears what the other writes, frame by frame. */
class Heard {
  readonly log: HttpLog = { version: '3', client: [], server: [] };
  readonly end: Http3Connection;
  readonly #peer: 'client' | 'server';

  constructor(side: 'client' | 'server' = 'server') {
    this.#peer = side === 'server' ? 'client' : 'server';
    this.end = new Http3Connection({
      side,
      log: this.log,
      settings: [],
      remembered: null,
      tableMost: 0,
      huffman: 'never',
      lengthSize: 1,
      dataBytes: 0,
      order: 'priority',
      maxStreams: 10,
      hooks: { streamState: () => undefined, held: () => undefined },
    });
    this.end.command({ type: 'open', early: false });
    const control = CONTROL[this.#peer];
    this.log[this.#peer].push(streamTypeUnit(control, 0));
    this.end.receive({ type: 'readable', stream: control, bytes: 1, fin: false });
    this.hear({ kind: 'settings', values: [] });
    this.out();
  }

  hear(frame: Frame<Uint8Array, Varint>, stream: number = CONTROL[this.#peer]): this {
    const unit = { ...frameUnit(stream, frame), request: stream % 4 === 0 ? stream / 4 : -1 };
    this.log[this.#peer].push(unit);
    this.end.receive({ type: 'readable', stream, bytes: unitSize(unit), fin: false });
    return this;
  }

  out(): Http3Output[] {
    const list: Http3Output[] = [];
    for (let next = this.end.pollTransmit(); next; next = this.end.pollTransmit()) list.push(next);
    return list;
  }
  order(): Http3Output[] {
    return this.out().filter(({ type }) => type === 'prioritize' || type === 'close');
  }
}

/** :method GET (RFC 9204 appendix A) behind an empty prefix. */
const ask: Frame = { kind: 'headers', section: Uint8Array.of(0, 0, 0xd1) };
const update = (id: Varint, value = 'u=1', of: 'request' | 'push' = 'request'): Frame<Uint8Array, Varint> => ({
  kind: 'priorityUpdate',
  of,
  id,
  value,
});
const order = (stream: number, urgency: number, incremental = false): object => ({
  type: 'prioritize',
  stream,
  urgency,
  incremental,
});

describe('a server of HTTP/3 and PRIORITY_UPDATE', () => {
  test('what is said of a request that is there counts at once', () => {
    const heard = new Heard().hear(ask, 0);
    expect(heard.order()).toEqual([order(0, 3)]);
    expect(heard.hear(update(0, 'u=6, i')).order()).toEqual([order(0, 6, true)]);
  });

  test('what overtakes its request is kept, the latest word of it, and goes before the request’s own', () => {
    const heard = new Heard().hear(update(4, 'u=7')).hear(update(4, 'u=0'));
    expect(heard.order()).toEqual([]);
    expect(heard.hear(ask, 4).order()).toEqual([order(4, 0)]);
  });

  test.each([
    ['a stream that carries no request', update(2), ErrorCode.IdError],
    ['a stream that the server opens', update(5), ErrorCode.IdError],
    ['a stream beyond those that may be opened', update(40), ErrorCode.IdError],
    ['a number beyond all', update((1n << 62n) - 4n), ErrorCode.IdError],
    ['a push, where none was promised', update(0, 'u=1', 'push'), ErrorCode.IdError],
  ])('%s: the connection ends with H3_ID_ERROR', (_, frame, code) => {
    expect(new Heard().hear(frame).order()).toMatchObject([{ type: 'close', code }]);
    expect(new Heard().hear(update(36)).order()).toEqual([]);
  });

  test.each([
    ['on the stream of a request', 'server', 0],
    ['from a server', 'client', CONTROL.server],
  ] as const)('%s: the connection ends with H3_FRAME_UNEXPECTED', (_, side, stream) => {
    for (const of of ['request', 'push'] as const) {
      const heard = new Heard(side);
      if (stream === 0) heard.hear(ask, 0).out();
      expect(heard.hear(update(0, 'u=1', of), stream).order()).toMatchObject([
        { type: 'close', code: ErrorCode.FrameUnexpected },
      ]);
    }
  });
});
