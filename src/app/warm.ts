import type { Door } from '../engine/door/Door.ts';
import type { Scene } from '../session/Scene.ts';

/** So many runs make the engine's code fast; measured: from 40 ms for a megabyte down to 4. */
const RUNS = 14;
/** After the first picture, and between two runs, ms: whoever uses the page comes first. */
const REST = 200;
const BETWEEN = 12;
/** Larger runs have made it fast already, or would keep the worker from what is asked of it. */
const MOST_PACKETS = 5000;

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/**
 * Plays the opened scenario a few times for nobody while the page is idle, one at a time, so that the first packet that
 * a hand drops is answered at once.
 */
export const warmEngine = async (door: Door, scene: Scene): Promise<void> => {
  await pause(REST);
  for (let i = 0; i < RUNS; i++) {
    const scenario = scene.shown.value?.document?.scenario;
    if (!scenario || (scene.trace?.packetCount ?? 0) > MOST_PACKETS) return;
    if (!scene.busy.value) await door.run([scenario]);
    await pause(BETWEEN);
  }
};
