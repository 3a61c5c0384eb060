import type { Nanos } from '../base/time.ts';
import { HANDLE } from './frame.ts';
import type { Theme } from './theme.ts';
import { Layer } from './types.ts';
import type { Figure, Mark } from './types.ts';

export interface PlayheadOptions {
  /** Handle at the start of the line: only the topmost of stacked panels has one. */
  readonly handle?: 'shield' | 'dot' | 'none';
  /** Cover what has not happened yet with a veil of ground, 0 … 1 (while playing about 0.6). */
  readonly veil?: number;
  /** Instant under the pointer on the scrubber. */
  readonly preview?: Nanos | null;
}

/**
 * The playhead as marks of its own layer: it moves each frame while the figure under it stays, so the figure need not be
 * laid out again.
 */
export const playheadMarks = (
  figure: Pick<Figure, 'plot' | 'time' | 'width' | 'height'>,
  at: Nanos,
  theme: Theme,
  options: PlayheadOptions = {},
): Mark[] => {
  const { plot, time } = figure;
  const s = theme.scale;
  const lying = time.orientation === 'lying';
  const marks: Mark[] = [];
  const line = (instant: number, color: string, width: number, opacity: number): void => {
    const p = time.toPixel(instant);
    if (instant < time.from || instant > time.to) return;
    marks.push({
      shape: 'line',
      id: null,
      layer: Layer.Playhead,
      x1: lying ? p : plot.x,
      // Clear of the axis' numbers.
      y1: lying ? (options.handle === 'shield' ? plot.y - HANDLE * s : 0) : p,
      x2: lying ? p : plot.x + plot.width,
      y2: lying ? figure.height : p,
      stroke: { color, width, opacity },
    });
  };
  const veil = options.veil ?? 0;
  if (veil > 0 && at < time.to) {
    const p = Math.max(time.start, time.toPixel(at));
    marks.push({
      shape: 'rect',
      id: null,
      layer: Layer.Playhead,
      x: lying ? p : plot.x,
      y: lying ? plot.y : p,
      width: lying ? time.end - p : plot.width,
      height: lying ? figure.height - plot.y : time.end - p,
      fill: { color: theme.ground, opacity: veil },
    });
  }
  if (options.preview !== undefined && options.preview !== null) line(options.preview, theme.accent, s, 0.5);
  line(at, theme.accent, 1.6 * s, 1);
  const handle = options.handle ?? 'none';
  if (handle !== 'none' && at >= time.from && at <= time.to) {
    const p = time.toPixel(at);
    marks.push({
      shape: 'glyph',
      glyph: handle === 'shield' ? 'handle' : 'dot',
      id: null,
      layer: Layer.Playhead,
      x: lying ? p : plot.x,
      y: lying ? (handle === 'shield' ? plot.y - (HANDLE - 7) * s : 5 * s) : p,
      size: (handle === 'shield' ? 13 : 10) * s,
      ...(lying ? {} : { turn: -90 }),
      color: theme.accent,
    });
  }
  return marks;
};
