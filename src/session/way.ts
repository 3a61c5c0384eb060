import type { PanelName } from '../scenario/panels.ts';

/** Which way time runs through the figures: to the right, or down. */
export type Way = 'lying' | 'upright';

/** Their rows are resources and runs: these lie always, and what stands with them lies, too. */
const ROWS: readonly PanelName[] = ['compare', 'waterfall', 'streams', 'matters'];

/** A panel that has no upright form. */
export const liesAlways = (name: PanelName): boolean => name === 'keys' || ROWS.includes(name);

/** The way that panels take together where one of them is wanted. */
export const wayOf = (wanted: Way, panels: readonly PanelName[]): Way =>
  panels.some((name) => ROWS.includes(name)) || panels.every(liesAlways) ? 'lying' : wanted;

/** The panels that are shown: names of keys need more room than a column beside an upright figure has. */
export const shownPanels = <P extends PanelName>(way: Way, panels: readonly P[]): readonly P[] =>
  way === 'lying' || panels.length === 1 ? panels : panels.filter((name) => name !== 'keys');

/** Upright, the panels stand side by side: the sequence diagram is so many times as wide as a series. */
const SEQUENCE = 3.6;
const LEAST_SEQUENCE = 236;
const LEAST_SERIES = 64;

/** Widths of upright panels that share a room, whole px, each as much as it needs: together they may be wider than the room. */
export const widthsOf = (panels: readonly PanelName[], room: number, scale = 1): readonly number[] => {
  const share = (name: PanelName): number => (name === 'sequence' ? SEQUENCE : 1);
  const total = panels.reduce((sum, name) => sum + share(name), 0);
  return panels.map((name) =>
    Math.max(
      Math.ceil((name === 'sequence' ? LEAST_SEQUENCE : LEAST_SERIES) * scale),
      Math.floor((room * share(name)) / total),
    ),
  );
};
