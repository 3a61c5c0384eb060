import { packetName } from '../../packet/label.ts';
import { blockings } from '../../trace/query/streams/blockings.ts';
import type { Blocking } from '../../trace/query/streams/blockings.ts';
import { NONE } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import { duration } from '../format.ts';
import { placeTag } from '../label/tag.ts';
import type { Placer } from '../label/place.ts';
import { seen } from '../streams/lane.ts';
import { nameOf } from '../streams/rows.ts';
import { Layer } from '../types.ts';
import type { LayoutInput, Mark, TimeScale } from '../types.ts';
import type { Row } from './row.ts';

/** A packet, and the resources that stood still for it. Times in ns. */
export interface Held {
  readonly packet: number;
  /** Rows of `trace.requests`, in order. */
  readonly requests: readonly number[];
  readonly start: number;
  readonly end: number;
  /** Of all of them together. */
  readonly total: number;
}

const known = new WeakMap<Trace, readonly Held[]>();

/** Who stood still because of whose packet, the most time first: what the order of a byte stream, or of the QPACK table, costs. */
export const heldBy = (trace: Trace): readonly Held[] => {
  let list = known.get(trace);
  if (!list) known.set(trace, (list = build(trace)));
  return list;
};

const build = (trace: Trace): Held[] => {
  const groups = new Map<number, Blocking[]>();
  for (const one of blockings(trace)) {
    if (one.packet === NONE || !ORDERS.has(one.layer)) continue;
    const group = groups.get(one.packet);
    if (group) group.push(one);
    else groups.set(one.packet, [one]);
  }
  return [...groups]
    .map(([packet, list]): Held => ({
      packet,
      requests: [...new Set(list.map(({ request }) => request))].sort((a, b) => a - b),
      start: Math.min(...list.map(({ start }) => start)),
      end: Math.max(...list.map(({ end }) => end)),
      total: list.reduce((sum, { start, end }) => sum + end - start, 0),
    }))
    .sort((a, b) => b.total - a.total || a.packet - b.packet);
};

/** A record under way is in hand within ms, and a window is no packet. */
const ORDERS: ReadonlySet<Blocking['layer']> = new Set(['tcp', 'quic', 'qpack'] as const);

/** Packets that are named in each way at most: the worst. */
const MOST_NAMED = 3;

/** "#35 holds 11 of 12, 153 ms", the longest words first. */
export const heldWords = (trace: Trace, { packet, requests, start, end }: Held): string[] => {
  const time = duration(end - start);
  const name = packetName(trace, packet);
  const all = trace.requests.length;
  if (requests.length > 1)
    return [
      `${name} holds ${String(requests.length)} of ${String(all)}, ${time}`,
      `${name}: ${String(requests.length)}, ${time}`,
    ];
  return [`${name} holds ${nameOf(trace.requests[requests[0] ?? 0])} alone, ${time}`, `${name}: 1, ${time}`];
};

/** The line of a resource in a way's small waterfall, px. */
const lineOf = (row: Row, request: number): number => {
  const step = row.barHeight / row.run.trace.requests.length;
  return row.bar + request * step;
};

/** A stroke through the lines of those that one packet holds, from where it begins to hold them, and its name. */
export const drawHeld = (row: Row, input: LayoutInput, time: TimeScale, placer: Placer, marks: Mark[]): void => {
  const { theme, measure } = input;
  const { trace } = row.run;
  const s = theme.scale;
  const step = row.barHeight / trace.requests.length;
  for (const held of heldBy(trace).slice(0, MOST_NAMED)) {
    const place = seen(held, time);
    if (!place) continue;
    const [x, width] = place;
    const top = lineOf(row, held.requests[0] ?? 0);
    const bottom = lineOf(row, held.requests.at(-1) ?? 0) + step;
    marks.push({
      shape: 'line',
      id: null,
      layer: Layer.Event,
      x1: x,
      y1: top,
      x2: x,
      y2: bottom,
      stroke: { color: theme.lost, width: 2 * s },
    });
    const middle = (top + bottom) / 2;
    for (const text of heldWords(trace, held)) {
      const placed = placeTag(
        {
          text,
          id: null,
          style: { color: theme.lost, size: 11, weight: 600 },
          x,
          y: middle,
          places: (w, h) => [
            [x + width + 6 * s, middle - h / 2],
            [x - w - 6 * s, middle - h / 2],
            [x, row.bar - h],
            [x + width + 6 * s, top],
          ],
        },
        placer,
        theme,
        measure,
        marks,
      );
      if (placed) break;
    }
  }
};

/** How long the resources of a way stood still in all, ns. */
export const stoodStill = (trace: Trace): number => heldBy(trace).reduce((sum, { total }) => sum + total, 0);

/** For the gutter, in one line or two: resources' time, not the clock's. */
export const stillText = (ns: number): readonly [stood: string, time: string] => ['stood', duration(ns)];

/** "; #35 holds 11 of 12, 153 ms": the worst packets of a run in words; empty where nobody stood still. */
export const heldSentence = (trace: Trace): string =>
  trace.requests.length > 1
    ? heldBy(trace)
        .slice(0, MOST_NAMED)
        .map((held) => `; ${heldWords(trace, held)[0] ?? ''}`)
        .join('')
    : '';
