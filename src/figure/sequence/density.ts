import type { Counts } from '../../trace/pyramid.ts';
import { noCounts } from '../../trace/pyramid.ts';
import { bytes, decimal } from '../format.ts';
import { Layer } from '../types.ts';
import { Rank } from './sheet.ts';
import type { Sheet } from './sheet.ts';
import { cutPolygon, toPixels } from './space.ts';

/** px per column of a ribbon. */
const COLUMN = 3;
/** A ribbon reaches so far into the band. */
const REACH = 0.44;

/**
 * Too many packets even for bundles: per direction a silhouette that grows out of the sender's lifeline, as high as the
 * link is busy, leaning by the true propagation. Counts are exact for the visible range (by instant of sending).
 */
export const drawDensity = (sheet: Sheet): void => {
  const { input, space, theme, s } = sheet;
  const { trace, index, viewport, filter } = input;
  const { pyramid } = index;
  const columns = Math.max(1, Math.round(Math.abs(space.time.end - space.time.start) / (COLUMN * s)));
  const step = space.time.perPixel * (Math.abs(space.time.end - space.time.start) / columns);
  const times = Array.from({ length: columns + 1 }, (_, c) =>
    space.time.toTime(space.time.start + ((space.time.end - space.time.start) * c) / columns),
  );
  const counts: Counts = noCounts();
  const edges = new Int32Array(columns + 1);
  for (let c = 0; c <= columns; c++) edges[c] = pyramid.rows(times[c] as number, viewport.to)[0];
  edges[columns] = pyramid.rows(viewport.from, viewport.to)[1];
  trace.links.forEach((link, l) => {
    const a1 = space.lane[link.from] as number;
    const a2 = space.lane[link.to] as number;
    const delay = index.linkDelay(l);
    const total = { ...pyramid.count(l, edges[0] as number, edges[columns] as number, counts, filter.flow) };
    if (total.packets === 0) return;
    const heights = new Float64Array(columns);
    const carriesData = total.payload > total.bytes * 0.3;
    // Differences of running sums: each edge is counted once.
    let before = 0;
    for (let c = 0; c <= columns; c++) {
      pyramid.count(l, 0, edges[c] as number, counts, filter.flow);
      const sum = carriesData ? counts.bytes : counts.packets;
      if (c > 0) heights[c - 1] = sum - before;
      before = sum;
    }
    const capacity = carriesData && link.mbps !== null ? (link.mbps * step) / 8000 : 0;
    const top = Math.max(1, (capacity || usualPeak(heights)) * 1.2);
    // One polygon a stretch of columns with traffic.
    const color = carriesData ? theme.data : theme.ack;
    for (let c = 0; c < columns; c++) {
      if ((heights[c] as number) === 0) continue;
      const begin = c;
      const upper: number[] = [];
      while (c < columns && (heights[c] as number) > 0) {
        const f = Math.max(0.015, Math.min(1, (heights[c] as number) / top) * REACH);
        const a = a1 + (a2 - a1) * f;
        upper.push((times[c] as number) + f * delay, a, (times[c + 1] as number) + f * delay, a);
        c++;
      }
      const points = cutPolygon(
        [times[begin] as number, a1, ...upper, times[c] as number, a1],
        viewport.from,
        viewport.to,
      );
      if (points.length < 6) continue;
      sheet.marks.push({
        shape: 'path',
        id: { kind: 'train', trace: 0, index: edges[begin] as number },
        layer: carriesData ? Layer.Data : Layer.Ack,
        points: toPixels(space, points),
        closed: true,
        fill: { color, opacity: carriesData ? 0.55 : 0.4 },
      });
    }
    const text = `${decimal(total.packets)} ${carriesData ? 'packets' : total.data > 0 ? 'packets' : 'ACKs'} · ${bytes(total.bytes)}`;
    const at = a1 + (a2 - a1) * 0.09;
    const px = space.time.start + 10 * s;
    sheet.want(Rank.Counted, {
      text,
      id: null,
      style: { color: carriesData ? theme.data : theme.mute, size: 11 },
      x: space.lying ? px : at,
      y: space.lying ? at : px,
      places: (w, h) =>
        space.lying
          ? [0, 0.3, 0.6, 0.9, 1].flatMap((f) =>
              [0, 0.08, 0.16, 0.24].map(
                (deep) => [px + f * (space.plot.width - w - 20 * s), at + (a2 - a1) * deep - h / 2] as const,
              ),
            )
          : [0, 0.12, 0.25, 0.37, 0.5, 0.62, 0.75, 0.87].flatMap((f) =>
              [Math.min(at, space.plot.x + space.plot.width - w), a1 + (a2 - a1) * 0.3 - w / 2].map(
                (x) => [x, px + f * (space.plot.height - h - 20 * s)] as const,
              ),
            ),
    });
  });
};

/** A height that all but the highest few columns stay below: one burst does not press the rest flat. */
const usualPeak = (heights: Float64Array): number => {
  const sorted = heights.slice().sort();
  return sorted[Math.floor((sorted.length - 1) * 0.98)] as number;
};
