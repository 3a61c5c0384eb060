import { isPageHidden } from '../../packet/protected.ts';
import { axisHeight, timeAxis } from '../axis/timeAxis.ts';
import { bytes, duration, instant } from '../format.ts';
import { inOrder, lyingTime } from '../frame.ts';
import { Layer } from '../types.ts';
import type { Figure, Layout, LayoutInput, Mark, TimeScale } from '../types.ts';
import { unseen } from '../unseen.ts';
import { barsOf, drawBar, drawHeld, resourceColor } from './bars.ts';
import type { Bar } from './bars.ts';

const MOST_ROW = 26;
/** Rows lower than this have no words of their own. */
const NAMED_FROM = 11;

/** Type smaller than this cannot be read, px. */
const LEAST_TYPE = 9;

const nameOf = ({ request }: Bar): string => request.path ?? request.id;

/** A name as far as there is room for it: a path's end tells more than its beginning. */
const fitted = (name: string, fits: (words: string) => boolean): string => {
  if (fits(name)) return name;
  let from = 1;
  while (from < name.length && !fits(`…${name.slice(from)}`)) from++;
  return `…${name.slice(from)}`;
};

/** When it was done, and what it waited for: behind the bar, or before it where that is full. */
const writeEnd = (
  bar: Bar,
  y: number,
  causes: readonly string[],
  input: LayoutInput,
  time: TimeScale,
  marks: Mark[],
): void => {
  const { theme, measure } = input;
  const s = theme.scale;
  const at = Number.isNaN(bar.completion) ? bar.firstByte : bar.completion;
  if (!(at >= time.from && at <= time.to)) return;
  const parts = [
    Number.isNaN(bar.completion) ? 'not finished' : duration(bar.completion - (Number.isNaN(bar.sent) ? 0 : bar.sent)),
    bytes(bar.request.delivered ?? bar.request.responseBytes),
    ...new Set(causes),
  ];
  const x = time.toPixel(at) + 6 * s;
  const widthOf = (words: string): number => measure(words, 'sans', 10.5 * s, 500);
  const fits = (words: string): boolean => x + widthOf(words) < time.end + 10 * s;
  // Behind the bar as much as there is room for; before it, on a patch, where there is none.
  const behind = parts.map((_, k) => parts.slice(0, parts.length - k).join(' · ')).find(fits);
  const isRoom = behind !== undefined;
  const text = behind ?? parts[0] ?? '';
  const width = widthOf(text);
  const start = Number.isNaN(bar.sent) ? at : bar.sent;
  const left = Math.max(time.start + width + 4 * s, time.toPixel(Math.max(start, time.from)) - 6 * s);
  if (!isRoom)
    marks.push({
      shape: 'rect',
      id: null,
      layer: Layer.Tag,
      x: left - width - 3 * s,
      y: y - 7 * s,
      width: width + 6 * s,
      height: 14 * s,
      radius: 3 * s,
      fill: { color: theme.ground, opacity: 0.9 },
    });
  marks.push({
    shape: 'text',
    id: null,
    layer: Layer.Tag,
    x: isRoom ? x : left,
    y,
    text,
    face: 'sans',
    size: 10.5 * s,
    weight: 500,
    anchor: isRoom ? 'start' : 'end',
    color: theme.mute,
  });
};

/** Resources as bars: asked for, waiting, receiving; where one stood still above the transport it is hatched and says why. */
export const waterfall: Layout = (input): Figure => {
  const { viewport, theme, measure, trace, filter } = input;
  if (filter.observer === true && isPageHidden(trace)) return unseen(input, 'waterfall', 'Waterfall');
  const s = theme.scale;
  const marks: Mark[] = [];
  const time = lyingTime(viewport, theme);
  const numbers = viewport.axis === 'numbers';
  const top = (numbers ? axisHeight(theme) : 0) + 4 * s;
  const plot = { x: time.start, y: top, width: time.end - time.start, height: Math.max(1, viewport.height - top) };
  const axis = timeAxis(time, plot, theme, measure, numbers, marks);
  const bars = barsOf(trace);
  const step = Math.min(MOST_ROW * s, (plot.height - 6 * s) / Math.max(1, bars.length));
  bars.forEach((bar, k) => {
    const box = { x: plot.x, y: top + k * step + step * 0.16, width: plot.width, height: step * 0.68 };
    const middle = box.y + box.height / 2;
    const causes = drawHeld(trace, bar, box, time, theme, marks);
    drawBar(bar, box, time, theme, marks);
    if (step < NAMED_FROM * s) return;
    const size = Math.max(LEAST_TYPE, Math.min(12, (step / s) * 0.6)) * s;
    marks.push({
      shape: 'text',
      id: null,
      layer: Layer.Tag,
      x: plot.x - 10 * s,
      y: middle,
      text: fitted(nameOf(bar), (words) => measure(words, 'sans', size, 500) <= plot.x - 14 * s),
      face: 'sans',
      size,
      weight: 500,
      anchor: 'end',
      color: resourceColor(theme, bar.row),
    });
    writeEnd(bar, middle, causes, input, time, marks);
  });
  return {
    name: 'waterfall',
    width: viewport.width,
    height: viewport.height,
    marks: inOrder(marks),
    plot,
    time,
    hits: { at: () => null },
    axes: [axis],
    counted: null,
    title: 'Waterfall',
    get summary() {
      if (bars.length === 0) return 'No requests are known.';
      return bars
        .map((bar) =>
          Number.isNaN(bar.sent)
            ? `${nameOf(bar)} was not asked for.`
            : `${nameOf(bar)}: asked at ${instant(bar.sent)}, ${
                Number.isNaN(bar.firstByte) ? 'no byte came' : `first byte at ${instant(bar.firstByte)}`
              }${Number.isNaN(bar.completion) ? '' : `, done at ${instant(bar.completion)}`}.`,
        )
        .join(' ');
    },
  };
};
