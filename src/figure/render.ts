import { nanos } from '../base/time.ts';
import type { Nanos } from '../base/time.ts';
import { cutsOf } from '../trace/cuts.ts';
import type { Cuts } from '../trace/cuts.ts';
import { traceIndex } from '../trace/query/index.ts';
import type { Trace } from '../trace/types.ts';
import { inOrder } from './frame.ts';
import { measure } from './measure.ts';
import { overview } from './overview/layout.ts';
import { svg } from './paint/svg.ts';
import { playheadMarks } from './playhead.ts';
import { scene } from './scene.ts';
import { sequence } from './sequence/layout.ts';
import { compare } from './compare/layout.ts';
import { keys } from './keys/layout.ts';
import { queue } from './series/queue.ts';
import { rtt } from './series/rtt.ts';
import { standing } from './series/standing.ts';
import { throughput } from './series/throughput.ts';
import { timeSequence } from './series/timesequence.ts';
import { window } from './series/sending.ts';
import { streams } from './streams/layout.ts';
import { waterfall } from './waterfall/layout.ts';
import { theme } from './theme.ts';
import type { Theme } from './theme.ts';
import { noFilter } from './types.ts';
import type { Compared, Figure, Filter, Layout, LayoutInput, LossCosts, Selection } from './types.ts';

/** Figures by the names that the command and the page call them by. */
export const layouts: Readonly<Record<string, Layout>> = {
  scene,
  sequence,
  window: standing(window),
  throughput: standing(throughput),
  rtt: standing(rtt),
  queue: standing(queue),
  timesequence: standing(timeSequence),
  compare,
  waterfall,
  streams,
  keys,
  overview,
};
export const figureNames: readonly string[] = Object.keys(layouts);

export interface RenderOptions {
  /** Playhead; absent: none is drawn. */
  readonly at?: Nanos;
  readonly from?: Nanos;
  readonly to?: Nanos;
  /** Idle time that the axis leaves out; absent: what `cutsOf` finds. */
  readonly cuts?: Cuts;
  /** By its name, or itself. */
  readonly theme: string | Theme;
  readonly width: number;
  readonly height: number;
  readonly ghost?: Trace | null;
  /** What the loss of each packet would cost. */
  readonly matters?: LossCosts;
  /** Runs of the same page by other ways, for the comparison. */
  readonly compared?: readonly Compared[];
  readonly selection?: Selection | null;
  readonly chain?: readonly number[];
  readonly filter?: Filter;
  readonly orientation?: 'lying' | 'upright';
  /** @font-face rules to embed. */
  readonly css?: string;
}

const themeOf = ({ theme: one }: Pick<RenderOptions, 'theme'>): Theme => (typeof one === 'string' ? theme(one) : one);

/** The layout input of a render call: the whole run where no range is given. */
export const inputOf = (trace: Trace, options: RenderOptions): LayoutInput => {
  const from = options.from ?? nanos(0);
  const to = options.to ?? trace.end;
  return {
    trace,
    ghost: options.ghost ?? null,
    playhead: options.at ?? from,
    selection: options.selection ?? null,
    ...(options.chain ? { chain: options.chain } : {}),
    ...(options.matters ? { matters: options.matters } : {}),
    ...(options.compared ? { compared: options.compared } : {}),
    filter: options.filter ?? noFilter,
    viewport: {
      width: options.width,
      height: options.height,
      from,
      to: nanos(Math.max(to, from + 1)),
      cuts: options.cuts ?? cutsOf(trace, options.ghost ?? null),
      orientation: options.orientation ?? 'lying',
      axis: 'numbers',
    },
    theme: themeOf(options),
    measure,
    index: traceIndex(trace),
  };
};

/** Lays a figure out with its playhead. Throws a RangeError that lists the names where `figure` is none of them. */
export const layOut = (figure: string, trace: Trace, options: RenderOptions): Figure => {
  const layout = layouts[figure];
  if (!layout) throw new RangeError(`There is no figure "${figure}"; there are: ${figureNames.join(', ')}.`);
  const laid = layout(inputOf(trace, options));
  if (options.at === undefined) return laid;
  const handle = figure === 'overview' ? 'dot' : 'shield';
  const playhead = playheadMarks(laid, options.at, themeOf(options), { handle });
  return { ...laid, marks: inOrder([...laid.marks, ...playhead]) };
};

/** One figure of a trace as an SVG document. */
export const renderFigure = (figure: string, trace: Trace, options: RenderOptions): string => {
  const laid = layOut(figure, trace, options);
  const { transparent, ground } = themeOf(options);
  return svg(laid, {
    ground: transparent ? null : ground,
    title: trace.title === '' || figure === 'scene' ? laid.title : `${laid.title}: ${trace.title}`,
    description: laid.summary,
    ...(options.css === undefined ? {} : { css: options.css }),
  });
};
