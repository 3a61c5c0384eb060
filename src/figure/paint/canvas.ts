import type { Fill, HatchMark, LineMark, Mark, PathMark, Stroke, TextMark } from '../types.ts';
import { BASELINE, families, outline } from './glyphs.ts';

/** What the painter needs of a 2D context: a page's canvas, an offscreen one, or one for Node. */
export type Context = Pick<
  CanvasRenderingContext2D,
  | 'save'
  | 'restore'
  | 'setTransform'
  | 'clearRect'
  | 'fillRect'
  | 'beginPath'
  | 'closePath'
  | 'moveTo'
  | 'lineTo'
  | 'bezierCurveTo'
  | 'rect'
  | 'arc'
  | 'clip'
  | 'fill'
  | 'stroke'
  | 'fillText'
  | 'setLineDash'
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'lineCap'
  | 'lineJoin'
  | 'globalAlpha'
  | 'font'
  | 'textAlign'
  | 'textBaseline'
> & {
  arcTo(x1: number, y1: number, x2: number, y2: number, radius: number): void;
  letterSpacing?: string;
};

export interface PaintOptions {
  /** Device pixels per CSS px. */
  readonly ratio: number;
  /** Ground to paint first; null: transparent. */
  readonly ground: string | null;
}

const NO_DASH: number[] = [];

const useStroke = (c: Context, stroke: Stroke): void => {
  c.strokeStyle = stroke.color;
  c.lineWidth = stroke.width;
  c.globalAlpha = stroke.opacity ?? 1;
  c.lineCap = stroke.cap ?? 'butt';
  c.setLineDash(stroke.dash ? [...stroke.dash] : NO_DASH);
};
const useFill = (c: Context, fill: Fill): void => {
  c.fillStyle = fill.color;
  c.globalAlpha = fill.opacity ?? 1;
};

const trace = (c: Context, points: readonly number[], closed: boolean): void => {
  c.moveTo(points[0] as number, points[1] as number);
  for (let k = 2; k < points.length; k += 2) c.lineTo(points[k] as number, points[k + 1] as number);
  if (closed) c.closePath();
};

const roundRect = (c: Context, x: number, y: number, w: number, h: number, radius: number): void => {
  const r = Math.max(0, Math.min(radius, w / 2, h / 2));
  if (r === 0) {
    c.rect(x, y, w, h);
    return;
  }
  c.moveTo(x + r, y);
  c.arcTo(x + w, y, x + w, y + h, r);
  c.arcTo(x + w, y + h, x, y + h, r);
  c.arcTo(x, y + h, x, y, r);
  c.arcTo(x, y, x + w, y, r);
  c.closePath();
};

const hatch = (c: Context, mark: HatchMark): void => {
  const { x, y, width, height } = mark;
  if (mark.fill) {
    useFill(c, mark.fill);
    c.fillRect(x, y, width, height);
  }
  c.save();
  c.beginPath();
  c.rect(x, y, width, height);
  c.clip();
  useStroke(c, { color: mark.color, width: mark.lineWidth, opacity: 0.75 });
  c.beginPath();
  hatchLines(c, mark);
  c.stroke();
  c.restore();
};

const hatchLines = (c: Context, mark: HatchMark): void => {
  const { x, y, width, height, spacing, pattern = 'slant' } = mark;
  const step = spacing * Math.SQRT2;
  const slants = pattern === 'slant' || pattern === 'cross';
  const leansBack = pattern === 'back' || pattern === 'cross';
  for (let d = 0; (slants || leansBack) && d < width + height; d += step) {
    if (slants) {
      c.moveTo(x + d, y);
      c.lineTo(x + d - height, y + height);
    }
    if (leansBack) {
      c.moveTo(x + d - height, y);
      c.lineTo(x + d, y + height);
    }
  }
  if (pattern === 'dashes') c.setLineDash([spacing * 0.5, spacing * 0.5]);
  if (pattern === 'level' || pattern === 'dashes' || pattern === 'grid')
    for (let d = spacing / 2; d < height; d += spacing) {
      c.moveTo(x, y + d);
      c.lineTo(x + width, y + d);
    }
  if (pattern === 'upright' || pattern === 'grid')
    for (let d = spacing / 2; d < width; d += spacing) {
      c.moveTo(x + d, y);
      c.lineTo(x + d, y + height);
    }
};

const write = (c: Context, mark: TextMark): void => {
  c.globalAlpha = mark.opacity ?? 1;
  c.fillStyle = mark.color;
  c.font = `${String(mark.weight)} ${String(mark.size)}px ${families[mark.face]}`;
  if (c.letterSpacing !== undefined) c.letterSpacing = `${String(mark.tracking ?? 0)}px`;
  c.textAlign = mark.anchor === 'middle' ? 'center' : mark.anchor;
  c.textBaseline = 'alphabetic';
  c.fillText(mark.text, mark.x, mark.y + mark.size * BASELINE);
};

const paintPath = (c: Context, mark: PathMark): void => {
  c.beginPath();
  trace(c, mark.points, mark.closed);
  if (mark.fill) {
    useFill(c, mark.fill);
    c.fill();
  }
  if (mark.stroke) {
    useStroke(c, mark.stroke);
    c.lineJoin = 'round';
    c.stroke();
  }
};

const glyph = (c: Context, mark: Extract<Mark, { shape: 'glyph' }>): void => {
  const shape = outline(mark);
  c.globalAlpha = mark.opacity ?? 1;
  c.beginPath();
  if (!shape) {
    c.arc(mark.x, mark.y, mark.size / 2, 0, 2 * Math.PI);
    if (mark.glyph === 'dot') {
      c.fillStyle = mark.color;
      c.fill();
      return;
    }
  } else {
    for (const line of shape.lines) trace(c, line, shape.closed);
    if (shape.filled) {
      c.fillStyle = mark.color;
      c.fill();
      return;
    }
  }
  useStroke(c, { color: mark.color, width: mark.lineWidth ?? 1.5, cap: 'round', opacity: mark.opacity ?? 1 });
  c.stroke();
};

/** Paints marks in their order. Lines that follow each other in one style are one path: hundreds of arrows, one stroke. */
export const paint = (c: Context, marks: readonly Mark[]): void => {
  let open: Stroke | null = null;
  const flush = (): void => {
    if (open) c.stroke();
    open = null;
  };
  for (const mark of marks) {
    if (mark.shape === 'line') {
      open = addLine(c, mark, open, flush);
      continue;
    }
    flush();
    switch (mark.shape) {
      case 'path':
        paintPath(c, mark);
        break;
      case 'curve': {
        const [x1, y1, x2, y2, x3, y3, x4, y4] = mark.points;
        useStroke(c, mark.stroke);
        c.beginPath();
        c.moveTo(x1, y1);
        c.bezierCurveTo(x2, y2, x3, y3, x4, y4);
        c.stroke();
        break;
      }
      case 'rect':
        c.beginPath();
        roundRect(c, mark.x, mark.y, mark.width, mark.height, mark.radius ?? 0);
        if (mark.fill) {
          useFill(c, mark.fill);
          c.fill();
        }
        if (mark.stroke) {
          useStroke(c, mark.stroke);
          c.stroke();
        }
        break;
      case 'text':
        write(c, mark);
        break;
      case 'hatch':
        hatch(c, mark);
        break;
      case 'glyph':
        glyph(c, mark);
        break;
    }
  }
  flush();
};

const addLine = (c: Context, mark: LineMark, open: Stroke | null, flush: () => void): Stroke => {
  // Translucent lines that cross would darken each other were they painted one by one; in one path they do not.
  if (open !== mark.stroke) {
    flush();
    useStroke(c, mark.stroke);
    c.beginPath();
  }
  c.moveTo(mark.x1, mark.y1);
  c.lineTo(mark.x2, mark.y2);
  return mark.stroke;
};

/** Clears and paints a whole picture on a canvas of width × ratio by height × ratio device pixels. */
export const paintFigure = (
  c: Context,
  figure: { readonly width: number; readonly height: number; readonly marks: readonly Mark[] },
  options: PaintOptions,
): void => {
  c.setTransform(options.ratio, 0, 0, options.ratio, 0, 0);
  c.globalAlpha = 1;
  c.clearRect(0, 0, figure.width, figure.height);
  if (options.ground !== null) {
    c.fillStyle = options.ground;
    c.fillRect(0, 0, figure.width, figure.height);
  }
  paint(c, figure.marks);
};
