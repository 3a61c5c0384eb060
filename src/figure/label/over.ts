import { Layer } from '../types.ts';
import type { LayoutInput, Mark } from '../types.ts';

/** A quiet line of words from x on, on a patch of the ground: neither rules nor the playhead strike it through. */
export const writeOver = (
  text: string,
  x: number,
  y: number,
  size: number,
  { theme, measure }: LayoutInput,
  marks: Mark[],
): void => {
  const s = theme.scale;
  marks.push(
    {
      shape: 'rect',
      id: null,
      layer: Layer.Tag,
      x: x - 3 * s,
      y: y - 9 * s,
      width: measure(text, 'sans', size, 400) + 6 * s,
      height: 18 * s,
      radius: 3 * s,
      fill: { color: theme.ground, opacity: 0.9 },
    },
    {
      shape: 'text',
      id: null,
      layer: Layer.Tag,
      x,
      y,
      text,
      face: 'sans',
      size,
      weight: 400,
      anchor: 'start',
      color: theme.mute,
    },
  );
};
