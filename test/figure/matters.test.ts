import { describe, expect, it } from 'vitest';
import { run } from '../../src/engine/network/run.ts';
import { laterText, matters } from '../../src/figure/matters/layout.ts';
import { inputOf } from '../../src/figure/render.ts';
import type { Figure } from '../../src/figure/types.ts';
import { scenarioOf, small } from '../session/lossy.ts';

const trace = run(scenarioOf(small));
const laid = (costs: Readonly<Record<number, number>>, done = 3): Figure => {
  const later = new Float64Array(trace.packetCount).fill(NaN);
  for (const [packet, ms] of Object.entries(costs)) later[Number(packet)] = ms * 1e6;
  const size = { theme: 'light', width: 1000, height: 120 } as const;
  return matters({ ...inputOf(trace, { ...size, matters: { later, done, all: 3 } }) });
};
const bars = (figure: Figure) =>
  figure.marks.flatMap((mark) => (mark.shape === 'rect' && mark.id?.kind === 'packet' && mark.fill ? [mark] : []));

describe('what matters', () => {
  it('a bar stands where its packet was sent, as high as its loss would cost; what comes earlier hangs below', () => {
    const figure = laid({ 4: 200, 8: 100, 20: -50 });
    const [first, second, third] = bars(figure);
    for (const [bar, packet] of [
      [first, 4],
      [second, 8],
      [third, 20],
    ] as const)
      expect(Math.abs((bar?.x ?? 0) - figure.time.toPixel(trace.packets.start[packet] ?? 0))).toBeLessThan(2);
    expect((first?.height ?? 0) / (second?.height ?? 1)).toBeCloseTo(2, 5);
    expect(third?.y).toBe((first?.y ?? 0) + (first?.height ?? 0));
  });

  it('the worst are named; a pointer reads each, and finds its packet', () => {
    const figure = laid({ 4: 200, 8: 100 });
    const said = figure.marks.flatMap((mark) => (mark.shape === 'text' ? [mark.text] : []));
    expect(said.some((text) => text.endsWith('+200 ms'))).toBe(true);
    const x = figure.time.toPixel(trace.packets.start[4] ?? 0);
    expect(figure.hits.at(x, 60)?.id).toEqual({ kind: 'packet', trace: 0, index: 4 });
    expect(figure.tell?.(x, 60)).toMatch(/ lost: \+200 ms · click to lose it$/);
    expect(figure.summary).toMatch(/^3 losses of 3 tried\. Those that matter most here: .* \+200 ms; .* \+100 ms\.$/);
  });

  it('says how far it is, and what never ends', () => {
    const said = laid({ 4: Infinity }, 1).marks.flatMap((mark) => (mark.shape === 'text' ? [mark.text] : []));
    expect(said).toContain('1 of 3');
    expect(said.some((text) => text.endsWith('never done'))).toBe(true);
    expect(laterText(1000)).toBe('no difference');
    expect(laterText(-2e6)).toBe('−2 ms');
  });
});
