import { describe, expect, test, vi } from 'vitest';
import { ok } from '../../src/base/result.ts';
import type { Result } from '../../src/base/result.ts';
import { RunQueue } from '../../src/session/runQueue.ts';
import { withRtt } from '../../src/session/scenario/edits.ts';
import type { Trace } from '../../src/trace/types.ts';
import { scenarioOf, small, smallTrace } from './lossy.ts';

const trace = smallTrace();
const base = scenarioOf(small);

/** A worker that answers when the test says so. */
const slow = () => {
  const answers: ((result: Result<readonly Trace[]>) => void)[] = [];
  return {
    answers,
    stop: vi.fn(() => answers.shift()?.({ ok: false, problems: [{ where: '', what: 'stopped' }] })),
    run: vi.fn(() => new Promise<Result<readonly Trace[]>>((answer) => answers.push(answer))),
  };
};

describe('the run queue', () => {
  test('the latest wins: of three that wait, one is run', async () => {
    const engine = slow();
    const queue = new RunQueue(engine, () => 0);
    const results = [40, 50, 60, 70].map((ms) => queue.request([withRtt(base, ms)]));
    engine.answers.shift()!(ok([trace]));
    expect(await results[1]).toBeNull();
    expect(await results[2]).toBeNull();
    await vi.waitFor(() => expect(engine.answers).toHaveLength(1));
    engine.answers.shift()!(ok([trace]));
    expect((await results[3])?.ok).toBe(true);
    expect(engine.run).toHaveBeenCalledTimes(2);
  });

  test('a run that takes too long is stopped for a newer one', async () => {
    const engine = slow();
    let now = 0;
    const queue = new RunQueue(engine, () => now);
    const first = queue.request([withRtt(base, 40)]);
    now = 1000;
    void queue.request([withRtt(base, 50)]);
    expect(engine.stop).toHaveBeenCalledTimes(1);
    expect(await first).toBeNull();
  });

  test('a known scenario is not run again', async () => {
    const engine = slow();
    const queue = new RunQueue(engine, () => 0);
    const first = queue.request([base]);
    engine.answers.shift()!(ok([trace]));
    await first;
    const again = await queue.request([base]);
    expect(again?.ok && again.value[0]).toBe(trace);
    expect(engine.run).toHaveBeenCalledTimes(1);
  });

  test('what the engine refuses is handed on', async () => {
    const engine = slow();
    const queue = new RunQueue(engine, () => 0);
    const result = queue.request([base]);
    engine.answers.shift()!({ ok: false, problems: [{ where: 'x', what: 'no' }] });
    expect(await result).toEqual({ ok: false, problems: [{ where: 'x', what: 'no' }] });
  });
});
