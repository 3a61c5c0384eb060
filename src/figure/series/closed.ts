import type { Series } from '../../trace/types.ts';
import { duration } from '../format.ts';
import { Layer } from '../types.ts';
import type { Panel } from './panel.ts';
import { idOf } from './sender.ts';
import { rangeOf } from './steps.ts';

/** Height of the hatching, px. */
const HEIGHT = 14;

/** Where the receiver's window is closed: hatched along the bottom, with how long. */
export const drawClosed = (panel: Panel, window: Series): void => {
  const { input, time, plot, s, marks } = panel;
  const { viewport, trace, theme } = input;
  const bottom = plot.y + plot.height;
  const [first, stop] = rangeOf(window, viewport.from, viewport.to);
  for (let k = first; k < stop; k++) {
    if (window.value[k] !== 0) continue;
    const from = window.time[k] as number;
    while (k + 1 < window.time.length && window.value[k + 1] === 0) k++;
    const to = window.time[k + 1] ?? trace.end;
    const x1 = time.toPixel(Math.max(from, viewport.from));
    const x2 = time.toPixel(Math.min(to, viewport.to));
    if (x2 - x1 < 1) continue;
    const id = idOf(input, window);
    marks.push({
      shape: 'hatch',
      id,
      layer: Layer.Event,
      x: x1,
      y: bottom - HEIGHT * s,
      width: x2 - x1,
      height: HEIGHT * s,
      color: theme.lost,
      spacing: 7 * s,
      lineWidth: 1.2 * s,
      fill: { color: theme.lost, opacity: 0.12 },
    });
    panel.want({
      text: `window closed · ${duration(to - from)}`,
      id,
      style: { color: theme.lost, plain: true },
      x: (x1 + x2) / 2,
      y: bottom,
      places: (w, h) =>
        [0.5, 0.25, 0.75, 0.1, 0.9].map((f) => [x1 + (x2 - x1) * f - w / 2, bottom - HEIGHT * s - h - 3 * s] as const),
    });
  }
};
