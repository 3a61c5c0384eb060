import { ok } from '../../../src/base/result.ts';
import type { Result } from '../../../src/base/result.ts';
import { work } from '../../../src/engine/door/work.ts';
import { validateScenario } from '../../../src/scenario/parse.ts';
import { presets } from '../../../src/scenario/presets.ts';
import type { Scenario } from '../../../src/scenario/schema.ts';
import { Beats } from '../../../src/session/beats/Beats.ts';
import { Display } from '../../../src/session/Display.ts';
import { opened } from '../../../src/session/document.ts';
import { Frames } from '../../../src/session/frames.ts';
import { Scene } from '../../../src/session/Scene.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { scenarioOf, small } from '../lossy.ts';

/** A scene with its beats, and frames that a test gives by hand. */
export const stage = async (scenario: Scenario = scenarioOf(small)) => {
  let waiting: ((now: number) => void) | null = null;
  let now = 0;
  const frames = new Frames({
    request: (callback) => {
      waiting = callback;
      return 1;
    },
    cancel: () => undefined,
  });
  const counts = { runs: 0 };
  const scene = new Scene({
    runner: {
      async run(scenarios): Promise<Result<readonly Trace[]>> {
        counts.runs += scenarios.length;
        const reply = await work({ id: 1, type: 'run', scenarios });
        return reply.ok ? ok(reply.traces) : { ok: false, problems: reply.problems };
      },
      stop: () => undefined,
    },
    frames,
    presets,
    validate: validateScenario,
    now: () => 0,
  });
  const display = new Display({ get: () => null, set: () => undefined });
  scene.beat.subscribe((beat) => {
    display.dress(scene.beats.value[beat]);
  });
  const still = { value: false };
  const beats = new Beats({ scene, display, frames, still: () => still.value });
  await scene.openDocument(opened(scenario, null));
  await scene.player.warm();
  /** Lets so many ms of frames pass. */
  const pass = async (ms: number): Promise<void> => {
    for (const end = now + ms; now < end;) {
      await Promise.resolve();
      now += 50;
      const callback = waiting;
      waiting = null;
      callback?.(now);
    }
  };
  return { scene, display, beats, pass, still, counts };
};
