import { isPageHidden } from '../../packet/protected.ts';
import { blockings, layerName } from '../../trace/query/streams/blockings.ts';
import type { Blocking } from '../../trace/query/streams/blockings.ts';
import { lanesOf } from '../../trace/query/streams/lanes.ts';
import { NONE } from '../../trace/types.ts';
import type { Trace, TraceRequest } from '../../trace/types.ts';
import { axisHeight, timeAxis } from '../axis/timeAxis.ts';
import { duration, instant, plural } from '../format.ts';
import { inOrder, lyingTime } from '../frame.ts';
import { Placer } from '../label/place.ts';
import { Layer } from '../types.ts';
import type { Box, Figure, HitIndex, Layout, LayoutInput, Mark, TimeScale } from '../types.ts';
import { unseen } from '../unseen.ts';
import { resourceColor } from '../waterfall/bars.ts';
import { boxOf, drawBlocked, drawStairs, nameBlocked, seen } from './lane.ts';
import { blockLook } from './look.ts';
import { nameOf, totals, wordsOf } from './rows.ts';
import type { Row } from './rows.ts';

const MOST_LANE = 44;
/** Lanes lower than this have no words of their own. */
const NAMED_FROM = 11;
const LEGEND = 22;

const rowsOf = (trace: Trace, top: number, height: number, s: number): Row[] => {
  const lanes = lanesOf(trace);
  const byRequest = new Map<number, Blocking[]>();
  for (const one of blockings(trace)) {
    const list = byRequest.get(one.request);
    if (list) list.push(one);
    else byRequest.set(one.request, [one]);
  }
  const step = Math.min(MOST_LANE * s, height / Math.max(1, lanes.length));
  return lanes.map((lane, k) => ({
    lane,
    request: trace.requests[lane.request] as TraceRequest,
    blocked: byRequest.get(lane.request) ?? [],
    top: top + k * step + step * 0.1,
    height: step * 0.8,
  }));
};

/** The resource's name, and below it, where there is room, the stream or connection that it was on. */
const writeName = (row: Row, input: LayoutInput, x: number, marks: Mark[]): void => {
  const { theme, trace } = input;
  const s = theme.scale;
  const { request } = row;
  const two = row.height >= 26 * s;
  const write = (y: number, text: string, size: number, weight: 400 | 500, color: string): void => {
    marks.push({
      shape: 'text',
      id: null,
      layer: Layer.Tag,
      x: x - 10 * s,
      y,
      text,
      face: 'sans',
      size,
      weight,
      anchor: 'end',
      color,
    });
  };
  const middle = row.top + row.height / 2;
  const size = Math.min(12 * s, row.height * 0.75);
  write(two ? middle - 6 * s : middle, nameOf(request), size, 500, resourceColor(theme, row.lane.request));
  const on =
    request.stream !== undefined
      ? `stream ${String(request.stream)}`
      : trace.flows.length > 1
        ? `connection ${String(request.flow + 1)}`
        : '';
  if (two && on !== '') write(middle + 8 * s, on, 10 * s, 400, theme.mute);
};

/** Words find another place than a resource's stair, where there is one. */
const avoidStairs = ({ lane, top, height }: Row, time: TimeScale, placer: Placer): void => {
  const [first, last] = [lane.arrived.time[0], lane.delivered.time.at(-1)];
  if (first === undefined || last === undefined || last < time.from || first > time.to) return;
  const x = time.toPixel(Math.max(first, time.from));
  placer.avoid({ x, y: top, width: Math.max(1, time.toPixel(Math.min(last, time.to)) - x), height });
};

/** How long it was blocked, by layer, behind its last byte. */
const writeEnd = (row: Row, input: LayoutInput, time: TimeScale, placer: Placer, marks: Mark[]): void => {
  const { theme, measure } = input;
  const s = theme.scale;
  const { completion } = row.request;
  if (completion === null || completion > time.to || completion < time.from) return;
  const parts = totals(row.blocked).map(([layer, ns]) => `${blockLook(layer, theme).short} ${duration(ns)}`);
  const size = 10.5 * s;
  const last = Math.max(completion, row.lane.delivered.time.at(-1) ?? 0);
  const x = time.toPixel(last) + 6 * s;
  const y = row.top + row.height / 2;
  const texts =
    parts.length === 0 ? ['never blocked'] : parts.map((_, k) => parts.slice(0, parts.length - k).join(' · '));
  for (const text of texts) {
    const box = { x, y: y - 7 * s, width: measure(text, 'sans', size, 500), height: 14 * s };
    if (placer.take([box]) < 0) continue;
    marks.push({
      shape: 'text',
      id: null,
      layer: Layer.Tag,
      x,
      y,
      text,
      face: 'sans',
      size,
      weight: 500,
      anchor: 'start',
      color: theme.mute,
    });
    return;
  }
};

/** Each layer's pattern, its name, and what it cost all resources together. */
const drawLegend = (rows: readonly Row[], input: LayoutInput, plot: Box, y: number, marks: Mark[]): void => {
  const { theme, measure } = input;
  const s = theme.scale;
  const size = 11 * s;
  const write = (x: number, text: string, weight: 400 | 500, color: string): void => {
    marks.push({
      shape: 'text',
      id: null,
      layer: Layer.Tag,
      x,
      y,
      text,
      face: 'sans',
      size,
      weight,
      anchor: 'start',
      color,
    });
  };
  const found = totals(rows.flatMap((row) => row.blocked));
  if (found.length === 0) {
    write(plot.x, 'Nothing was blocked.', 400, theme.mute);
    return;
  }
  const items = found.map(([layer, ns]) => {
    const look = blockLook(layer, theme);
    const many = rows.filter((row) => row.blocked.some((one) => one.layer === layer)).length;
    return {
      look,
      texts: [
        `${look.name} · ${duration(ns)} in ${String(many)}`,
        `${look.name} ${duration(ns)}`,
        `${look.short} ${duration(ns)}`,
      ],
    };
  });
  const widthOf = (k: number): number =>
    items.reduce((sum, { texts }) => sum + measure(texts[k] ?? '', 'sans', size, 500) + 44 * s, 0);
  const k = [0, 1].find((one) => widthOf(one) <= plot.width + 24 * s) ?? 2;
  let x = plot.x;
  for (const { look, texts } of items) {
    marks.push({
      shape: 'hatch',
      id: null,
      layer: Layer.Event,
      x,
      y: y - 6 * s,
      width: 20 * s,
      height: 12 * s,
      pattern: look.pattern,
      color: look.color,
      spacing: Math.min(look.spacing, 5 * s),
      lineWidth: s,
      fill: { color: look.color, opacity: 0.1 },
    });
    const text = texts[k] ?? '';
    write(x + 26 * s, text, 500, look.color);
    x += measure(text, 'sans', size, 500) + 44 * s;
  }
};

/** What the chosen packet brought, as a mark across each lane that it brought bytes of. */
const drawChosen = (rows: readonly Row[], { selection, theme }: LayoutInput, time: TimeScale, marks: Mark[]): void => {
  if (selection?.kind !== 'packet' || selection.trace !== 0) return;
  for (const { lane, top, height } of rows) {
    const k = lane.packets.indexOf(selection.index);
    const at = lane.arrived.time[k];
    if (at === undefined || at < time.from || at > time.to) continue;
    const x = time.toPixel(at);
    marks.push({
      shape: 'line',
      id: { kind: 'packet', trace: 0, index: selection.index },
      layer: Layer.Selection,
      x1: x,
      y1: top - 2,
      x2: x,
      y2: top + height + 2,
      stroke: { color: theme.accent, width: 2.4 * theme.scale },
    });
  }
};

const blockingAt = (row: Row, x: number, y: number, time: TimeScale, s: number): Blocking | null => {
  const under = row.blocked.filter((one) => {
    const place = seen(one, time);
    if (!place || x < place[0] - 1 || x > place[0] + place[1] + 1) return false;
    const [top] = boxOf(one, row, s);
    return y >= top - 1;
  });
  // The narrowest is the one that is meant.
  return under.sort((a, b) => a.end - a.start - (b.end - b.start))[0] ?? null;
};

const hitsOf = (rows: readonly Row[], time: TimeScale, s: number): HitIndex => ({
  at(x, y, tolerance = 6) {
    const row = rows.find(({ top, height }) => y >= top - 1 && y <= top + height + 1);
    if (!row || x < time.start - tolerance || x > time.end + tolerance) return null;
    const one = blockingAt(row, x, y, time, s);
    // Who asks about a hatch wants to know whose fault it is; arrivals under it are dense.
    if (one && one.layer !== 'tls') return { id: { kind: 'span', trace: 0, index: one.span }, distance: 0 };
    let best = NONE as number;
    let nearest = tolerance;
    row.lane.arrived.time.forEach((at, k) => {
      const apart = Math.abs(time.toPixel(at) - x);
      if (apart > nearest) return;
      nearest = apart;
      best = row.lane.packets[k] as number;
    });
    return best === NONE ? null : { id: { kind: 'packet', trace: 0, index: best }, distance: nearest };
  },
});

const sentence = (trace: Trace, { request, blocked }: Row): string => {
  const done = request.completion === null ? 'not done' : `done at ${instant(request.completion)}`;
  const long = blocked
    .filter((one) => one.layer !== 'tls')
    .map((one) => `${wordsOf(trace, one)[0] ?? ''} from ${instant(one.start)}`);
  const sums = totals(blocked).map(([layer, ns]) => `${layerName(layer)} ${duration(ns)}`);
  return `${nameOf(request)}: ${[done, ...long.slice(0, 3), ...(sums.length > 0 ? [`blocked by ${sums.join(', ')}`] : ['never blocked'])].join('; ')}.`;
};

/** Bytes by resource over time, arrival above delivery; between the two they wait, hatched by the layer that held them. */
export const streams: Layout = (input): Figure => {
  const { viewport, theme, measure, trace, filter } = input;
  if (filter.observer === true && isPageHidden(trace)) return unseen(input, 'streams', 'Streams');
  const s = theme.scale;
  const marks: Mark[] = [];
  const time = lyingTime(viewport, theme);
  const numbers = viewport.axis === 'numbers';
  const top = (numbers ? axisHeight(theme) : 0) + 4 * s;
  const plot = {
    x: time.start,
    y: top,
    width: time.end - time.start,
    height: Math.max(1, viewport.height - top - LEGEND * s),
  };
  const axis = timeAxis(time, plot, theme, measure, numbers, marks);
  const rows = rowsOf(trace, top, plot.height, s);
  const placer = new Placer({ x: plot.x, y: top, width: plot.width + 20 * s, height: plot.height }, 0);
  for (const row of rows) {
    drawStairs(row, input, time, marks);
    avoidStairs(row, time, placer);
    drawBlocked(row, input, time, marks);
    if (row.height / 0.8 >= NAMED_FROM * s) writeName(row, input, plot.x, marks);
  }
  nameBlocked(rows, input, time, placer, marks);
  for (const row of rows) if (row.height / 0.8 >= NAMED_FROM * s) writeEnd(row, input, time, placer, marks);
  drawChosen(rows, input, time, marks);
  if (rows.length > 0) drawLegend(rows, input, plot, viewport.height - (LEGEND / 2) * s, marks);
  return {
    name: 'streams',
    width: viewport.width,
    height: viewport.height,
    marks: inOrder(marks),
    plot,
    time,
    hits: hitsOf(rows, time, s),
    axes: [axis],
    counted: null,
    title: 'Streams',
    tell: (x, y) => {
      const row = rows.find((one) => y >= one.top && y <= one.top + one.height);
      const one = row && blockingAt(row, x, y, time, s);
      return row && one ? `${nameOf(row.request)}: ${layerName(one.layer)}, ${wordsOf(trace, one)[0] ?? ''}` : null;
    },
    get summary() {
      if (rows.length === 0) return 'No requests are known.';
      const all = totals(rows.flatMap((row) => row.blocked)).map(
        ([layer, ns]) => `${layerName(layer)} ${duration(ns)}`,
      );
      const head = `${plural(rows.length, 'resource')}. ${all.length === 0 ? 'Nothing was blocked.' : `Blocked, all together: ${all.join(', ')}.`}`;
      return [head, ...rows.map((row) => sentence(trace, row))].join(' ');
    },
  };
};
