import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nanos } from '../../src/base/time.ts';
import { isLost } from '../../src/trace/types.ts';
import { overlaps } from '../../src/figure/label/place.ts';
import { layOut } from '../../src/figure/render.ts';
import { Layer } from '../../src/figure/types.ts';
import type { Box, Figure } from '../../src/figure/types.ts';
import { randomTrace } from './randomTrace.ts';

/** The boxes of all tags. */
const tags = (figure: Figure): Box[] =>
  figure.marks.flatMap((mark) => (mark.shape === 'rect' && mark.layer === Layer.Tag ? [mark] : []));

const picture = fc.record({
  seed: fc.integer(),
  packets: fc.integer({ min: 1, max: 2500 }),
  flows: fc.integer({ min: 1, max: 3 }),
  from: fc.double({ min: 0, max: 0.95, noNaN: true }),
  span: fc.double({ min: 0.001, max: 1, noNaN: true }),
  width: fc.integer({ min: 300, max: 1920 }),
  height: fc.integer({ min: 140, max: 900 }),
  orientation: fc.constantFrom('lying' as const, 'upright' as const),
  theme: fc.constantFrom('light', 'dark-stage'),
});

describe('labels', () => {
  it('never overlap, and lie inside the picture', () => {
    fc.assert(
      fc.property(picture, (about) => {
        const trace = randomTrace(about.seed, about.packets, about.flows);
        const from = nanos(Math.floor(about.from * trace.end));
        const to = nanos(Math.floor(Math.min(1, about.from + about.span) * trace.end));
        for (const name of ['sequence', 'window', 'throughput']) {
          const figure = layOut(name, trace, {
            ...about,
            from,
            to,
            selection: { kind: 'packet', trace: 0, index: Math.floor(about.packets / 2) },
          });
          const boxes = tags(figure);
          boxes.forEach((a, k) => {
            expect(a.x).toBeGreaterThanOrEqual(-0.01);
            expect(a.x + a.width).toBeLessThanOrEqual(figure.width + 0.01);
            for (const b of boxes.slice(k + 1)) expect(overlaps(a, b)).toBe(false);
          });
          for (const mark of figure.marks)
            for (const value of Object.values(mark))
              if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
        }
      }),
      { numRuns: 80 },
    );
  });
});

describe('counts', () => {
  it('what is drawn alone and what is bundled is all there is, exactly', () => {
    fc.assert(
      fc.property(picture, (about) => {
        const trace = randomTrace(about.seed, about.packets, about.flows);
        const from = about.from * trace.end;
        const to = Math.min(1, about.from + about.span) * trace.end;
        const { counted } = layOut('sequence', trace, { ...about, from: nanos(from), to: nanos(to) });
        const p = trace.packets;
        let visible = 0;
        for (let i = 0; i < trace.packetCount; i++) {
          const sent = p.sent[i] ?? 0;
          const touches = sent <= to && (counted?.level === 'density' ? sent >= from : (p.arrived[i] ?? 0) >= from);
          if (touches) visible++;
        }
        expect(counted?.visible).toBe(visible);
        expect((counted?.single ?? 0) + (counted?.bundled ?? 0)).toBe(visible);
      }),
      { numRuns: 80 },
    );
  });

  it('every loss is named or counted: the numbers on the picture add up', () => {
    const trace = randomTrace(11, 2400);
    const figure = layOut('sequence', trace, { theme: 'light', width: 1280, height: 400 });
    let lost = 0;
    for (let i = 0; i < trace.packetCount; i++) if (isLost(trace.packets.fate[i] ?? 0)) lost++;
    const words = figure.marks.flatMap((mark) => (mark.shape === 'text' ? [mark.text] : []));
    const whole = words.find((text) => text === `${String(lost)} lost`);
    const parts = words.reduce((sum, text) => {
      const several = /^(\d+) lost$/.exec(text);
      return sum + (several ? Number(several[1]) : /^(R )?#\d+ lost$/.test(text) ? 1 : 0);
    }, 0);
    expect(whole !== undefined || parts === lost).toBe(true);
  });
});
