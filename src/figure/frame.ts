import { nanos } from '../base/time.ts';
import type { Nanos } from '../base/time.ts';
import type { Mark, TimeScale, Viewport } from './types.ts';
import type { Theme } from './theme.ts';

/** Below this width (px at scale 1) names move from the gutter into the figure. */
export const NARROW = 560;

/** Room for names at the left of a lying figure. */
export const gutterOf = (viewport: Viewport, theme: Theme): number =>
  viewport.gutter ??
  (viewport.orientation === 'upright' ? 46 : viewport.width < NARROW * theme.scale ? 60 : 104) * theme.scale;

/** Room at the right of a lying figure. */
export const rightMargin = (viewport: Viewport, theme: Theme): number =>
  (viewport.width < NARROW * theme.scale ? 12 : 24) * theme.scale;

export const timeScale = (
  orientation: 'lying' | 'upright',
  start: number,
  end: number,
  from: Nanos,
  to: Nanos,
): TimeScale => {
  const span = Math.max(1, to - from);
  const perNano = (end - start) / span;
  return {
    orientation,
    start,
    end,
    from,
    to,
    toPixel: (time) => start + (time - from) * perNano,
    toTime: (pixel) => nanos(Math.round(from + (pixel - start) / perNano)),
  };
};

/** The time scale of a lying panel: what panels that stack share. */
export const lyingTime = (viewport: Viewport, theme: Theme): TimeScale =>
  timeScale(
    'lying',
    gutterOf(viewport, theme),
    viewport.width - rightMargin(viewport, theme),
    viewport.from,
    viewport.to,
  );

/** Marks in painting order: by layer, within a layer as they were made. */
export const inOrder = (marks: Mark[]): Mark[] => {
  const byLayer: Mark[][] = [];
  for (const mark of marks) (byLayer[mark.layer] ??= []).push(mark);
  return byLayer.flat();
};
