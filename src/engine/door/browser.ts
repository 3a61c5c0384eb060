import { Door } from './Door.ts';
import type { DoorParts } from './Door.ts';

/** The door of a browser page. `prepare`: loads what showing traces takes. */
export const browserDoor = (prepare: NonNullable<DoorParts['prepare']>): Door =>
  new Door({
    prepare,
    start:
      typeof Worker === 'undefined'
        ? null
        : () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
    load: async () => (await import('./work.ts')).work,
  });
