import { isProtected, isQuic } from '../../packet/protected.ts';
import { arrivedBy } from '../../trace/query/arrivals.ts';
import { SpanKind } from '../../trace/types.ts';
import type { Nanos } from '../../base/time.ts';
import { breakAcross, drawBreaks, middleOf } from '../axis/breaks.ts';
import { timeTicks } from '../axis/ticks.ts';
import { inOrder, timeScale } from '../frame.ts';
import { rangeSummary } from '../text.ts';
import { Layer } from '../types.ts';
import type { Figure, Layout, Mark, TimeScale } from '../types.ts';
import type { Theme } from '../theme.ts';

/** px per column of the silhouette. */
const COLUMN = 4;

/** The whole run in small, for the scrubber: `viewport.from` and `to` are the run's, not the visible range (see `overviewWindow`). */
export const overview: Layout = (input): Figure => {
  const { theme, viewport, index, filter, trace, measure } = input;
  const s = theme.scale;
  const inset = 2 * s;
  const time = timeScale('lying', inset, viewport.width - inset, viewport);
  const bottom = viewport.height - 3 * s;
  const top = 15 * s;
  const marks: Mark[] = [
    {
      shape: 'rect',
      id: null,
      layer: Layer.Ground,
      x: 0,
      y: 0,
      width: viewport.width,
      height: viewport.height,
      radius: 4 * s,
      fill: { color: theme.well },
    },
  ];

  drawBreaks(time, { x: 0, y: 0, width: viewport.width, height: viewport.height }, theme, marks);
  for (const cut of time.cuts) breakAcross(middleOf(time, cut), viewport.height / 2, true, theme, marks);

  const arrivals = index.arrivals(index.busiestLink(filter.flow), filter.flow);
  const columns = Math.max(8, Math.round((time.end - time.start) / (COLUMN * s)));
  const width = (time.end - time.start) / columns;
  const edge = (column: number): number => time.toTime(time.start + column * width);
  const rates: number[] = [];
  let before = arrivedBy(arrivals, viewport.from);
  let peak = 0;
  for (let c = 0; c < columns; c++) {
    const now = arrivedBy(arrivals, edge(c + 1));
    rates.push(now - before);
    peak = Math.max(peak, now - before);
    before = now;
  }
  if (peak > 0) {
    const points: number[] = [time.start, bottom];
    rates.forEach((rate, c) => {
      points.push(time.start + (c + 0.5) * width, bottom - (rate / peak) * (bottom - top));
    });
    points.push(time.end, bottom);
    marks.push({
      shape: 'path',
      id: null,
      layer: Layer.Area,
      points,
      closed: true,
      fill: { color: theme.data, opacity: 0.34 },
    });
  }

  ticksOf(index.rare.repairs, trace.packets.sent, time, s, (x, row) => {
    if (filter.observer === true && isProtected(trace, row)) return;
    if (filter.flow === null || trace.packets.flow[row] === filter.flow)
      marks.push(tick(x, top - 9 * s, bottom, theme.repair, 1.6 * s, row));
  });
  ticksOf(index.rare.lost, trace.packets.sent, time, s, (x, row) => {
    if (filter.flow === null || trace.packets.flow[row] === filter.flow)
      marks.push(tick(x, top - 9 * s, bottom, theme.lost, 2 * s, row));
  });
  stateTicks(input, time, bottom, marks);

  const axis = timeTicks(time, 180 * s);
  let clear = -Infinity;
  axis.ticks.forEach((t, k) => {
    const label = k === 0 ? `${t.label} ${axis.unit}` : t.label;
    const width = measure(label, 'mono', 10 * s, 400);
    const x = Math.max(5 * s + width / 2, Math.min(viewport.width - 5 * s - width / 2, t.at));
    if (x - width / 2 < clear) return;
    clear = x + width / 2 + 8 * s;
    marks.push({
      shape: 'text',
      id: null,
      layer: Layer.Tag,
      x,
      y: 8 * s,
      text: label,
      face: 'mono',
      size: 10 * s,
      weight: 400,
      anchor: 'middle',
      color: theme.mute,
    });
  });
  return {
    name: 'overview',
    width: viewport.width,
    height: viewport.height,
    marks: inOrder(marks),
    plot: { x: time.start, y: 0, width: time.end - time.start, height: viewport.height },
    time,
    hits: { at: () => null },
    axes: [axis],
    counted: null,
    title: 'Overview',
    get summary() {
      return rangeSummary(input);
    },
  };
};

const tick = (x: number, y1: number, y2: number, color: string, width: number, row: number): Mark => ({
  shape: 'line',
  id: { kind: 'packet', trace: 0, index: row },
  layer: Layer.Event,
  x1: x,
  y1,
  x2: x,
  y2,
  stroke: { color, width },
});

/** Calls back once per px where rows fall: rows closer than two px are one tick. */
const ticksOf = (
  rows: Int32Array,
  times: Float64Array,
  time: TimeScale,
  s: number,
  each: (x: number, row: number) => void,
): void => {
  let last = -Infinity;
  for (const row of rows) {
    const x = time.toPixel(times[row] as number);
    if (x - last < 2 * s) continue;
    last = x;
    each(x, row);
  }
};

/** State changes as short ticks along the bottom. */
const stateTicks = (input: Parameters<Layout>[0], time: TimeScale, bottom: number, marks: Mark[]): void => {
  const { trace, theme, index, filter } = input;
  const s = theme.scale;
  let last = -Infinity;
  for (const row of index.spans(SpanKind.State).rows) {
    if (filter.flow !== null && trace.spans.flow[row] !== filter.flow) continue;
    if (filter.observer === true && isQuic(trace, trace.spans.flow[row] as number)) continue;
    const x = time.toPixel(trace.spans.start[row] as number);
    if (x - last < 2 * s) continue;
    last = x;
    marks.push({
      shape: 'line',
      id: { kind: 'span', trace: 0, index: row },
      layer: Layer.Control,
      x1: x,
      y1: bottom - 5 * s,
      x2: x,
      y2: bottom + 2 * s,
      stroke: { color: theme.control, width: 1.5 * s },
    });
  }
};

/** The visible range as a window on the overview: a layer of its own, since it moves while the rest stays. */
export const overviewWindow = (figure: Figure, from: Nanos, to: Nanos, theme: Theme): Mark[] => {
  const s = theme.scale;
  const x1 = Math.max(0, figure.time.toPixel(from));
  const x2 = Math.min(figure.width, figure.time.toPixel(to));
  return [
    {
      shape: 'rect',
      id: null,
      layer: Layer.Selection,
      x: x1 + 0.5,
      y: 0.5,
      width: Math.max(3 * s, x2 - x1 - 1),
      height: figure.height - 1,
      radius: 4 * s,
      fill: { color: theme.accent, opacity: 0.13 },
      stroke: { color: theme.accent, width: s, opacity: 0.6 },
    },
  ];
};
