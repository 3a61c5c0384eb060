import type { Nanos } from '../base/time.ts';
import { inOrder } from '../figure/frame.ts';
import { matters } from '../figure/matters/layout.ts';
import { measure } from '../figure/measure.ts';
import { playheadMarks } from '../figure/playhead.ts';
import { layouts } from '../figure/render.ts';
import { moved, stack } from '../figure/scene.ts';
import type { Theme } from '../figure/theme.ts';
import { Layer, noFilter } from '../figure/types.ts';
import type { Compared, Figure, Layout, LossCosts, Mark, Selection } from '../figure/types.ts';
import { panelNames } from '../session/address/state.ts';
import type { PanelName } from '../session/address/state.ts';
import type { Display } from '../session/Display.ts';
import type { Range } from '../session/range.ts';
import type { Cuts } from '../trace/cuts.ts';
import { traceIndex } from '../trace/query/index.ts';
import type { Trace } from '../trace/types.ts';
import { headingOf } from './heading.ts';
import { heightsOf, leastOf } from './heights.ts';

export { panelNames };
export type { PanelName };

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
}

/** A picture of its own size: a slide's, whatever the window has, px. */
export const WIDTH = 1280;
export const HEIGHT = 720;

/** Air under the last figure, px at scale 1: no line runs into the edge of a slide. */
const BELOW = 16;

/** The layouts of the panels; what losses cost is no figure of the command. */
const layoutOf = (name: PanelName): Layout => (name === 'matters' ? matters : (layouts[name] as Layout));

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

/** The panels on screen, one over the other on one time axis, under title and sentence. */
export const lay = (view: SceneView, options: PictureOptions = {}): Laid => {
  const { theme, trace } = view;
  const panels = panelNames.filter((name) => view.panels.includes(name));
  const heading =
    options.heading === false ? { marks: [], height: 0 } : headingOf(trace.title, view.sentence, WIDTH, theme);
  const top = Math.max(heading.height, options.above ?? 0);
  const below = Math.round(BELOW * theme.scale);
  const counts = { resources: trace.requests.length, runs: view.compared.length };
  const leasts = panels.map((name) => leastOf(name, counts) * theme.scale);
  const least = leasts.reduce((sum, one) => sum + one, 0);
  const room = Math.max((options.height ?? HEIGHT) - top - below, Math.ceil(least));
  const heights = heightsOf(panels, room, leasts);
  const stacked = stack(
    {
      trace,
      ghost: view.hidden.includes('ghost') ? null : view.ghost,
      ghostName: view.ghostName,
      playhead: view.playhead,
      selection: view.selection,
      chain: view.chain,
      filter: { ...noFilter, acks: view.acks && !view.hidden.includes('acks'), observer: view.observer },
      viewport: { width: WIDTH, height: room, ...view.range, cuts: view.cuts, orientation: 'lying' },
      theme,
      measure,
      index: traceIndex(trace),
      compared: view.compared,
      ...(view.losses && { matters: view.losses }),
    },
    panels.map((name, k) => [layoutOf(name), heights[k] as number] as const),
  );
  // As on the page: all that stands above the playhead are words.
  const seen = view.hidden.includes('labels') ? stacked.marks.filter((mark) => mark.layer < Layer.Tag) : stacked.marks;
  const marks = [...heading.marks, ...(top === 0 ? seen : seen.map((mark) => moved(mark, 0, top)))];
  return {
    figure: {
      ...stacked,
      summary: [view.sentence, stacked.summary].filter((part) => part !== '').join(' '),
      height: room + top + below,
      plot: { ...stacked.plot, y: stacked.plot.y + top },
      marks: inOrder(marks),
    },
    top,
    below,
    view,
  };
};

/** The playhead at an instant, for a picture that is laid out. */
const playheadAt = ({ figure, top, below, view }: Laid, at: Nanos, veil: number): Mark[] => {
  const unmoved = { ...figure, height: figure.height - top - below, plot: { ...figure.plot, y: figure.plot.y - top } };
  const marks = playheadMarks(unmoved, at, view.theme, { handle: 'shield', veil });
  return top === 0 ? marks : marks.map((mark) => moved(mark, 0, top));
};

/** Left and right edge of a mark that stands above the playhead, px. */
const edgesOf = (mark: Mark): readonly [number, number] => {
  switch (mark.shape) {
    case 'line':
      return [Math.min(mark.x1, mark.x2), Math.max(mark.x1, mark.x2)];
    case 'path':
    case 'curve': {
      const xs = mark.points.filter((_, k) => k % 2 === 0);
      return [Math.min(...xs), Math.max(...xs)];
    }
    case 'text': {
      const width = measure(mark.text, mark.face, mark.size, mark.weight, mark.tracking);
      const left = mark.anchor === 'start' ? mark.x : mark.anchor === 'end' ? mark.x - width : mark.x - width / 2;
      return [left, left + width];
    }
    case 'glyph':
      return [mark.x - mark.size / 2, mark.x + mark.size / 2];
    case 'rect':
    case 'hatch':
      return [mark.x, mark.x + mark.width];
  }
};

/**
 * Words tell nothing before it happens: those of the plot that lie behind the playhead are left out, where all that comes
 * is hidden those that reach over it, too. Numbers of axes stay.
 */
const untold = (figure: Figure, marks: readonly Mark[], time: Nanos, isHidden: boolean): readonly Mark[] => {
  const { x, y } = figure.plot;
  const now = Math.max(figure.time.toPixel(time), x);
  const isHead = (mark: Mark): boolean => mark.shape === 'text' && mark.y < y && mark.id === null;
  return marks.filter(
    (mark) =>
      mark.layer < Layer.Tag || mark.id?.kind === 'axis' || isHead(mark) || edgesOf(mark)[isHidden ? 1 : 0] <= now,
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
