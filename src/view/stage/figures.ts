import { sequence } from '../../figure/sequence/layout.ts';
import { standing } from '../../figure/series/standing.ts';
import { throughput } from '../../figure/series/throughput.ts';
import { cwndPanel } from '../../figure/series/window.ts';
import type { Figure, Layout } from '../../figure/types.ts';
import { panelNames } from '../../session/address/state.ts';
import type { PanelName } from '../../session/address/state.ts';
import type { Trace } from '../../trace/types.ts';

/** A figure that can stand on the stage. */
export interface Panel {
  readonly name: PanelName;
  /** Accessible name. */
  readonly title: string;
  /** Share of the stage's height, and the least that it needs, px. */
  readonly weight: number;
  readonly least: number;
}

const known: Readonly<Record<PanelName, Omit<Panel, 'name'>>> = {
  sequence: { title: 'Sequence diagram', weight: 2.1, least: 232 },
  window: { title: 'Congestion window', weight: 1, least: 108 },
  throughput: { title: 'Throughput', weight: 0.9, least: 100 },
  rtt: { title: 'Round-trip time', weight: 0.8, least: 110 },
  queue: { title: 'Queue', weight: 0.7, least: 100 },
  timesequence: { title: 'Time–sequence', weight: 1.2, least: 160 },
  waterfall: { title: 'Waterfall', weight: 1.7, least: 180 },
  streams: { title: 'Streams', weight: 2, least: 200 },
  matters: { title: 'What matters', weight: 0.6, least: 84 },
  keys: { title: 'Key schedule', weight: 1.9, least: 250 },
  compare: { title: 'Comparison', weight: 2.6, least: 340 },
};

export const panels: readonly Panel[] = panelNames.map((name) => ({ name, ...known[name] }));

/** Height of a waterfall's axis, of one of its lines, and at most; of one of the runs that are compared, px. */
const AXIS = 36;
const LINE = 12;
const MOST_HEIGHT = 2400;
const RUN = 84;
/** The height that a panel needs for what it shows: each resource has its name, and each run its lifelines. */
export const heightOf = ({ name, least }: Panel, { resources, runs }: { resources: number; runs: number }): number => {
  if (name === 'waterfall') return Math.max(least, Math.min(MOST_HEIGHT, AXIS + LINE * resources));
  return name === 'compare' ? Math.max(least, RUN * runs) : least;
};

/** Layouts of the first picture; the others are loaded when a panel first shows them. */
const layouts: Partial<Record<PanelName, Layout>> = {
  sequence,
  window: standing((input) => cwndPanel(input) as Figure),
  throughput: standing(throughput),
};

let complete = false;

/** The layout of a panel for a trace; null until it is loaded. */
export const layoutOf = (name: PanelName, trace: Trace): Layout | null =>
  // Without a congestion window another figure stands in for it.
  !complete && name === 'window' && !trace.series.some((series) => series.name === 'cwnd')
    ? null
    : (layouts[name] ?? null);

export const loadLayout = async (name: PanelName, trace: Trace): Promise<Layout> => {
  const known = layoutOf(name, trace);
  if (known) return known;
  const { more } = await import('./more.ts');
  Object.assign(layouts, more);
  complete = true;
  return layouts[name] as Layout;
};
