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

/** Lets the page answer between two pieces of work, where the last pause is long ago; rejects where the work was ended. */
export const breather = ({ signal }: Job): (() => Promise<void>) => {
  let last = performance.now();
  return async () => {
    signal.throwIfAborted();
    if (performance.now() - last < SLICE_MS) return;
    await task();
    last = performance.now();
    signal.throwIfAborted();
  };
};
