import { arrivedBy } from '../../trace/query/arrivals.ts';
import { niceStep } from '../axis/ticks.ts';
import type { ValueScale } from '../axis/ticks.ts';
import { brief } from '../format.ts';
import { Layer } from '../types.ts';
import type { Figure, Layout } from '../types.ts';
import { noHits, Panel } from './panel.ts';
import { valueAt } from './steps.ts';

/** Narrowest bar, px. */
const BAR = 15;
/** A bar spans at least so many packets' serialization: less would draw packets, not a rate. */
const LEAST_PACKETS = 4;

const units = [
  ['kbit/s', 1e3],
  ['Mbit/s', 1e6],
  ['Gbit/s', 1e9],
] as const;

/** Bytes that came in per time, as bars: what could be handed over at once, and paler what had to wait. */
export const throughput: Layout = (input): Figure => {
  const { theme, viewport, index, filter, trace } = input;
  const link = index.busiestLink(filter.flow);
  const about = trace.links[link];
  const limit = about?.mbps ? about.mbps * 1e6 : null;
  const arrivals = index.arrivals(link, filter.flow);

  const width = Math.max(1, viewport.width);
  const perPixel = (viewport.to - viewport.from) / width;
  const packet = limit === null ? 0 : (index.segmentSize(filter.flow ?? 0) * 8e9) / limit;
  const step = Math.max(1, niceStep(Math.max(BAR * theme.scale * perPixel, LEAST_PACKETS * packet)));
  const first = Math.floor(viewport.from / step);
  const last = Math.ceil(viewport.to / step);
  const bars: { from: number; to: number; now: number; waiting: number }[] = [];
  let peak = 0;
  let before = arrivedBy(arrivals, first * step);
  let beforeWaiting = arrivedBy(arrivals, first * step, 'waiting');
  for (let k = first; k < last; k++) {
    const all = arrivedBy(arrivals, (k + 1) * step);
    const waits = arrivedBy(arrivals, (k + 1) * step, 'waiting');
    const perSecond = 8e9 / step;
    const waiting = (waits - beforeWaiting) * perSecond;
    const now = (all - before) * perSecond - waiting;
    before = all;
    beforeWaiting = waits;
    if (now + waiting <= 0) continue;
    peak = Math.max(peak, now + waiting);
    bars.push({ from: k * step, to: (k + 1) * step, now, waiting });
  }
  const top = Math.max(peak, limit !== null && (peak > limit * 0.2 || peak === 0) ? limit : 0, 1);
  const [unit, size] = top >= 2e9 ? units[2] : top >= 1e6 ? units[1] : units[0];
  const panel = new Panel(input, 'throughput', 'Throughput', 'Rate', unit);
  const { s, marks, plot } = panel;
  const scale = panel.values(top / size, unit, 0, 1.14, true);
  const bottom = plot.y + plot.height;
  const gap = s;
  let widest = -1;
  let most = 0;
  bars.forEach((bar, k) => {
    const x1 = Math.max(plot.x, panel.time.toPixel(bar.from) + gap / 2);
    const x2 = Math.min(plot.x + plot.width, panel.time.toPixel(bar.to) - gap / 2);
    if (x2 <= x1) return;
    const yNow = scale.toPixel(bar.now / size);
    const yAll = scale.toPixel((bar.now + bar.waiting) / size);
    if (bar.now > 0)
      marks.push({
        shape: 'rect',
        id: null,
        layer: Layer.Area,
        shows: 'arrived',
        x: x1,
        y: yNow,
        width: x2 - x1,
        height: bottom - yNow,
        radius: 1.5 * s,
        fill: { color: theme.data, opacity: 0.78 },
      });
    if (bar.waiting > 0)
      marks.push({
        shape: 'rect',
        id: null,
        layer: Layer.Area,
        shows: 'arrived, waiting',
        x: x1,
        y: yAll,
        width: x2 - x1,
        height: yNow - yAll,
        radius: 1.5 * s,
        fill: { color: theme.data, opacity: 0.32 },
      });
    if (bar.waiting > most && x1 >= plot.x) {
      most = bar.waiting;
      widest = k;
    }
  });
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
    panel.wantEnd(`link ${brief(limit / size)}`, y, theme.mute);
  }
  drawGoodput(panel, about?.to ?? 0, size, scale);
  const bar = bars[widest];
  if (bar) {
    const x = panel.time.toPixel(bar.from);
    const y = scale.toPixel((bar.now + bar.waiting) / size);
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
  const total = arrivedBy(arrivals, viewport.to) - arrivedBy(arrivals, viewport.from);
  const mean = (total * 8e9) / Math.max(1, viewport.to - viewport.from) / size;
  return panel.finish(
    noHits,
    `Throughput: ${brief(mean)} ${unit} on average in the visible range, at most ${brief(peak / size)} ${unit}${limit === null ? '' : `, of ${brief(limit / size)} ${unit} that the link carries`}.`,
  );
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
