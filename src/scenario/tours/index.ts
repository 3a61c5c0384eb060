import type { Preset } from '../presets/types.ts';

/** Tours of one to three minutes, in the order in which they build on each other. */
export const tours: readonly Preset[] = [];
