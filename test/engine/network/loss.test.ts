import { describe, expect, it } from 'vitest';
import { LossRules } from '../../../src/engine/network/chance.ts';
import type { Identity } from '../../../src/engine/network/chance.ts';
import type { LossRule } from '../../../src/scenario/schema.ts';
import { Fate, isLost } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { dataDown, download, rows, simulate } from '../support/scenarios.ts';

const packet = (position: number): Identity => ({ flow: 0, direction: 1, kind: 0, position, nth: 1 });
const rule = (part: Partial<LossRule>): LossRule => ({ dir: 'down', at: 'egress', ...part });

/** Verdict for each of `n` data packets of 1000 bytes. */
const verdicts = (rules: readonly LossRule[], n: number, seed = 1): boolean[] => {
  const judge = new LossRules(rules);
  return Array.from({ length: n }, (_, i) => judge.judge(seed, 1, packet(i * 1000), 1000) !== null);
};
const share = (list: readonly boolean[]): number => list.filter(Boolean).length / list.length;

/** Numbers, from 1, of the packets of a kind that were lost. */
const lostOf = (trace: Trace, list: readonly number[]): number[] =>
  list.flatMap((row, i) => (isLost(trace.packets.fate[row] ?? 0) ? [i + 1] : []));

describe('loss by list', () => {
  it('data: the n-th packets with payload of the direction, repeated ones counted', () => {
    const trace = simulate(download(200_000, { loss: [{ dir: 'down', data: [1, 30, 31, 60] }] }));
    expect(lostOf(trace, dataDown(trace))).toEqual([1, 30, 31, 60]);
  });

  it('packets: the n-th of any kind: the first of the client is its SYN', () => {
    const trace = simulate(download(10_000, { loss: [{ dir: 'up', packets: [1] }] }));
    expect(
      lostOf(
        trace,
        rows(trace, (i) => trace.packets.link[i] === 0),
      ),
    ).toEqual([1]);
    expect(trace.packets.flags[0]).toBe(2);
  });

  it('min: only those with as many bytes are counted', () => {
    const judge = new LossRules([rule({ data: [2], min: 1000 })]);
    const sizes = [1000, 400, 0, 999, 1448, 1448];
    expect(sizes.map((size, i) => judge.judge(1, 1, packet(i), size))).toEqual([
      null,
      null,
      null,
      null,
      'egress',
      null,
    ]);
  });

  it('counts over all flows', () => {
    const requests = [{ requestBytes: 1, responseBytes: 50_000 }];
    const trace = simulate({
      roundtrip: 1,
      path: { loss: [{ dir: 'down', data: [2, 5, 25] }] },
      flows: [
        { name: 'one', requests },
        { name: 'two', requests },
      ],
    });
    expect(
      lostOf(
        trace,
        rows(trace, (i) => trace.packets.link[i] === 1 && (trace.packets.payload[i] ?? 0) > 0),
      ),
    ).toEqual([2, 5, 25]);
  });

  it('arrival: queue and link were not used; egress: they were', () => {
    const fate = (at: 'arrival' | 'egress'): [number | undefined, boolean] => {
      const trace = simulate(download(50_000, { loss: [{ dir: 'down', data: [3], at }] }));
      const row = dataDown(trace)[2] ?? 0;
      return [trace.packets.fate[row], (trace.packets.end[row] ?? 0) > (trace.packets.sent[row] ?? 0)];
    };
    expect(fate('arrival')).toEqual([Fate.LostAtArrival, false]);
    expect(fate('egress')).toEqual([Fate.LostOnWire, true]);
  });

  it('a packet lost at arrival leaves the queue to the next', () => {
    const starts = (at: 'arrival' | 'egress'): number => {
      const trace = simulate(download(50_000, { loss: [{ dir: 'down', data: [3], at }] }));
      return trace.packets.start[dataDown(trace)[3] ?? 0] ?? 0;
    };
    expect(starts('egress') - starts('arrival')).toBe(600_000);
  });
});

describe('loss by chance', () => {
  it.each([0.001, 0.01, 0.1, 0.5])('independent: a share of %f', (rate) => {
    const n = 100_000;
    expect(Math.abs(share(verdicts([rule({ rate })], n)) - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / n));
  });

  it('none and all are exact', () => {
    expect(share(verdicts([rule({ rate: 0 })], 1000))).toBe(0);
    expect(share(verdicts([rule({ rate: 1 })], 1000))).toBe(1);
  });

  it('neighbours do not know of each other', () => {
    const lost = verdicts([rule({ rate: 0.2 })], 100_000);
    const after = lost.filter((_, i) => lost[i - 1] === true);
    expect(Math.abs(share(after) - 0.2)).toBeLessThan(0.015);
  });

  it('rules add up, each with chances of its own', () => {
    const twice = share(verdicts([rule({ rate: 0.1 }), rule({ rate: 0.1 })], 100_000));
    expect(Math.abs(twice - 0.19)).toBeLessThan(0.006);
  });

  it('the second rule of one seed is not the first of the next', () => {
    const second = verdicts([rule({ rate: 0 }), rule({ rate: 0.3 })], 1000, 1);
    expect(second).not.toEqual(verdicts([rule({ rate: 0.3 })], 1000, 2));
    expect(second).not.toEqual(verdicts([rule({ rate: 0.3 })], 1000, 1));
    expect(Math.abs(share(second) - 0.3)).toBeLessThan(0.06);
  });

  it('a list beside a rule does not change its chances', () => {
    const alone = verdicts([rule({ rate: 0.3 })], 1000);
    const beside = verdicts([rule({ data: [5, 6] }), rule({ rate: 0.3 })], 1000);
    expect(beside).toEqual(alone.map((lost, i) => lost || i === 4 || i === 5));
  });

  it('Gilbert–Elliott: the share is that of the bad state, the bursts have the mean length 1 / leave', () => {
    const burst = { enter: 0.01, leave: 0.25, lossIn: 1, lossOut: 0 };
    const lost = verdicts([rule({ burst })], 400_000);
    expect(Math.abs(share(lost) - 0.01 / 0.26)).toBeLessThan(0.003);
    let bursts = 0;
    lost.forEach((is, i) => {
      if (is && lost[i - 1] !== true) bursts++;
    });
    expect(Math.abs(lost.filter(Boolean).length / bursts - 4)).toBeLessThan(0.15);
  });

  it('Gilbert–Elliott: in the bad state a part is lost, in the good one another', () => {
    const burst = { enter: 0.02, leave: 0.08, lossIn: 0.5, lossOut: 0.01 };
    const expected = 0.2 * 0.5 + 0.8 * 0.01;
    expect(Math.abs(share(verdicts([rule({ burst })], 400_000)) - expected)).toBeLessThan(0.004);
  });

  it('hangs on seed, link and identity alone', () => {
    const one = verdicts([rule({ rate: 0.3 })], 1000);
    expect(verdicts([rule({ rate: 0.3 })], 1000)).toEqual(one);
    expect(verdicts([rule({ rate: 0.3 })], 1000, 2)).not.toEqual(one);
    const again = new LossRules([rule({ rate: 0.3 })]);
    const backwards = Array.from(
      { length: 1000 },
      (_, i) => again.judge(1, 1, packet((999 - i) * 1000), 1000) !== null,
    ).reverse();
    expect(backwards).toEqual(one);
  });

  it('a retransmission has a chance of its own', () => {
    const judge = new LossRules([rule({ rate: 0.5 })]);
    const fates = Array.from({ length: 200 }, (_, i) => judge.judge(1, 1, { ...packet(0), nth: i + 1 }, 1000) !== null);
    expect(share(fates)).toBeGreaterThan(0.35);
    expect(share(fates)).toBeLessThan(0.65);
  });
});
