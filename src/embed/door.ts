import { Door } from '../engine/door/Door.ts';
import type { WorkerLike } from '../engine/door/Door.ts';
import { prepareInside } from '../figure/prepare.ts';

/** The name that a worker of this library has: so that its script knows which of its two parts to play. */
export const WORKER_NAME = 'roundtrip-scene';

/** Where the library's own script lies, and of which kind it is. null: nobody knows, so there is no worker. */
export interface Script {
  readonly url: string | null;
  readonly kind: 'module' | 'classic';
}

let script: Script = { url: null, kind: 'module' };
export const setScript = (known: Script): void => {
  script = known;
};
export const scriptUrl = (): string | null => script.url;

/**
 * Starts the library's script once more as a worker, through a blob: a script of another origin may not be a worker
 * itself, but may be read by one. A content policy may forbid it; then the door does the work in the page.
 */
const start = (): WorkerLike => {
  if (script.url === null) throw new Error('The library does not know where it was loaded from.');
  const url = JSON.stringify(new URL(script.url, document.baseURI).href);
  const text = script.kind === 'module' ? `import ${url};` : `importScripts(${url});`;
  const blob = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  try {
    return new Worker(blob, { name: WORKER_NAME, type: script.kind });
  } finally {
    // The worker has read its address when its constructor returns.
    setTimeout(() => {
      URL.revokeObjectURL(blob);
    }, 10_000);
  }
};

export const embedDoor = (): Door =>
  new Door({
    start: typeof Worker === 'undefined' || script.url === null ? null : start,
    load: async () => (await import('../engine/door/work.ts')).work,
    prepare: prepareInside,
  });

/** In a worker of this library: does what the page asks. False anywhere else. */
export const workHere = (): boolean => {
  if (typeof document !== 'undefined' || (globalThis as { name?: unknown }).name !== WORKER_NAME) return false;
  const scope = globalThis as unknown as { onmessage: ((event: MessageEvent) => void) | null };
  // What comes before the engine is loaded would be lost.
  const early: MessageEvent[] = [];
  scope.onmessage = (event) => {
    early.push(event);
  };
  void import('../engine/door/worker.ts').then(() => {
    for (const event of early) scope.onmessage?.(event);
  });
  return true;
};
