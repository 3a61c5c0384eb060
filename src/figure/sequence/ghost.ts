import { lowerBound, upperBound } from '../../base/bisect.ts';
import { traceIndex } from '../../trace/query/index.ts';
import type { TraceIndex } from '../../trace/query/index.ts';
import { isLost, PacketKind } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import { duration } from '../format.ts';
import { Layer } from '../types.ts';
import type { Stroke } from '../types.ts';
import { journey } from './journey.ts';
import type { Journey } from './journey.ts';
import { Rank } from './sheet.ts';
import type { Sheet } from './sheet.ts';
import { cut, cutPolygon, toPixels } from './space.ts';

const way: Journey = { depart: 0, arrive: 0, length: 0, death: 1 };
const parted = new WeakMap<Trace, WeakMap<Trace, number>>();

/** Instant from which two futures differ; Infinity where they never do. */
export const partingOf = (trace: Trace, ghost: Trace): number => {
  let known = parted.get(trace);
  if (!known) parted.set(trace, (known = new WeakMap()));
  let at = known.get(ghost);
  if (at !== undefined) return at;
  const a = trace.packets;
  const b = ghost.packets;
  const n = Math.min(trace.packetCount, ghost.packetCount);
  let i = 0;
  while (
    i < n &&
    a.sent[i] === b.sent[i] &&
    a.fate[i] === b.fate[i] &&
    a.arrived[i] === b.arrived[i] &&
    a.link[i] === b.link[i] &&
    a.size[i] === b.size[i]
  )
    i++;
  at = Math.min(a.sent[i] ?? Infinity, b.sent[i] ?? Infinity);
  known.set(ghost, at);
  return at;
};

/** The other future: faint dashed data, hollow deliveries. */
export const drawGhost = (sheet: Sheet, ghost: Trace): void => {
  const { input, space, theme, s } = sheet;
  const { viewport } = input;
  const index = traceIndex(ghost);
  const from = partingOf(input.trace, ghost);
  if (from > viewport.to || ghost.links.length !== input.trace.links.length) return;
  const p = ghost.packets;
  const stroke: Stroke = { color: theme.data, width: s, dash: [4 * s, 3 * s], opacity: 0.55 };
  const lost: Stroke = { ...stroke, color: theme.lost };
  // What the two futures have in common would only thicken the lines.
  const { pyramid } = input.index;
  const drawn = new Set<number>();
  const place = (link: number, end: number): number => link * 1e6 + Math.round(space.time.toPixel(end));
  let looked = 0;
  pyramid.underway.visit(viewport.from, viewport.to, (i) => {
    const q = input.trace.packets;
    if (!isLost(q.fate[i] as number)) drawn.add(place(q.link[i] as number, q.end[i] as number));
    return ++looked < 6000;
  });
  const rows: number[] = [];
  let count = 0;
  index.pyramid.underway.visit(viewport.from, viewport.to, (i) => {
    if ((p.sent[i] as number) < from || p.kind[i] === PacketKind.Ack) return true;
    if (input.filter.flow !== null && p.flow[i] !== input.filter.flow) return true;
    const at = place(p.link[i] as number, p.end[i] as number);
    if (!isLost(p.fate[i] as number) && (drawn.has(at) || drawn.has(at - 1) || drawn.has(at + 1))) return true;
    rows.push(i);
    return ++count < 4000;
  });
  for (const flight of flights(index, rows, JOIN * s * space.time.perPixel))
    drawFlight(sheet, index, flight, { stroke, lost });
};

/** Packets of the other future closer than this, px, are one outline. */
const JOIN = 9;

/** Packets of one link that follow each other closely; a lost one stands alone. */
const flights = (index: TraceIndex, rows: readonly number[], gap: number): number[][] => {
  const p = index.trace.packets;
  const open = new Map<number, { rows: number[]; end: number }>();
  const found: number[][] = [];
  for (const i of rows) {
    journey(index, i, way);
    const link = p.link[i] as number;
    const lost = isLost(p.fate[i] as number);
    const flight = open.get(link);
    if (flight && !lost && way.depart - way.length - flight.end <= gap) {
      flight.rows.push(i);
      flight.end = way.depart;
      continue;
    }
    const fresh = { rows: [i], end: way.depart };
    found.push(fresh.rows);
    if (lost) open.delete(link);
    else open.set(link, fresh);
  }
  return found;
};

/** One dashed line for a packet, a dashed outline for a flight. */
const drawFlight = (
  sheet: Sheet,
  index: TraceIndex,
  flight: readonly number[],
  { stroke, lost }: { readonly stroke: Stroke; readonly lost: Stroke },
): void => {
  const { input, space, theme } = sheet;
  const { viewport } = input;
  const first = flight[0] as number;
  const p = index.trace.packets;
  const link = index.trace.links[p.link[first] as number];
  if (!link) return;
  const a1 = space.lane[link.from] as number;
  const a2 = space.lane[link.to] as number;
  journey(index, first, way);
  const id = { kind: 'packet', trace: 1, index: first } as const;
  if (flight.length === 1) {
    const { depart, arrive, death } = way;
    const seen = cut(
      depart,
      a1,
      depart + (arrive - depart) * death,
      a1 + (a2 - a1) * death,
      viewport.from,
      viewport.to,
    );
    if (!seen) return;
    sheet.marks.push({
      shape: 'line',
      id,
      layer: Layer.Ghost,
      x1: space.x(seen[0], seen[1]),
      y1: space.y(seen[0], seen[1]),
      x2: space.x(seen[2], seen[3]),
      y2: space.y(seen[2], seen[3]),
      stroke: isLost(p.fate[first] as number) ? lost : stroke,
    });
    return;
  }
  const leave = way.depart - way.length;
  const arrive = way.arrive - way.length;
  journey(index, flight[flight.length - 1] as number, way);
  const corners = cutPolygon([leave, a1, way.depart, a1, way.arrive, a2, arrive, a2], viewport.from, viewport.to);
  if (corners.length < 6) return;
  sheet.marks.push({
    shape: 'path',
    id,
    layer: Layer.Ghost,
    points: toPixels(space, corners),
    closed: true,
    fill: { color: theme.data, opacity: 0.07 },
    stroke,
  });
};

/** Two differences closer than this, px. */
const NEAR = 160;

/** "+43 ms" at the deliveries: how much later (or earlier) than in the other future the same byte reached the application. */
export const drawDifferences = (sheet: Sheet, ghost: Trace): void => {
  const { input, space, theme, s } = sheet;
  const { trace, viewport, filter } = input;
  const lane = space.apps[0];
  if (!lane) return;
  const d = trace.deliveries;
  const g = ghost.deliveries;
  const other = traceIndex(ghost);
  const first = lowerBound(d.time, viewport.from, trace.deliveryCount);
  const stop = upperBound(d.time, viewport.to, trace.deliveryCount);
  let greatest = -1;
  let greatestBy = 0;
  let last = -1;
  let lastBy = 0;
  const stride = Math.max(1, Math.floor((stop - first) / 4000));
  for (let i = first; i < stop; i += stride) {
    if (d.node[i] !== lane.node || (filter.flow !== null && d.flow[i] !== filter.flow)) continue;
    const match = deliveredAt(other, d.flow[i] as number, lane.node, d.stream[i] as number, d.offset[i] as number);
    if (match === null) continue;
    const by = (d.time[i] as number) - match;
    if (Math.abs(by) < 1000) continue;
    if (Math.abs(by) > Math.abs(greatestBy)) {
      greatest = i;
      greatestBy = by;
    }
    last = i;
    lastBy = by;
  }
  const want = (i: number, by: number, rank: number): void => {
    const x = space.x(d.time[i] as number, lane.at);
    const y = space.y(d.time[i] as number, lane.at);
    sheet.want(rank, {
      text: `${by > 0 ? '+' : '−'}${duration(Math.abs(by))}`,
      id: { kind: 'delivery', trace: 0, index: i },
      style: { color: by > 0 ? theme.lost : theme.delivered, size: 11 },
      x,
      y,
      places: (w, h) =>
        space.lying
          ? [
              [x + 8 * s, y - h / 2 - 1 * s],
              [x - w / 2, y - h - 12 * s, true],
              [x - w - 9 * s, y - h / 2 - 1 * s],
            ]
          : [
              [x - 8 * s, y - h - 8 * s],
              [x - 8 * s, y + 8 * s],
              [x + 12 * s, y - h / 2],
            ],
    });
  };
  if (greatest >= 0) want(greatest, greatestBy, Rank.Difference);
  // Said once where both stand close together and say the same.
  const apart = (space.time.toPixel(d.time[last] as number) - space.time.toPixel(d.time[greatest] as number)) / s;
  const repeats = apart < NEAR && duration(Math.abs(lastBy)) === duration(Math.abs(greatestBy));
  if (last >= 0 && last !== greatest && !repeats) want(last, lastBy, Rank.Difference + 0.5);
  // Where the deliveries fell in the other future.
  const gFirst = lowerBound(g.time, Math.max(viewport.from, partingOf(trace, ghost)), ghost.deliveryCount);
  const gStop = upperBound(g.time, viewport.to, ghost.deliveryCount);
  let lastPixel = -Infinity;
  for (let i = gFirst; i < gStop; i += Math.max(1, Math.floor((gStop - gFirst) / 4000))) {
    if (g.node[i] !== lane.node || (filter.flow !== null && g.flow[i] !== filter.flow)) continue;
    const pixel = space.time.toPixel(g.time[i] as number);
    if (pixel - lastPixel < 6 * s) continue;
    lastPixel = pixel;
    sheet.marks.push({
      shape: 'glyph',
      glyph: 'deliver',
      id: { kind: 'delivery', trace: 1, index: i },
      layer: Layer.Ghost,
      x: space.x(g.time[i] as number, lane.at),
      y: space.y(g.time[i] as number, lane.at),
      size: 7 * s,
      color: theme.delivered,
      opacity: 0.28,
      ...(space.lying ? {} : { turn: -90 }),
    });
  }
};

/** When the byte at `offset` was handed over in another trace, whatever the cuts between its hand-overs. */
const deliveredAt = (other: TraceIndex, flow: number, node: number, stream: number, offset: number): number | null => {
  const list = other.deliveriesOf(flow, node, stream);
  if (!list) return null;
  const k = upperBound(list.offset, offset) - 1;
  if (k < 0) return null;
  const row = list.rows[k] as number;
  const d = other.trace.deliveries;
  return offset < (d.offset[row] as number) + (d.bytes[row] as number) ? (d.time[row] as number) : null;
};
