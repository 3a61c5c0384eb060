import { sequence } from '../../figure/sequence/layout.ts';
import { standing } from '../../figure/series/standing.ts';
import { throughput } from '../../figure/series/throughput.ts';
import { window } from '../../figure/series/window.ts';
import type { Layout } from '../../figure/types.ts';
import { panelNames } from '../../session/address/state.ts';
import type { PanelName } from '../../session/address/state.ts';

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
  sequence: { title: 'Sequence diagram', weight: 2.1, least: 250 },
  window: { title: 'Congestion window', weight: 1, least: 120 },
  throughput: { title: 'Throughput', weight: 0.9, least: 110 },
  rtt: { title: 'Round-trip time', weight: 0.8, least: 110 },
  queue: { title: 'Queue', weight: 0.7, least: 100 },
  timesequence: { title: 'Time–sequence', weight: 1.2, least: 160 },
  compare: { title: 'Comparison', weight: 2.6, least: 340 },
};

export const panels: readonly Panel[] = panelNames.map((name) => ({ name, ...known[name] }));

/** Layouts of the first picture; the others are loaded when a panel first shows them. */
const layouts: Partial<Record<PanelName, Layout>> = {
  sequence,
  window: standing(window),
  throughput: standing(throughput),
};

/** The layout of a panel; null until it is loaded. */
export const layoutOf = (name: PanelName): Layout | null => layouts[name] ?? null;

export const loadLayout = async (name: PanelName): Promise<Layout> => {
  const known = layoutOf(name);
  if (known) return known;
  const { more } = await import('./more.ts');
  Object.assign(layouts, more);
  return layouts[name] as Layout;
};
