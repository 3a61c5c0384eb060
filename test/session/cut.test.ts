import { describe, expect, test } from 'vitest';
import { fromMs } from '../../src/base/time.ts';
import { presets } from '../../src/scenario/presets.ts';
import { fit } from '../../src/session/range.ts';
import { toAxis } from '../../src/trace/cuts.ts';
import { emptyBench } from '../../stories/support/bench.ts';

const opened = async (name: string) => {
  const { scene } = emptyBench();
  await scene.openPreset(name);
  await scene.player.warm();
  return scene;
};

describe('a scene with a cut', () => {
  test('opens with the cut, shows the idle time when asked, and cuts it again', async () => {
    const scene = await opened('lost-syn');
    expect(scene.cuts.value).toHaveLength(1);
    scene.cutting.set(false);
    expect(scene.cuts.value).toEqual([]);
    expect(scene.length).toBe(scene.end);
    scene.cutting.set(true);
    expect(scene.length).toBeLessThan(scene.end / 2);
  });

  test('panning and zooming keep the length that is seen, across the cut', async () => {
    const scene = await opened('lost-syn');
    scene.show({ from: fromMs(0), to: fromMs(100) });
    const before = scene.lengthOf(scene.range.value);
    for (let i = 0; i < 8; i++) {
      scene.pan(fromMs(20));
      expect(Math.abs(scene.lengthOf(scene.range.value) - before)).toBeLessThan(100);
    }
    expect(scene.range.value.to).toBeGreaterThan(fromMs(1004));
    scene.zoom(0.5);
    expect(Math.abs(scene.lengthOf(scene.range.value) - before / 2)).toBeLessThan(100);
  });

  test('a step of the axis into the cut goes over it in a few steps', async () => {
    const scene = await opened('lost-syn');
    const cut = scene.cuts.value[0]!;
    let time = cut.from;
    let steps = 0;
    while (time < cut.to && steps < 1000) {
      time = scene.moved(time, fromMs(5));
      steps++;
    }
    expect(steps).toBeLessThan(10);
    expect(toAxis(scene.cuts.value, scene.end)).toBe(scene.length);
  });
});

describe('where presets open', () => {
  test.for(presets)('$name: the page shows the very range that the preset names', async (preset) => {
    const scene = await opened(preset.name);
    expect(scene.range.value).toEqual({ from: fromMs(preset.from), to: fromMs(preset.to) });
    if (scene.cuts.value.length === 0) expect(fit(scene.range.value, scene.end)).toEqual(scene.range.value);
    expect(preset.at).toBeGreaterThanOrEqual(preset.from);
    expect(preset.at).toBeLessThan(preset.to);
  });
});
