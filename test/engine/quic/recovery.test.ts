import { expect, test } from 'vitest';
import { RttEstimate } from '../../../src/engine/protocol/quic/rtt.ts';
import { exchange, QuicPair } from './pair.ts';
import type { Crossing, PairOptions } from './pair.ts';

const MS = 1e6;

/** Loses the n-th datagrams of the server that hold nothing but 1-RTT and are full. */
const losing = (...lost: number[]): PairOptions['fate'] => {
  let full = 0;
  return ({ from, size, isShort }) => {
    if (from !== 'server' || !isShort || size < 1100) return 0;
    return lost.includes(++full) ? 'lose' : 0;
  };
};
const streamBytes = ({ datagram }: Crossing): [number, number][] =>
  datagram.packets.flatMap((packet) =>
    packet.kind === 'frames'
      ? packet.frames.flatMap((frame): [number, number][] =>
          frame.kind === 'stream' ? [[frame.offset, frame.data.length]] : [],
        )
      : [],
  );

test('round-trip time: the first sample, then smoothing with the delay taken off (RFC 9002 §5.3)', () => {
  const rtt = new RttEstimate(333 * MS);
  expect(rtt.pto).toBe(999 * MS);
  rtt.sample(100 * MS, 20 * MS);
  expect([rtt.smoothed, rtt.variation, rtt.minimum]).toEqual([100 * MS, 50 * MS, 100 * MS]);
  rtt.sample(140 * MS, 20 * MS);
  expect(rtt.variation).toBe(0.75 * 50 * MS + 0.25 * 20 * MS);
  expect(rtt.smoothed).toBe(0.875 * 100 * MS + 0.125 * 120 * MS);
  // The delay is not taken off where it would go below the minimum.
  rtt.sample(110 * MS, 20 * MS);
  expect(rtt.smoothed).toBe(Math.floor(0.875 * 102.5 * MS + 0.125 * 110 * MS));
});

test('three later packets make a loss: one reduction, the bytes go once more (RFC 9002 §6.1.1, §7.3.2)', () => {
  const pair = exchange(new QuicPair({ fate: losing(15), knobs: { congestion: 'reno' } }), 100, 200_000).run(20_000);
  expect(pair.lost.map((one) => one.by)).toEqual(['packets']);
  const lost = pair.crossings.filter((one) => one.arrivesAt === null).flatMap(streamBytes);
  const again = pair.crossings.filter((one) => one.arrivesAt !== null).flatMap(streamBytes);
  const [offset, length] = lost[0] ?? [0, 0];
  const repeated = again.filter(([at, n]) => at < offset + length && at + n > offset);
  expect(repeated.reduce((sum, [, n]) => sum + n, 0)).toBe(length);
  expect(pair.ends.server.core.window.ssthresh).toBeLessThan(40);
  expect(pair.timeouts).toEqual([]);
});

test('Reno halves, CUBIC takes 0.7 (RFC 9002 §7.3.2, RFC 9438 §4.6)', () => {
  for (const [congestion, factor] of [
    ['reno', 0.5],
    ['cubic', 0.7],
  ] as const) {
    const pair = exchange(new QuicPair({ fate: losing(15), knobs: { congestion } }), 100, 200_000).run(20_000);
    const { priorCwnd, ssthresh } = pair.ends.server.core.window;
    expect(ssthresh / priorCwnd).toBeCloseTo(factor, 1);
  }
});

test('two behind a loss are too few: time tells, 9/8 of a round trip (RFC 9002 §6.1.2)', () => {
  // Ten full packets leave at first; of the last three the first is lost, and nothing follows.
  const answer = 10 * 1166;
  const pair = exchange(new QuicPair({ fate: losing(8) }), 100, answer).run(20_000);
  expect(pair.lost.map((one) => one.by)).toEqual(['time']);
  const sent = pair.crossings.find((one) => one.arrivesAt === null)?.sentAt ?? 0;
  expect((pair.lost[0]?.at ?? 0) - sent).toBeGreaterThan(80 * MS * (9 / 8));
  expect((pair.lost[0]?.at ?? 0) - sent).toBeLessThan(100 * MS);
  expect(pair.got('client', 0).bytes).toBe(answer);
});

test('a lost tail waits for the PTO: SRTT + 4·RTTVAR + max_ack_delay; two probes (RFC 9002 §6.2.1, §6.2.4)', () => {
  const answer = 11_000;
  const pair = exchange(new QuicPair({ lose: { server: [10, 11, 12] } }), 100, answer).run(20_000);
  expect(pair.timeouts.map((one) => [one.side, one.space, one.count])).toEqual([['server', 2, 1]]);
  const at = pair.timeouts[0]?.at ?? 0;
  const probes = pair.crossings.filter((one) => one.from === 'server' && one.sentAt === at);
  expect(probes).toHaveLength(2);
  expect(pair.got('client', 0)).toEqual({ bytes: answer, fin: true, inOrder: true });
});

test('PTO doubles each time (RFC 9002 §6.2.1)', () => {
  const pair = new QuicPair({ fate: ({ from }) => (from === 'client' ? 'lose' : 0) });
  pair.command('client', { type: 'open' }).run(29_000);
  const waits = pair.timeouts.map((one) => Math.round((one.at - (pair.crossings[0]?.sentAt ?? 0)) / MS));
  expect(waits).toEqual([999, 2997, 6993, 14985]);
});

test('persistent congestion: nothing came through for three PTOs, back to two packets (RFC 9002 §7.6)', () => {
  const from = 400 * MS;
  const silent: QuicPair = new QuicPair({
    fate: (one) => (one.from === 'server' && silent.now > from && silent.now < from + 3e9 ? 'lose' : 0),
    knobs: { congestion: 'reno' },
  });
  exchange(silent, 100, 3_000_000).run(400);
  let least = Infinity;
  silent.check = ({ ends }) => {
    least = Math.min(least, ends.server.core.window.cwnd);
  };
  silent.run(60_000);
  // The probes that are acknowledged raise it at once again (RFC 9002 §B.8 with §B.5).
  expect(least).toBeLessThanOrEqual(4);
  expect(silent.got('client', 0)).toEqual({ bytes: 3_000_000, fin: true, inOrder: true });
});

test('an ACK for every second packet, else after max_ack_delay; at once where one is missing (RFC 9000 §13.2)', () => {
  const pair = exchange(new QuicPair({ fate: losing(20) }), 100, 100_000).run(20_000);
  const acks = pair.crossings.filter(
    (one) =>
      one.from === 'client' && one.datagram.packets.some((p) => p.kind === 'frames' && p.frames[0]?.kind === 'ack'),
  );
  const data = pair.crossings.filter((one) => one.from === 'server').length;
  expect(acks.length / data).toBeGreaterThan(0.45);
  expect(acks.length / data).toBeLessThan(0.75);
  const arrivals = new Set(pair.crossings.filter((one) => one.from === 'server').map((one) => one.arrivesAt));
  // Whatever does not leave at an arrival was held back no longer than 25 ms.
  for (const ack of acks) {
    const before = [...arrivals].filter((at) => at !== null && at <= ack.sentAt);
    expect(ack.sentAt - Math.max(...before.map(Number))).toBeLessThanOrEqual(25 * MS);
  }
});

test('the ACK frequency is a knob', () => {
  const count = (ackEvery: number): number =>
    exchange(new QuicPair({ knobs: { ackEvery } }), 100, 200_000)
      .run(20_000)
      .crossings.filter((one) => one.from === 'client').length;
  expect(count(1)).toBeGreaterThan(1.5 * count(2));
  expect(count(10)).toBeLessThan(0.5 * count(2));
});

test('pacing: after the first burst packets leave in pieces of at most ten (RFC 9002 §7.7)', () => {
  for (const congestion of ['reno', 'cubic', 'bbr'] as const) {
    const pair = exchange(new QuicPair({ knobs: { congestion } }), 100, 500_000).run(20_000);
    const at = new Map<number, number>();
    for (const one of pair.crossings)
      if (one.from === 'server') at.set(one.sentAt, (at.get(one.sentAt) ?? 0) + one.datagram.size);
    expect(Math.max(...at.values())).toBeLessThanOrEqual(10 * 1200 + 1200);
    expect(pair.got('client', 0).bytes).toBe(500_000);
  }
});

test('BBR fills the path and keeps its queue short', () => {
  const pair = exchange(new QuicPair({ mbps: 10, knobs: { congestion: 'bbr' } }), 100, 2_000_000).run(20_000);
  const done = (pair.heard.client.findLast((one) => one.type === 'readable')?.at ?? 0) / MS;
  expect(done).toBeLessThan(2300);
  expect(pair.lost).toEqual([]);
});
