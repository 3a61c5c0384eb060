import { axisHeight, timeAxis } from '../axis/timeAxis.ts';
import { valueScale } from '../axis/ticks.ts';
import type { ValueScale } from '../axis/ticks.ts';
import { inOrder, lyingTime } from '../frame.ts';
import { writeOver } from '../label/over.ts';
import { placeTag } from '../label/tag.ts';
import type { Wanted } from '../label/tag.ts';
import { Placer } from '../label/place.ts';
import { Layer } from '../types.ts';
import type { Axis, Box, Figure, FigureName, HitIndex, LayoutInput, Mark, TimeScale } from '../types.ts';

/** A small panel on the shared time axis: its name in the gutter, one value axis, never two. */
export class Panel {
  readonly marks: Mark[] = [];
  readonly time: TimeScale;
  readonly plot: Box;
  readonly s: number;
  readonly #axes: Axis[] = [];
  readonly #wanted: Wanted[] = [];

  constructor(
    readonly input: LayoutInput,
    readonly name: FigureName,
    readonly title: string,
    words: string,
    unit: string,
  ) {
    const { viewport, theme, measure } = input;
    const s = (this.s = theme.scale);
    this.time = lyingTime(viewport, theme);
    const numbers = viewport.axis === 'numbers';
    const top = (numbers ? axisHeight(theme) : 0) + 16 * s;
    const bottom = viewport.height - 10 * s;
    this.plot = {
      x: this.time.start,
      y: top,
      width: this.time.end - this.time.start,
      height: Math.max(1, bottom - top),
    };
    const whole: Box = {
      x: this.plot.x,
      y: numbers ? axisHeight(theme) : 0,
      width: this.plot.width,
      height: viewport.height,
    };
    this.#axes.push(
      timeAxis(this.time, { ...whole, height: viewport.height - whole.y }, theme, measure, numbers, this.marks),
    );
    this.#name(words, unit);
  }

  /** What the panel shows and in what: in the gutter, in the head where it stands. */
  #name(words: string, unit: string): void {
    const { plot, s } = this;
    const { viewport, theme } = this.input;
    const standing = viewport.standing === true;
    const [x, y] = standing ? [16 * s, viewport.height / 2] : [plot.x - 12 * s, plot.y + 2 * s];
    const shared = {
      shape: 'text',
      id: null,
      layer: Layer.Tag,
      face: 'sans',
      anchor: standing ? 'middle' : 'end',
    } as const;
    this.marks.push(
      { ...shared, x, y, text: words, size: (standing ? 12 : 13) * s, weight: 600, color: theme.ink },
      {
        ...shared,
        x: standing ? x + 14 * s : x,
        y: standing ? y : y + 16 * s,
        text: unit,
        size: (standing ? 10 : 10.5) * s,
        weight: 400,
        color: theme.mute,
      },
    );
  }

  /** The value axis: rules with their numbers standing on them, at the left inside the plot, on a patch over what runs there. */
  values(max: number, unit: string, least = 0, headroom = 1): ValueScale {
    const { plot, s } = this;
    const { theme } = this.input;
    const scale = valueScale(roundUp(max) * headroom, plot.y, plot.y + plot.height, 34 * s, unit, least);
    this.#axes.push(scale.axis);
    for (const tick of scale.axis.ticks) {
      this.marks.push({
        shape: 'line',
        id: null,
        layer: Layer.Grid,
        x1: plot.x,
        y1: tick.at,
        x2: plot.x + plot.width,
        y2: tick.at,
        stroke: { color: theme.hair, width: s },
      });
      if (tick.value === 0) continue;
      const standing = this.input.viewport.standing === true;
      const number = {
        shape: 'text',
        id: { kind: 'axis', trace: 0, index: 1 },
        layer: Layer.Tag,
        text: tick.label,
        face: 'mono',
        weight: 400,
        color: theme.faint,
      } as const;
      if (standing) {
        this.marks.push({ ...number, x: plot.x - 6 * s, y: tick.at, size: 9.5 * s, anchor: 'middle' });
        continue;
      }
      this.marks.push({
        shape: 'rect',
        id: null,
        layer: Layer.Lifeline,
        x: plot.x + 2 * s,
        y: tick.at - 13 * s,
        width: this.input.measure(tick.label, 'mono', 10.5 * s, 400) + 4 * s,
        height: 12 * s,
        radius: 2 * s,
        fill: { color: theme.ground, opacity: 0.8 },
      });
      this.marks.push({ ...number, x: plot.x + 4 * s, y: tick.at - 7 * s, size: 10.5 * s, anchor: 'start' });
    }
    return scale;
  }

  want(wanted: Wanted): void {
    this.#wanted.push(wanted);
  }

  /** A word over the right end of a line, plain; `x` where the line ends before the panel does; `level`: as high all along. */
  wantEnd(text: string, y: number, color: string, x = Infinity, level = false): void {
    const { plot, s } = this;
    const end = Math.min(x, plot.x + plot.width);
    this.want({
      text,
      id: null,
      style: { color, plain: true, size: 11, weight: 400 },
      x: end,
      y,
      places: (w, h) => [
        [end - w - 4 * s, y - h - 2 * s],
        [end - w - 4 * s, y + 3 * s],
        [end + 4 * s, y - h / 2],
        [end - w - 4 * s, y - h - 14 * s],
        ...(level ? [0.34, 0.67].map((f) => [end - plot.width * f - w, y - h - 2 * s] as const) : []),
      ],
    });
  }

  /** A sentence where there is nothing to draw, in as many lines as it takes. */
  nothing(text: string): void {
    const { plot, s } = this;
    // A narrow standing panel has no room for it; its text says it.
    if (this.input.viewport.standing) return;
    const lines = this.#broken(text, 12.5 * s, plot.width - 16 * s);
    lines.forEach((line, k) => {
      const [x, y] = [plot.x + 8 * s, plot.y + plot.height / 2 + (k - (lines.length - 1) / 2) * 18 * s];
      writeOver(line, x, y, 12.5 * s, this.input, this.marks);
    });
  }

  #broken(text: string, size: number, width: number): string[] {
    const lines: string[] = [];
    for (const word of text.split(' ')) {
      const longer = `${lines.at(-1) ?? ''} ${word}`;
      if (lines.length > 0 && this.input.measure(longer, 'sans', size, 400) <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }

  finish(hits: HitIndex, summary: string): Figure {
    const { viewport, theme, measure } = this.input;
    const { plot, s } = this;
    const placer = new Placer({
      x: plot.x,
      y: viewport.standing ? 0 : Math.max(0, plot.y - 14 * s),
      width: Math.min(plot.width + 20 * s, viewport.width - plot.x),
      height: viewport.standing ? viewport.height : plot.height + 16 * s,
    });
    for (const tick of this.#axes[1]?.ticks ?? []) {
      const width = measure(tick.label, 'mono', 10.5 * s, 400);
      if (tick.value !== 0 && !viewport.standing)
        placer.block({ x: plot.x + 3 * s, y: tick.at - 13 * s, width: width + 3 * s, height: 12 * s });
    }
    for (const mark of this.marks)
      if (mark.shape === 'path' && mark.shows !== undefined && !mark.closed) avoidCurve(placer, mark.points, 8 * s);
    for (const wanted of this.#wanted) placeTag(wanted, placer, theme, measure, this.marks, viewport.standing);
    return {
      name: this.name,
      width: viewport.width,
      height: viewport.height,
      marks: inOrder(this.marks),
      plot,
      time: this.time,
      hits,
      axes: this.#axes,
      counted: null,
      title: this.title,
      summary,
    };
  }
}

/** Keeps labels off a curve: the box that it fills in each column of `width` px. */
const avoidCurve = (placer: Placer, points: readonly number[], width: number): void => {
  let [left, right, top, bottom] = [NaN, NaN, NaN, NaN];
  const close = (): void => {
    if (!Number.isNaN(left))
      placer.avoid({ x: left, y: top - 1, width: Math.max(1, right - left), height: bottom - top + 2 });
  };
  for (let k = 0; k < points.length; k += 2) {
    const x = points[k] as number;
    const y = points[k + 1] as number;
    if (x - left <= width) {
      right = x;
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      continue;
    }
    close();
    // From the last point of the column before, so that a long level stretch is one box.
    [left, right] = [k === 0 ? x : (points[k - 2] as number), x];
    const before = k === 0 ? y : (points[k - 1] as number);
    [top, bottom] = [Math.min(before, y), Math.max(before, y)];
  }
  close();
};

/** Rounds up to quarters of a power of ten, so that an axis moves in steps while the range is dragged. */
export const roundUp = (value: number): number => {
  if (!(value > 0)) return value;
  const step = 10 ** Math.floor(Math.log10(value)) / 4;
  return Math.ceil(value / step - 1e-9) * step;
};

export const noHits: HitIndex = { at: () => null };
