import { matters } from '../figure/matters/layout.ts';
import { measure } from '../figure/measure.ts';
import { layouts } from '../figure/render.ts';
import { row } from '../figure/row.ts';
import { stack } from '../figure/scene.ts';
import type { Figure, Layout, LayoutInput, Mark, TimeScale } from '../figure/types.ts';
import type { PanelName } from '../session/address/state.ts';
import { widthsOf } from '../session/way.ts';
import type { Way } from '../session/way.ts';
import { heightsOf, leastOf } from './heights.ts';

/** What a figure has lines for. */
interface Counts {
  readonly resources: number;
  readonly runs: number;
}

/** An upright picture is no lower than this: time needs its room, px at scale 1. */
const LEAST_UPRIGHT = 320;

/** The layouts of the panels; what losses cost is no figure of the command. */
const layoutOf = (name: PanelName): Layout => (name === 'matters' ? matters : (layouts[name] as Layout));

/** The height that panels need together, px. */
export const leastRoom = (panels: readonly PanelName[], way: Way, counts: Counts, scale: number): number =>
  way === 'upright' ? LEAST_UPRIGHT * scale : panels.reduce((sum, name) => sum + leastOf(name, counts) * scale, 0);

/** Panels on one time axis: one over the other where they lie, side by side where they stand. */
export const arranged = (input: LayoutInput, panels: readonly PanelName[], counts: Counts): Figure => {
  const { viewport, theme } = input;
  if (viewport.orientation === 'upright') {
    const widths = widthsOf(panels, viewport.width, theme.scale);
    const rest = viewport.width - widths.reduce((sum, one) => sum + one, 0);
    return row(
      input,
      panels.map((name, k) => [layoutOf(name), (widths[k] as number) + (k === 0 ? rest : 0)] as const),
    );
  }
  const leasts = panels.map((name) => leastOf(name, counts) * theme.scale);
  const heights = heightsOf(panels, viewport.height, leasts);
  return stack(
    input,
    panels.map((name, k) => [layoutOf(name), heights[k] as number] as const),
  );
};

/** The time scale of a picture that was moved down. */
export const shifted = (time: TimeScale, down: number): TimeScale =>
  time.orientation === 'lying' || down === 0
    ? time
    : {
        ...time,
        start: time.start + down,
        end: time.end + down,
        toPixel: (at) => time.toPixel(at) + down,
        toTime: (pixel) => time.toTime(pixel - down),
      };

const spread = (values: readonly number[]): readonly [number, number] => [Math.min(...values), Math.max(...values)];

/** From where to where a mark reaches along time, px. */
export const alongTime = (mark: Mark, isUpright: boolean): readonly [number, number] => {
  switch (mark.shape) {
    case 'line':
      return spread(isUpright ? [mark.y1, mark.y2] : [mark.x1, mark.x2]);
    case 'path':
    case 'curve':
      return spread(mark.points.filter((_, k) => k % 2 === (isUpright ? 1 : 0)));
    case 'text': {
      if (isUpright) return [mark.y - mark.size / 2, mark.y + mark.size / 2];
      const width = measure(mark.text, mark.face, mark.size, mark.weight, mark.tracking);
      const left = mark.anchor === 'start' ? mark.x : mark.anchor === 'end' ? mark.x - width : mark.x - width / 2;
      return [left, left + width];
    }
    case 'glyph': {
      const middle = isUpright ? mark.y : mark.x;
      return [middle - mark.size / 2, middle + mark.size / 2];
    }
    case 'rect':
    case 'hatch':
      return isUpright ? [mark.y, mark.y + mark.height] : [mark.x, mark.x + mark.width];
  }
};
