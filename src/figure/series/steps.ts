import { lowerBound, upperBound } from '../../base/bisect.ts';
import type { TraceIndex } from '../../trace/query/index.ts';
import type { Steps } from '../../trace/query/queue.ts';
import type { LayoutInput } from '../types.ts';
import type { Panel } from './panel.ts';

/** Entries of a stepped line that matter in [from, to]: the one that holds at `from`, and all up to `to`. */
export const rangeOf = (steps: Steps, from: number, to: number): [number, number] => [
  Math.max(0, upperBound(steps.time, from) - 1),
  upperBound(steps.time, to),
];

/** px: as wide as the line is thick. */
const COLUMN = 2;

/**
 * A stepped line as points, x0, y0, x1, y1 …: every step where they are few, else per column of pixels its first,
 * lowest, highest and last value (M4), which no eye can tell from all.
 */
export const stepPoints = (
  panel: Panel,
  steps: Steps,
  toY: (value: number) => number,
  endsAt = Infinity,
  index: TraceIndex = panel.input.index,
): number[] => {
  const { time, input } = panel;
  const { from, to } = input.viewport;
  const last = Math.min(to, endsAt);
  const [first, stop] = rangeOf(steps, from, last);
  const points: number[] = [];
  if (first >= stop || last < from) return points;
  const columns = Math.max(1, Math.round((time.end - time.start) / COLUMN));
  if (stop - first <= 4 * columns) {
    let y = NaN;
    for (let i = first; i < stop; i++) {
      const x = time.toPixel(Math.max(from, steps.time[i] as number));
      const next = toY(steps.value[i] as number);
      if (!Number.isNaN(y)) points.push(x, y);
      points.push(x, next);
      y = next;
    }
    points.push(time.toPixel(last), y);
    return points;
  }
  const extremes = index.extremes(steps);
  let i = first;
  for (let c = 0; c < columns && i < stop; c++) {
    const x = time.start + c * COLUMN;
    const end = Math.min(stop, lowerBound(steps.time, time.toTime(x + COLUMN), stop));
    if (end <= i) continue;
    const [low, high] = extremes.of(i, end);
    points.push(x, toY(steps.value[i] as number), x, toY(low), x, toY(high), x, toY(steps.value[end - 1] as number));
    i = end;
  }
  points.push(time.toPixel(last), toY(steps.value[stop - 1] as number));
  return points;
};

/** Largest value of a stepped line in the visible range; 0 of none. */
export const largest = (input: LayoutInput, steps: Steps | null): number => {
  if (!steps) return 0;
  const [first, stop] = rangeOf(steps, input.viewport.from, input.viewport.to);
  return Math.max(0, input.index.extremes(steps).of(first, stop)[1]);
};

/** Places for a tag above or below a line, clear of it over the tag's whole width. */
export const besideLine = (
  panel: Panel,
  steps: Steps,
  toY: (value: number) => number,
  width: number,
  height: number,
): [number, number][] => {
  const { plot, time, s, input } = panel;
  return [0.28, 0.12, 0.45, 0.62, 0.8, 0.92].flatMap((f): [number, number][] => {
    const x = plot.x + plot.width * f;
    const reach = width / 2 + 4 * s;
    const [first, stop] = rangeOf(steps, time.toTime(x - reach), time.toTime(x + reach));
    if (first >= stop) return [];
    const [low, high] = input.index.extremes(steps).of(first, stop);
    return [
      [x - width / 2, toY(high) - height - 6 * s],
      [x - width / 2, toY(low) + 6 * s],
    ];
  });
};

/** Value that holds at `time`, or null before the first. */
export const valueAt = (steps: Steps, time: number): number | null => {
  const k = upperBound(steps.time, time) - 1;
  return k < 0 ? null : (steps.value[k] as number);
};
