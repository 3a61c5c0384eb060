import type PptxGenJS from 'pptxgenjs';
import { measure } from '../../figure/measure.ts';
import { outline } from '../../figure/paint/glyphs.ts';
import { hatchLines } from './hatch.ts';
import type { Fill, GlyphMark, LineMark, Mark, RectMark, Stroke, TextMark } from '../../figure/types.ts';

type Slide = PptxGenJS.Slide;
type ShapeProps = PptxGenJS.ShapeProps;
type Point = NonNullable<ShapeProps['points']>[number];

/** CSS px and points of an inch. */
const PX = 96;
const POINTS = 72;

/**
 * A font that every office program has, and that is a little narrower than the figures' own: nothing is cut. For a font
 * that is missing, Keynote warns and LibreOffice takes one that is wider. Its digits have one width, as axes need.
 */
const FONT = 'Arial';

const inches = (px: number): number => Math.round((px / PX) * 10_000) / 10_000;
const points = (px: number): number => Math.round((px / PX) * POINTS * 100) / 100;
const hex = (color: string): string => color.replace('#', '');
const transparency = (opacity = 1): { readonly transparency?: number } =>
  opacity >= 1 ? {} : { transparency: Math.round((1 - opacity) * 100) };

const lineOf = (stroke: Stroke): NonNullable<ShapeProps['line']> => ({
  color: hex(stroke.color),
  width: points(stroke.width),
  ...transparency(stroke.opacity),
  // A system dash has gaps of one line's width, which a thin line closes to the eye.
  ...(stroke.dash && { dashType: (stroke.dash[0] ?? 0) <= 2 * stroke.width ? 'sysDot' : 'dash' }),
});
const fillOf = (fill: Fill): NonNullable<ShapeProps['fill']> => ({
  color: hex(fill.color),
  ...transparency(fill.opacity),
});

/** A shape of any outline; the library draws it, its types do not name it. */
const OUTLINE = 'custGeom' as string as PptxGenJS.SHAPE_NAME;

/** A line of points, or one that a curve is. */
type Run = readonly number[];

/** Shapes of any outline: the points of each run, relative to the box around all. */
const addOutline = (slide: Slide, runs: readonly Run[], closed: boolean, paint: ShapeProps, curve = false): void => {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const run of runs)
    for (let k = 0; k + 1 < run.length; k += 2) {
      left = Math.min(left, run[k] as number);
      right = Math.max(right, run[k] as number);
      top = Math.min(top, run[k + 1] as number);
      bottom = Math.max(bottom, run[k + 1] as number);
    }
  if (!(right >= left && bottom >= top)) return;
  const x = (run: Run, k: number): number => inches((run[k] as number) - left);
  const y = (run: Run, k: number): number => inches((run[k] as number) - top);
  const all: Point[] = [];
  for (const run of runs) {
    all.push({ x: x(run, 0), y: y(run, 1), moveTo: true });
    if (curve)
      all.push({
        x: x(run, 6),
        y: y(run, 7),
        curve: { type: 'cubic', x1: x(run, 2), y1: y(run, 3), x2: x(run, 4), y2: y(run, 5) },
      });
    else for (let k = 2; k < run.length; k += 2) all.push({ x: x(run, k), y: y(run, k + 1) });
    if (closed) all.push({ close: true });
  }
  slide.addShape(OUTLINE, {
    x: inches(left),
    y: inches(top),
    // A box without a side would make PowerPoint scale by zero.
    w: Math.max(inches(right - left), 0.0001),
    h: Math.max(inches(bottom - top), 0.0001),
    points: all,
    ...paint,
  });
};

const addLine = (slide: Slide, { x1, y1, x2, y2, stroke }: LineMark, objectName: string): void => {
  slide.addShape('line', {
    x: inches(Math.min(x1, x2)),
    y: inches(Math.min(y1, y2)),
    w: inches(Math.abs(x2 - x1)),
    h: inches(Math.abs(y2 - y1)),
    ...(x2 >= x1 !== y2 >= y1 && { flipV: true }),
    line: lineOf(stroke),
    objectName,
  });
};

const addRect = (slide: Slide, mark: RectMark, objectName: string): void => {
  if (mark.width <= 0 || mark.height <= 0) return;
  const radius = Math.min(mark.radius ?? 0, mark.width / 2, mark.height / 2);
  slide.addShape(radius > 0 ? 'roundRect' : 'rect', {
    x: inches(mark.x),
    y: inches(mark.y),
    w: inches(mark.width),
    h: inches(mark.height),
    ...(radius > 0 && { rectRadius: inches(radius) }),
    ...(mark.fill && { fill: fillOf(mark.fill) }),
    ...(mark.stroke && { line: lineOf(mark.stroke) }),
    objectName,
  });
};

/** Letters that another font draws wider must not break the line. */
const AIR = 8;

const addText = (slide: Slide, mark: TextMark, objectName: string): void => {
  if (mark.text === '') return;
  const width = measure(mark.text, mark.face, mark.size, mark.weight, mark.tracking) + AIR;
  const height = mark.size * 1.4;
  const left = mark.anchor === 'start' ? mark.x : mark.anchor === 'end' ? mark.x - width : mark.x - width / 2;
  slide.addText(mark.text, {
    x: inches(left),
    y: inches(mark.y - height / 2),
    w: inches(width),
    h: inches(height),
    margin: 0,
    wrap: false,
    fontFace: FONT,
    fontSize: points(mark.size),
    bold: mark.weight >= 600,
    color: hex(mark.color),
    align: mark.anchor === 'start' ? 'left' : mark.anchor === 'end' ? 'right' : 'center',
    valign: 'middle',
    ...transparency(mark.opacity),
    ...(mark.tracking && { charSpacing: points(mark.tracking) }),
    objectName,
  });
};

const addGlyph = (slide: Slide, mark: GlyphMark, objectName: string): void => {
  const stroke: Stroke = {
    color: mark.color,
    width: mark.lineWidth ?? 1.5,
    ...(mark.opacity !== undefined && { opacity: mark.opacity }),
  };
  const fill: Fill = { color: mark.color, ...(mark.opacity !== undefined && { opacity: mark.opacity }) };
  const shape = outline(mark);
  if (shape) {
    addOutline(slide, shape.lines, shape.closed, {
      ...(shape.filled ? { fill: fillOf(fill) } : { line: lineOf(stroke) }),
      objectName,
    });
    return;
  }
  slide.addShape('ellipse', {
    x: inches(mark.x - mark.size / 2),
    y: inches(mark.y - mark.size / 2),
    w: inches(mark.size),
    h: inches(mark.size),
    ...(mark.glyph === 'dot' ? { fill: fillOf(fill) } : { line: lineOf(stroke) }),
    objectName,
  });
};

/** Puts a mark on a slide as a shape that PowerPoint can edit, under a name. */
export const addMark = (slide: Slide, mark: Mark, objectName: string): void => {
  switch (mark.shape) {
    case 'line':
      addLine(slide, mark, objectName);
      return;
    case 'path':
      addOutline(slide, [mark.points], mark.closed, {
        ...(mark.fill && { fill: fillOf(mark.fill) }),
        ...(mark.stroke && { line: lineOf(mark.stroke) }),
        objectName,
      });
      return;
    case 'curve':
      addOutline(slide, [mark.points], false, { line: lineOf(mark.stroke), objectName }, true);
      return;
    case 'rect':
      addRect(slide, mark, objectName);
      return;
    case 'text':
      addText(slide, mark, objectName);
      return;
    case 'hatch': {
      const { x, y, width, height, fill } = mark;
      if (fill) addRect(slide, { shape: 'rect', id: null, layer: mark.layer, x, y, width, height, fill }, objectName);
      addOutline(slide, hatchLines(mark), false, {
        line: lineOf({ color: mark.color, width: mark.lineWidth, opacity: 0.75 }),
        objectName,
      });
      return;
    }
    case 'glyph':
      addGlyph(slide, mark, objectName);
      return;
  }
};
