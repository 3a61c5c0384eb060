import { NS_PER_MS } from '../../base/time.ts';
import type { Series } from '../../trace/types.ts';
import { duration } from '../format.ts';
import { shownFlows } from '../sequence/space.ts';
import { Layer } from '../types.ts';
import type { Figure, Layout, LayoutInput } from '../types.ts';
import { areEndsHidden } from '../observer.ts';
import { unseen } from '../unseen.ts';
import { noHits, Panel } from './panel.ts';
import { senderSeries } from './sender.ts';
import { besideLine, largest, rangeOf, stepPoints, valueAt } from './steps.ts';

/** So many samples are dots of their own; more are their range per column. */
const MOST_DOTS = 600;

/** Round-trip time: samples, the smoothed mean, the retransmission timeout above. */
export const rtt: Layout = (input): Figure => {
  if (areEndsHidden(input)) return unseen(input, 'rtt', 'Round-trip time');
  const panel = new Panel(input, 'rtt', 'Round-trip time', 'RTT', 'ms');
  const { theme, viewport, trace } = input;
  const { s, marks } = panel;
  const flows = shownFlows(input).filter((f) => senderSeries(input, 'srtt', f) ?? senderSeries(input, 'rtt', f));
  const [flow] = flows;
  if (flow !== undefined && flows.length > 1) return compared(panel, flows);
  if (flow === undefined) {
    panel.nothing('No round-trip time is known for this flow.');
    return panel.finish(noHits, 'No round-trip time is known.');
  }
  const samples = senderSeries(input, 'rtt', flow);
  const smoothed = senderSeries(input, 'srtt', flow);
  const timeout = senderSeries(input, 'rto', flow);
  const body = Math.max(largest(input, samples), largest(input, smoothed)) / NS_PER_MS;
  const limit = largest(input, timeout) / NS_PER_MS;
  // The timeout is far above the rest as a rule: it is drawn where it does not press the rest flat.
  const withTimeout = limit > 0 && limit < body * 2.6;
  const scale = panel.values(Math.max(1, withTimeout ? limit : body), 'ms');
  const id = (series: Series) => ({ kind: 'series', trace: 0, index: trace.series.indexOf(series) }) as const;
  const toY = (v: number): number => scale.toPixel(v / NS_PER_MS);
  if (samples) drawSamples(panel, samples, toY, id(samples));
  if (timeout && withTimeout) {
    const points = stepPoints(panel, timeout, toY, trace.end);
    if (points.length >= 4) {
      marks.push({
        shape: 'path',
        id: id(timeout),
        layer: Layer.Ack,
        shows: 'RTO',
        points,
        closed: false,
        stroke: { color: theme.mute, width: 1.3 * s, dash: [4 * s, 3 * s] },
      });
      panel.wantEnd('RTO', points[points.length - 1] as number, theme.mute);
    }
  }
  if (timeout && !withTimeout && limit > 0) {
    const value = valueAt(timeout, Math.min(viewport.to, trace.end));
    if (value !== null) panel.wantEnd(`RTO ${duration(value)}, above`, panel.plot.y + 15 * s, theme.mute);
  }
  if (smoothed) {
    const points = stepPoints(panel, smoothed, toY, trace.end);
    if (points.length >= 4) {
      marks.push({
        shape: 'path',
        id: id(smoothed),
        layer: Layer.Data,
        shows: 'SRTT',
        points,
        closed: false,
        stroke: { color: theme.data, width: 2 * s },
      });
      panel.wantEnd('SRTT', points[points.length - 1] as number, theme.data);
    }
  }
  const end = valueAt(smoothed ?? (samples as Series), Math.min(viewport.to, trace.end));
  return panel.finish(
    noHits,
    `Round-trip time: ${end === null ? 'not measured' : `smoothed ${duration(end)}`} at the end of the visible range, at most ${duration(body * NS_PER_MS)}.`,
  );
};

/** Several flows: the smoothed mean of each, in its colour. */
const compared = (panel: Panel, flows: readonly number[]): Figure => {
  const { input, s, plot } = panel;
  const { theme, trace, viewport } = input;
  const lines = flows.flatMap((flow) => {
    const series = senderSeries(input, 'srtt', flow) ?? senderSeries(input, 'rtt', flow);
    return series ? [{ flow, series, color: theme.streams[flow % theme.streams.length] as string }] : [];
  });
  const most = Math.max(...lines.map(({ series }) => largest(input, series)));
  const scale = panel.values(Math.max(1, most / NS_PER_MS), 'ms');
  for (const { flow, series, color } of lines) {
    const points = stepPoints(panel, series, (v) => scale.toPixel(v / NS_PER_MS), trace.end);
    if (points.length < 4) continue;
    const shows = `SRTT ${trace.flows[flow]?.name ?? ''}`;
    const id = { kind: 'series', trace: 0, index: trace.series.indexOf(series) } as const;
    panel.marks.push({
      shape: 'path',
      id,
      layer: Layer.Data,
      shows,
      points,
      closed: false,
      stroke: { color, width: 2 * s },
    });
    panel.want({
      text: shows,
      id,
      style: { color },
      x: plot.x,
      y: plot.y,
      places: (w, h) => besideLine(panel, series, (v) => scale.toPixel(v / NS_PER_MS), w, h),
    });
  }
  const said = lines.map(({ flow, series }) => {
    const end = valueAt(series, Math.min(viewport.to, trace.end));
    return `${trace.flows[flow]?.name ?? 'a flow'} ${end === null ? 'not measured' : duration(end)}`;
  });
  return panel.finish(
    noHits,
    `Round-trip time, smoothed, at the end of the visible range: ${said.join(', ')}; at most ${duration(most)}.`,
  );
};

const drawSamples = (
  panel: Panel,
  samples: Series,
  toY: (value: number) => number,
  id: { readonly kind: 'series'; readonly trace: 0; readonly index: number },
): void => {
  const input: LayoutInput = panel.input;
  const { theme, viewport } = input;
  const { s, marks, time } = panel;
  const [first, stop] = rangeOf(samples, viewport.from, viewport.to);
  if (stop - first > MOST_DOTS) {
    const points = stepPoints(panel, samples, toY, input.trace.end);
    marks.push({
      shape: 'path',
      id,
      layer: Layer.Area,
      shows: 'RTT',
      points,
      closed: false,
      stroke: { color: theme.ack, width: s, opacity: 0.8 },
    });
    return;
  }
  for (let i = first; i < stop; i++) {
    const t = samples.time[i] as number;
    if (t < viewport.from) continue;
    marks.push({
      shape: 'glyph',
      glyph: 'dot',
      id,
      layer: Layer.Area,
      x: time.toPixel(t),
      y: toY(samples.value[i] as number),
      size: 3.2 * s,
      color: theme.ack,
    });
  }
};
