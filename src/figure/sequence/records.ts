import { SpanKind } from '../../trace/types.ts';
import { duration } from '../format.ts';
import { Layer } from '../types.ts';
import type { SemanticId } from '../types.ts';
import { Rank } from './sheet.ts';
import type { Sheet } from './sheet.ts';
import type { AppLane } from './space.ts';

/** From this width on, px, a stretch says what it is. */
const NAMED_FROM = 34;

/**
 * Bytes of a TLS record that lie at the receiver and are of no use before its last segment is in: hatched from the first
 * to the last of them, in the colour of the application's keys, finer than bytes that wait for a repair.
 */
export const drawRecords = (sheet: Sheet, lane: AppLane): void => {
  const { input, space, theme, s } = sheet;
  const { index, viewport, filter, trace } = input;
  const { spans } = trace;
  const { rows, intervals } = index.spans(SpanKind.Record);
  const [, , , color] = theme.epochs;
  const [a1, a2] = lane.wait;
  const inset = (a2 - a1) * 0.3;
  intervals.visit(viewport.from, viewport.to, (k) => {
    const row = rows[k] as number;
    const flow = spans.flow[row] as number;
    if (spans.node[row] !== lane.node) return;
    if (lane.flow !== null ? flow !== lane.flow : filter.flow !== null && flow !== filter.flow) return;
    const [start, end] = [spans.start[row] as number, spans.end[row] as number];
    const p1 = space.time.toPixel(Math.max(start, viewport.from));
    const p2 = space.time.toPixel(Math.min(end, viewport.to));
    if (p2 - p1 < 2 * s) return;
    const id: SemanticId = { kind: 'span', trace: 0, index: row };
    sheet.marks.push({
      shape: 'hatch',
      id,
      layer: Layer.Area,
      x: space.lying ? p1 : a1 + inset,
      y: space.lying ? a1 + inset : p1,
      width: space.lying ? p2 - p1 : a2 - a1 - 2 * inset,
      height: space.lying ? a2 - a1 - 2 * inset : p2 - p1,
      color,
      spacing: 4 * s,
      lineWidth: 0.8 * s,
      fill: { color, opacity: 0.1 },
    });
    if (p2 - p1 < NAMED_FROM * s) return;
    sheet.want(Rank.Recovery, {
      text: `record incomplete · ${duration(end - start)}`,
      id,
      style: { color, plain: true, size: 11, weight: 500 },
      x: (p1 + p2) / 2,
      y: (a1 + a2) / 2,
      places: (w, h) =>
        space.lying
          ? [
              [(p1 + p2 - w) / 2, (a1 + a2 - h) / 2],
              [p2 + 4 * s, (a1 + a2 - h) / 2],
              [p1 - w - 4 * s, (a1 + a2 - h) / 2],
            ]
          : [[a2 + 8 * s, (p1 + p2 - h) / 2]],
    });
  });
};
