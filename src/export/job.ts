import type { Steps } from '../base/steps.ts';

/** What long work hears and says: whoever started it may end it, and sees how far it is. */
export interface Job {
  readonly signal: AbortSignal;
  /** Part that is done, 0 … 1. */
  readonly progress: (part: number) => void;
}

/** Work that nobody waits for and nobody ends. */
export const alone = (): Job => ({ signal: new AbortController().signal, progress: () => undefined });

/** Why an export could not be made: one sentence, what is missing and what can be done instead. */
export class ExportError extends Error {}

/** How long work keeps the page from answering, ms: half a frame and a little. */
const SLICE_MS = 12;

const task = (): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, 0);
  });

/** When to rest, and how. */
const clockwork = (): { isDue: () => boolean; rest: (signal: AbortSignal) => Promise<void> } => {
  let last = performance.now();
  return {
    isDue: () => performance.now() - last >= SLICE_MS,
    rest: async (signal) => {
      await task();
      last = performance.now();
      signal.throwIfAborted();
    },
  };
};

/** Lets the page answer between two pieces of work, where the last pause is long ago; rejects where the work was ended. */
export const breather = ({ signal }: Job): (() => Promise<void>) => {
  const pace = clockwork();
  return async () => {
    signal.throwIfAborted();
    if (pace.isDue()) await pace.rest(signal);
  };
};

/**
 * Does work step by step: the page answers meanwhile, sees how far it is, and may end it. `from`, `to`: which part of the
 * job it is. Rejects with the signal's reason where it was ended.
 */
export const paced = async <T>(steps: Steps<T>, job: Job, from = 0, to = 1): Promise<T> => {
  const pace = clockwork();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (!pace.isDue()) continue;
    job.progress(from + (to - from) * step.value);
    await pace.rest(job.signal);
  }
};
