import type { Theme } from '../figure/theme.ts';
import type { Figure } from '../figure/types.ts';
import { painterFor } from './canvas.ts';

/** Pictures have twice their size in pixels, so that they stay sharp on a slide. */
export const PNG_RATIO = 2;

/** A picture as PNG, painted as the page paints it. Throws an ExportError where the browser gives no canvas of that size. */
export const pngBlob = (figure: Figure, { transparent, ground }: Theme): Promise<Blob> => {
  const { canvas, paint } = painterFor(figure.width, figure.height, PNG_RATIO);
  paint(figure, transparent ? null : ground);
  return canvas.convertToBlob({ type: 'image/png' });
};
