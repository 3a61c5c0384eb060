import { expect, test } from 'vitest';
import { Http3Connection } from '../../../src/engine/protocol/http3/connection.ts';
import type { Http3Input, Http3Options } from '../../../src/engine/protocol/http3/options.ts';
import type { HttpNotice } from '../../../src/engine/protocol/http/notices.ts';
import { frameUnit, instructionUnit, streamTypeUnit } from '../../../src/engine/protocol/http3/units.ts';
import type { HeaderField } from '../../../src/wire/hpack/table.ts';
import type { HttpLog } from '../../../src/wire/http/session.ts';
import { ErrorCode, Setting } from '../../../src/wire/http3/codes.ts';
import { encodeDecoderInstructions } from '../../../src/wire/qpack/instruction.ts';
import type { Side } from '../../../src/wire/tls/make/session.ts';

const FIELDS: readonly HeaderField[] = [
  { name: ':method', value: 'GET' },
  { name: 'user-agent', value: 'a client of some length' },
];
const ANSWER: readonly HeaderField[] = [
  { name: ':status', value: '200' },
  { name: 'server', value: 'a server of some length' },
];

/** Two ends without QUIC between them: what one writes waits here until it is passed on. */
class Ends {
  readonly log: HttpLog = { version: '3', client: [], server: [] };
  readonly ends: Readonly<Record<Side, Http3Connection>>;
  readonly notices: Record<Side, HttpNotice[]> = { client: [], server: [] };
  readonly states: Record<Side, string[]> = { client: [], server: [] };
  readonly held: string[] = [];
  readonly said: Record<Side, string[]> = { client: [], server: [] };
  readonly wire: { readonly to: Side; readonly input: Http3Input }[] = [];

  constructor(changes: Partial<Http3Options> = {}) {
    const end = (side: Side): Http3Connection =>
      new Http3Connection({
        side,
        log: this.log,
        settings: [
          { id: Setting.QpackMaxTableCapacity, value: 4096 },
          { id: Setting.QpackBlockedStreams, value: 16 },
        ],
        remembered: null,
        tableMost: 4096,
        huffman: 'shorter',
        lengthSize: 1,
        dataBytes: 0,
        order: 'priority',
        hooks: {
          streamState: (stream, _, state) => this.states[side].push(`${String(stream)} ${state}`),
          held: (request, hold) => this.held.push(`${side} ${String(request)} ${hold ?? 'goes on'}`),
        },
        ...changes,
      });
    this.ends = { client: end('client'), server: end('server') };
    for (const side of ['server', 'client'] as const) this.ends[side].command({ type: 'open', early: false });
  }

  /** Takes what an end has to say onto the wire. */
  poll(side: Side): this {
    const end = this.ends[side];
    const to = side === 'client' ? 'server' : 'client';
    for (let out = end.pollTransmit(); out; out = end.pollTransmit()) {
      if (out.type === 'write')
        this.wire.push({ to, input: { type: 'readable', stream: out.stream, bytes: out.bytes, fin: out.fin } });
      else if (out.type === 'reset' || out.type === 'stopSending')
        this.wire.push({ to, input: { ...out, type: out.type === 'reset' ? 'reset' : 'stopped' } });
      if (out.type !== 'write' && out.type !== 'read' && out.type !== 'prioritize')
        this.said[side].push(`${out.type} ${'stream' in out ? String(out.stream) : ''} ${out.code.toString(16)}`);
    }
    for (let told = end.pollEvent(); told; told = end.pollEvent()) this.notices[side].push(told);
    return this;
  }

  /** Passes on what waits for an end, as far as `which` says; in pieces of `size` bytes. */
  pass(to: Side, which: (input: Http3Input) => boolean = () => true, size = Infinity): this {
    const due = this.wire.filter((one) => one.to === to && which(one.input));
    const rest = this.wire.filter((one) => !due.includes(one));
    this.wire.splice(0, this.wire.length, ...rest);
    for (const { input } of due) {
      if (input.type !== 'readable') {
        this.ends[to].receive(input);
        continue;
      }
      for (let left = input.bytes; left > 0; left -= size)
        this.ends[to].receive({ ...input, bytes: Math.min(size, left), fin: input.fin && left <= size });
    }
    return this.poll(to);
  }

  /** Until nothing is under way. */
  settle(size = Infinity): this {
    do for (const side of ['client', 'server'] as const) this.poll(side).pass(side, undefined, size);
    while (this.wire.length > 0);
    return this;
  }

  ask(request: number, body = 0): this {
    this.ends.client.command({ type: 'request', request, fields: FIELDS, body });
    return this.poll('client');
  }
  answer(request: number, body: number): this {
    this.ends.server.command({ type: 'respond', request, fields: ANSWER, body });
    return this.poll('server');
  }
}

test('a request and its answer, byte by byte or all at once', () => {
  const runs = [Infinity, 7, 1].map((size) => {
    const ends = new Ends().settle(size).ask(0, 20).settle(size).answer(0, 100).settle(size);
    return {
      client: ends.notices.client.filter(({ type }) => type !== 'body'),
      server: ends.notices.server.filter(({ type }) => type !== 'body'),
      bodies: ends.notices.client.reduce((sum, one) => sum + (one.type === 'body' ? one.bytes : 0), 0),
    };
  });
  for (const run of runs) {
    expect(run.client).toEqual([
      { type: 'head', request: 0 },
      { type: 'complete', request: 0 },
    ]);
    expect(run.server).toEqual([{ type: 'request', request: 0 }]);
    expect(run.bodies).toBe(100);
  }
});

test('before the peer’s SETTINGS are there, nothing uses its table (RFC 9204 §3.2.3)', () => {
  const ends = new Ends().ask(0);
  expect(ends.ends.client.tables.encoder.inserted).toBe(0);
  ends.settle().ask(1);
  expect(ends.ends.client.tables.encoder.inserted).toBe(1);
});

test('a section waits for its entry, and is acknowledged when it has it', () => {
  const ends = new Ends().settle().ask(0);
  ends.pass('server', ({ stream }) => stream === 0);
  expect(ends.held).toEqual(['server 0 QPACK table']);
  expect(ends.notices.server).toEqual([]);
  ends.pass('server');
  expect(ends.held).toEqual(['server 0 QPACK table', 'server 0 goes on']);
  expect(ends.notices.server).toEqual([{ type: 'request', request: 0 }]);
  expect(ends.log.server.at(-1)).toMatchObject({ kind: 'instruction', stream: 11, head: '\x80' });
});

test('GOAWAY: requests behind its stream are given back, those before it are answered (RFC 9114 §5.2)', () => {
  const ends = new Ends().settle().ask(0).settle();
  ends.ends.server.command({ type: 'goAway' });
  ends.poll('server').ask(1).pass('client');
  expect(ends.notices.client).toEqual([
    { type: 'goAway' },
    { type: 'reset', request: 1, code: ErrorCode.RequestRejected },
  ]);
  expect(ends.ends.client.isGoingAway).toBe(true);
  ends.answer(0, 10).pass('client');
  expect(ends.notices.client.at(-1)).toEqual({ type: 'complete', request: 0 });
});

test('a request that comes behind GOAWAY is refused unseen', () => {
  const ends = new Ends().settle();
  ends.ends.server.command({ type: 'goAway' });
  ends.poll('server').ask(0).pass('server');
  expect(ends.said.server).toEqual(['stopSending 0 10b', 'reset 0 10b']);
  expect(ends.notices.server).toEqual([]);
  ends.settle();
  expect(ends.notices.client).toEqual([
    { type: 'goAway' },
    { type: 'reset', request: 0, code: ErrorCode.RequestRejected },
  ]);
  expect([ends.ends.client.active, ends.ends.server.active]).toEqual([0, 0]);
  expect(ends.ends.client.tables.encoder.inserted).toBe(ends.ends.server.tables.decoder.inserted);
});

test('units that follow each other on a stream go in one write', () => {
  const ends = new Ends().settle();
  ends.ends.client.command({ type: 'request', request: 0, fields: FIELDS, body: 500 });
  const outs: unknown[] = [];
  for (let out = ends.ends.client.pollTransmit(); out; out = ends.ends.client.pollTransmit()) outs.push(out);
  const sizes = (stream: number): number =>
    ends.log.client.filter((unit) => unit.stream === stream).reduce((sum, one) => sum + one.head.length + one.body, 0);
  expect(outs).toEqual([
    { type: 'write', stream: 6, bytes: sizes(6) - 1, fin: false }, // its type went before
    { type: 'write', stream: 0, bytes: sizes(0), fin: true },
  ]);
});

test('a request that is given up before the server reads of it frees the entries that it used', () => {
  const ends = new Ends().settle().ask(0);
  ends.ends.client.command({ type: 'cancel', request: 0 });
  ends.poll('client');
  expect(ends.said.client).toEqual(['stopSending 0 10c', 'reset 0 10c']);
  // QUIC delivers no bytes of a stream behind its reset.
  ends.pass('server', ({ stream, type }) => stream !== 0 || type !== 'readable').pass('client');
  expect(ends.log.server.filter(({ stream }) => stream === 11).map(({ head }) => head)).toEqual([
    '\x03',
    '\x40',
    '\x01',
  ]);
  expect(ends.states.server).toEqual([]);
  expect(ends.ends.client.active).toBe(0);
});

test('an answer that the server gives up is told, and what still comes is read and dropped', () => {
  const ends = new Ends().settle().ask(0).settle().answer(0, 100);
  ends.pass('client', ({ stream }) => stream !== 0);
  ends.ends.client.receive({ type: 'reset', stream: 0, code: ErrorCode.InternalError });
  expect(ends.poll('client').notices.client).toEqual([{ type: 'reset', request: 0, code: ErrorCode.InternalError }]);
  ends.ends.client.receive({ type: 'readable', stream: 0, bytes: 50, fin: false });
  expect(ends.ends.client.pollTransmit()).toEqual({ type: 'read', stream: 0, bytes: 50 });
  expect(ends.states.client.at(-1)).toBe('0 closed');
});

test('an acknowledgment of what was never sent ends the connection (RFC 9204 §4.4.1)', () => {
  const ends = new Ends().settle();
  ends.log.server.push(instructionUnit(11, encodeDecoderInstructions([{ kind: 'acknowledge', stream: 4 }])));
  ends.ends.client.receive({ type: 'readable', stream: 11, bytes: 1, fin: false });
  ends.poll('client');
  expect(ends.said.client).toEqual(['close  202']);
});

test('an instruction that names no entry ends the connection (RFC 9204 §4.3)', () => {
  const ends = new Ends().settle();
  ends.log.server.push(instructionUnit(7, Uint8Array.of(0x05))); // duplicate entry 5
  ends.ends.client.receive({ type: 'readable', stream: 7, bytes: 1, fin: false });
  expect(ends.poll('client').said.client).toEqual(['close  201']);
});

test('a stream of a kind that nobody knows is read and passed over (RFC 9114 §6.2)', () => {
  const ends = new Ends().settle();
  const goAway = frameUnit(15, { kind: 'goAway', id: 0 });
  ends.log.server.push(streamTypeUnit(15, 0x21), goAway);
  ends.ends.client.receive({ type: 'readable', stream: 15, bytes: 1 + goAway.head.length, fin: false });
  expect(ends.ends.client.pollTransmit()).toEqual({ type: 'read', stream: 15, bytes: 1 + goAway.head.length });
  expect(ends.poll('client').notices.client).toEqual([]);
});
