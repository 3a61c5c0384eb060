import { nanos, NS_PER_MS } from '../base/time.ts';
import type { Nanos } from '../base/time.ts';
import type { Figure } from '../figure/types.ts';
import { follow, reveal } from '../session/range.ts';
import type { Range } from '../session/range.ts';
import { fromAxis, toAxis } from '../trace/cuts.ts';
import { ExportError } from './job.ts';
import { steady } from './steady.ts';
import { at, lay } from './view.ts';
import type { Laid, PictureOptions, SceneView } from './view.ts';

/** A view whose playhead moves from one instant to another, and rests there. */
export interface Shot {
  readonly view: SceneView;
  /** Instants of the run, ns; the same: a picture that stands. */
  readonly from: Nanos;
  readonly to: Nanos;
  /** What was seen before: the view turns from there to its own. Absent: it has its own at once. */
  readonly before?: Range;
  /** How long the last picture stays, s. */
  readonly rest: number;
  /** stretch: the time of the run at the speed of the film, what comes later stays covered. beat: as the page steps to a beat. */
  readonly way: 'stretch' | 'beat';
}

/** What a film shows, and how fast. */
export interface FilmPlan {
  readonly shots: readonly [Shot, ...Shot[]];
  /** Seconds of film per ms of the run, as the player counts. */
  readonly speed: number;
  /** Frames per second. */
  readonly rate: number;
}

/** The last picture of a stretch stays so long, s: whoever watches a loop sees where it ends. */
const REST = 1;
/** The way to a beat takes no less and no more than on the page, s; its view turns in the first part of it. */
const SHORTEST_WAY = 0.4;
const LONGEST_WAY = 3;
const TURN = 0.5;
/** A sentence stays as long as it takes to read it aloud: so many s a word, and never less than the least. */
const WORD = 0.35;
const LEAST_REST = 2;
/** A longer film is minutes of work and more than a message takes. */
export const LONGEST = 240;

/** A stretch of the run as one shot. */
export const stretch = (view: SceneView, from: Nanos, to: Nanos): readonly [Shot] => [
  { view, from, to, rest: REST, way: 'stretch' },
];

const reading = (sentence: string): number => Math.max(LEAST_REST, sentence.split(/\s+/).length * WORD);
const sameList = (a: readonly string[], b: readonly string[]): boolean => a.join() === b.join();

/**
 * Views one after the other, those of a scene's beats: where one goes on from the one before it, the playhead moves
 * there; each stays until its sentence is read.
 */
export const oneByOne = (views: readonly [SceneView, ...SceneView[]]): readonly [Shot, ...Shot[]] => {
  const shot = (view: SceneView, before: SceneView | undefined): Shot => {
    const goesOn = before && before.playhead < view.playhead && sameList(before.panels, view.panels);
    return {
      view,
      from: goesOn ? before.playhead : view.playhead,
      to: view.playhead,
      ...(goesOn && { before: before.range }),
      rest: reading(view.sentence),
      way: 'beat',
    };
  };
  const [first, ...others] = views;
  return [shot(first, undefined), ...others.map((view, k) => shot(view, views[k]))];
};

export interface Frame {
  /** Which shot of the plan it belongs to, and how much of its way is done, 0 … 1. */
  readonly shot: number;
  readonly part: number;
  /** Instant of the run. */
  readonly time: Nanos;
  /** When it is shown and for how long, s of film. */
  readonly start: number;
  readonly length: number;
}

/** How long a shot moves, s. What the time axis cuts out takes no time in it. */
const wayOf = ({ view: { cuts }, from, to, way }: Shot, speed: number): number => {
  if (to <= from) return 0;
  const seconds = ((toAxis(cuts, to) - toAxis(cuts, from)) / NS_PER_MS) * speed;
  return way === 'stretch' ? seconds : Math.min(Math.max(seconds, SHORTEST_WAY), LONGEST_WAY);
};

/** Length of a film, s. */
export const filmSeconds = ({ shots, speed }: Pick<FilmPlan, 'shots' | 'speed'>): number =>
  shots.reduce((sum, shot) => sum + wayOf(shot, speed) + shot.rest, 0);

/** The frames of a film, in order. Throws an ExportError where a stretch is empty or the film too long. */
export const framesOf = (plan: FilmPlan): readonly Frame[] => {
  const { shots, speed, rate } = plan;
  if (shots.some(({ way, from, to }) => way === 'stretch' && to <= from))
    throw new ExportError('The film would show nothing: its end must lie after its beginning.');
  const seconds = filmSeconds(plan);
  if (seconds > LONGEST)
    throw new ExportError(
      `The film would last ${String(Math.round(seconds))} s; ${String(LONGEST)} s are the most: choose a shorter range or a faster speed.`,
    );
  const frames: Frame[] = [];
  // Counted in frames, so that every start is a whole number of them.
  let shown = 0;
  shots.forEach((one, shot) => {
    const { from, to, rest, view } = one;
    const lasts = wayOf(one, speed);
    const first = toAxis(view.cuts, from);
    const length = toAxis(view.cuts, to) - first;
    const count = lasts > 0 ? Math.max(1, Math.round(lasts * rate)) : 0;
    for (let k = 0; k < count; k++) {
      const part = Math.min(1, k / rate / lasts);
      const time = nanos(Math.min(to, Math.round(fromAxis(view.cuts, first + length * part))));
      frames.push({ shot, part, time, start: (shown + k) / rate, length: 1 / rate });
    }
    shown += count;
    const resting = Math.max(1, Math.round(rest * rate));
    frames.push({ shot, part: 1, time: to, start: shown / rate, length: resting / rate });
    shown += resting;
  });
  return frames;
};

/** Covers what has not happened yet. */
const VEIL = 0.6;

/**
 * Gives the picture of each frame, to be asked in order. All have one size, and their figures one place.
 */
export const camera = (shots: FilmPlan['shots']): ((frame: Pick<Frame, 'shot' | 'part' | 'time'>) => Figure) => {
  const options = steady(shots.map(({ view }) => view));
  let number = -1;
  let look: ((time: Nanos, part: number) => Laid) | null = null;
  return ({ shot, part, time }) => {
    const one = shots[shot] as Shot;
    if (!look || shot !== number) look = one.way === 'stretch' ? following(one.view, options) : turning(one, options);
    number = shot;
    const veil = one.view.hidden.includes('future') ? 1 : one.way === 'beat' && part === 1 ? 0 : VEIL;
    return at(look(time, part), time, veil);
  };
};

/**
 * As on the page while it plays, the visible range stays until the playhead nears its end and then follows; it is laid
 * out anew only when it moves.
 */
const following = (view: SceneView, options: PictureOptions): ((time: Nanos) => Laid) => {
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
      const range = { from: instant(axis.from), to: nanos(Math.max(instant(axis.to), instant(axis.from) + 1)) };
      laid = lay({ ...view, range }, options);
    }
    return laid;
  };
};

const ease = (x: number): number => x * x * (3 - 2 * x);
const between = (a: number, b: number, part: number): Nanos => nanos(Math.round(a + (b - a) * part));

/** The way to a beat: the view turns first, so that what happens is seen where it will stay; what is selected shows at its end. */
const turning = ({ view, before }: Shot, options: PictureOptions): ((time: Nanos, part: number) => Laid) => {
  let laid: Laid | null = null;
  let at = -1;
  return (_, part) => {
    const turned = before && part < 1 ? ease(Math.min(part / TURN, 1)) : 1;
    const key = part === 1 ? 2 : turned;
    if (laid && key === at) return laid;
    at = key;
    const range = before && {
      from: between(before.from, view.range.from, turned),
      to: between(before.to, view.range.to, turned),
    };
    const under = { ...view, selection: null, chain: [], ...(range && { range }) };
    laid = lay(part === 1 ? view : under, options);
    return laid;
  };
};
