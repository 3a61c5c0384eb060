import { beforeAll, describe, expect, test } from 'vitest';
import { ok } from '../../src/base/result.ts';
import type { Problem } from '../../src/base/result.ts';
import { work } from '../../src/engine/door/work.ts';
import { openHar } from '../../src/format/har/open.ts';
import { harScenario } from '../../src/format/har/scenario.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import { Frames } from '../../src/session/frames.ts';
import { playMeasured, showMeasured } from '../../src/session/measured.ts';
import type { Measured } from '../../src/session/measured.ts';
import { Scene } from '../../src/session/Scene.ts';
import { withRtt } from '../../src/session/scenario/edits.ts';

const entry = (path: string, at: number) => ({
  startedDateTime: new Date(Date.parse('2024-01-01T00:00:00Z') + at).toISOString(),
  timings: { send: 0, wait: 50, receive: 10 },
  request: { method: 'GET', url: `https://shop.example${path}`, httpVersion: 'h2', bodySize: 0 },
  response: { status: 200, httpVersion: 'h2', bodySize: 1000, content: { size: 4000 } },
});
const bytes = new TextEncoder().encode(
  JSON.stringify({ log: { version: '1.2', creator: { name: 'hand' }, entries: [entry('/', 0), entry('/a.css', 70)] } }),
);

const sceneOf = (): Scene =>
  new Scene({
    runner: {
      run: async (scenarios) => {
        const reply = await work({ id: 1, type: 'run', scenarios });
        return reply.ok ? ok(reply.traces) : reply;
      },
      stop: () => undefined,
    },
    frames: new Frames({ request: () => 1, cancel: () => undefined }),
    presets,
    validate: validateScenario,
    now: () => 0,
  });

describe('a page load that a browser measured', () => {
  let measured: Measured;
  beforeAll(async () => {
    const opened = await openHar('shop.har', bytes);
    if (!opened.ok) throw new Error('The HAR file is not read.');
    measured = { name: 'shop.har', trace: opened.value, model: () => harScenario('shop.har', bytes) };
  });

  test('is played after its scenario, keeps its notes through edits, and is shown again', async () => {
    const scene = sceneOf();
    showMeasured(scene, measured);
    expect(scene.trace!.packetCount).toBe(0);
    expect(scene.shown.value!.measured).toBe(measured);

    expect(await playMeasured(scene, measured)).toBe(true);
    expect(scene.trace!.packetCount).toBeGreaterThan(10);
    expect(scene.trace!.requests.map(({ path }) => path)).toEqual(['/', '/a.css']);
    const { after } = scene.shown.value!.document!;
    expect(after!.notes.some((note) => note.startsWith('Measured:'))).toBe(true);
    expect(after!.notes.some((note) => note.startsWith('Modelled:'))).toBe(true);

    await scene.edit('slower', (scenario) => withRtt(scenario, 90));
    expect(scene.shown.value!.document!.after!.measured).toBe(measured);
    showMeasured(scene, measured);
    expect(scene.trace).toBe(measured.trace);
    expect(scene.shown.value!.document).toBeNull();
  });

  test('stays, with a sentence, where no scenario can be made of it', async () => {
    const scene = sceneOf();
    const problem: Problem = { where: 'shop.har', what: 'it has too many requests' };
    const broken: Measured = { ...measured, model: () => Promise.resolve({ ok: false, problems: [problem] }) };
    showMeasured(scene, broken);
    expect(await playMeasured(scene, broken)).toBe(false);
    expect(scene.problems.value).toEqual([problem]);
    expect(scene.trace).toBe(measured.trace);
    expect(scene.busy.value).toBe(false);
  });

  test('is forgotten with what is opened next', async () => {
    const scene = sceneOf();
    showMeasured(scene, measured);
    await scene.openPreset('one-lost-segment');
    expect(scene.shown.value!.measured).toBeUndefined();
    expect(scene.shown.value!.document!.after).toBeUndefined();
  });
});
