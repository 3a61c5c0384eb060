import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromMs, nanos } from '../../src/base/time.ts';
import { run } from '../../src/engine/network/run.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import { isLossy, lossless } from '../../src/session/scenario/path.ts';
import { cutsOf, fromAxis, toAxis } from '../../src/trace/cuts.ts';
import type { Cut } from '../../src/trace/cuts.ts';
import { idleStretches } from '../../src/trace/idle.ts';

const play = (name: string) => {
  const preset = presets.find((p) => p.name === name)!;
  const scenario = validateScenario(preset.scenario);
  if (!scenario.ok) throw new Error(name);
  return {
    trace: run(scenario.value),
    ghost: isLossy(scenario.value) ? run(lossless(scenario.value)) : null,
  };
};

/** Ascending cuts apart from one another. */
const cutLists = fc
  .array(
    fc.tuple(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 2, max: 1e10 }), fc.integer({ min: 1, max: 1e6 })),
    {
      maxLength: 5,
    },
  )
  .map((parts) => {
    let at = 0;
    return parts.map(([gap, length, kept]): Cut => {
      const from = at + gap;
      at = from + length;
      return { from: nanos(from), to: nanos(at), kept: nanos(Math.min(kept, length)) };
    });
  });

describe('the time axis with cuts', () => {
  test('there and back is the same instant outside cuts, and inside one never leaves it', () => {
    fc.assert(
      fc.property(cutLists, fc.integer({ min: -1e9, max: 6e10 }), (cuts, time) => {
        const back = fromAxis(cuts, toAxis(cuts, time));
        const inside = cuts.find(({ from, to }) => time > from && time < to);
        if (inside) {
          expect(back).toBeGreaterThanOrEqual(inside.from);
          expect(back).toBeLessThanOrEqual(inside.to);
        } else expect(back).toBe(time);
      }),
    );
  });

  test('it never runs backwards, and outside cuts a nanosecond is a nanosecond', () => {
    fc.assert(
      fc.property(cutLists, fc.integer({ min: 0, max: 6e10 }), fc.integer({ min: 1, max: 1e6 }), (cuts, time, by) => {
        const apart = toAxis(cuts, time + by) - toAxis(cuts, time);
        expect(apart).toBeGreaterThanOrEqual(0);
        if (!cuts.some(({ from, to }) => from < time + by && to > time)) expect(apart).toBe(by);
      }),
    );
  });
});

describe('what is cut', () => {
  test('the second in which a client waits for an answer to its SYN, seen with the run that lost nothing', () => {
    const { trace, ghost } = play('lost-syn');
    const [cut, ...more] = cutsOf(trace, ghost);
    expect(more).toEqual([]);
    // The run without loss ends at 121.6 ms; the SYN goes again at 1016.
    expect(cut!.from).toBeGreaterThan(fromMs(121.6));
    expect(cut!.to).toBeLessThan(fromMs(1016));
    expect(cut!.to - cut!.from).toBeGreaterThan(fromMs(800));
    // Without the other future the first stretch is idle, too.
    expect(cutsOf(trace, null)[0]!.from).toBeLessThan(fromMs(60));
  });

  test('nothing where the length of waiting tells the story', () => {
    for (const name of ['zero-window', 'tail-loss-timeout', 'time-wait', 'nagle', 'one-lost-segment'])
      expect(cutsOf(play(name).trace, play(name).ghost), name).toEqual([]);
  });

  test('in an idle stretch nothing is on a link, and nothing happens', () => {
    const { trace } = play('zero-window');
    const idle = idleStretches(trace, fromMs(20));
    expect(idle.length).toBeGreaterThan(3);
    const { packets: p, events: e } = trace;
    for (const [from, to] of idle) {
      for (let i = 0; i < trace.packetCount; i++) expect(p.arrived[i]! <= from || p.sent[i]! >= to).toBe(true);
      for (let i = 0; i < trace.eventCount; i++) expect(e.time[i]! <= from || e.time[i]! >= to).toBe(true);
    }
  });
});
