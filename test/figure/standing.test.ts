import { describe, expect, test } from 'vitest';
import { fromMs, nanos } from '../../src/base/time.ts';
import { inputOf } from '../../src/figure/render.ts';
import { sequence } from '../../src/figure/sequence/layout.ts';
import { standing } from '../../src/figure/series/standing.ts';
import { throughput } from '../../src/figure/series/throughput.ts';
import { window } from '../../src/figure/series/sending.ts';
import { tipAt } from '../../src/figure/tip.ts';
import { traceIndex } from '../../src/trace/query/index.ts';
import { run } from '../../src/engine/network/run.ts';
import { validateScenario } from '../../src/scenario/parse.ts';

const scenario = validateScenario({
  roundtrip: 1,
  path: { rttMs: 40, mbps: 20, loss: [{ dir: 'down', data: [30] }] },
  flows: [{ requests: [{ requestBytes: 100, responseBytes: 500_000 }] }],
});
if (!scenario.ok) throw new Error('the scenario is not valid');
const trace = run(scenario.value);
const range = { from: fromMs(100), to: nanos(Math.min(fromMs(400), trace.end)) };
const input = (width: number, height: number, orientation: 'lying' | 'upright') => ({
  ...inputOf(trace, { ...range, theme: 'light', width, height, orientation }),
});

describe('a series that stands', () => {
  test('has the time axis of the upright sequence diagram, to the pixel', () => {
    const beside = sequence(input(250, 600, 'upright')).time;
    for (const layout of [window, throughput]) {
      const { time, plot } = standing(layout)(input(80, 600, 'upright'));
      expect(time.orientation).toBe('upright');
      expect([time.start, time.end]).toEqual([beside.start, beside.end]);
      expect(time.toPixel(fromMs(250))).toBeCloseTo(beside.toPixel(fromMs(250)), 6);
      expect(plot.y).toBe(time.start);
    }
  });

  test('its words stay level and inside the picture, and its curve is the lying one turned', () => {
    const figure = standing(window)(input(120, 600, 'upright'));
    const words = figure.marks.filter((mark) => mark.shape === 'text');
    expect(words.map((mark) => mark.text)).toContain('Window');
    for (const mark of figure.marks)
      if (mark.shape === 'rect') {
        expect(mark.x).toBeGreaterThanOrEqual(-0.01);
        expect(mark.x + mark.width).toBeLessThanOrEqual(120.01);
      }
    const curve = figure.marks.find((mark) => mark.shape === 'path' && mark.shows === 'cwnd');
    if (curve?.shape !== 'path') throw new Error('no cwnd');
    const lying = figure.turnedFrom!.marks.find((mark) => mark.shape === 'path' && mark.shows === 'cwnd');
    if (lying?.shape !== 'path') throw new Error('no cwnd lying');
    expect(curve.points.slice(0, 2)).toEqual([120 - lying.points[1]!, lying.points[0]]);
  });

  test('whoever points at its curve is told the same', () => {
    const figure = standing(window)(input(120, 600, 'upright'));
    const curve = figure.marks.find((mark) => mark.shape === 'path' && mark.shows === 'cwnd');
    if (curve?.shape !== 'path') throw new Error('no cwnd');
    const k = 2 * Math.floor(curve.points.length / 4);
    const tip = tipAt(figure, traceIndex(trace), curve.points[k]!, curve.points[k + 1]! + 0.5);
    expect(tip).toMatch(/segments · [\d.]+ ms$/);
  });

  test('lying it is left as it is', () => {
    expect(standing(window)(input(900, 200, 'lying')).marks).toEqual(window(input(900, 200, 'lying')).marks);
  });
});
