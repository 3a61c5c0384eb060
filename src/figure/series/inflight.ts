import type { Series } from '../../trace/types.ts';
import { bytes } from '../format.ts';
import { shownFlows } from '../sequence/space.ts';
import { Layer } from '../types.ts';
import type { Figure, LayoutInput } from '../types.ts';
import { noHits, Panel } from './panel.ts';
import { idOf, senderSeries } from './sender.ts';
import { largest, rangeOf, stepPoints, valueAt } from './steps.ts';

/**
 * What stands in for the congestion window where none is known: no capture carries one, but the bytes in flight follow
 * from what was sent and acknowledged. In bytes, since a capture's segments may have been joined by the network card.
 */
export const inFlight = (input: LayoutInput): Figure => {
  const { theme, viewport, trace } = input;
  const known = shownFlows(input).flatMap((flow): [number, Series][] => {
    const series = senderSeries(input, 'inflight', flow);
    return series ? [[flow, series]] : [];
  });
  const [first] = known;
  if (!first) {
    const panel = new Panel(input, 'window', 'Congestion window', 'Window', '');
    panel.nothing('Neither a congestion window nor bytes in flight are known.');
    return panel.finish(noHits, 'No congestion window is known.');
  }
  const single = known.length === 1;
  const max = known.reduce((most, [, series]) => Math.max(most, largest(input, series)), 1);
  const [unit, size] = max >= 2e6 ? (['MB', 1e6] as const) : (['kB', 1e3] as const);
  const panel = new Panel(input, 'window', 'Bytes in flight', 'In flight', unit);
  const { s, marks, plot } = panel;
  const scale = panel.values(max / size, unit);
  const bottom = plot.y + plot.height;
  for (const [flow, series] of known) {
    const color = single ? theme.data : (theme.streams[flow % theme.streams.length] as string);
    const id = idOf(input, series);
    const points = stepPoints(panel, series, (v) => scale.toPixel(Math.max(0, v) / size), trace.end);
    if (points.length < 4) continue;
    if (single)
      marks.push({
        shape: 'path',
        id,
        layer: Layer.Area,
        points: [points[0] as number, bottom, ...points, points[points.length - 2] as number, bottom],
        closed: true,
        fill: { color, opacity: theme.dark ? 0.18 : 0.15 },
      });
    const how = series.quality === 'modelled' ? '' : ` (${series.quality})`;
    const shows = single ? `bytes in flight${how}` : `${trace.flows[flow]?.name ?? ''}${how}`;
    const stroke = { color, width: 1.5 * s };
    marks.push({ shape: 'path', id, layer: Layer.Data, shows, points, closed: false, stroke });
    panel.want({
      text: shows,
      id,
      style: { color },
      x: plot.x,
      y: plot.y,
      // Above the line over the tag's whole width, where the area leaves room; else at the panel's edge.
      places: (w, h) => [
        ...[0.12, 0.28, 0.45, 0.62, 0.8].flatMap((f): [number, number][] => {
          const x = plot.x + plot.width * f;
          const reach = w / 2 + 4 * s;
          const [from, stop] = rangeOf(series, panel.time.toTime(x - reach), panel.time.toTime(x + reach));
          if (from >= stop) return [];
          const [, high] = input.index.extremes(series).of(from, stop);
          const y = scale.toPixel(high / size) - h - 6 * s;
          return y < plot.y - 14 * s ? [] : [[x - w / 2, y]];
        }),
        [plot.x + 34 * s, bottom - h - 5 * s],
      ],
    });
  }
  const [flow, series] = first;
  const at = (time: number): string => {
    const value = valueAt(series, time);
    return value === null ? 'not known' : bytes(value);
  };
  return panel.finish(
    noHits,
    `No congestion window is known: a capture carries none. Bytes in flight of ${trace.flows[flow]?.name ?? 'the flow'}, ${series.quality}: ${at(viewport.from)} at the start of the range, ${at(Math.min(viewport.to, trace.end))} at its end, at most ${bytes(largest(input, series))}.`,
  );
};
