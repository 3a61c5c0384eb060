import type { PanelName } from '../session/address/state.ts';

/** How panels share the height, and the least that each needs, px: what the stage of the page has (test/export holds them together). */
export const shares: Readonly<Record<PanelName, { readonly weight: number; readonly least: number }>> = {
  sequence: { weight: 2.1, least: 232 },
  window: { weight: 1, least: 108 },
  throughput: { weight: 0.9, least: 100 },
  rtt: { weight: 0.8, least: 110 },
  queue: { weight: 0.7, least: 100 },
  timesequence: { weight: 1.2, least: 160 },
  waterfall: { weight: 1.7, least: 180 },
  streams: { weight: 2, least: 200 },
  matters: { weight: 0.6, least: 84 },
  keys: { weight: 1.9, least: 250 },
  compare: { weight: 2.6, least: 340 },
};

/** Height of a waterfall's axis, of one of its lines, and at most; of one of the runs that are compared, px. */
const AXIS = 36;
const LINE = 12;
const MOST_HEIGHT = 2400;
const RUN = 84;

/** The height that a panel needs for what it shows, px: as on the stage, each resource has its name and each run its lifelines. */
export const leastOf = (name: PanelName, { resources, runs }: { resources: number; runs: number }): number => {
  const { least } = shares[name];
  if (name === 'waterfall') return Math.max(least, Math.min(MOST_HEIGHT, AXIS + LINE * resources));
  return name === 'compare' ? Math.max(least, RUN * runs) : least;
};

/** Heights of panels in a room, px: what each needs, and by weight what is over; the last takes what rounding left. */
export const heightsOf = (panels: readonly PanelName[], room: number, leasts: readonly number[]): readonly number[] => {
  const total = panels.reduce((sum, name) => sum + shares[name].weight, 0);
  const fair = panels.map((name) => (room * shares[name].weight) / total);
  const spare = leasts.reduce((sum, least, k) => sum + Math.max(0, (fair[k] as number) - least), 0);
  const lacking = leasts.reduce((sum, least, k) => sum + Math.max(0, least - (fair[k] as number)), 0);
  const heights = fair.map((height, k) => {
    const least = leasts[k] as number;
    return Math.round(height < least ? least : height - (spare > 0 ? (lacking * (height - least)) / spare : 0));
  });
  const rest = room - heights.reduce((sum, height) => sum + height, 0);
  return heights.map((height, k) => (k === heights.length - 1 ? height + rest : height));
};
