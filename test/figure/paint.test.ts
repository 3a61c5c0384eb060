import { describe, expect, it } from 'vitest';
import { measure } from '../../src/figure/measure.ts';
import { paintFigure } from '../../src/figure/paint/canvas.ts';
import type { Context } from '../../src/figure/paint/canvas.ts';
import { layOut } from '../../src/figure/render.ts';
import { nanos } from '../../src/base/time.ts';
import { randomTrace } from './randomTrace.ts';

/** A context that counts what it is told to do. */
const counting = (): { context: Context; calls: Map<string, number> } => {
  const calls = new Map<string, number>();
  const target: Record<string, unknown> = {};
  const context = new Proxy(target, {
    get: (_, name: string) => (name in target ? target[name] : () => calls.set(name, (calls.get(name) ?? 0) + 1)),
    set: (_, name: string, value: unknown) => {
      target[name] = value;
      return true;
    },
  }) as unknown as Context;
  return { context, calls };
};

describe('canvas', () => {
  it('strokes lines of one style together', () => {
    const trace = randomTrace(5, 220);
    const figure = layOut('sequence', trace, { theme: 'light', width: 1200, height: 400, to: nanos(trace.end) });
    const { context, calls } = counting();
    paintFigure(context, figure, { ratio: 2, ground: '#FFFFFF' });
    const lines = figure.marks.filter((mark) => mark.shape === 'line').length;
    expect(calls.get('stroke') ?? 0).toBeLessThan(lines * 0.75);
    expect(calls.get('fillText')).toBe(figure.marks.filter((mark) => mark.shape === 'text').length);
    expect(calls.get('clearRect')).toBe(1);
  });
});

describe('measure', () => {
  it('knows the advances of the shipped fonts', () => {
    expect(measure('0000', 'mono', 10, 400)).toBeCloseTo(24);
    expect(measure('#30 lost', 'sans', 100, 600)).toBeGreaterThan(measure('#30 lost', 'sans', 100, 400));
    expect(measure('ill', 'sans', 12, 400)).toBeLessThan(measure('www', 'sans', 12, 400));
    expect(measure('', 'sans', 12, 400)).toBe(0);
  });
});
