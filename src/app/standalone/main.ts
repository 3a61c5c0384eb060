import type { SavedScene } from '../../export/savedScene.ts';

/**
 * The entry of a page in one file (scripts/standalone.mjs), which also is its own worker: a file opened from disk may
 * load no other, but a worker of its own text is allowed.
 */

const PROGRAM = 'program';
const SCENE = 'scene';

const saved = (): SavedScene | null => {
  const text = document.getElementById(SCENE)?.textContent;
  return text === undefined || text === null ? null : (JSON.parse(text) as SavedScene);
};

/** All workers of the page are the engine's: whatever address they are asked by, they run this file's program. */
const workersFromText = (): void => {
  const text = document.getElementById(PROGRAM)?.textContent ?? '';
  const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  globalThis.Worker = class extends Worker {
    constructor() {
      super(address);
    }
  };
};

/** Opens a capture as if it had been dropped on the page, once the page can take it. */
const dropCapture = (name: string, base64: string): void => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name));
  const watch = new PerformanceObserver((_, observer) => {
    observer.disconnect();
    dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
  });
  watch.observe({ type: 'mark', buffered: true });
};

if (typeof document === 'undefined') void import('../../engine/door/worker.ts');
else {
  workersFromText();
  const scene = saved();
  if (scene && 'address' in scene && location.hash.length <= 1) history.replaceState(null, '', `#${scene.address}`);
  if (scene && 'capture' in scene) dropCapture(scene.name, scene.capture);
  void import('../main.ts');
}
