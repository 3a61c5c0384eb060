import type { Box, FontWeight, Mark, SemanticId } from '../types.ts';
import { Layer } from '../types.ts';
import type { Theme } from '../theme.ts';
import type { Measure } from '../measure.ts';
import type { Placer } from './place.ts';

/** A word in a rounded box of the ground's colour, framed in the colour of what it names. */
export interface TagStyle {
  readonly color: string;
  readonly size?: number;
  readonly weight?: FontWeight;
  /** Without a frame: the word on a patch of ground only. */
  readonly plain?: boolean;
}

/** One line of a tag that has several, each in its own colour. */
export interface TagLine {
  readonly text: string;
  readonly color: string;
}

export interface Wanted {
  readonly text: string;
  /** The same in fewer words, one after the other, where there is no room for the text. */
  readonly shorter?: readonly string[];
  /** Several lines instead of the one; the tag is as wide as the widest. */
  readonly lines?: readonly TagLine[];
  readonly id: SemanticId | null;
  readonly style: TagStyle;
  /** What the tag names. */
  readonly x: number;
  readonly y: number;
  /** Left upper corners in order of liking, given the tag's width and height; `leader`: draw a line from it to the tag. */
  readonly places: (width: number, height: number) => readonly (readonly [number, number, leader?: boolean])[];
}

export const tagSize = (text: string, style: TagStyle, theme: Theme, measure: Measure): [number, number] => {
  const s = theme.scale;
  const pad = style.plain ? 2 : 6.5;
  return [
    measure(text, 'sans', (style.size ?? 11.5) * s, style.weight ?? 600) + 2 * pad * s,
    (style.plain ? 15 : 20) * s,
  ];
};

/** The marks of a tag in a given box. */
export const tagMarks = (
  text: string,
  box: Box,
  style: TagStyle,
  theme: Theme,
  id: SemanticId | null,
  marks: Mark[],
): void => {
  const s = theme.scale;
  marks.push(
    {
      shape: 'rect',
      id,
      layer: Layer.Tag,
      ...box,
      radius: 4.5 * s,
      fill: { color: theme.ground, opacity: style.plain ? 0.85 : 0.96 },
      ...(style.plain ? {} : { stroke: { color: style.color, width: 1.1 * s } }),
    },
    {
      shape: 'text',
      id,
      layer: Layer.Tag,
      x: box.x + box.width / 2,
      y: box.y + box.height / 2,
      text,
      face: 'sans',
      size: (style.size ?? 11.5) * s,
      weight: style.weight ?? 600,
      anchor: 'middle',
      color: style.color,
    },
  );
};

const LINE = 14.5;

const linesSize = (lines: readonly TagLine[], style: TagStyle, theme: Theme, measure: Measure): [number, number] => {
  const widest = lines.reduce((most, { text }) => Math.max(most, tagSize(text, style, theme, measure)[0]), 0);
  return [widest, (lines.length * LINE + 3) * theme.scale];
};

/** Lines of words below one another on one patch of ground, from the left. */
const linesMarks = (
  lines: readonly TagLine[],
  box: Box,
  style: TagStyle,
  theme: Theme,
  id: SemanticId | null,
  marks: Mark[],
): void => {
  const s = theme.scale;
  marks.push({
    shape: 'rect',
    id,
    layer: Layer.Tag,
    ...box,
    radius: 4.5 * s,
    fill: { color: theme.ground, opacity: 0.9 },
  });
  lines.forEach(({ text, color }, k) => {
    marks.push({
      shape: 'text',
      id,
      layer: Layer.Tag,
      x: box.x + (style.plain ? 2 : 6.5) * s,
      y: box.y + (1.5 + (k + 0.5) * LINE) * s,
      text,
      face: 'sans',
      size: (style.size ?? 11.5) * s,
      weight: style.weight ?? 600,
      anchor: 'start',
      color,
    });
  });
};

/** Puts a tag where there is room; false where there is none. `turned`: the picture will be turned, the words will not. */
export const placeTag = (
  wanted: Wanted,
  placer: Placer,
  theme: Theme,
  measure: Measure,
  marks: Mark[],
  turned = false,
): boolean =>
  [wanted.text, ...(wanted.shorter ?? [])].some((text) =>
    placeText({ ...wanted, text }, placer, theme, measure, marks, turned),
  );

const placeText = (
  wanted: Wanted,
  placer: Placer,
  theme: Theme,
  measure: Measure,
  marks: Mark[],
  turned: boolean,
): boolean => {
  const { lines } = wanted;
  const size = lines
    ? linesSize(lines, wanted.style, theme, measure)
    : tagSize(wanted.text, wanted.style, theme, measure);
  const [width, height] = turned ? [size[1], size[0]] : size;
  const places = wanted.places(width, height);
  const boxes = places.map(([x, y]) => ({ x, y, width, height }));
  const chosen = placer.take(boxes);
  const box = boxes[chosen];
  if (!box) return false;
  if (places[chosen]?.[2]) {
    const x = Math.max(box.x, Math.min(box.x + box.width, wanted.x));
    const y = Math.max(box.y, Math.min(box.y + box.height, wanted.y));
    marks.push({
      shape: 'line',
      id: null,
      // Under all words: it strikes none through.
      layer: Layer.Selection,
      x1: wanted.x,
      y1: wanted.y,
      x2: x,
      y2: y,
      stroke: { color: wanted.style.color, width: theme.scale, opacity: 0.8 },
    });
  }
  if (lines) linesMarks(lines, box, wanted.style, theme, wanted.id, marks);
  else tagMarks(wanted.text, box, wanted.style, theme, wanted.id, marks);
  return true;
};
