import { Door } from '../engine/door/Door.ts';
import type { WorkerLike } from '../engine/door/Door.ts';
import { prepareInside } from '../figure/prepare.ts';

/** The name that a worker of this library has: so that its script knows which of its two parts to play. */
export const WORKER_NAME = 'roundtrip-scene';

/** Addresses of the files beside the library. */
export interface Beside {
  /** The engine alone, one classic script. */
  readonly engine: string;
  readonly fonts: { readonly text: string; readonly mono: string };
}

/** Where the library's own script lies, and of which kind it is. null: nobody knows, so there is no worker. */
export interface Script {
  readonly url: string | null;
  readonly kind: 'module' | 'classic';
  readonly beside: Beside | null;
}

let script: Script = { url: null, kind: 'module', beside: null };
export const setScript = (known: Script): void => {
  script = known;
};
export const fontUrls = (): Beside['fonts'] | null => script.beside?.fonts ?? null;

/**
 * What a worker of this library runs: the library's own script, which shares its parts with the page; or, where
 * somebody's bundler has put the library into a script of theirs, the engine alone. null: nothing is known.
 */
export const workerScript = ({ url, kind, beside }: Script): { url: string; kind: 'module' | 'classic' } | null => {
  if (url === null) return null;
  const isOurs = kind === 'classic' || /\/roundtrip\.js(?:[?#]|$)/.test(url);
  if (isOurs) return { url, kind };
  return beside && { url: beside.engine, kind: 'classic' };
};

/**
 * Starts a worker. A script of another origin may not be a worker itself, but may be read by one that comes from a blob;
 * one of the same origin needs no blob, which stricter policies refuse. Where neither may be, the door does the work in
 * the page.
 */
const start = (known: { url: string; kind: 'module' | 'classic' }): WorkerLike => {
  const { href, origin } = new URL(known.url, document.baseURI);
  const type = { name: WORKER_NAME, type: known.kind } as const;
  if (origin === location.origin && origin !== 'null') return new Worker(href, type);
  const address = JSON.stringify(href);
  const text = known.kind === 'module' ? `import ${address};` : `importScripts(${address});`;
  const blob = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  try {
    return new Worker(blob, type);
  } finally {
    // The worker has read its address when its constructor returns.
    setTimeout(() => {
      URL.revokeObjectURL(blob);
    }, 10_000);
  }
};

export const embedDoor = (): Door => {
  const known = workerScript(script);
  return new Door({
    start: typeof Worker === 'undefined' || !known ? null : () => start(known),
    load: async () => (await import('../engine/door/work.ts')).work,
    prepare: prepareInside,
  });
};

/** In a worker of this library: does what the page asks. False anywhere else. */
export const workHere = (): boolean => {
  if (typeof document !== 'undefined' || (globalThis as { name?: unknown }).name !== WORKER_NAME) return false;
  const scope = globalThis as unknown as { onmessage: ((event: MessageEvent) => void) | null };
  // What comes before the engine is loaded would be lost.
  const early: MessageEvent[] = [];
  scope.onmessage = (event) => {
    early.push(event);
  };
  void import('../engine/door/worker.ts').then(
    () => {
      for (const event of early) scope.onmessage?.(event);
    },
    // Thrown outside of a promise it reaches the page, which then does the work itself.
    (error: unknown) =>
      setTimeout(() => {
        throw error;
      }),
  );
  return true;
};
