import { nanos } from '../base/time.ts';
import { fromAxis, noCuts, toAxis } from '../trace/cuts.ts';
import type { Mark, TimeScale, Viewport } from './types.ts';
import type { Theme } from './theme.ts';

/** Below this width (px at scale 1) names move from the gutter into the figure. */
export const NARROW = 560;

/** Height of the playhead's handle over the plot, px. */
export const HANDLE = 15;

/** Room for names at the left of a lying figure. */
export const gutterOf = (viewport: Viewport, theme: Theme): number =>
  viewport.gutter ??
  (viewport.orientation === 'upright' ? 46 : viewport.width < NARROW * theme.scale ? 60 : 104) * theme.scale;

/** Room at the right of a lying figure. */
export const rightMargin = (viewport: Viewport, theme: Theme): number =>
  (viewport.standing ? 8 : viewport.width < NARROW * theme.scale ? 12 : 24) * theme.scale;

export const timeScale = (
  orientation: 'lying' | 'upright',
  start: number,
  end: number,
  { from, to, cuts: all = noCuts }: Pick<Viewport, 'from' | 'to' | 'cuts'>,
): TimeScale => {
  const cuts = all.length === 0 ? noCuts : all.filter((cut) => cut.from < to && cut.to > from);
  const first = toAxis(cuts, from);
  const span = Math.max(1, toAxis(cuts, to) - first);
  const perPixel = span / Math.max(1e-9, end - start);
  const scale = { orientation, start, end, from, to, perPixel, cuts };
  // Hot: each arrow asks several times.
  if (cuts.length === 0)
    return {
      ...scale,
      toPixel: (time) => start + (time - from) / perPixel,
      toTime: (pixel) => nanos(Math.round(from + (pixel - start) * perPixel)),
    };
  return {
    ...scale,
    toPixel: (time) => start + (toAxis(cuts, time) - first) / perPixel,
    toTime: (pixel) => nanos(Math.round(fromAxis(cuts, first + (pixel - start) * perPixel))),
  };
};

/** The time scale of a lying panel: what panels that stack share. */
export const lyingTime = (viewport: Viewport, theme: Theme): TimeScale =>
  timeScale('lying', gutterOf(viewport, theme), viewport.width - rightMargin(viewport, theme), viewport);

/** Marks in painting order: by layer, within a layer as they were made. */
export const inOrder = (marks: Mark[]): Mark[] => {
  const byLayer: Mark[][] = [];
  for (const mark of marks) (byLayer[mark.layer] ??= []).push(mark);
  return byLayer.flat();
};
