import { nanos, NS_PER_MS } from '../base/time.ts';
import type { Nanos } from '../base/time.ts';
import { follow, reveal } from '../session/range.ts';
import type { Range } from '../session/range.ts';
import { fromAxis, toAxis } from '../trace/cuts.ts';
import { ExportError } from './job.ts';
import { at, lay } from './view.ts';
import type { Laid, SceneView } from './view.ts';
import type { Figure } from '../figure/types.ts';

/** What a film shows, and how fast. */
export interface FilmPlan {
  /** Instants of the run, ns. */
  readonly from: Nanos;
  readonly to: Nanos;
  /** Seconds of film per ms of the run, as the player counts. */
  readonly speed: number;
  /** Frames per second. */
  readonly rate: number;
}

/** The last picture stays so long, s: whoever watches a loop sees where it ends. */
const REST = 1;
/** A longer film is minutes of work and more than a message takes. */
export const LONGEST = 120;

export interface Frame {
  /** Instant of the run. */
  readonly time: Nanos;
  /** When it is shown and for how long, s of film. */
  readonly start: number;
  readonly length: number;
}

/** Length of a film, s. What the time axis cuts out takes no time in it. */
export const filmSeconds = ({ cuts }: Pick<SceneView, 'cuts'>, { from, to, speed }: FilmPlan): number =>
  ((toAxis(cuts, to) - toAxis(cuts, from)) / NS_PER_MS) * speed + REST;

/** The frames of a film. Throws an ExportError where the range is empty or the film too long. */
export const framesOf = (view: Pick<SceneView, 'cuts'>, plan: FilmPlan): readonly Frame[] => {
  if (plan.to <= plan.from) throw new ExportError('The film would show nothing: its end must lie after its beginning.');
  const seconds = filmSeconds(view, plan);
  if (seconds > LONGEST)
    throw new ExportError(
      `The film would last ${String(Math.round(seconds))} s; ${String(LONGEST)} s are the most: choose a shorter range or a faster speed.`,
    );
  const first = toAxis(view.cuts, plan.from);
  const moving = Math.max(1, Math.round((seconds - REST) * plan.rate));
  const frames: Frame[] = [];
  for (let k = 0; k < moving; k++) {
    const position = first + (k / plan.rate / plan.speed) * NS_PER_MS;
    const time = nanos(Math.min(plan.to, Math.round(fromAxis(view.cuts, position))));
    frames.push({ time, start: k / plan.rate, length: 1 / plan.rate });
  }
  frames.push({ time: plan.to, start: moving / plan.rate, length: REST });
  return frames;
};

/** Covers what has not happened yet. */
const VEIL = 0.6;

/**
 * Gives the picture of each instant, to be asked in order. As on the page while it plays, the visible range stays until
 * the playhead nears its end and then follows; it is laid out anew only when it moves.
 */
export const camera = (view: SceneView): ((time: Nanos) => Figure) => {
  const { trace, cuts } = view;
  const position = (time: number): Nanos => nanos(Math.round(toAxis(cuts, time)));
  const instant = (axis: number): Nanos => nanos(Math.round(fromAxis(cuts, axis)));
  const end = position(trace.end);
  let axis: Range = { from: position(view.range.from), to: position(view.range.to) };
  let laid: Laid | null = null;
  return (time) => {
    const move = laid ? follow : reveal;
    const next = move(axis, position(time), end);
    if (!laid || next !== axis) {
      axis = next;
      laid = lay({
        ...view,
        range: { from: instant(axis.from), to: nanos(Math.max(instant(axis.to), instant(axis.from) + 1)) },
      });
    }
    return at(laid, time, VEIL);
  };
};
