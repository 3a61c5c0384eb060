import { describe, expect, test, vi } from 'vitest';
import { ok } from '../../src/base/result.ts';
import type { Result } from '../../src/base/result.ts';
import { fromMs, toMs } from '../../src/base/time.ts';
import { work } from '../../src/engine/door/work.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import { FIRST_PRESET, presets } from '../../src/scenario/presets.ts';
import type { Scenario } from '../../src/scenario/schema.ts';
import { opened } from '../../src/session/document.ts';
import { Frames } from '../../src/session/frames.ts';
import type { Runner } from '../../src/session/runQueue.ts';
import { withRtt } from '../../src/session/scenario/edits.ts';
import { Scene } from '../../src/session/Scene.ts';
import { Fate, isLost } from '../../src/trace/types.ts';
import type { Trace } from '../../src/trace/types.ts';
import { scenarioOf, small } from './lossy.ts';

const runner = (): Runner & { runs: Scenario[][] } => {
  const runs: Scenario[][] = [];
  return {
    runs,
    async run(scenarios): Promise<Result<readonly Trace[]>> {
      runs.push([...scenarios]);
      const reply = await work({ id: 1, type: 'run', scenarios });
      return reply.ok ? ok(reply.traces) : { ok: false, problems: reply.problems };
    },
    stop: () => undefined,
  };
};

const begun = async () => {
  const engine = runner();
  const frames = new Frames({ request: () => 1, cancel: () => undefined });
  const scene = new Scene({ runner: engine, frames, presets, validate: validateScenario, now: () => 0 });
  await scene.openDocument(opened(scenarioOf(small), null));
  await scene.player.warm();
  return { scene, engine };
};
const lostPackets = (trace: Trace): number[] =>
  [...trace.packets.fate.keys()].filter((i) => isLost(trace.packets.fate[i]!));

describe('a scene', () => {
  test('opens a lossy scenario with its lossless run as the ghost', async () => {
    const { scene } = await begun();
    expect(lostPackets(scene.shown.value!.trace)).toHaveLength(1);
    expect(lostPackets(scene.shown.value!.ghost!)).toHaveLength(0);
  });

  test('the first preset opens at its telling instant', async () => {
    const { scene } = await begun();
    const preset = presets.find(({ name }) => name === FIRST_PRESET)!;
    expect(await scene.openPreset(preset.name)).toBe(true);
    expect(toMs(scene.player.time.value)).toBe(preset.at);
    expect(scene.range.value).toEqual({ from: fromMs(preset.from), to: fromMs(preset.to) });
  });

  test('a dropped packet is lost, the run before stays as the ghost, undo brings it back', async () => {
    const { scene } = await begun();
    const before = scene.trace!;
    const victim = before.packets.payload.findIndex((bytes, i) => bytes > 0 && i > 20);
    scene.selectPacket(victim);
    await scene.touch(victim, { drop: true }, 'dropped');
    const after = scene.shown.value!;
    expect(after.trace.packets.fate[scene.packet]).toBe(Fate.Touched);
    expect(after.trace.packets.offset[scene.packet]).toBe(before.packets.offset[victim]);
    expect(after.ghost).toBe(before);
    await scene.undo();
    expect(scene.trace).toBe(before);
    await scene.redo();
    expect(scene.trace).toBe(after.trace);
  });

  test('runs are remembered: undo computes nothing', async () => {
    const { scene, engine } = await begun();
    await scene.edit('rtt', (s) => withRtt(s, 80));
    const runs = engine.runs.length;
    await scene.undo();
    await scene.redo();
    expect(engine.runs.length).toBe(runs);
  });

  test('a dragged slider is one step of undo and ends at its last value', async () => {
    const { scene } = await begun();
    await Promise.all([50, 60, 70, 80].map((ms) => scene.edit('rtt', (s) => withRtt(s, ms), { key: 'rtt' })));
    scene.seal();
    expect(scene.history.value!.past).toHaveLength(1);
    expect(scene.shown.value!.document!.scenario.path!.rttMs).toBe(80);
    await scene.undo();
    expect(scene.shown.value!.document!.scenario.path!.rttMs).toBe(40);
  });

  test('what cannot be opened is told, and the picture stays', async () => {
    const { scene } = await begun();
    const { trace } = scene;
    expect(await scene.openPreset('no-such-preset')).toBe(false);
    expect(scene.problems.value[0]!.what).toContain('no-such-preset');
    expect(scene.trace).toBe(trace);
  });

  test('Why lights the chain back to the lost packet; the same again turns it off', async () => {
    const { scene } = await begun();
    const trace = scene.trace!;
    const repair = trace.packets.retransmissionOf.findIndex((of, i) => of >= 0 && trace.packets.payload[i]! > 0);
    scene.selectPacket(repair);
    await scene.light('why');
    expect(scene.lit.value!.packets).toContain(trace.packets.retransmissionOf[repair]);
    await scene.light('why');
    expect(scene.lit.value).toBeNull();
  });

  test('cells tell only what changed', async () => {
    const { scene } = await begun();
    const heard = vi.fn();
    scene.selection.subscribe(heard);
    scene.selectPacket(3);
    scene.selectPacket(3);
    expect(heard).toHaveBeenCalledTimes(1);
  });
});
