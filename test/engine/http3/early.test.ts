import { describe, expect, test } from 'vitest';
import { PageRun, request, settings } from './pages.ts';
import { hexOf, streamBytes } from './wire.ts';

/** Short enough for the three times that a server may send before it knows the address (RFC 9000 §8.1). */
const one = [request(0, 1500)];
const DELAY = 40;

describe('0-RTT', () => {
  const run = new PageRun(settings(one), { early: true, delayMs: DELAY }).run();

  test('the request goes with the first datagram, and its answer is there a round trip later', () => {
    expect(run.sent('client')[0]?.streams).toEqual(expect.arrayContaining([2, 0]));
    expect(run.flow.page.progress[0]?.sent).toBe(run.pair.at('client', 'writable'));
    expect(run.pair.heard.client).toContainEqual(expect.objectContaining({ type: 'early', accepted: true }));
    expect(run.delivered).toEqual([1500]);
    const full = new PageRun(settings(one), { delayMs: DELAY }).run();
    expect((full.completions[0] ?? 0) - (run.completions[0] ?? 0)).toBeGreaterThan(2 * DELAY - 5);
  });

  test('a client that remembers the server’s settings uses the table; ngtcp2’s does not (fixtures/quic Q3)', () => {
    expect(streamBytes(run.both.log.client, 6).length).toBeGreaterThan(50);
    const request0 = request(0, 100_000, { path: '/100k.bin', authority: 'rig.test:4433' });
    const other = new PageRun(settings([request0], { client: 'ngtcp2', server: 'ngtcp2' }), {
      early: true,
      profile: 'ngtcp2',
    }).run();
    expect(hexOf(streamBytes(other.both.log.client, 6))).toBe('02');
    expect(hexOf(streamBytes(other.both.log.client, 0))).toBe(
      '012b0000d1d7508ab0d32e92a1371a69967f518760200755e3355f5f508faa69d29ad962a9924ac4a128316a4f',
    );
  });

  test('what changes something waits for the handshake (RFC 8470 §4)', () => {
    const both = [request(0, 1000, { requestBytes: 500 }), request(1, 1000)];
    const mixed = new PageRun(settings(both), { early: true, delayMs: DELAY }).run();
    const [post, get] = mixed.flow.page.progress;
    expect(get?.sent).toBeLessThan(1e6);
    expect(post?.sent).toBe(mixed.pair.at('client', 'connected'));
    expect(mixed.delivered).toEqual([1000, 1000]);
  });
});

test('0-RTT refused: QUIC sends the same bytes again, once each at HTTP/3', () => {
  const options = { early: true, server: { takesEarly: false }, delayMs: DELAY };
  const run = new PageRun(settings(one), options).run();
  expect(run.pair.heard.client).toContainEqual(expect.objectContaining({ type: 'early', accepted: false }));
  expect(run.delivered).toEqual([1500]);
  expect(run.both.log.client.filter(({ request: i }) => i === 0)).toHaveLength(1);
  expect(run.sent('client').filter(({ streams }) => streams.includes(0))).toHaveLength(2);
  const full = new PageRun(settings(one), { delayMs: DELAY }).run();
  expect(Math.abs((full.completions[0] ?? 0) - (run.completions[0] ?? 0))).toBeLessThan(5);
});
