import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Rng } from '../../../src/base/rng.ts';
import { holds } from '../support/property.ts';
import { exchange, QuicPair } from './pair.ts';
import type { PairOptions } from './pair.ts';

const paths = fc.record({
  seed: fc.integer({ min: 1, max: 1e9 }),
  loss: fc.double({ min: 0, max: 0.3, noNaN: true }),
  late: fc.double({ min: 0, max: 0.3, noNaN: true }),
  twice: fc.double({ min: 0, max: 0.2, noNaN: true }),
  congestion: fc.constantFrom('reno', 'cubic', 'bbr'),
  profile: fc.constantFrom('rfc', 'ngtcp2', 'picoquic'),
  answer: fc.integer({ min: 0, max: 150_000 }),
  retry: fc.boolean(),
});
type Path = typeof paths extends fc.Arbitrary<infer T> ? T : never;

const pairOf = ({ seed, loss, late, twice, congestion, profile, retry }: Path): QuicPair => {
  const rng = new Rng(seed);
  const fate: PairOptions['fate'] = () => {
    const draw = rng.unit();
    if (draw < loss) return 'lose';
    if (draw < loss + twice) return 'twice';
    return rng.unit() < late ? rng.unit() * 60 : 0;
  };
  return new QuicPair({ seed, fate, profile, knobs: { congestion, retry } });
};

/** What holds at every instant. */
const invariants = (pair: QuicPair): void => {
  for (const side of ['client', 'server'] as const) {
    const { core } = pair.ends[side];
    const { bytesInFlight } = core.window;
    let sum = 0;
    for (const space of core.spaces) for (const sent of space.sent.values()) sum += sent.inFlight ? sent.size : 0;
    expect(bytesInFlight).toBe(sum);
    expect(core.window.cwnd).toBeGreaterThanOrEqual(1);
    // The three-times limit (RFC 9000 §8.1).
    if (!core.path.validated) expect(core.path.sent).toBeLessThanOrEqual(3 * core.path.received);
  }
};

test('whatever the path does, each byte comes once and in order, or the connection fails openly', () => {
  holds(paths, 60, (path) => {
    const pair = pairOf(path);
    pair.check = invariants;
    exchange(pair, 100, path.answer).run(300_000);
    const { bytes, fin, inOrder } = pair.got('client', 0);
    expect(inOrder).toBe(true);
    const done = fin && bytes === path.answer;
    if (done) return;
    // Silence for the whole idle time can end it; with few losses that does not happen.
    expect(path.loss).toBeGreaterThan(0.1);
    expect(pair.heard.client.find((one) => one.type === 'closed')).toMatchObject({ by: 'idle' });
  });
});

test('the same seed gives the same log', () => {
  holds(paths, 10, (path) => {
    const logs = [1, 2].map(() => exchange(pairOf(path), 100, path.answer).run(60_000).log);
    expect(logs[0]).toEqual(logs[1]);
  });
});
