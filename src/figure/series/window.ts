import { traceIndex } from '../../trace/query/index.ts';
import type { Series, Trace } from '../../trace/types.ts';
import { decimal } from '../format.ts';
import { shownFlows } from '../sequence/space.ts';
import { Layer } from '../types.ts';
import type { Figure, LayoutInput } from '../types.ts';
import { areEndsHidden } from '../observer.ts';
import { unseen } from '../unseen.ts';
import { drawClosed } from './closed.ts';
import { noHits, Panel } from './panel.ts';
import { idOf, senderSeries } from './sender.ts';
import { besideLine, largest, rangeOf, stepPoints, valueAt } from './steps.ts';

/** No threshold yet: stacks write 2^31 − 1 or more. */
const UNSET = 1e9;

/** The congestion window in segments, what limits it, and what is in flight under it; null where no window is known. */
export const cwndPanel = (input: LayoutInput): Figure | null => {
  const flows = shownFlows(input).filter((flow) => senderSeries(input, 'cwnd', flow) !== null);
  const [only] = flows;
  if (only === undefined) return null;
  if (areEndsHidden(input)) return unseen(input, 'window', 'Congestion window');
  const panel = new Panel(input, 'window', 'Congestion window', 'Window', 'segments');
  const { theme, viewport, trace } = input;
  const { s, marks, plot } = panel;
  const single = flows.length === 1;
  const size = input.index.segmentSize(only);
  let max = 0;
  for (const flow of flows) {
    const unit = input.index.segmentSize(flow);
    max = Math.max(max, largest(input, senderSeries(input, 'cwnd', flow)) / unit);
    if (single) max = Math.max(max, largest(input, senderSeries(input, 'inflight', flow)) / unit);
  }
  const own = Math.max(1, max);
  const other = single ? otherFuture(input, only) : null;
  // Both futures on one honest scale: a line cut off at the top would name a wrong value.
  if (other) max = Math.max(max, largest(other.input, other.series) / size);
  const scale = panel.values(Math.max(1, max), 'segments', 4);
  const bottom = plot.y + plot.height;

  if (single) {
    const inflight = senderSeries(input, 'inflight', only);
    if (inflight) {
      const points = stepPoints(panel, inflight, (v) => scale.toPixel(Math.max(0, v) / size), trace.end);
      if (points.length >= 4) {
        marks.push({
          shape: 'path',
          id: idOf(input, inflight),
          layer: Layer.Area,
          shows: 'in flight',
          points: [points[0] as number, bottom, ...points, points[points.length - 2] as number, bottom],
          closed: true,
          fill: { color: theme.data, opacity: theme.dark ? 0.18 : 0.15 },
        });
        wantInFlight(panel, points, bottom);
      }
    }
    drawLimits(panel, only, scale, size, own * 1.06);
    const allowed = senderSeries(input, 'sndwnd', only);
    if (allowed) drawClosed(panel, allowed);
    if (other) drawOtherFuture(panel, other, senderSeries(input, 'cwnd', only), scale, size);
  }
  for (const flow of flows) {
    const cwnd = senderSeries(input, 'cwnd', flow);
    if (!cwnd) continue;
    const unit = input.index.segmentSize(flow);
    const points = stepPoints(panel, cwnd, (v) => scale.toPixel(v / unit), trace.end);
    if (points.length < 4) continue;
    const color = single ? theme.data : (theme.streams[flow % theme.streams.length] as string);
    marks.push({
      shape: 'path',
      id: idOf(input, cwnd),
      layer: Layer.Data,
      shows: single ? 'cwnd' : `cwnd ${trace.flows[flow]?.name ?? ''}`,
      points,
      closed: false,
      stroke: { color, width: 2 * s },
    });
    const text = single ? 'cwnd' : `cwnd ${trace.flows[flow]?.name ?? ''}`;
    panel.want({
      text,
      id: idOf(input, cwnd),
      style: { color },
      x: plot.x,
      y: plot.y,
      places: (w, h) => besideLine(panel, cwnd, (v) => scale.toPixel(v / unit), w, h),
    });
  }
  const cwnd = senderSeries(input, 'cwnd', only) as Series;
  const begin = valueAt(cwnd, viewport.from);
  const end = valueAt(cwnd, Math.min(viewport.to, trace.end));
  return panel.finish(
    noHits,
    `Congestion window of ${trace.flows[only]?.name ?? 'the flow'}: ${begin === null ? 'not set' : decimal(begin / size)} segments at the start of the range, ${end === null ? 'not set' : decimal(end / size)} at its end, at most ${decimal(largest(input, cwnd) / size)}.`,
  );
};

interface OtherFuture {
  readonly input: LayoutInput;
  readonly series: Series;
}

const otherFuture = (input: LayoutInput, flow: number): OtherFuture | null => {
  if (!input.ghost) return null;
  const other = { ...input, trace: input.ghost, index: traceIndex(input.ghost) };
  const series = senderSeries(other, 'cwnd', flow);
  return series && { input: other, series };
};

/** The congestion window of the other future, dashed, with its name where the two lie apart. */
const drawOtherFuture = (
  panel: Panel,
  { input: { trace, index, ghostName }, series }: OtherFuture,
  ours: Series | null,
  scale: ReturnType<Panel['values']>,
  size: number,
): void => {
  const { input, s, marks, plot, time } = panel;
  const color = input.theme.data;
  const points = stepPoints(panel, series, (v) => scale.toPixel(v / size), trace.end, index);
  if (points.length < 4) return;
  const id = { kind: 'series', trace: 1, index: trace.series.indexOf(series) } as const;
  const stroke = { color, width: 1.3 * s, dash: [4 * s, 3 * s], opacity: 0.7 };
  const text = ghostName ?? (index.rare.lost.length === 0 ? 'without loss' : 'before');
  marks.push({ shape: 'path', id, layer: Layer.Ghost, shows: `cwnd ${text}`, points, closed: false, stroke });
  panel.want({
    text,
    id,
    style: { color, plain: true, size: 11, weight: 500 },
    x: plot.x,
    y: plot.y,
    // Over the word's whole width clear of our own line.
    places: (w, h) =>
      [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1].flatMap((f): [number, number][] => {
        const right = plot.x + plot.width * f;
        const [from, to] = [time.toTime(right - w), time.toTime(right)];
        const [a, b] = rangeOf(series, from, to);
        if (a >= b || from > trace.end) return [];
        const [low, high] = index.extremes(series).of(a, b);
        const [c, d] = ours ? rangeOf(ours, from, to) : [0, 0];
        const [ourLow, ourHigh] = ours && c < d ? input.index.extremes(ours).of(c, d) : [Infinity, -Infinity];
        return [scale.toPixel(high / size) - h - 2 * s, scale.toPixel(low / size) + 2 * s].flatMap(
          (y): [number, number][] =>
            scale.toPixel(ourHigh / size) > y + h || scale.toPixel(ourLow / size) < y ? [[right - w, y]] : [],
        );
      }),
  });
};

/** ssthresh dashed, the receiver's window thin: each only up to `most` segments, where it limits what is drawn. */
const drawLimits = (
  panel: Panel,
  flow: number,
  scale: ReturnType<Panel['values']>,
  size: number,
  most: number,
): void => {
  const { input, s, marks } = panel;
  const { theme, trace } = input;
  for (const [name, words, dash] of [
    ['ssthresh', 'ssthresh', [4, 3]],
    ['sndwnd', 'receive window', null],
  ] as const) {
    // BBR has no threshold: what its state still holds limits nothing.
    if (name === 'ssthresh' && congestionOf(trace, flow) === 'bbr') continue;
    const series = senderSeries(input, name, flow);
    if (!series) continue;
    const inside = (v: number): boolean => v / size <= most && v < UNSET;
    // Cut where the line leaves the panel.
    const points: number[][] = [];
    let run: number[] = [];
    const all = stepPoints(panel, series, (v) => (inside(v) ? scale.toPixel(v / size) : NaN), trace.end);
    for (let k = 0; k < all.length; k += 2) {
      if (Number.isNaN(all[k + 1])) {
        if (run.length >= 4) points.push(run);
        run = [];
      } else run.push(all[k] as number, all[k + 1] as number);
    }
    if (run.length >= 4) points.push(run);
    for (const line of points)
      marks.push({
        shape: 'path',
        id: idOf(input, series),
        layer: Layer.Ack,
        shows: words,
        points: line,
        closed: false,
        stroke: {
          color: dash ? theme.mute : theme.ack,
          width: (dash ? 1.3 : 1) * s,
          ...(dash ? { dash: dash.map((d) => d * s) } : {}),
        },
      });
    const line = points[points.length - 1];
    if (line && (line[line.length - 2] as number) - (line[0] as number) > 40 * s)
      panel.wantEnd(words, line[line.length - 1] as number, theme.mute, line[line.length - 2]);
  }
};

/** Short name of the flow's congestion control, as the run lists it; '' where it is not known. */
const congestionOf = (trace: Trace, flow: number): string =>
  trace.flows[flow]?.knobs.find(([name]) => name === 'Congestion control')?.[1] ?? '';

/** "in flight" where its area is high enough to hold the words. */
const wantInFlight = (panel: Panel, points: readonly number[], bottom: number): void => {
  const { plot, s } = panel;
  const { theme } = panel.input;
  const tops: [number, number][] = [];
  for (const f of [0.1, 0.25, 0.4, 0.55, 0.7, 0.85]) {
    const x = plot.x + plot.width * f;
    let k = 0;
    while (k + 2 < points.length && (points[k + 2] as number) <= x) k += 2;
    const y = points[k + 1] as number;
    if (bottom - y > 26 * s) tops.push([x, bottom]);
  }
  panel.want({
    text: 'in flight',
    id: null,
    style: { color: theme.data, plain: true, size: 11, weight: 500 },
    x: plot.x,
    y: bottom,
    places: (w, h) => tops.map(([x, y]) => [x - w / 2, y - h - 5 * s] as const),
  });
};
