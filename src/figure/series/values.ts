import { niceStep } from '../axis/ticks.ts';
import { Layer } from '../types.ts';
import type { Panel } from './panel.ts';

/** Lines and numbers of an axis of values between `low` and `high`, in units of `unit`. */
export const drawValues = (panel: Panel, low: number, high: number, unit: number, toY: (v: number) => number): void => {
  const { plot, s, input, marks } = panel;
  const { theme } = input;
  const step = niceStep(((high - low) * 34 * s) / plot.height);
  const decimals = Math.max(0, -Math.floor(Math.log10(step / unit) + 1e-9));
  for (let v = Math.ceil(low / step) * step; v <= high; v += step) {
    const y = toY(v);
    marks.push({
      shape: 'line',
      id: null,
      layer: Layer.Grid,
      x1: plot.x,
      y1: y,
      x2: plot.x + plot.width,
      y2: y,
      stroke: { color: theme.hair, width: s },
    });
    if (v > low)
      marks.push({
        shape: 'text',
        id: { kind: 'axis', trace: 0, index: 1 },
        layer: Layer.Tag,
        x: plot.x + 4 * s,
        y: y - 7 * s,
        text: (v / unit).toFixed(decimals).replace(/\B(?=(\d{3})+$)/g, ','),
        face: 'mono',
        size: 10.5 * s,
        weight: 400,
        anchor: 'start',
        color: theme.faint,
      });
  }
};
