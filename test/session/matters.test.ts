import { describe, expect, test, vi } from 'vitest';
import { Door } from '../../src/engine/door/Door.ts';
import { work } from '../../src/engine/door/work.ts';
import { run } from '../../src/engine/network/run.ts';
import { Cell } from '../../src/session/cell.ts';
import { identityOf } from '../../src/session/identity.ts';
import { Matters } from '../../src/session/matters.ts';
import type { Losses, LossRunner } from '../../src/session/matters.ts';
import { opened } from '../../src/session/document.ts';
import { withTouch } from '../../src/session/scenario/path.ts';
import type { Shown } from '../../src/session/Scene.ts';
import { Fate } from '../../src/trace/types.ts';
import { scenarioOf, small } from './lossy.ts';

const scenario = scenarioOf(small);
const trace = run(scenario);
const shownRun = (): Shown => ({ trace, ghost: null, document: opened(scenario, '') });
const door = (): Door => new Door({ start: null, load: () => Promise.resolve(work) });
const finish = (t = trace): number => Math.max(...t.requests.map(({ completion }) => completion ?? Infinity));
const standing = (runners: readonly LossRunner[], shown = new Cell<Shown | null>(null)) => ({
  ...own(runners, shown, new Cell<Losses | null>(null)),
});
const own = (runners: readonly LossRunner[], shown: Cell<Shown | null>, losses: Cell<Losses | null>) => ({
  shown,
  losses,
  matters: new Matters({ runners: () => runners, shown, losses, rest: () => Promise.resolve() }),
});

describe('what the loss of each packet would cost', () => {
  test('is what the run with that packet dropped takes longer, for every packet that arrived', async () => {
    const { matters, shown, losses } = standing([door(), door()]);
    matters.want(true);
    shown.set(shownRun());
    await vi.waitFor(() => expect(losses.value?.done).toBeGreaterThan(0));
    await vi.waitFor(() => expect(losses.value?.done).toBe(losses.value?.all));
    const later = losses.value!.later;
    for (let i = 0; i < trace.packetCount; i++) {
      if (trace.packets.fate[i] !== Fate.Delivered) {
        expect(later[i]).toBeNaN();
        continue;
      }
      if (i % 7 !== 0) continue;
      const other = run(withTouch(scenario, identityOf(trace, i)!, { drop: true }));
      expect(later[i], `packet ${i}`).toBe(finish(other) - finish());
    }
    expect(Math.max(...later.filter((ns) => !Number.isNaN(ns)))).toBeGreaterThan(100e6);
  });

  test('nobody computes what nobody wants to see, and a capture has no other runs', async () => {
    const runner: LossRunner = { finishes: vi.fn() };
    const { matters, shown, losses } = standing([runner]);
    shown.set(shownRun());
    matters.want(true);
    matters.want(false);
    shown.set({ trace, ghost: null, document: null });
    matters.want(true);
    await Promise.resolve();
    await Promise.resolve();
    expect(runner.finishes).not.toHaveBeenCalled();
    expect(losses.value).toBeNull();
  });

  test('a change ends it: what comes late is dropped, and no more of it is asked for', async () => {
    const answers: (() => void)[] = [];
    const runner: LossRunner = {
      finishes: vi.fn<LossRunner['finishes']>(
        (_, touches) =>
          new Promise((done) => answers.push(() => done({ ok: true, value: new Float64Array(touches.length) }))),
      ),
    };
    const { matters, shown, losses } = standing([runner]);
    matters.want(true);
    shown.set(shownRun());
    await vi.waitFor(() => expect(runner.finishes).toHaveBeenCalledTimes(1));
    shown.set(null);
    answers[0]!();
    await Promise.resolve();
    await Promise.resolve();
    expect(runner.finishes).toHaveBeenCalledTimes(1);
    expect(losses.value).toBeNull();
  });
});
