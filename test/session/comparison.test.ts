import { describe, expect, test } from 'vitest';
import { ok } from '../../src/base/result.ts';
import { fromMs } from '../../src/base/time.ts';
import { work } from '../../src/engine/door/work.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import { Frames } from '../../src/session/frames.ts';
import { withRtt } from '../../src/session/scenario/edits.ts';
import { Scene } from '../../src/session/Scene.ts';
import { opened } from '../../src/session/document.ts';
import { isUpward } from '../../src/trace/direction.ts';
import { onTheWire } from '../../src/session/strike.ts';
import { Fate, NONE } from '../../src/trace/types.ts';
import type { Trace } from '../../src/trace/types.ts';
import { scenarioOf, small } from './lossy.ts';

const runner = {
  run: async (scenarios: Parameters<Scene['openDocument']>[0]['scenario'][]) => {
    const reply = await work({ id: 1, type: 'run', scenarios });
    return reply.ok ? ok(reply.traces) : { ok: false as const, problems: reply.problems };
  },
  stop: () => undefined,
};

const begun = async () => {
  const scene = new Scene({
    runner: { ...runner, run: (scenarios) => runner.run([...scenarios]) },
    frames: new Frames({ request: () => 1, cancel: () => undefined }),
    presets,
    validate: validateScenario,
    now: () => 0,
  });
  await scene.openDocument(opened(scenarioOf(small), null));
  return scene;
};
const settled = async (scene: Scene): Promise<void> => {
  for (let i = 0; i < 2000 && scene.beside.value.length === 0; i++) await new Promise((done) => setTimeout(done, 5));
};

describe('runs beside the one that is shown', () => {
  test('are there while they are wanted, each with its own handshake on the same path', async () => {
    const scene = await begun();
    expect(scene.beside.value).toEqual([]);
    scene.comparison.want(true);
    await settled(scene);
    expect(scene.beside.value.map(({ name }) => name)).toEqual([
      'TLS 1.2',
      'TLS 1.3',
      'TLS 1.3, resumed',
      'TLS 1.3, 0-RTT',
      'TLS 1.3, Fast Open',
      '0-RTT, Fast Open',
    ]);
    expect(scene.beside.value.map(({ trace }) => trace.tls?.flows[0]?.version)).toEqual([
      0x303, 0x304, 0x304, 0x304, 0x304, 0x304,
    ]);
    expect(new Set(scene.beside.value.map(({ trace }) => trace.links[0]?.mbps)).size).toBe(1);
    scene.comparison.want(false);
    expect(scene.beside.value).toEqual([]);
  });

  test('an edit is one picture: what is shown and what stands beside it change at once', async () => {
    const scene = await begun();
    scene.comparison.want(true);
    await settled(scene);
    const delays: (number | null | undefined)[][] = [];
    scene.shown.subscribe((shown) => {
      delays.push([shown, ...scene.beside.value].map((one) => one?.trace.links[0]?.delay));
    });
    await scene.edit('another path', (scenario) => withRtt(scenario, 200));
    expect(delays.at(-1)).toEqual(Array.from({ length: 7 }, () => fromMs(100)));
  });

  test('one loss for all: what is on the wire at an instant is lost in each, and Undo takes it back', async () => {
    const scene = await begun();
    scene.comparison.want(true);
    await settled(scene);
    const before = scene.beside.value.map(({ trace }) => trace);
    const main = scene.shown.value;
    scene.beside.set([]);
    scene.comparison.strike({ at: fromMs(110) }, 'one loss in all');
    await settled(scene);
    scene.beside.value.forEach(({ trace }, k) => {
      const struck = onTheWire(before[k]!, fromMs(110));
      expect(struck).not.toBe(NONE);
      expect(before[k]!.packets.fate[struck]).toBe(Fate.Delivered);
      expect(trace.packets.fate[struck]).toBe(Fate.Touched);
    });
    scene.beside.set([]);
    await scene.undo();
    await settled(scene);
    expect(scene.beside.value.map(({ trace }) => trace.end)).toEqual(before.map(({ end }) => end));
    scene.beside.set([]);
    await scene.redo();
    await settled(scene);
    expect(scene.history.value?.present).toMatchObject({ strike: { at: fromMs(110) }, did: 'one loss in all' });
    expect(scene.beside.value.some(({ trace }, k) => trace.end > before[k]!.end)).toBe(true);
    // What stands beside them lost nothing, and did not run again.
    expect(scene.shown.value).toBe(main);
  });

  test('one loss for all: the n-th data packet from the server', async () => {
    const scene = await begun();
    scene.comparison.want(true);
    await settled(scene);
    const before = scene.beside.value.map(({ trace }) => trace);
    const fifth = (trace: Trace, fate: Fate): number => {
      const { packets, packetCount } = trace;
      const data = Array.from({ length: packetCount }, (_, i) => i).filter((i) => packets.payload[i]! > 0);
      expect(packets.fate[data.filter((i) => !isUpward(trace, i))[4]!]).toBe(fate);
      return data.length;
    };
    expect(before.map((trace) => fifth(trace, Fate.Delivered)).every((n) => n > 5)).toBe(true);
    scene.beside.set([]);
    scene.comparison.strike({ data: 5 }, '');
    await settled(scene);
    expect(scene.beside.value).toHaveLength(before.length);
    for (const { trace } of scene.beside.value) fifth(trace, Fate.LostOnWire);
    scene.beside.set([]);
    scene.comparison.strike(null, '');
    await settled(scene);
    for (const { trace } of scene.beside.value) fifth(trace, Fate.Delivered);
  });

  test('follow what the viewer changes, and the axis reaches to the longest of them', async () => {
    const scene = await begun();
    scene.comparison.want(true);
    await settled(scene);
    const before = scene.end;
    expect(before).toBe(Math.max(scene.trace!.end, ...scene.beside.value.map(({ trace }) => trace.end)));
    scene.beside.set([]);
    await scene.edit('the round-trip time', (s) => withRtt(s, 120));
    await settled(scene);
    expect(scene.end).toBeGreaterThan(before);
    expect(scene.cuts.value).toEqual([]);
  });

  test('are of another kind as soon as it is chosen; a scene that is opened brings its own', async () => {
    const scene = await begun();
    scene.comparison.want(true);
    await settled(scene);
    const names = (): string[] => scene.beside.value.map(({ name }) => name);
    const until = async (length: number): Promise<void> => {
      for (let i = 0; i < 2000 && names().length !== length; i++) await new Promise((done) => setTimeout(done, 5));
    };
    scene.comparison.kind.set('versions');
    await until(3);
    expect(names()).toEqual(['HTTP/1.1, six', 'HTTP/2', 'HTTP/3']);
    scene.comparison.kind.set('best');
    await until(5);
    expect(names()[0]).toBe('HTTP/1.1, 6 × TLS 1.2');
    await scene.openDocument(opened(scenarioOf(small), null));
    expect(scene.comparison.kind.value).toBeNull();
  });
});
