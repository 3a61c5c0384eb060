import { Door } from './Door.ts';

/** The door of a browser page. */
export const browserDoor = (): Door =>
  new Door({
    start:
      typeof Worker === 'undefined'
        ? null
        : () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
    load: async () => (await import('./work.ts')).work,
  });
