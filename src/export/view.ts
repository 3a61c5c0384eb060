import type { Nanos } from '../base/time.ts';
import { inOrder } from '../figure/frame.ts';
import { measure } from '../figure/measure.ts';
import { playheadMarks } from '../figure/playhead.ts';
import { moved } from '../figure/scene.ts';
import type { Theme } from '../figure/theme.ts';
import { Layer, noFilter } from '../figure/types.ts';
import type { Compared, Figure, LossCosts, Mark, Selection } from '../figure/types.ts';
import { panelNames } from '../session/address/state.ts';
import type { PanelName } from '../session/address/state.ts';
import type { Display } from '../session/Display.ts';
import type { Range } from '../session/range.ts';
import { liesAlways, shownPanels, wayOf } from '../session/way.ts';
import type { Way } from '../session/way.ts';
import type { Cuts } from '../trace/cuts.ts';
import { traceIndex } from '../trace/query/index.ts';
import type { Trace } from '../trace/types.ts';
import { alongTime, arranged, leastRoom, shifted } from './arranged.ts';
import { headingOf } from './heading.ts';

export { liesAlways, panelNames, wayOf };
export type { PanelName, Way };

/** What a person looks at, as plain values: every export is made of this and of nothing else. */
export interface SceneView {
  readonly trace: Trace;
  readonly ghost: Trace | null;
  readonly ghostName: string;
  readonly playhead: Nanos;
  readonly selection: Selection | null;
  /** Packets that "Why?" has lit. */
  readonly chain: readonly number[];
  readonly range: Range;
  readonly cuts: Cuts;
  readonly panels: readonly PanelName[];
  readonly compared: readonly Compared[];
  /** What the loss of each packet would cost; null: not known. */
  readonly losses: LossCosts | null;
  readonly acks: boolean;
  readonly observer: boolean;
  /** What a beat leaves out: acknowledgements, the other future, words on the figures, all after the instant. */
  readonly hidden: Display['hidden']['value'];
  /** What the scene has to tell, in one sentence; '': nothing. */
  readonly sentence: string;
  readonly theme: Theme;
  /** The way that time is to run: down where all the panels can stand. */
  readonly way: Way;
}

/** A picture of its own size: a slide's, whatever the window has, px. */
export const WIDTH = 1280;
export const HEIGHT = 720;

/** Air under the last figure, px at scale 1: no line runs into the edge of a slide. */
const BELOW = 16;

export interface PictureOptions {
  /** Title and sentence over the panels; true unless said. */
  readonly heading?: boolean;
  /** What has not happened yet is covered, as while the page plays. */
  readonly veil?: number;
  /** false: none, as on a worksheet. */
  readonly playhead?: boolean;
  /** The least height of the whole, px; that of a slide unless said. */
  readonly height?: number;
  /** The least height of the heading, px: pictures that follow each other keep their figures in one place. */
  readonly above?: number;
}

/** A picture without its playhead: it is laid out once for all instants of the same range. */
export interface Laid {
  readonly figure: Figure;
  /** px that the heading takes at the top, and the air at the bottom. */
  readonly top: number;
  readonly below: number;
  readonly view: SceneView;
}

/** The panels on screen, on one time axis, under title and sentence. */
export const lay = (view: SceneView, options: PictureOptions = {}): Laid => {
  const { theme, trace } = view;
  const asked = panelNames.filter((name) => view.panels.includes(name));
  const way = wayOf(view.way, asked);
  const panels = shownPanels(way, asked);
  const heading =
    options.heading === false ? { marks: [], height: 0 } : headingOf(trace.title, view.sentence, WIDTH, theme);
  const top = Math.max(heading.height, options.above ?? 0);
  const below = Math.round(BELOW * theme.scale);
  const counts = { resources: trace.requests.length, runs: view.compared.length };
  const least = leastRoom(panels, way, counts, theme.scale);
  const room = Math.max((options.height ?? HEIGHT) - top - below, Math.ceil(least));
  const together = arranged(
    {
      trace,
      ghost: view.hidden.includes('ghost') ? null : view.ghost,
      ghostName: view.ghostName,
      playhead: view.playhead,
      selection: view.selection,
      chain: view.chain,
      filter: { ...noFilter, acks: view.acks && !view.hidden.includes('acks'), observer: view.observer },
      viewport: { width: WIDTH, height: room, ...view.range, cuts: view.cuts, orientation: way },
      theme,
      measure,
      index: traceIndex(trace),
      compared: view.compared,
      ...(view.losses && { matters: view.losses }),
    },
    panels,
    counts,
  );
  // As on the page: all that stands above the playhead are words.
  const seen = view.hidden.includes('labels')
    ? together.marks.filter((mark) => mark.layer < Layer.Tag)
    : together.marks;
  const marks = [...heading.marks, ...(top === 0 ? seen : seen.map((mark) => moved(mark, 0, top)))];
  return {
    figure: {
      ...together,
      summary: [view.sentence, together.summary].filter((part) => part !== '').join(' '),
      height: room + top + below,
      plot: { ...together.plot, y: together.plot.y + top },
      time: shifted(together.time, top),
      marks: inOrder(marks),
    },
    top,
    below,
    view,
  };
};

/** The playhead at an instant, for a picture that is laid out. */
const playheadAt = ({ figure, top, below, view }: Laid, at: Nanos, veil: number): Mark[] => {
  const options = { handle: 'shield', veil } as const;
  if (figure.time.orientation === 'upright') return playheadMarks(figure, at, view.theme, options);
  const unmoved = { ...figure, height: figure.height - top - below, plot: { ...figure.plot, y: figure.plot.y - top } };
  const marks = playheadMarks(unmoved, at, view.theme, options);
  return top === 0 ? marks : marks.map((mark) => moved(mark, 0, top));
};

/**
 * Words tell nothing before it happens: those of the plot that lie behind the playhead are left out, where all that comes
 * is hidden those that reach over it, too. Numbers of axes stay.
 */
const untold = (figure: Figure, marks: readonly Mark[], time: Nanos, isHidden: boolean): readonly Mark[] => {
  const { x, y } = figure.plot;
  const isUpright = figure.time.orientation === 'upright';
  const now = Math.max(figure.time.toPixel(time), isUpright ? y : x);
  const isHead = (mark: Mark): boolean => mark.shape === 'text' && mark.y < y && mark.id === null;
  return marks.filter(
    (mark) =>
      mark.layer < Layer.Tag ||
      mark.id?.kind === 'axis' ||
      isHead(mark) ||
      alongTime(mark, isUpright)[isHidden ? 1 : 0] <= now,
  );
};

/** The picture at an instant. `veil`: how far what comes later is covered, 0 … 1. */
export const at = (laid: Laid, time: Nanos, veil = 0): Figure => {
  const { figure } = laid;
  const marks = veil > 0 ? untold(figure, figure.marks, time, veil === 1) : figure.marks;
  return { ...figure, marks: inOrder([...marks, ...playheadAt(laid, time, veil)]) };
};

/** What stands on the stage now: the one display list that every export is made of. */
export const pictureOf = (view: SceneView, options: PictureOptions = {}): Figure => {
  const laid = lay(view, options);
  const veil = view.hidden.includes('future') ? 1 : (options.veil ?? 0);
  return options.playhead === false ? laid.figure : at(laid, view.playhead, veil);
};
