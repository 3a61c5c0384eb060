import type { Axis, Box, Mark, TimeScale } from '../types.ts';
import { Layer } from '../types.ts';
import type { Theme } from '../theme.ts';
import type { Measure } from '../measure.ts';
import { drawBreaks, writeBreaks } from './breaks.ts';
import { timeTicks } from './ticks.ts';

/** Height of the row of numbers above a lying figure; below the numbers it has room for the playhead's handle. */
export const axisHeight = (theme: Theme): number => 32 * theme.scale;
const numbersAt = (theme: Theme): number => 10 * theme.scale;

/** px between two ticks, at least. */
const spacing = (theme: Theme, orientation: 'lying' | 'upright'): number =>
  (orientation === 'upright' ? 52 : theme.sparse ? 120 : 88) * theme.scale;

/** Rules through the plot and, where wanted, their numbers: above a lying plot, left of an upright one. */
export const timeAxis = (
  time: TimeScale,
  plot: Box,
  theme: Theme,
  measure: Measure,
  numbers: boolean,
  marks: Mark[],
): Axis => {
  const s = theme.scale;
  const axis = timeTicks(time, spacing(theme, time.orientation));
  const lying = time.orientation === 'lying';
  const size = 11 * s;
  drawBreaks(time, plot, theme, marks);
  const taken = numbers ? writeBreaks(time, lying ? numbersAt(theme) : plot.x - 8 * s, theme, measure, marks) : [];
  for (const tick of axis.ticks) {
    marks.push({
      shape: 'line',
      id: null,
      layer: Layer.Grid,
      x1: lying ? tick.at : plot.x,
      y1: lying ? plot.y : tick.at,
      x2: lying ? tick.at : plot.x + plot.width,
      y2: lying ? plot.y + plot.height : tick.at,
      stroke: { color: theme.hair, width: s },
    });
    if (!numbers) continue;
    const width = measure(tick.label, 'mono', size, 400);
    // A number that would stick out of the picture is left away; its rule stays.
    if (lying && tick.at + width / 2 > plot.x + plot.width + 22 * s) continue;
    const reach = lying ? width / 2 : size / 2;
    if (taken.some(([from, to]) => tick.at + reach > from && tick.at - reach < to)) continue;
    marks.push({
      shape: 'text',
      id: { kind: 'axis', trace: 0, index: 0 },
      layer: Layer.Tag,
      x: lying ? tick.at : plot.x - 8 * s,
      y: lying ? numbersAt(theme) : tick.at,
      text: tick.label,
      face: 'mono',
      size,
      weight: 400,
      anchor: lying ? 'middle' : 'end',
      color: theme.mute,
    });
  }
  if (numbers) {
    const first = axis.ticks[0];
    const clear = !lying || !first || first.at - measure(first.label, 'mono', size, 400) / 2 > plot.x;
    marks.push({
      shape: 'text',
      id: null,
      layer: Layer.Tag,
      x: plot.x - (lying && !clear ? 20 : 8) * s,
      y: lying ? numbersAt(theme) : plot.y - 10 * s,
      text: axis.unit,
      face: 'mono',
      size: 10.5 * s,
      weight: 400,
      anchor: 'end',
      color: theme.mute,
    });
  }
  return axis;
};
