import { beforeAll, describe, expect, it } from 'vitest';
import { openCapture } from '../../../src/format/open.ts';
import { QuicBit, QuicType } from '../../../src/trace/quic/types.ts';
import { frameAt } from '../../../src/trace/quic/frames.ts';
import { summarize } from '../../../src/trace/summary.ts';
import { EventKind, Fate, SpanKind } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { loadQuicCrypto } from '../../../src/wire/quic/crypto/load.ts';
import type { QuicCrypto } from '../../../src/wire/quic/crypto/types.ts';
import type { QuicFrame } from '../../../src/wire/quic/frame/frame.ts';
import { encodeStatelessReset } from '../../../src/wire/quic/packet/datagram.ts';
import { encodeVersionNegotiation } from '../../../src/wire/quic/packet/header.ts';
import { MadeConnection, pcapOf } from './made.ts';
import type { Sent } from './made.ts';

let crypto: QuicCrypto;
beforeAll(async () => {
  crypto = await loadQuicCrypto();
});

const MS = 1000;
const stream = (offset: number, length: number, id = 0, fin = false): QuicFrame => ({
  kind: 'stream',
  stream: id,
  offset,
  data: new Uint8Array(length).fill(7),
  fin,
  hasLength: true,
});
const ack = (smallest: number, largest: number, delay = 0): QuicFrame => ({
  kind: 'ack',
  ranges: [{ smallest, largest }],
  delay,
  ecn: null,
});
const open = async (sent: readonly Sent[], keys = ''): Promise<Trace> => {
  const opened = await openCapture('made.pcap', pcapOf(sent), keys);
  if (!opened.ok) expect.fail(opened.problems[0]?.what);
  return opened.value.trace;
};
const hellos = (made: MadeConnection, port?: number): Sent[] => [
  { time: 0, up: true, payload: made.initial(true), ...(port ? { port } : {}) },
  { time: 40 * MS, up: false, payload: made.initial(false), ...(port ? { port } : {}) },
];
const typesOf = (trace: Trace): number[] => [...(trace.quic?.packets.type ?? [])];

describe('a connection of QUIC in a capture', () => {
  it.each([0x1301, 0x1302, 0x1303])('suite %i: its data is opened and kept', async (suite) => {
    const made = new MadeConnection(crypto, 1, suite);
    const trace = await open(
      [
        ...hellos(made),
        { time: 41 * MS, up: true, payload: made.short(true, [stream(0, 500)]) },
        { time: 81 * MS, up: false, payload: made.short(false, [stream(0, 900, 0, true), ack(0, 0)]) },
        // Small ones are not worth the machine's cipher.
        { time: 82 * MS, up: true, payload: made.short(true, [ack(0, 0)]) },
      ],
      made.log,
    );
    expect(trace.quic?.flows[0]).toMatchObject({ closed: 0, opened: 5, suite, serverName: 'made.test', version: 1 });
    const { quic } = trace;
    const frames = quic!.frames;
    const at = [...frames.stream].findIndex((id, row) => id === 0 && frames.length[row] === 900);
    expect(frameAt(quic!, at)).toMatchObject({ kind: 'stream', stream: 0, offset: 0, fin: true });
    expect(trace.packets.payload[3]).toBe(900);
    expect(trace.packets.stream[3]).toBe(0);
  });

  it('an update of the keys is followed, and a late packet of the old phase still opens', async () => {
    const made = new MadeConnection(crypto);
    const old = made.short(false, [stream(0, 400)]);
    const late = made.short(false, [stream(400, 400)]);
    made.update(false);
    const fresh = made.short(false, [stream(800, 400)]);
    const trace = await open(
      [...hellos(made), ...[old, fresh, late].map((payload, i) => ({ time: 50 * MS + i, up: false, payload }))],
      made.log,
    );
    expect(trace.quic?.flows[0]?.closed).toBe(0);
    const { packets } = trace.quic!;
    expect([...packets.number].slice(2)).toEqual([0, 2, 1]);
    expect([...packets.bits].slice(2).map((bits) => bits & QuicBit.KeyPhase)).toEqual([0, QuicBit.KeyPhase, 0]);
    const updates = [...trace.events.kind].filter((kind) => kind === EventKind.KeysUpdated);
    expect(updates).toHaveLength(1);
  });

  it('without secrets its hellos are read, and the rest says why it stays closed', async () => {
    const made = new MadeConnection(crypto);
    const trace = await open([
      ...hellos(made),
      { time: 50 * MS, up: false, payload: made.short(false, [stream(0, 9)]) },
    ]);
    expect(trace.quic?.flows[0]).toMatchObject({ closed: 1, opened: 2, serverName: 'made.test' });
    expect(trace.warnings.at(-1)).toBe(
      '10.0.0.1:40000 → 10.0.0.2:443: 1 QUIC packet stays closed: no secrets are given for it.',
    );
    const again = new MadeConnection(crypto);
    const other = await open(
      [...hellos(again), { time: 50 * MS, up: false, payload: again.short(false, [stream(0, 9)]) }],
      new MadeConnection(crypto, 3).log,
    );
    expect(other.warnings.at(-1)).toContain('the key log holds no secret that opens it');
  });

  it('two connections on one pair of ends are two flows', async () => {
    const [first, second] = [new MadeConnection(crypto, 1), new MadeConnection(crypto, 2)];
    const later = hellos(second).map((one) => ({ ...one, time: one.time + 500 * MS }));
    const trace = await open([...hellos(first), ...later], first.log + second.log);
    expect(trace.flows).toHaveLength(2);
    expect([...trace.packets.flow]).toEqual([0, 0, 1, 1]);
  });

  it('one that goes on from another port is one flow, known by an id that it gave out', async () => {
    const made = new MadeConnection(crypto);
    const id = new Uint8Array(8).fill(0x77);
    const given: QuicFrame = {
      kind: 'newConnectionId',
      sequence: 1,
      retirePriorTo: 0,
      id,
      resetToken: new Uint8Array(16).fill(5),
    };
    const trace = await open(
      [
        ...hellos(made),
        { time: 41 * MS, up: false, payload: made.short(false, [given]) },
        { time: 90 * MS, up: true, payload: made.short(true, [stream(0, 100)], id), port: 50_000 },
        // Another end of UDP that has nothing to do with it.
        { time: 91 * MS, up: true, payload: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), port: 50_001 },
        // A stateless reset ends it (RFC 9000 §10.3).
        {
          time: 92 * MS,
          up: false,
          payload: encodeStatelessReset(new Uint8Array(30).fill(3), new Uint8Array(16).fill(5)),
          port: 50_000,
        },
      ],
      made.log,
    );
    expect([...trace.packets.flow]).toEqual([0, 0, 0, 0, 0, 1]);
    expect(trace.quic?.flows[0]?.closed).toBe(0);
    expect(typesOf(trace)).toContain(QuicType.StatelessReset);
    const moved = [...trace.events.kind].indexOf(EventKind.PathChanged);
    expect(trace.events.time[moved]).toBe(90e6);
  });

  it('a server that does not speak the version is shown, and what follows is the same connection', async () => {
    const grease = new MadeConnection(crypto, 1, 0x1301, 1);
    const first = grease.initial(true);
    first.set([0x1a, 0x2a, 0x3a, 0x4a], 1);
    const list = encodeVersionNegotiation({
      destination: grease.ids.client,
      source: grease.ids.first,
      versions: [1],
      unused: 0x40,
    });
    const again = new MadeConnection(crypto, 1);
    const trace = await open([
      { time: 0, up: true, payload: first },
      { time: 40 * MS, up: false, payload: list },
      ...hellos(again).map((one) => ({ ...one, time: one.time + 41 * MS })),
    ]);
    expect(trace.flows).toHaveLength(1);
    expect(typesOf(trace)).toEqual([QuicType.Unknown, QuicType.VersionNegotiation, QuicType.Initial, QuicType.Initial]);
    expect(trace.warnings.join(' ')).toContain('a version that does not exist');
  });

  it('a loss: bytes that come again, the stream that waits, acknowledgements, and who knows what when', async () => {
    const made = new MadeConnection(crypto);
    const down = (time: number, frames: QuicFrame[]): Sent => ({
      time: time * MS,
      up: false,
      payload: made.short(false, frames),
    });
    const up = (time: number, frames: QuicFrame[]): Sent => ({
      time: time * MS,
      up: true,
      payload: made.short(true, frames),
    });
    const sent: Sent[] = [...hellos(made), up(41, [stream(0, 50)]), down(81, [stream(0, 100), ack(0, 0)])];
    // Packet 1 with bytes 100 to 200 is lost before the capture sees it.
    made.skip(false, 1);
    sent.push(down(82, [stream(200, 100)]), up(83, [ack(0, 0)]), down(130, [stream(100, 100)]), up(131, [ack(2, 3)]));
    const trace = await open(sent, made.log);
    const { spans: s } = trace;
    const blocked = [...s.kind].indexOf(SpanKind.StreamBlocked);
    expect([s.start[blocked], s.end[blocked], s.a[blocked], s.b[blocked]]).toEqual([82e6, 130e6, 0, 100]);
    const summary = summarize(trace).flows[0];
    expect(summary?.retransmitted).toEqual({ up: 0, down: 1 });
    expect(summary?.lost).toEqual({ up: 0, down: 1 });
    expect(summary?.requests[0]).toMatchObject({ id: 'stream 0', bytes: 300, blockedMs: 48 });
    const { packets } = trace.quic!;
    // The server learns 20 ms after the client says so: the way is half of the 40 that its answer took.
    const first = [...packets.number].findIndex(
      (number, row) => number === 0 && packets.type[row] === QuicType.OneRtt && packets.datagram[row] === 3,
    );
    expect(packets.acked[first]).toBe(103e6);
    expect(packets.lost[first]).toBeNaN();
    expect(trace.packets.fate[6]).toBe(Fate.Delivered);
  });
});
