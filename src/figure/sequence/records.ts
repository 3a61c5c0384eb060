import { SpanKind } from '../../trace/types.ts';
import { decimal, duration } from '../format.ts';
import { Layer } from '../types.ts';
import type { SemanticId } from '../types.ts';
import { Rank } from './sheet.ts';
import type { Sheet } from './sheet.ts';
import type { AppLane } from './space.ts';
import { wantInStretch } from './stretches.ts';

/** From this width on, px, a stretch says how long it is. */
const NAMED_FROM = 34;

/** Records that lie at the receiver at the same time. */
interface Run {
  readonly start: number;
  end: number;
  /** The span that lasts longest, and how many there are. */
  longest: number;
  count: number;
}

/** Spans of a lane in order, those that overlap as one: each drawn by itself, their hatching would make a moiré. */
const runsOf = (sheet: Sheet, lane: AppLane): Run[] => {
  const { index, viewport, filter, trace } = sheet.input;
  const { spans } = trace;
  const { rows, intervals } = index.spans(SpanKind.Record);
  const onePixel = sheet.space.time.perPixel;
  const runs: Run[] = [];
  intervals.visit(viewport.from, viewport.to, (k) => {
    const row = rows[k] as number;
    const flow = spans.flow[row] as number;
    if (spans.node[row] !== lane.node) return;
    if (lane.flow !== null ? flow !== lane.flow : filter.flow !== null && flow !== filter.flow) return;
    const [start, end] = [spans.start[row] as number, spans.end[row] as number];
    const open = runs[runs.length - 1];
    // One connection's next record begins with the segment that ends the one before: these stay two.
    if (!open || start + onePixel >= open.end) {
      runs.push({ start, end, longest: row, count: 1 });
      return;
    }
    open.end = Math.max(open.end, end);
    open.count++;
    if (end - start > (spans.end[open.longest] as number) - (spans.start[open.longest] as number)) open.longest = row;
  });
  return runs;
};

/**
 * Bytes of a TLS record that lie at the receiver and are of no use before its last segment is in: hatched from the first
 * to the last of them, in the colour of the application's keys, finer than bytes that wait for a repair.
 */
export const drawRecords = (sheet: Sheet, lane: AppLane): void => {
  const { input, space, theme, s } = sheet;
  const { viewport } = input;
  const [, , , color] = theme.epochs;
  const [a1, a2] = lane.wait;
  const inset = (a2 - a1) * 0.3;
  for (const { start, end, longest, count } of runsOf(sheet, lane)) {
    const p1 = space.time.toPixel(Math.max(start, viewport.from));
    const p2 = space.time.toPixel(Math.min(end, viewport.to));
    if (p2 - p1 < 2 * s) continue;
    const id: SemanticId = { kind: 'span', trace: 0, index: longest };
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
    const own = { p1, p2, across: lane.wait, isOver: false };
    sheet.stretches.push(own);
    if (p2 - p1 < NAMED_FROM * s) continue;
    const time = duration(end - start);
    const text = `${count === 1 ? 'record' : `${decimal(count)} records`} incomplete · ${time}`;
    const style = { color, plain: true, size: 11, weight: 500 } as const;
    if (space.lying) {
      wantInStretch(sheet, Rank.Recovery, own, { id, style, texts: [text, time], beside: [text] });
      continue;
    }
    // A bare number among the arrows would be anybody's.
    sheet.want(Rank.Recovery, {
      text,
      id,
      style,
      x: a2,
      y: (p1 + p2) / 2,
      places: (_, h) => (h <= p2 - p1 ? [[a2 + 8 * s, (p1 + p2 - h) / 2]] : []),
    });
  }
};
