import { Fate } from '../../trace/types.ts';
import { decimal, plural } from '../format.ts';
import { Layer } from '../types.ts';
import type { Figure, Layout } from '../types.ts';
import { noHits, Panel } from './panel.ts';
import { largest, stepPoints } from './steps.ts';

/** Packets that wait before the busiest link, its limit, and what the full queue dropped. */
export const queue: Layout = (input): Figure => {
  const panel = new Panel(input, 'queue', 'Queue', 'Queue', 'packets');
  const { theme, trace, index, filter, viewport } = input;
  const { s, marks, plot } = panel;
  // The queue is everybody's: other flows' packets wait in it too.
  const link = index.busiestLink(filter.flow);
  const depth = index.queue(link);
  const limit = trace.links[link]?.queuePackets ?? null;
  const peak = largest(input, depth);
  const near = limit !== null && limit <= Math.max(4, peak) * 2.2;
  const scale = panel.values(Math.max(peak, near ? limit : 0, 1), 'packets', 4);
  const bottom = plot.y + plot.height;
  const points = stepPoints(panel, depth, scale.toPixel, trace.end);
  if (points.length >= 4) {
    marks.push({
      shape: 'path',
      id: null,
      layer: Layer.Area,
      points: [points[0] as number, bottom, ...points, points[points.length - 2] as number, bottom],
      closed: true,
      fill: { color: theme.data, opacity: 0.15 },
    });
    marks.push({
      shape: 'path',
      id: null,
      layer: Layer.Data,
      shows: 'queue',
      points,
      closed: false,
      stroke: { color: theme.data, width: 1.5 * s },
    });
  }
  if (near) {
    const y = scale.toPixel(limit);
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
    panel.wantEnd(`limit ${decimal(limit)}`, y, theme.mute, Infinity, true);
  }
  let drops = 0;
  let last = -Infinity;
  for (const i of index.rare.lost) {
    const t = trace.packets.sent[i] as number;
    if (t < viewport.from || t > viewport.to || trace.packets.link[i] !== link) continue;
    if (trace.packets.fate[i] !== Fate.QueueFull) continue;
    drops++;
    const x = panel.time.toPixel(t);
    if (x - last < 3 * s) continue;
    last = x;
    marks.push({
      shape: 'glyph',
      glyph: 'cross',
      id: { kind: 'packet', trace: 0, index: i },
      layer: Layer.Event,
      x,
      y: scale.toPixel(limit ?? peak) - 7 * s,
      size: 7 * s,
      color: theme.lost,
      lineWidth: 1.6 * s,
    });
  }
  if (drops > 0)
    panel.want({
      text: `${decimal(drops)} dropped`,
      id: null,
      style: { color: theme.lost },
      x: last,
      y: plot.y,
      places: (w, h) => [
        [last + 8 * s, plot.y - 4 * s],
        [last - w - 8 * s, plot.y + 12 * s],
        [plot.x + plot.width - w, plot.y + 20 * s + h],
      ],
    });
  return panel.finish(
    noHits,
    `Queue before the busiest link: at most ${plural(peak, 'packet')} waiting${limit === null ? '' : ` of ${decimal(limit)}`}, ${plural(drops, 'packet')} dropped in the visible range.`,
  );
};
