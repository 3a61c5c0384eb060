import { expect, test } from 'vitest';
import { quicProfiles } from '../../../src/engine/protocol/quic/knobs.ts';
import type { Windows } from '../../../src/engine/protocol/quic/knobs.ts';
import { exchange, page, QuicPair } from './pair.ts';

const { windows } = quicProfiles.rfc;
const withClient = (changes: Partial<Windows>): QuicPair =>
  new QuicPair({ knobs: { windows: { ...windows, client: { ...windows.client, ...changes } } } });
const frames = (pair: QuicPair, from: string, kind: string): number =>
  pair.crossings
    .filter((one) => one.from === from)
    .flatMap(({ datagram }) => datagram.packets)
    .reduce((sum, one) => sum + (one.kind === 'frames' ? one.frames.filter((f) => f.kind === kind).length : 0), 0);
const whole = (bytes: number): unknown => ({ bytes, fin: true, inOrder: true });

test('a small stream window: MAX_STREAM_DATA moves it on, STREAM_DATA_BLOCKED tells of it (RFC 9000 §4.1)', () => {
  const pair = exchange(withClient({ stream: 10_000 }), 100, 60_000).run(20_000);
  expect(frames(pair, 'client', 'maxStreamData')).toBeGreaterThan(8);
  expect(frames(pair, 'server', 'streamDataBlocked')).toBeGreaterThan(0);
  expect(pair.got('client', 0)).toEqual(whole(60_000));
});

test('a small window of the connection: MAX_DATA for all streams together', () => {
  const pair = withClient({ data: 20_000 });
  page(pair, 50, new Map([0, 4, 8].map((id) => [id, 40_000]))).run(20_000);
  expect(frames(pair, 'client', 'maxData')).toBeGreaterThan(5);
  expect(frames(pair, 'server', 'dataBlocked')).toBeGreaterThan(0);
  for (const id of [0, 4, 8]) expect(pair.got('client', id)).toEqual(whole(40_000));
});

test('an application that does not read stops the sender at the limit, and no further', () => {
  const pair = exchange(withClient({ stream: 30_000 }), 100, 200_000);
  const answer = pair.onNotice;
  pair.onNotice = (side, notice, self) => {
    if (side === 'server') answer(side, notice, self);
  };
  pair.run(3000);
  expect(pair.got('client', 0).bytes).toBe(30_000);
  pair.onNotice = answer;
  pair.command('client', { type: 'read', stream: 0, bytes: 30_000 }).run(20_000);
  expect(pair.got('client', 0)).toEqual(whole(200_000));
});

test('losses of MAX_STREAM_DATA do not stall a stream for good', () => {
  for (let n = 4; n < 30; n++) {
    const pair = new QuicPair({
      lose: { client: [n, n + 1] },
      knobs: { windows: { ...windows, client: { ...windows.client, stream: 8000, data: 12_000 } } },
    });
    exchange(pair, 100, 60_000).run(25_000);
    expect(pair.got('client', 0)).toEqual(whole(60_000));
  }
});

test('more streams than allowed wait for MAX_STREAMS (RFC 9000 §4.6)', () => {
  const pair = new QuicPair({ serverKnobs: { windows: { ...windows, server: { ...windows.server, bidi: 4 } } } });
  const ids = Array.from({ length: 20 }, (_, i) => 4 * i);
  page(pair, 50, new Map(ids.map((id) => [id, 1000]))).run(20_000);
  expect(frames(pair, 'server', 'maxStreams')).toBeGreaterThan(0);
  for (const id of ids) expect(pair.got('client', id)).toEqual(whole(1000));
});

test('urgency goes first, incremental streams take turns (RFC 9218 §4)', () => {
  const order = (incremental: boolean, urgent: number | null): number[] => {
    const pair = new QuicPair();
    const ids = [0, 4, 8];
    page(pair, 50, new Map(ids.map((id) => [id, 50_000])));
    for (const stream of ids)
      pair.command('server', { type: 'prioritize', stream, urgency: stream === urgent ? 0 : 3, incremental });
    pair.run(20_000);
    return pair.heard.client.flatMap((one) => (one.type === 'readable' ? [one.stream] : []));
  };
  const serial = order(false, null);
  expect(serial).toEqual([...serial].sort((a, b) => a - b));
  expect(order(false, 8)[0]).toBe(8);
  const turns = order(true, null);
  expect(new Set(turns.slice(0, 6)).size).toBe(3);
});

test('reset and stop: the other end hears of it, the window of the connection is not lost (RFC 9000 §3.5, §4.5)', () => {
  const pair = exchange(new QuicPair(), 100, 400_000).run(250);
  pair.command('client', { type: 'stopSending', stream: 0, code: 7 }).run(5000);
  expect(pair.heard.server.find((one) => one.type === 'stopped')).toMatchObject({ stream: 0, code: 7 });
  expect(pair.heard.client.find((one) => one.type === 'reset')).toMatchObject({ stream: 0, code: 7 });
  const { receivedData, consumedData } = pair.ends.client.core;
  expect(consumedData).toBe(receivedData);
  expect(pair.got('client', 0).bytes).toBeLessThan(400_000);
});

test('one loss among streams: only the one that lost bytes waits', () => {
  let full = 0;
  const pair = new QuicPair({
    fate: ({ from, size, isShort }) => (from === 'server' && isShort && size > 1100 && ++full === 12 ? 'lose' : 0),
  });
  page(pair, 50, new Map([0, 4, 8, 12].map((id) => [id, 30_000]))).run(20_000);
  expect(pair.stalled.size).toBe(1);
});
