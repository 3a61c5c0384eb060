import { SpanKind } from '../../trace/types.ts';
import { breakAcross, middleOf } from '../axis/breaks.ts';
import { duration } from '../format.ts';
import type { Wanted } from '../label/tag.ts';
import { Layer } from '../types.ts';
import type { SemanticId } from '../types.ts';
import { Rank } from './sheet.ts';
import type { Sheet } from './sheet.ts';

/** Lifelines with their names. */
export const drawLifelines = (sheet: Sheet): void => {
  const { space, theme, s, input } = sheet;
  const { trace } = input;
  const { plot, lying } = space;
  for (const node of space.order) {
    const at = space.lane[node] as number;
    const id: SemanticId = { kind: 'node', trace: 0, index: node };
    const about = trace.nodes[node];
    if (!about) continue;
    sheet.marks.push({
      shape: 'line',
      id,
      layer: Layer.Lifeline,
      x1: lying ? plot.x : at,
      y1: lying ? at : plot.y,
      x2: lying ? plot.x + plot.width : at,
      y2: lying ? at : plot.y + plot.height,
      stroke: { color: theme.ink, width: 1.6 * s },
    });
    for (const cut of space.time.cuts) {
      const middle = middleOf(space.time, cut);
      breakAcross(lying ? middle : at, lying ? at : middle, lying, theme, sheet.marks);
    }
    const port = portOf(sheet, node);
    if (lying) {
      const x = plot.x - 12 * s;
      text(sheet, id, x, at - 0.5, nodeName(sheet, node), 'sans', 13, 600, 'end', theme.ink);
      const address = fitted(sheet, about.address + port, x - 4 * s);
      if (address !== '') text(sheet, id, x, at + 15.5 * s, address, 'mono', 10.5, 400, 'end', theme.mute);
    } else {
      // The last stands at the edge; the others in the middle over their lifelines, each in its own share of the width.
      const [left, right] = shareOf(sheet, node);
      const isLast = node === space.order[space.order.length - 1];
      const anchor = isLast ? 'end' : 'middle';
      const x = isLast ? right : at;
      const room = isLast ? right - left : 2 * Math.min(at - left, right - at);
      const name = shortened(sheet, nodeName(sheet, node), room);
      text(sheet, id, x, 16 * s, name, 'sans', 13, 600, anchor, theme.ink);
      const address = fitted(sheet, about.address + port, room, 10);
      if (address !== '') text(sheet, id, x, 32 * s, address, 'mono', 10, 400, anchor, theme.mute);
    }
  }
};

/** A capture knows its nodes by their addresses alone, which stand below anyway: their part in it says more. */
const nodeName = ({ input: { trace } }: Sheet, node: number): string => {
  const { name = '', address, role } = trace.nodes[node] ?? {};
  const alone = trace.nodes.filter((other) => other.role === role).length === 1;
  if (name !== address || !alone) return name;
  return role === 'server' ? 'Server' : role === 'client' ? 'Client' : name;
};

/** From where to where a node's name may reach over an upright picture, px: half the way to its neighbours. */
const shareOf = ({ space, s, input: { viewport } }: Sheet, node: number): readonly [number, number] => {
  const { order, lane, plot } = space;
  const k = order.indexOf(node);
  const [at, before, after] = [node, order[k - 1], order[k + 1]].map((one) => (one === undefined ? null : lane[one]));
  const gap = 3 * s;
  return [
    typeof before === 'number' ? (before + (at as number)) / 2 + gap : 2 * s,
    typeof after === 'number'
      ? (after + (at as number)) / 2 - gap
      : Math.min(plot.x + plot.width, viewport.width - 2 * s),
  ];
};

/** A name cut with an ellipsis where it does not fit. */
const shortened = (sheet: Sheet, name: string, room: number): string => {
  const fits = (t: string): boolean => sheet.input.measure(t, 'sans', 13 * sheet.s, 600) <= room;
  if (fits(name)) return name;
  let length = name.length - 1;
  while (length > 1 && !fits(`${name.slice(0, length)}…`)) length--;
  return `${name.slice(0, length)}…`;
};

/** An address without its port where both do not fit; '' where nothing does. */
const fitted = (sheet: Sheet, address: string, room: number, size = 10.5): string => {
  const fits = (t: string): boolean => sheet.input.measure(t, 'mono', size * sheet.s, 400) <= room;
  if (fits(address)) return address;
  const bare = address.replace(/:\d+$/, '');
  return fits(bare) ? bare : '';
};

/** ":443" where all flows shown use one port at this node. */
const portOf = (sheet: Sheet, node: number): string => {
  const ports = new Set<number>();
  sheet.input.trace.flows.forEach((flow, i) => {
    if (sheet.input.filter.flow !== null && sheet.input.filter.flow !== i) return;
    for (const end of [flow.client, flow.server]) if (end.node === node) ports.add(end.port);
  });
  const [port] = ports;
  return ports.size === 1 && port ? `:${String(port)}` : '';
};

const text = (
  sheet: Sheet,
  id: SemanticId | null,
  x: number,
  y: number,
  words: string,
  face: 'sans' | 'mono',
  size: number,
  weight: 400 | 500 | 600 | 650,
  anchor: 'start' | 'middle' | 'end',
  color: string,
): void => {
  sheet.marks.push({
    shape: 'text',
    id,
    layer: Layer.Tag,
    x,
    y,
    text: words,
    face,
    size: size * sheet.s,
    weight,
    anchor,
    color,
  });
};
export { text as writeText };

/** Where packets are drawn in bundles, a state that is seen for less, px, is not named: its name would lie on another's time. */
const LEAST_NAMED = 3;

/** State changes on the lifelines: a tick where it changes, the state's name from there on. */
export const drawStates = (sheet: Sheet, single: boolean): void => {
  const { input, space, theme, s } = sheet;
  const { trace, index, viewport, filter } = input;
  if (filter.flow === null && trace.flows.length > 1) return;
  const { rows, intervals } = index.spans(SpanKind.State);
  const spans = trace.spans;
  intervals.visit(viewport.from, viewport.to, (k) => {
    const row = rows[k] as number;
    const node = spans.node[row] as number;
    const start = spans.start[row] as number;
    const end = spans.end[row] as number;
    if (filter.flow !== null && spans.flow[row] !== filter.flow) return;
    // Where an end of QUIC is, nobody else can tell (RFC 9001 §5.4): no flag of its goes in clear.
    if (filter.observer === true && trace.flows[spans.flow[row] as number]?.protocol === 'udp') return;
    // A state that something else ends in the same instant was never there to see.
    if (end <= start && end < trace.end) return;
    if (end <= viewport.from) return;
    const across = space.lane[node];
    if (across === undefined) return;
    const id: SemanticId = { kind: 'span', trace: 0, index: row };
    const seen = Math.max(start, viewport.from);
    const x = space.x(seen, across);
    const y = space.y(seen, across);
    if (start >= viewport.from)
      sheet.marks.push({
        shape: 'line',
        id,
        layer: Layer.Lifeline,
        x1: space.lying ? x : x - 4 * s,
        y1: space.lying ? y - 5 * s : y,
        x2: space.lying ? x : x + 4 * s,
        y2: space.lying ? y + 5 * s : y,
        stroke: { color: theme.ink, width: 1.6 * s },
      });
    const length = space.time.toPixel(Math.min(end, viewport.to)) - space.time.toPixel(seen);
    if (!single && length < LEAST_NAMED * s) return;
    // What lasts longest in view has the first choice.
    sheet.want(Rank.State - length / (space.time.end - space.time.start) / 2, {
      text: trace.labels[spans.label[row] as number] ?? '',
      id,
      style: { color: theme.mute, plain: true, size: 10.5, weight: 600 },
      x,
      y,
      places: placesOnLifeline(sheet, x, y, length, space.lying && (space.out[node] || -1) < 0),
    });
  });
};

/** At the start of a state, outside the band, else inside; further along where it lasts. */
const placesOnLifeline =
  (sheet: Sheet, x: number, y: number, length: number, upper: boolean): Wanted['places'] =>
  (w, h) => {
    const { space, s } = sheet;
    const { plot } = space;
    if (!space.lying) {
      const left = Math.min(x - w / 2, plot.x + plot.width - w);
      const later = length > 5 * h ? [0.3, 0.6, 0.85].map((f) => [left, y + length * f] as const) : [];
      return [[left, y + 5 * s], [left, y - h - 5 * s], [left, y + 22 * s], ...later];
    }
    const outside = upper ? y - h - 5 * s : y + 4 * s;
    const later = length > 3 * w ? [0.25, 0.45, 0.65, 0.8].map((f) => [x + length * f, outside] as const) : [];
    return upper
      ? [[x + 4 * s, outside], ...later, [x + 4 * s, y - h - 22 * s], [x + 4 * s, y + 4 * s]]
      : [[x + 4 * s, outside], ...later, [x + 4 * s, y - h - 4 * s], [x + 4 * s, y + 20 * s]];
  };

/** A bar along the sender's lifeline while it recovers, and thin dotted arcs from a lost packet to its repair. */
export const drawRecovery = (sheet: Sheet): void => {
  const { input, space, theme, s } = sheet;
  const { trace, index, viewport, filter } = input;
  const { rows, intervals } = index.spans(SpanKind.Recovery);
  const spans = trace.spans;
  intervals.visit(viewport.from, viewport.to, (k) => {
    const row = rows[k] as number;
    if (filter.flow !== null && spans.flow[row] !== filter.flow) return;
    const node = spans.node[row] as number;
    const across = space.lane[node];
    if (across === undefined) return;
    const out = space.out[node] || -1;
    const start = spans.start[row] as number;
    const end = spans.end[row] as number;
    const p1 = space.time.toPixel(Math.max(start, viewport.from));
    const p2 = space.time.toPixel(Math.min(end, viewport.to));
    const a = across + out * 4.5 * s - 2 * s;
    const id: SemanticId = { kind: 'span', trace: 0, index: row };
    sheet.marks.push({
      shape: 'rect',
      id,
      layer: Layer.Lifeline,
      x: space.lying ? p1 : a,
      y: space.lying ? a : p1,
      width: space.lying ? Math.max(1, p2 - p1) : 4 * s,
      height: space.lying ? 4 * s : Math.max(1, p2 - p1),
      radius: 1.5 * s,
      fill: { color: theme.repair, opacity: 0.45 },
    });
    if (!space.lying) return;
    const label = trace.labels[spans.label[row] as number] ?? '';
    const name = label === '' ? 'recovery' : label;
    sheet.want(Rank.Recovery, {
      text: `${name} · ${duration(end - start)}`,
      id,
      style: { color: theme.repair, plain: true, size: 10.5, weight: 500 },
      x: p1,
      y: across,
      places: (w, h) => {
        const y = out < 0 ? across - 8 * s - h : across + 8 * s;
        return p2 - p1 < w
          ? []
          : [
              [p2 - w, y],
              [p1, y],
              [(p1 + p2 - w) / 2, y],
            ];
      },
    });
  });
};
