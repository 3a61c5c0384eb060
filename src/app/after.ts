import type { Bench } from '../view/context.ts';

/** What the page does for nobody once its first picture stands: the printer gets posters. */
export const afterFirst = async (bench: Bench): Promise<void> => {
  const { readyToPrint } = await import('./exports/print.ts');
  readyToPrint(bench);
};
