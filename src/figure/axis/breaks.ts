import { duration } from '../format.ts';
import type { Measure } from '../measure.ts';
import type { Theme } from '../theme.ts';
import { Layer } from '../types.ts';
import type { Box, Mark, TimeScale } from '../types.ts';

/** Where the axis leaves idle time out: a band through the plot, the break glyph beside it, and how long it is. */
export const drawBreaks = (time: TimeScale, plot: Box, theme: Theme, marks: Mark[]): void => {
  const lying = time.orientation === 'lying';
  const s = theme.scale;
  for (const cut of time.cuts) {
    const p1 = Math.max(time.start, time.toPixel(cut.from));
    const p2 = Math.min(time.end, time.toPixel(cut.to));
    marks.push({
      shape: 'rect',
      id: null,
      layer: Layer.Ground,
      x: lying ? p1 : plot.x,
      y: lying ? plot.y : p1,
      width: lying ? p2 - p1 : plot.width,
      height: lying ? plot.height : p2 - p1,
      fill: { color: theme.well },
    });
    for (const p of [p1, p2])
      marks.push({
        shape: 'line',
        id: null,
        layer: Layer.Grid,
        x1: lying ? p : plot.x,
        y1: lying ? plot.y : p,
        x2: lying ? p : plot.x + plot.width,
        y2: lying ? plot.y + plot.height : p,
        stroke: { color: theme.faint, width: s, dash: [1.5 * s, 3.5 * s], opacity: 0.8 },
      });
  }
};

/** The glyph across a line that a cut interrupts: two strokes on a gap in the line. */
export const breakAcross = (x: number, y: number, lying: boolean, theme: Theme, marks: Mark[]): void => {
  const s = theme.scale;
  const [along, over] = [7 * s, 12 * s];
  marks.push(
    {
      shape: 'rect',
      id: null,
      layer: Layer.Selection,
      x: x - (lying ? along : over) / 2,
      y: y - (lying ? over : along) / 2,
      width: lying ? along : over,
      height: lying ? over : along,
      fill: { color: theme.well },
    },
    {
      shape: 'glyph',
      glyph: 'break',
      id: null,
      layer: Layer.Selection,
      x,
      y,
      size: 15 * s,
      ...(lying ? {} : { turn: 90 }),
      color: theme.ink,
      lineWidth: 1.5 * s,
    },
  );
};

/** Middle of a cut's band, px. */
export const middleOf = (time: TimeScale, cut: TimeScale['cuts'][number]): number =>
  (Math.max(time.start, time.toPixel(cut.from)) + Math.min(time.end, time.toPixel(cut.to))) / 2;

/** How long each cut is, in the row of the axis' numbers. Returns where that row is taken: [from, to], px. */
export const writeBreaks = (
  time: TimeScale,
  across: number,
  theme: Theme,
  measure: Measure,
  marks: Mark[],
): readonly (readonly [number, number])[] => {
  const s = theme.scale;
  const lying = time.orientation === 'lying';
  return time.cuts.map((cut) => {
    // The upright axis has a narrow gutter.
    const text = duration(cut.to - cut.from) + (lying ? ' cut' : '');
    const size = (lying ? 10.5 : 9.5) * s;
    const width = measure(text, 'mono', size, 500);
    const at = middleOf(time, cut);
    marks.push({
      shape: 'text',
      id: null,
      layer: Layer.Tag,
      x: lying ? at : across,
      y: lying ? across : at,
      text,
      face: 'mono',
      size,
      weight: 500,
      anchor: lying ? 'middle' : 'end',
      color: theme.ink,
    });
    const reach = lying ? width / 2 + 10 * s : 12 * s;
    return [at - reach, at + reach] as const;
  });
};
