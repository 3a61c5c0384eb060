import { nanos, NS_PER_US } from '../base/time.ts';
import type { Nanos } from '../base/time.ts';

/** The visible part of a run, ns. */
export interface Range {
  readonly from: Nanos;
  readonly to: Nanos;
}

/** Narrower than this nothing more is to be seen: a byte at 1 Gbit/s takes 8 ns, a packet 12 µs. */
const NARROWEST = 2 * NS_PER_US;
/** Air beside the run, as a part of the whole: after it, room for the names of what it ends in. */
const BEFORE = 0.02;
const AFTER = 0.09;

/** The whole run with air at both ends. */
export const whole = (end: Nanos): Range => ({
  from: nanos(Math.round(-Math.max(end * BEFORE, NARROWEST))),
  to: nanos(Math.round(end + Math.max(end * AFTER, NARROWEST))),
});

/** Moves and narrows a range so that it lies on the run. */
export const fit = (range: Range, end: Nanos): Range => {
  const all = whole(end);
  const span = Math.min(Math.max(range.to - range.from, NARROWEST), all.to - all.from);
  const middle = (range.from + range.to) / 2;
  const from = Math.min(Math.max(middle - span / 2, all.from), all.to - span);
  return { from: nanos(Math.round(from)), to: nanos(Math.round(from + span)) };
};

/** `factor` > 1 shows more. The instant `around` stays where it is. */
export const zoom = (range: Range, factor: number, around: Nanos, end: Nanos): Range => {
  const all = whole(end);
  const span = Math.min(Math.max((range.to - range.from) * factor, NARROWEST), all.to - all.from);
  const part = (around - range.from) / (range.to - range.from);
  const from = around - part * span;
  return fit({ from: nanos(from), to: nanos(from + span) }, end);
};

export const pan = (range: Range, by: number, end: Nanos): Range =>
  fit({ from: nanos(range.from + by), to: nanos(range.to + by) }, end);

/** Unchanged where `time` is seen well; else moved, its span kept, so that `time` stands at `part` of it. */
export const reveal = (range: Range, time: Nanos, end: Nanos, part = 0.5): Range => {
  const span = range.to - range.from;
  if (time >= range.from + span * 0.04 && time <= range.to - span * 0.04) return range;
  return fit({ from: nanos(time - span * part), to: nanos(time + span * (1 - part)) }, end);
};

/** Part of the range that stays between the playhead and the edge while it is dragged. */
const EDGE = 0.06;

/** While the playhead is dragged, the picture moves along with it; after a leap it stands in the middle. */
export const push = (range: Range, time: Nanos, end: Nanos): Range => {
  const span = range.to - range.from;
  const edge = span * EDGE;
  if (time < range.from - span || time > range.to + span) return reveal(range, time, end);
  if (time < range.from + edge) return pan(range, time - (range.from + edge), end);
  if (time > range.to - edge) return pan(range, time - (range.to - edge), end);
  return range;
};

/** While it plays, the picture follows so that the playhead never passes this part of it. */
const FOLLOW = 0.7;
export const follow = (range: Range, time: Nanos, end: Nanos): Range => {
  const span = range.to - range.from;
  if (time < range.from || time > range.to + span) return reveal(range, time, end, 0.1);
  if (time <= range.from + span * FOLLOW) return range;
  return fit({ from: nanos(time - span * FOLLOW), to: nanos(time + span * (1 - FOLLOW)) }, end);
};

/** An interval framed with air around it: half its own length at each side. */
export const frame = (start: Nanos, stop: Nanos, end: Nanos): Range => {
  const span = Math.max(stop - start, NARROWEST);
  return fit({ from: nanos(start - span / 2), to: nanos(stop + span / 2) }, end);
};
