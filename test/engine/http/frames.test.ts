import { describe, expect, test } from 'vitest';
import type { HttpLog } from '../../../src/wire/http/session.ts';
import { FrameType, Setting } from '../../../src/wire/http2/codes.ts';
import type { HttpHooks, HttpNotice } from '../../../src/engine/protocol/http/notices.ts';
import { UnitReader } from '../../../src/engine/protocol/http/unitReader.ts';
import { Http1Client } from '../../../src/engine/protocol/http1/client.ts';
import { Http1Server } from '../../../src/engine/protocol/http1/server.ts';
import { NginxEncoder, TableEncoder } from '../../../src/engine/protocol/http2/blocks.ts';
import { Http2Connection } from '../../../src/engine/protocol/http2/connection.ts';
import { streamMachine } from '../../../src/engine/protocol/http2/machine.ts';
import { NginxScheduler } from '../../../src/engine/protocol/http2/nginx.ts';
import { UrgencyScheduler } from '../../../src/engine/protocol/http2/scheduler.ts';
import { nextStreamState } from '../../../src/engine/protocol/http2/table.ts';
import { requestFields, responseFields } from '../../../src/engine/protocol/http/fields.ts';
import { requestHead, responseHead } from '../../../src/engine/protocol/http1/heads.ts';
import { plainUnit, unitSize } from '../../../src/wire/http/session.ts';
import { said } from './runs.ts';

/** Both ends of a connection and nothing between them: what one sends the other hears when the test says so. */
class Pair {
  readonly log: HttpLog = { version: '2', client: [], server: [] };
  readonly told: string[] = [];
  readonly client: Http2Connection;
  readonly server: Http2Connection;

  constructor(
    options: {
      readonly nginx?: boolean;
      readonly streamWindow?: number;
      readonly urgency?: readonly number[];
      readonly incremental?: boolean;
    } = {},
  ) {
    const hooks = (side: string): HttpHooks => ({
      streamState: (stream, _, state) => this.told.push(`${side} ${String(stream)} ${state}`),
      held: (request, hold) => this.told.push(`${side} request ${String(request)} ${hold ?? 'goes on'}`),
    });
    const priority = (i: number): { urgency: number; incremental: boolean } => ({
      urgency: options.urgency?.[i] ?? 3,
      incremental: options.incremental ?? false,
    });
    const common = { log: this.log, connectionWindow: 65_535, priority } as const;
    const { streamWindow } = options;
    this.client = new Http2Connection({
      ...common,
      side: 'client',
      settings: streamWindow === undefined ? [] : [{ id: Setting.InitialWindowSize, value: streamWindow }],
      encoder: new TableEncoder(),
      scheduler: (out) => new UrgencyScheduler(out),
      hooks: hooks('client'),
    });
    this.server = new Http2Connection({
      ...common,
      side: 'server',
      settings: [],
      encoder: new TableEncoder(),
      scheduler: (out) => (options.nginx === true ? new NginxScheduler(out) : new UrgencyScheduler(out)),
      hooks: hooks('server'),
    });
    this.client.command({ type: 'open' });
    this.server.command({ type: 'open' });
  }

  ask(...sizes: readonly number[]): void {
    sizes.forEach((_, request) => {
      this.client.command({ type: 'request', request, fields: [{ name: ':path', value: '/' }], body: 0 });
    });
    this.pass('client');
    sizes.forEach((body, request) => {
      this.server.command({ type: 'respond', request, fields: [{ name: ':status', value: '200' }], body });
    });
  }

  /** Up to `most` units of one side reach the other; returns them in short. */
  pass(side: 'client' | 'server', most = Infinity): string[] {
    const [from, to] = side === 'client' ? [this.client, this.server] : [this.server, this.client];
    const sent: string[] = [];
    while (sent.length < most) {
      const unit = from.pollUnit();
      if (unit === null) {
        if (from.advance()) continue;
        break;
      }
      from.sent(unit);
      to.receive({ bytes: unitSize(unit) });
      sent.push(said(unit));
    }
    return sent;
  }

  notices(side: 'client' | 'server'): HttpNotice[] {
    const end = this[side];
    const list: HttpNotice[] = [];
    for (let notice = end.pollEvent(); notice; notice = end.pollEvent()) list.push(notice);
    return list;
  }
}

describe('frames of HTTP/2, one by one', () => {
  test('a request and its answer', () => {
    const pair = new Pair();
    pair.ask(20_000);
    expect(pair.notices('server')).toEqual([{ type: 'request', request: 0 }]);
    expect(pair.pass('server')).toEqual(['Settings 0', 'Settings 0', 'Headers 1', 'Data 1 16384', 'Data 1 3616 end']);
    expect(pair.notices('client').map(({ type }) => type)).toEqual(['head', 'body', 'body', 'complete']);
    expect(pair.told).toEqual([
      'client 1 open',
      'client 1 half-closed (local)',
      'server 1 open',
      'server 1 half-closed (remote)',
      'server 1 closed',
      'client 1 closed',
    ]);
  });

  test('the stream’s window stops it, half of it used opens it again', () => {
    const pair = new Pair({ streamWindow: 1000 });
    pair.ask(1800);
    expect(pair.pass('server')).toEqual(['Settings 0', 'Settings 0', 'Headers 1', 'Data 1 1000']);
    expect(pair.told).toContain('server request 0 stream window');
    expect(pair.pass('client')).toEqual(['Settings 0', 'WindowUpdate 1']);
    expect(pair.told.at(-1)).toBe('server request 0 goes on');
    // A stream that is about to end needs no more room (nghttp2).
    expect(pair.pass('server')).toEqual(['Data 1 800 end']);
    expect(pair.pass('client')).toEqual([]);
  });

  test('the connection’s window is shared, and counts streams that are given up', () => {
    const pair = new Pair();
    pair.ask(60_000, 60_000);
    expect(pair.pass('server').slice(3)).toEqual([
      'Headers 3',
      'Data 1 16384',
      'Data 1 16384',
      'Data 1 16384',
      'Data 1 10848 end',
      'Data 3 5535',
    ]);
    expect(pair.told).toContain('server request 1 connection window');
    // Half of 65,535 is used after two frames, and again after the last.
    expect(pair.pass('client')).toEqual(['Settings 0', 'WindowUpdate 0', 'WindowUpdate 1', 'WindowUpdate 0']);
    pair.client.command({ type: 'cancel', request: 1 });
    expect(pair.pass('client')).toEqual(['RstStream 3']);
    expect(pair.notices('server').at(-1)).toEqual({ type: 'reset', request: 1, code: 8 });
    expect(pair.pass('server').filter((line) => line.startsWith('Data'))).toEqual([]);
  });

  test('settings move the windows of streams that are open, below zero even', () => {
    const pair = new Pair();
    pair.ask(50_000);
    pair.pass('server', 5);
    // What a client says later counts for what was sent before, too (RFC 9113 §6.9.2).
    const late = new Http2Connection({
      side: 'client',
      log: { version: '2', client: [], server: pair.log.server },
      settings: [{ id: Setting.InitialWindowSize, value: 1000 }],
      connectionWindow: 65_535,
      priority: () => ({ urgency: 3, incremental: false }),
      encoder: new TableEncoder(),
      scheduler: (out) => new UrgencyScheduler(out),
      hooks: { streamState: () => undefined, held: () => undefined },
    });
    late.command({ type: 'open' });
    for (let unit = late.pollUnit(); unit; unit = late.pollUnit()) {
      if (unit.type !== FrameType.Settings) continue;
      pair.log.client.push(unit);
      pair.server.receive({ bytes: unitSize(unit) });
    }
    expect(pair.pass('server').filter((line) => line.startsWith('Data'))).toEqual([]);
    expect(pair.told).toContain('server request 0 stream window');
  });

  test('PING is answered, GOAWAY ends the asking', () => {
    const pair = new Pair();
    pair.client.command({ type: 'ping' });
    pair.pass('client');
    expect(pair.pass('server').at(-1)).toBe('Ping 0');
    expect(pair.log.server.at(-1)?.flags).toBe(1);
    expect(pair.client.room).toBeGreaterThan(0);
    pair.server.command({ type: 'goAway' });
    pair.pass('server');
    expect(pair.notices('client')).toEqual([{ type: 'goAway' }]);
    expect(pair.client.room).toBe(0);
  });

  test('urgency first, then the order of requests', () => {
    const pair = new Pair({ urgency: [5, 1, 1] });
    pair.ask(1000, 1000, 1000);
    expect(pair.pass('server').filter((line) => line.startsWith('Data'))).toEqual([
      'Data 3 1000 end',
      'Data 5 1000 end',
      'Data 1 1000 end',
    ]);
  });

  test('nginx: headers first, then turns of two buffers of 32 KB, first come, first served', () => {
    const pair = new Pair({ nginx: true, urgency: [7, 0], streamWindow: 10_000_000 });
    const out = { connectionWindow: 10_000_000, maxFrameSize: 16_384, ended: () => undefined };
    const scheduler = new NginxScheduler(out);
    const stream = (id: number, left: number) => ({
      id,
      request: id,
      state: 'open',
      urgency: 3,
      incremental: false,
      sendWindow: 10_000_000,
      received: 0,
      left,
      from: 0,
      hold: null,
    });
    scheduler.add(stream(1, 100_000));
    scheduler.add(stream(3, 70_000));
    // Both read as many buffers as they may before anything is sent.
    while (scheduler.advance());
    const order: string[] = [];
    for (let unit = scheduler.next(); unit; unit = scheduler.next()) {
      scheduler.sent(unit);
      order.push(`${String(unit.stream)} ${String(unit.body)}`);
      // The event loop comes round once four frames have gone.
      if (order.length % 4 === 0) while (scheduler.advance());
    }
    const turns = order.reduce<[string, number][]>((list, entry) => {
      const [id = '', bytes = ''] = entry.split(' ');
      const last = list.at(-1);
      if (last?.[0] === id) last[1] += Number(bytes);
      else list.push([id, Number(bytes)]);
      return list;
    }, []);
    expect(turns).toEqual([
      ['1', 65_536],
      ['3', 65_536],
      ['1', 34_464],
      ['3', 4464],
    ]);
    expect(order.every((entry) => Number(entry.split(' ')[1]) <= 8192)).toBe(true);
    pair.ask(10_000, 10_000);
    expect(pair.pass('server').filter((line) => line.startsWith('Data'))).toEqual([
      'Data 1 8192',
      'Data 1 1808 end',
      'Data 3 8192',
      'Data 3 1808 end',
    ]);
  });

  test('the table that runs is the machine that is drawn', () => {
    const events = new Set<string>();
    for (const node of Object.values(streamMachine.states)) for (const [event] of node.transitions) events.add(event);
    for (const [name, node] of Object.entries(streamMachine.states))
      for (const event of events)
        expect(nextStreamState(name, event as Parameters<typeof nextStreamState>[1]), `${name} ${event}`).toBe(
          node.transitions.get(event as never)?.[0]?.target?.[0]?.key ?? null,
        );
    // RFC 9113 §5.1: nothing leads out of closed, and idle hears no END_STREAM.
    expect(nextStreamState('closed', 'RCV_HEADERS')).toBeNull();
    expect(nextStreamState('idle', 'RCV_END_STREAM')).toBeNull();
    expect(nextStreamState('reserved (local)', 'SND_HEADERS')).toBe('half-closed (remote)');
  });
});

describe('header lines, to the byte of real programs', () => {
  const request = {
    id: 'x',
    path: '/r01.bin',
    authority: 'www.oracle.test:8443',
    requestBytes: 0,
    responseBytes: 12_000,
    urgency: 3,
    incremental: false,
  };
  const asked = (client: 'curl' | 'nghttp', path: string, authority: string) => [
    { name: ':method', value: 'GET' },
    { name: ':path', value: path },
    { name: ':scheme', value: 'https' },
    { name: ':authority', value: authority },
    ...requestFields(client, request, 'https', ''),
  ];

  test('HPACK of curl and nghttp: the first block and the next (fixtures H-h2-*)', () => {
    const curl = new TableEncoder();
    expect(
      ['/r01.bin', '/r02.bin'].map((path) => curl.encode(asked('curl', path, 'www.oracle.test:8443')).length),
    ).toEqual([42, 13]);
    const nghttp = new TableEncoder();
    expect(
      ['/r01.bin', '/r02.bin'].map((path) => nghttp.encode(asked('nghttp', path, 'www.oracle.test')).length),
    ).toEqual([41, 14]);
  });

  test('HPACK of nginx (fixture H-h2-nghttp-tls13-noloss-cubic, stream 1)', () => {
    const encoder = new NginxEncoder();
    const block = (size: number): Uint8Array =>
      encoder.encode([{ name: ':status', value: '200' }, ...responseFields(size)]);
    expect(Buffer.from(block(12_000)).toString('hex')).toBe(
      '887689aa6355e580ae212e1f6196dc34fd2820a9a4fdd41004e28076e36cdc680a62d1bf5f901d75d0620d263d4c1c892a56426c28e95c' +
        '0531323030306c96dc34fd2820a9a4fdd41004e28076e09fb8cbca62d1bf00832a47378cfe5c8c0169e704b08a507f3f008919085ad2b5' +
        '83aa62a3848fd24a8f',
    );
    expect([2000, 24_000, 96_000, 300_000, 4000, 8000].map((size) => block(size).length)).toEqual([
      117, 119, 120, 121, 117, 118,
    ]);
  });

  test('heads of curl and nginx in HTTP/1.1 (fixture H-h1x1-clear-drop20-cubic)', () => {
    expect(requestHead('1.1', 'curl', { ...request, authority: 'www.oracle.test:8080' }, 'http', true).length).toBe(91);
    expect(responseHead(request, true, false).length).toBe(256);
    expect(responseHead({ ...request, responseBytes: 2000 }, true, false).length).toBe(254);
  });
});

describe('units in a stream of bytes', () => {
  test('however they are cut, each begins once, ends once, and its body is whole', () => {
    const units = [
      plainUnit('request', 0, 'head', 10),
      plainUnit('request', 1, 'h'),
      plainUnit('request', 2, 'he', 3, 100),
    ];
    const total = units.reduce((sum, unit) => sum + unitSize(unit), 0);
    for (let cut = 1; cut <= total; cut++) {
      const reader = new UnitReader(units);
      const seen = units.map(() => ({ begins: 0, ends: 0, body: 0, next: NaN }));
      for (let at = 0; at < total; at += cut)
        for (const piece of reader.push(Math.min(cut, total - at))) {
          const one = seen[piece.unit.request]!;
          if (piece.begins) one.begins++;
          if (piece.ends) one.ends++;
          if (piece.body > 0) expect(piece.from).toBe(piece.unit.from + one.body);
          one.body += piece.body;
        }
      expect(seen.map(({ begins, ends, body }) => [begins, ends, body])).toEqual([
        [1, 1, 10],
        [1, 1, 0],
        [1, 1, 3],
      ]);
    }
  });

  test('pipelined answers come out in the order of the requests, whichever is ready first', () => {
    const log: HttpLog = { version: '1.1', client: [], server: [] };
    const held: string[] = [];
    const server = new Http1Server(log, {
      streamState: () => undefined,
      held: (request, hold) => held.push(`${String(request)} ${hold ?? 'goes'}`),
    });
    const client = new Http1Client(log);
    for (const request of [0, 1, 2])
      client.command({ type: 'request', request, head: `GET /${String(request)}`, body: 0 });
    server.receive({ bytes: log.client.reduce((sum, unit) => sum + unitSize(unit), 0) });
    for (const request of [2, 1, 0])
      server.command({ type: 'respond', request, head: `answer ${String(request)}`, body: 5, chunk: 0 });
    const sent = [server.pollUnit(), server.pollUnit(), server.pollUnit(), server.pollUnit()];
    expect(sent.map((unit) => unit?.head ?? null)).toEqual(['answer 0', 'answer 1', 'answer 2', null]);
    expect(held).toEqual(['2 response order', '1 response order', '0 goes', '1 goes', '2 goes']);
  });
});
