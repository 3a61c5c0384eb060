import { nanos } from '../base/time.ts';
import type { Nanos } from '../base/time.ts';
import { idleStretches } from './idle.ts';
import type { Trace } from './types.ts';

/**
 * A stretch of idle time that the time axis leaves out but for `kept` ns of its length, where the break glyph stands.
 * Between cuts the axis is linear. Positions on an axis are ns, like times: before the first cut they are the same.
 */
export interface Cut {
  readonly from: Nanos;
  readonly to: Nanos;
  readonly kept: Nanos;
}
export type Cuts = readonly Cut[];

export const noCuts: Cuts = [];

/** Time → position on the axis. */
export const toAxis = (cuts: Cuts, time: number): number => {
  let left = 0;
  for (const { from, to, kept } of cuts) {
    if (time <= from) break;
    if (time < to) return from - left + ((time - from) * kept) / (to - from);
    left += to - from - kept;
  }
  return time - left;
};

/** Position on the axis → time. */
export const fromAxis = (cuts: Cuts, position: number): number => {
  let left = 0;
  for (const { from, to, kept } of cuts) {
    const start = from - left;
    if (position <= start) break;
    if (position < start + kept) return from + ((position - start) * (to - from)) / kept;
    left += to - from - kept;
  }
  return position + left;
};

/** Idle that lasts so many times as long as everything that happens is cut: with less, its length tells something. */
const TIMES = 2.5;
/** What happens counts as this part of the run at least, so that a beat of single packets keeps its rhythm. */
const LEAST = 0.01;
/** Of all that happens: how much idle time stays at each side of what happens, and how wide a glyph stands for the rest. */
const AIR = 0.05;
const KEPT = 0.12;

const known = new WeakMap<Trace, WeakMap<Trace, Cuts>>();

/** What the time axis of a trace, and of the other future beside it, leaves out. */
export const cutsOf = (trace: Trace, ghost: Trace | null): Cuts => {
  let ofTrace = known.get(trace);
  if (!ofTrace) known.set(trace, (ofTrace = new WeakMap()));
  let cuts = ofTrace.get(ghost ?? trace);
  if (!cuts) ofTrace.set(ghost ?? trace, (cuts = find(trace, ghost)));
  return cuts;
};

const find = (trace: Trace, ghost: Trace | null): Cuts => {
  const least = trace.end * LEAST;
  let idle = idleStretches(trace, least);
  if (ghost) idle = common(idle, idleStretches(ghost, least, trace.end)).filter(([from, to]) => to - from > least);
  // What is not idle, island by island.
  let busy = 0;
  let last = 0;
  for (const [from, to] of [...idle, [trace.end, trace.end] as const]) {
    busy += Math.max(from - last, least);
    last = to;
  }
  const air = busy * AIR;
  return idle
    .filter(([from, to]) => to - from > busy * TIMES)
    .map(([from, to]) => ({
      from: nanos(Math.round(from + air)),
      to: nanos(Math.round(to - air)),
      kept: nanos(Math.round(busy * KEPT)),
    }));
};

/** Where both lists are idle. */
const common = (
  a: readonly (readonly [number, number])[],
  b: readonly (readonly [number, number])[],
): (readonly [number, number])[] =>
  a.flatMap(([from, to]) =>
    b.flatMap(([start, stop]): (readonly [number, number])[] =>
      start < to && stop > from ? [[Math.max(from, start), Math.min(to, stop)]] : [],
    ),
  );
