import type { Preset } from '../../scenario/presets.ts';

/** The tab of the tours among the presets. */
export const TOURS = 'Tours';

export const isTour = (presets: readonly Preset[], name: string | null): boolean =>
  presets.some((one) => one.tab === TOURS && one.name === name);

/** The tour behind a tour, in the order in which they build on each other; null: it was the last, or it is none. */
export const tourAfter = (presets: readonly Preset[], name: string | null): Preset | null => {
  const tours = presets.filter(({ tab }) => tab === TOURS);
  const at = tours.findIndex((one) => one.name === name);
  return at < 0 ? null : (tours[at + 1] ?? null);
};
