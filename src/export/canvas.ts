import { paintFigure } from '../figure/paint/canvas.ts';
import type { Figure } from '../figure/types.ts';
import { ExportError } from './job.ts';

/** A canvas that paints pictures one after the other. */
export interface Painter {
  readonly canvas: OffscreenCanvas;
  readonly context: OffscreenCanvasRenderingContext2D;
  readonly paint: (figure: Figure, ground: string | null) => void;
}

/** A canvas for pictures of a size in CSS px. Throws an ExportError where the browser gives none. */
export const painterFor = (width: number, height: number, ratio: number, readsBack = false): Painter => {
  const canvas = new OffscreenCanvas(width * ratio, height * ratio);
  const context = canvas.getContext('2d', { willReadFrequently: readsBack });
  if (!context) throw new ExportError('This browser gives no canvas to draw on; the picture as SVG works without it.');
  return {
    canvas,
    context,
    paint: (figure, ground) => {
      paintFigure(context, figure, { ratio, ground });
    },
  };
};
