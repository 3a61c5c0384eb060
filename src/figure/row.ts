import { joined, moved } from './scene.ts';
import type { Figure, HitIndex, Layout, LayoutInput, Mark } from './types.ts';

/** Upright figures side by side on one time axis that runs down: each layout with its width, px. */
export const row = (input: LayoutInput, parts: readonly (readonly [Layout, number])[]): Figure => {
  const marks: Mark[] = [];
  const figures: { figure: Figure; left: number }[] = [];
  let left = 0;
  parts.forEach(([layout, width], k) => {
    const figure = layout({ ...input, viewport: { ...input.viewport, width, axis: k === 0 ? 'numbers' : 'rules' } });
    for (const mark of figure.marks) marks.push(left === 0 ? mark : moved(mark, left, 0));
    figures.push({ figure, left });
    left += width;
  });
  const first = figures[0] as { figure: Figure; left: number };
  const last = figures[figures.length - 1] as { figure: Figure; left: number };
  const hits: HitIndex = {
    at(x, y, tolerance) {
      const under = figures.find((f) => x >= f.left && x < f.left + f.figure.width);
      return under ? under.figure.hits.at(x - under.left, y, tolerance) : null;
    },
  };
  const { plot } = first.figure;
  return joined(
    input,
    figures.map(({ figure }) => figure),
    {
      marks,
      hits,
      width: left,
      plot: { ...plot, width: last.left + last.figure.plot.x + last.figure.plot.width - plot.x },
    },
  );
};
