import { describe, expect, it } from 'vitest';
import { measure } from '../../src/figure/measure.ts';
import { overlaps } from '../../src/figure/label/place.ts';
import { stateChart } from '../../src/figure/statechart/layout.ts';
import { tcpPlaces } from '../../src/figure/statechart/places.ts';
import type { Chart } from '../../src/figure/statechart/types.ts';
import { theme } from '../../src/figure/theme.ts';

const chart = (names: readonly string[]): Chart => ({
  title: 'Machine',
  initial: names[0] ?? '',
  states: names.map((name) => ({ name })),
  edges: names.slice(1).map((to, k) => ({ from: names[k] ?? '', to, label: `to ${to}` })),
});

describe('state chart', () => {
  it.each([
    ['TCP, by hand', Object.keys(tcpPlaces)],
    ['another machine, in layers', ['idle', 'waiting', 'open', 'closing', 'closed']],
  ])('%s: every state has a place of its own, the present one is filled', (_, names) => {
    for (const [width, height] of [
      [300, 380],
      [760, 560],
    ] as const) {
      const figure = stateChart({
        chart: chart(names),
        position: { present: names[2] ?? null, taken: names.slice(0, 3) },
        width,
        height,
        theme: theme('light'),
        measure,
      });
      const boxes = figure.marks.flatMap((m) => (m.shape === 'rect' && m.id?.kind === 'state' ? [m] : []));
      expect(boxes).toHaveLength(names.length);
      boxes.forEach((a, k) => {
        expect(a.x).toBeGreaterThanOrEqual(0);
        expect(a.x + a.width).toBeLessThanOrEqual(width);
        for (const b of boxes.slice(k + 1)) expect(overlaps(a, b)).toBe(false);
      });
      const filled = boxes.filter((box) => box.fill?.color === theme('light').accent);
      expect(filled.map((box) => box.id?.index)).toEqual([2]);
      const [box] = filled;
      if (box) expect(figure.hits.at(box.x + 3, box.y + 3)?.id).toEqual({ kind: 'state', trace: 0, index: 2 });
      expect(figure.summary).toContain(`now ${names[2] ?? ''}`);
    }
  });

  it('a way back to the start and a loop of one state are harmless', () => {
    const figure = stateChart({
      chart: {
        ...chart(['a', 'b']),
        edges: [
          { from: 'b', to: 'a', label: 'back' },
          { from: 'a', to: 'a', label: 'stay' },
        ],
      },
      position: { present: null, taken: [] },
      width: 200,
      height: 200,
      theme: theme('dark'),
      measure,
    });
    expect(figure.marks.filter((m) => m.shape === 'path')).toHaveLength(1);
  });
});
