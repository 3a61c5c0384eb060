import { arrivedBy } from '../../trace/query/arrivals.ts';
import { niceStep } from '../axis/ticks.ts';
import { lyingTime } from '../frame.ts';
import type { LayoutInput } from '../types.ts';

/** What arrived of one flow (null: of all) within a bar, bit/s: what could be handed over at once, and what had to wait. */
export interface Part {
  readonly flow: number | null;
  readonly now: number;
  readonly waiting: number;
}
export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly parts: readonly Part[];
  readonly total: number;
}

/** Narrowest bar, px. */
const BAR = 15;
/** A bar spans at least so many packets' serialization: less would draw packets, not a rate. */
const LEAST_PACKETS = 4;

/** The visible range cut into bars of a round length; those in which nothing arrives are left out. `limit`: bit/s of the link. */
export const barsOf = (
  input: LayoutInput,
  link: number,
  flows: readonly (number | null)[],
  limit: number | null,
): Bar[] => {
  const { index, viewport, theme, filter } = input;
  const { perPixel, cuts } = lyingTime(viewport, theme);
  const packet = limit === null ? 0 : (index.segmentSize(filter.flow ?? 0) * 8e9) / limit;
  const step = Math.max(1, niceStep(Math.max(BAR * theme.scale * perPixel, LEAST_PACKETS * packet)));
  const last = Math.ceil(viewport.to / step);
  const perSecond = 8e9 / step;
  const sources = flows.map((flow) => ({ flow, arrivals: index.arrivals(link, flow), all: 0, waiting: 0 }));
  const bars: Bar[] = [];
  const advance = (time: number): Part[] =>
    sources.map((source) => {
      const all = arrivedBy(source.arrivals, time);
      const waits = arrivedBy(source.arrivals, time, 'waiting');
      const waiting = (waits - source.waiting) * perSecond;
      const now = (all - source.all) * perSecond - waiting;
      source.all = all;
      source.waiting = waits;
      return { flow: source.flow, now, waiting };
    });
  let k = Math.floor(viewport.from / step);
  advance(k * step);
  for (; k < last; k++) {
    // Nothing arrives in a cut, however long it is.
    const cut = cuts.find(({ from, to }) => k * step > from && (k + 1) * step < to);
    if (cut) k = Math.floor(cut.to / step);
    const parts = advance((k + 1) * step);
    const total = parts.reduce((sum, part) => sum + part.now + part.waiting, 0);
    if (total > 0) bars.push({ from: k * step, to: (k + 1) * step, parts, total });
  }
  return bars;
};
