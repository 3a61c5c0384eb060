import { headingOf } from './heading.ts';
import { lay, WIDTH } from './view.ts';
import type { PictureOptions, SceneView } from './view.ts';

/**
 * What pictures that follow each other have in common: one height, and figures that begin at one place however long the
 * sentences over them are.
 */
export const steady = (views: readonly SceneView[], least?: number): PictureOptions => {
  const above = Math.max(
    0,
    ...views.map(({ trace, sentence, theme }) => headingOf(trace.title, sentence, WIDTH, theme).height),
  );
  const options = { above, ...(least !== undefined && { height: least }) };
  return { above, height: Math.max(...views.map((view) => lay(view, options).figure.height)) };
};
