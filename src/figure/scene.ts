import { inOrder } from './frame.ts';
import { sequence } from './sequence/layout.ts';
import { throughput } from './series/throughput.ts';
import { window } from './series/sending.ts';
import type { Figure, HitIndex, Layout, LayoutInput, Mark } from './types.ts';

/** A mark moved by dx, dy. */
export const moved = (mark: Mark, dx: number, dy: number): Mark => {
  switch (mark.shape) {
    case 'line':
      return { ...mark, x1: mark.x1 + dx, y1: mark.y1 + dy, x2: mark.x2 + dx, y2: mark.y2 + dy };
    case 'path': {
      const points = mark.points.slice();
      for (let k = 0; k < points.length; k += 2) {
        points[k] = (points[k] as number) + dx;
        points[k + 1] = (points[k + 1] as number) + dy;
      }
      return { ...mark, points };
    }
    case 'curve': {
      const [a, b, c, d, e, f, g, h] = mark.points;
      return { ...mark, points: [a + dx, b + dy, c + dx, d + dy, e + dx, f + dy, g + dx, h + dy] };
    }
    case 'rect':
    case 'text':
    case 'hatch':
    case 'glyph':
      return { ...mark, x: mark.x + dx, y: mark.y + dy };
  }
};

/** How the height of a scene is shared: sequence, window, rate. */
export const sceneHeights = (height: number): readonly [number, number, number] => {
  const first = Math.round(height * 0.5);
  const second = Math.round(height * 0.26);
  return [first, second, height - first - second];
};

/** Figures stacked on one time axis. */
export const stack = (input: LayoutInput, parts: readonly (readonly [Layout, number])[]): Figure => {
  const marks: Mark[] = [];
  const figures: { figure: Figure; top: number }[] = [];
  let top = 0;
  parts.forEach(([layout, height], k) => {
    const figure = layout({ ...input, viewport: { ...input.viewport, height, axis: k === 0 ? 'numbers' : 'rules' } });
    for (const mark of figure.marks) marks.push(top === 0 ? mark : moved(mark, 0, top));
    figures.push({ figure, top });
    top += height;
  });
  const first = figures[0] as { figure: Figure; top: number };
  const hits: HitIndex = {
    at(x, y, tolerance) {
      const under = figures.find((f) => y >= f.top && y < f.top + f.figure.height);
      return under ? under.figure.hits.at(x, y - under.top, tolerance) : null;
    },
  };
  const { plot } = first.figure;
  return joined(
    input,
    figures.map(({ figure }) => figure),
    { marks, hits, width: input.viewport.width, plot: { ...plot, height: input.viewport.height - plot.y } },
  );
};

/** Several figures as one: time and counts are the first's. */
export const joined = (
  input: LayoutInput,
  figures: readonly Figure[],
  { marks, hits, width, plot }: Pick<Figure, 'hits' | 'width' | 'plot'> & { readonly marks: Mark[] },
): Figure => {
  const { time, counted } = figures[0] as Figure;
  return {
    name: 'scene',
    width,
    height: input.viewport.height,
    marks: inOrder(marks),
    plot,
    time,
    hits,
    axes: figures.flatMap(({ axes }) => axes),
    counted,
    title: input.trace.title === '' ? 'Scene' : input.trace.title,
    // Written when somebody reads it, not once a frame.
    get summary() {
      return figures.map(({ summary }) => summary).join(' ');
    },
  };
};

/** Sequence, window and rate over one another, one axis, as the page shows them. */
export const scene: Layout = (input): Figure => {
  if (input.viewport.orientation === 'upright') return sequence(input);
  const [a, b, c] = sceneHeights(input.viewport.height);
  return stack(input, [
    [sequence, a],
    [window, b],
    [throughput, c],
  ]);
};
