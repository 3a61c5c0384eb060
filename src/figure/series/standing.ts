import { inOrder, timeScale } from '../frame.ts';
import type { Box, Figure, Layout, Mark } from '../types.ts';

/** Head of a standing panel, px: as high as the upright sequence diagram's, so that the time axes agree. */
const HEAD = 48;

/**
 * A panel whose time runs down: laid out lying, in a picture as wide as this one is high, then turned so that its values
 * grow to the right. Words stay level; `viewport.standing` tells the panel to keep room for them.
 */
export const standing =
  (layout: Layout): Layout =>
  (input) => {
    const { viewport, theme } = input;
    if (viewport.orientation === 'lying') return layout(input);
    const lying = layout({
      ...input,
      viewport: {
        ...viewport,
        width: viewport.height,
        height: viewport.width,
        orientation: 'lying',
        gutter: HEAD * theme.scale,
        axis: 'rules',
        standing: true,
      },
    });
    return turned(lying, viewport.width, timeScale('upright', lying.time.start, lying.time.end, viewport));
  };

const turned = (lying: Figure, width: number, time: Figure['time']): Figure => ({
  name: lying.name,
  width,
  height: lying.width,
  marks: inOrder(lying.marks.map((mark) => turnedMark(mark, width))),
  plot: turnedBox(lying.plot, width),
  time,
  hits: { at: (x, y, tolerance) => lying.hits.at(y, width - x, tolerance) },
  axes: lying.axes,
  counted: lying.counted,
  title: lying.title,
  summary: lying.summary,
  turnedFrom: lying,
});

const turnedBox = ({ x, y, width: long, height: high }: Box, width: number): Box => ({
  x: width - y - high,
  y: x,
  width: high,
  height: long,
});

const turnedPoints = (points: readonly number[], width: number): number[] => {
  const result = new Array<number>(points.length);
  for (let k = 0; k < points.length; k += 2) {
    result[k] = width - (points[k + 1] as number);
    result[k + 1] = points[k] as number;
  }
  return result;
};

const turnedMark = (mark: Mark, width: number): Mark => {
  switch (mark.shape) {
    case 'line':
      return { ...mark, x1: width - mark.y1, y1: mark.x1, x2: width - mark.y2, y2: mark.x2 };
    case 'path':
      return { ...mark, points: turnedPoints(mark.points, width) };
    case 'curve': {
      const [a, b, c, d, e, f, g, h] = mark.points;
      return { ...mark, points: [width - b, a, width - d, c, width - f, e, width - h, g] };
    }
    case 'rect':
    case 'hatch':
      return { ...mark, ...turnedBox(mark, width) };
    case 'text':
      return { ...mark, x: width - mark.y, y: mark.x };
    case 'glyph':
      return { ...mark, x: width - mark.y, y: mark.x, turn: (mark.turn ?? 0) + 90 };
  }
};
