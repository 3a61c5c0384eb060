import type { Door } from '../engine/door/Door.ts';
import type { Bench } from '../view/context.ts';
import { warmEngine } from './warm.ts';

/** What the page does for nobody once its first picture stands: the engine gets fast, and the printer gets posters. */
export const afterFirst = async (door: Door, bench: Bench): Promise<void> => {
  await warmEngine(door, bench.scene);
  const { readyToPrint } = await import('./exports/print.ts');
  readyToPrint(bench);
};
