import { arrivedBy } from '../../trace/query/arrivals.ts';
import type { ValueScale } from '../axis/ticks.ts';
import { brief } from '../format.ts';
import { shownFlows } from '../sequence/space.ts';
import { Layer } from '../types.ts';
import type { Figure, Layout, LayoutInput } from '../types.ts';
import { noHits, Panel } from './panel.ts';
import { barsOf } from './rates.ts';
import type { Bar } from './rates.ts';
import { valueAt } from './steps.ts';

/** More flows than this are not told apart. */
const MOST_FLOWS = 6;

const units = [
  ['kbit/s', 1e3],
  ['Mbit/s', 1e6],
  ['Gbit/s', 1e9],
] as const;

/**
 * Bytes that came in per time, as bars: what could be handed over at once, and paler what had to wait. Several flows lie
 * on one another, each in its colour.
 */
export const throughput: Layout = (input): Figure => {
  const { theme, viewport, index, filter, trace } = input;
  const link = index.busiestLink(filter.flow);
  const about = trace.links[link];
  const limit = about?.mbps ? about.mbps * 1e6 : null;
  const shown = shownFlows(input);
  const several = shown.length > 1 && shown.length <= MOST_FLOWS;
  const bars = barsOf(input, link, several ? shown : [filter.flow], limit);
  const peak = bars.reduce((most, bar) => Math.max(most, bar.total), 0);
  const top = Math.max(peak, limit !== null && (peak > limit * 0.2 || peak === 0) ? limit : 0, 1);
  const [unit, size] = top >= 2e9 ? units[2] : top >= 1e6 ? units[1] : units[0];
  const panel = new Panel(input, 'throughput', 'Throughput', 'Rate', unit);
  const { s, marks, plot } = panel;
  const scale = panel.values(top / size, unit, 0, 1.14);
  const gap = s;
  const waiting: { readonly bar: Bar; readonly most: number }[] = [];
  for (const bar of bars) {
    const x1 = Math.max(plot.x, panel.time.toPixel(bar.from) + gap / 2);
    const x2 = Math.min(plot.x + plot.width, panel.time.toPixel(bar.to) - gap / 2);
    if (x2 <= x1) continue;
    let low = 0;
    for (const part of bar.parts) {
      const color = part.flow === null || !several ? theme.data : colorOf(input, part.flow);
      const name = part.flow === null || !several ? '' : ` ${trace.flows[part.flow]?.name ?? ''}`;
      for (const [value, shows, opacity] of [
        [part.now, `arrived${name}`, 0.78],
        [part.waiting, `arrived${name}, waiting`, 0.32],
      ] as const) {
        if (value <= 0) continue;
        const y = scale.toPixel((low + value) / size);
        marks.push({
          shape: 'rect',
          id: null,
          layer: Layer.Area,
          shows,
          x: x1,
          y,
          width: x2 - x1,
          height: scale.toPixel(low / size) - y,
          radius: 1.5 * s,
          fill: { color, opacity },
        });
        low += value;
      }
    }
    const waits = bar.parts.reduce((sum, part) => sum + part.waiting, 0);
    if (waits > (waiting[0]?.most ?? 0) && x1 >= plot.x) waiting[0] = { bar, most: waits };
  }
  if (several) nameFlows(panel, bars, size, scale);
  if (limit !== null && limit / size <= scale.max) {
    const y = scale.toPixel(limit / size);
    marks.push({
      shape: 'line',
      id: null,
      layer: Layer.Ack,
      x1: plot.x,
      y1: y,
      x2: plot.x + plot.width,
      y2: y,
      stroke: { color: theme.ack, width: 1.2 * s, dash: [1.5 * s, 3 * s] },
    });
    panel.wantEnd(`link ${brief(limit / size)}`, y, theme.mute, Infinity, true);
  }
  if (!several) drawGoodput(panel, about?.to ?? 0, size, scale);
  const bar = several ? undefined : waiting[0]?.bar;
  if (bar) {
    const x = panel.time.toPixel(bar.from);
    const y = scale.toPixel(bar.total / size);
    panel.want({
      text: 'arrived, waiting',
      id: null,
      style: { color: theme.lost },
      x,
      y,
      places: (w, h) => [
        [x, y - h - 4 * s],
        [x - w + 20 * s, y - h - 4 * s],
        [x, y + 4 * s],
        [x - w - 6 * s, y - h / 2],
        [x + 40 * s, y - h / 2, true],
      ],
    });
  }
  const arrivals = index.arrivals(link, filter.flow);
  const total = arrivedBy(arrivals, viewport.to) - arrivedBy(arrivals, viewport.from);
  const mean = (total * 8e9) / Math.max(1, viewport.to - viewport.from) / size;
  return panel.finish(
    noHits,
    `Throughput: ${brief(mean)} ${unit} on average in the visible range, at most ${brief(peak / size)} ${unit}${limit === null ? '' : `, of ${brief(limit / size)} ${unit} that the link carries`}.`,
  );
};

const colorOf = ({ theme }: LayoutInput, flow: number): string => theme.streams[flow % theme.streams.length] as string;

/** Each flow's name on its own part of the bars, where that is high enough. */
const nameFlows = (panel: Panel, bars: readonly Bar[], size: number, scale: ValueScale): void => {
  const { input, s } = panel;
  const flows = bars[0]?.parts.length ?? 0;
  for (let k = 0; k < flows; k++) {
    const spots = bars.flatMap((bar): [number, number][] => {
      const below = bar.parts.slice(0, k).reduce((sum, part) => sum + part.now + part.waiting, 0);
      const part = bar.parts[k];
      if (!part) return [];
      const [y1, y2] = [below + part.now + part.waiting, below].map((value) => scale.toPixel(value / size));
      if ((y2 as number) - (y1 as number) < 18 * s) return [];
      return [[panel.time.toPixel((bar.from + bar.to) / 2), ((y1 as number) + (y2 as number)) / 2]];
    });
    const flow = bars[0]?.parts[k]?.flow ?? 0;
    panel.want({
      text: input.trace.flows[flow]?.name ?? '',
      id: null,
      style: { color: colorOf(input, flow), plain: true, size: 11 },
      x: spots[0]?.[0] ?? 0,
      y: spots[0]?.[1] ?? 0,
      places: (w, h) =>
        [0.7, 0.5, 0.85, 0.3, 0.1].flatMap((f) => {
          const spot = spots[Math.floor(f * spots.length)];
          return spot ? [[spot[0] - w / 2, spot[1] - h / 2] as const] : [];
        }),
    });
  }
};

/** px between two points of the goodput line. */
const GOODPUT_STEP = 4;

/** What the application has had so far, on average since the first packet: waiting shows as a fall, a repair as a leap. */
const drawGoodput = (panel: Panel, node: number, size: number, scale: ValueScale): void => {
  const { input, time, plot, s } = panel;
  const { index, filter, theme, trace, viewport } = input;
  const delivered = index.delivered(node, filter.flow);
  const begin = trace.packets.sent[0];
  const first = delivered.time[0];
  const last = delivered.time[delivered.time.length - 1];
  if (begin === undefined || first === undefined || last === undefined) return;
  const points: number[] = [];
  for (let x = plot.x; x <= plot.x + plot.width; x += GOODPUT_STEP * s) {
    const t = time.toTime(x);
    // After the last byte there is nothing left to average.
    if (t < first || t > last || t <= begin) continue;
    points.push(x, scale.toPixel(((valueAt(delivered, t) ?? 0) * 8e9) / (t - begin) / size));
  }
  if (points.length < 4) return;
  panel.marks.push({
    shape: 'path',
    id: null,
    layer: Layer.Control,
    shows: 'goodput so far',
    points,
    closed: false,
    stroke: { color: theme.delivered, width: 1.6 * s },
  });
  const end = valueAt(delivered, Math.min(last, viewport.to)) ?? 0;
  const mean = (end * 8e9) / (Math.min(last, viewport.to) - begin) / size;
  panel.wantEnd(
    `goodput so far ${brief(mean)}`,
    points[points.length - 1] as number,
    theme.delivered,
    points[points.length - 2],
  );
};
