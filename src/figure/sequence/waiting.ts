import { lowerBound, upperBound } from '../../base/bisect.ts';
import { NONE, SpanKind } from '../../trace/types.ts';
import { decimal, duration } from '../format.ts';
import { Layer } from '../types.ts';
import type { SemanticId } from '../types.ts';
import { original, shortLabel } from './journey.ts';
import { Rank } from './sheet.ts';
import type { Sheet } from './sheet.ts';
import type { AppLane } from './space.ts';
import { wantInStretch } from './stretches.ts';
import type { Stretch } from './stretches.ts';

interface Run {
  start: number;
  end: number;
  first: number;
  /** The span that lasts longest, and how many there are. */
  longest: number;
  count: number;
  readonly packets: Set<number>;
}

/** Up to so many stretches of waiting say how long, wherever there is room; more of them only where they are long. */
const MOST_NAMED_RUNS = 24;

/** Bytes that arrived and wait for earlier ones: hatched, with what they wait for and how long. */
export const drawWaiting = (sheet: Sheet, lane: AppLane): void => {
  const { input, space, theme, s } = sheet;
  const { trace, index, viewport, filter } = input;
  const spans = trace.spans;
  const { rows, intervals } = index.spans(SpanKind.Blocked);
  const onePixel = space.time.perPixel;
  const runs: Run[] = [];
  let open: Run | null = null;
  intervals.visit(viewport.from, viewport.to, (k) => {
    const row = rows[k] as number;
    const flow = spans.flow[row] as number;
    if (spans.node[row] !== lane.node) return;
    if (lane.flow !== null ? flow !== lane.flow : filter.flow !== null && flow !== filter.flow) return;
    const start = spans.start[row] as number;
    const end = spans.end[row] as number;
    const length = end - start;
    if (open && start <= open.end + onePixel) {
      open.end = Math.max(open.end, end);
      open.count++;
      if (length > (spans.end[open.longest] as number) - (spans.start[open.longest] as number)) open.longest = row;
    } else {
      open = { start, end, first: row, longest: row, count: 1, packets: new Set() };
      runs.push(open);
    }
    const packet = spans.packet[row] as number;
    if (packet !== NONE) open.packets.add(packet);
  });
  const [a1, a2] = lane.wait;
  for (const run of runs) {
    const p1 = space.time.toPixel(Math.max(run.start, viewport.from));
    const p2 = space.time.toPixel(Math.min(run.end, viewport.to));
    const id: SemanticId = { kind: 'span', trace: 0, index: run.longest };
    const length = Math.max(1.5 * s, p2 - p1);
    sheet.marks.push({
      shape: 'hatch',
      id,
      layer: Layer.Event,
      x: space.lying ? p1 : a1,
      y: space.lying ? a1 : p1,
      width: space.lying ? length : a2 - a1,
      height: space.lying ? a2 - a1 : length,
      color: theme.lost,
      spacing: 7 * s,
      lineWidth: 1.2 * s,
      fill: { color: theme.lost, opacity: 0.12 },
    });
    const own = { p1, p2, across: lane.wait, isOver: true };
    sheet.stretches.push(own);
    if (runs.length <= MOST_NAMED_RUNS || p2 - p1 > 60 * s) wantWaiting(sheet, lane, run, own, id);
  }
};

const wantWaiting = (sheet: Sheet, lane: AppLane, run: Run, own: Stretch, id: SemanticId): void => {
  const { input, space, theme, s } = sheet;
  const { p1, p2 } = own;
  const packet = input.trace.spans.packet[run.longest] as number;
  const time = duration(run.end - run.start);
  const what = packet === NONE ? '' : ` for ${shortLabel(input, original(input.index, packet))}`;
  const others = run.packets.size - 1;
  const more = others > 0 ? ` and ${decimal(others)} more` : '';
  const longest = `waiting${what}${more} · ${time}`;
  if (space.lying) {
    const middle = `waiting${more === '' ? what : ''} · ${time}`;
    wantInStretch(sheet, Rank.Waiting, own, {
      id,
      style: { color: theme.lost, plain: true, size: 11.5 },
      texts: [longest, middle, `waiting · ${time}`, time],
      beside: lane.flow === null ? [middle, time] : [],
    });
    return;
  }
  const [, a2] = lane.wait;
  sheet.want(Rank.Waiting, {
    text: longest,
    id,
    style: { color: theme.lost },
    x: a2,
    y: (p1 + p2) / 2,
    places: (w, h) =>
      [
        [a2 + 12 * s, (p1 + p2) / 2 - h / 2],
        [a2 + 12 * s, p1],
        [a2 + 12 * s, p2 - h],
        [a2 + 12 * s, p2 + 4 * s],
        [Math.max(a2 + 12 * s, 0), p1 - h - 4 * s],
      ].map(([x, y]) => [Math.min(x as number, space.plot.x + space.plot.width - w), y as number] as const),
  });
};

/** One triangle each so many px at most; closer hand-overs share one, which grows with its bytes. */
const LEAST_APART = 6.5;

/** Deliveries to an application, and at nodes without a lane of their own beside their lifelines. */
export const drawDeliveries = (sheet: Sheet, lane: AppLane | null, node: number): void => {
  const { input, space, theme, s } = sheet;
  const { trace, viewport, filter } = input;
  const d = trace.deliveries;
  const first = lowerBound(d.time, viewport.from, trace.deliveryCount);
  const stop = upperBound(d.time, viewport.to, trace.deliveryCount);
  const across = lane ? lane.at : (space.lane[node] as number) + (space.out[node] || -1) * 9 * s;
  const apart = LEAST_APART * s * space.time.perPixel;
  const wanted = lane?.flow ?? filter.flow;
  const segment = input.index.segmentSize(wanted ?? 0);
  const draw = (i: number): void => {
    // A hand-over that sets many segments free stands out.
    const many = Math.min(1, Math.max(0, ((d.bytes[i] as number) / segment - 3) / 12));
    const flow = d.flow[i] as number;
    sheet.marks.push({
      shape: 'glyph',
      glyph: 'deliver',
      id: { kind: 'delivery', trace: 0, index: i },
      layer: Layer.Event,
      x: space.x(d.time[i] as number, across),
      y: space.y(d.time[i] as number, across),
      size: (lane ? 7 + 4 * many : 6) * s,
      color: sheet.byFlow && lane?.flow !== null ? sheet.flowColor(flow) : theme.delivered,
      ...(space.lying ? {} : { turn: -90 }),
    });
  };
  // Far out, hand-overs are looked at one in so many: the lane then is full of triangles anyway.
  const stride = Math.max(1, Math.floor((stop - first) / 1500));
  let since = -Infinity;
  let best = -1;
  for (let i = first; i < stop; i += stride) {
    if (d.node[i] !== node || (wanted !== null && d.flow[i] !== wanted)) continue;
    if ((d.time[i] as number) - since < apart) {
      if ((d.bytes[i] as number) > (d.bytes[best] as number)) best = i;
      continue;
    }
    if (best >= 0) draw(best);
    best = i;
    since = d.time[i] as number;
  }
  if (best >= 0) draw(best);
};
