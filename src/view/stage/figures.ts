import type { Layout } from '../../figure/types.ts';
import { panelNames } from '../../session/address/state.ts';
import type { PanelName } from '../../session/address/state.ts';
import { queue } from '../../figure/series/queue.ts';
import { rtt } from '../../figure/series/rtt.ts';
import { throughput } from '../../figure/series/throughput.ts';
import { timeSequence } from '../../figure/series/timesequence.ts';
import { window } from '../../figure/series/window.ts';
import { sequence } from '../../figure/sequence/layout.ts';

/** A figure that can stand on the stage. */
export interface Panel {
  readonly name: PanelName;
  /** Accessible name. */
  readonly title: string;
  readonly layout: Layout;
  /** Share of the stage's height, and the least that it needs, px. */
  readonly weight: number;
  readonly least: number;
}

const known: Readonly<Record<PanelName, Omit<Panel, 'name'>>> = {
  sequence: { title: 'Sequence diagram', layout: sequence, weight: 2.1, least: 250 },
  window: { title: 'Congestion window', layout: window, weight: 1, least: 120 },
  throughput: { title: 'Throughput', layout: throughput, weight: 0.9, least: 110 },
  rtt: { title: 'Round-trip time', layout: rtt, weight: 0.8, least: 110 },
  queue: { title: 'Queue', layout: queue, weight: 0.7, least: 100 },
  timesequence: { title: 'Time–sequence', layout: timeSequence, weight: 1.2, least: 160 },
};

export const panels: readonly Panel[] = panelNames.map((name) => ({ name, ...known[name] }));
export const panelOf = (name: PanelName): Panel => ({ name, ...known[name] });
