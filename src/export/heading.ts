import { measure } from '../figure/measure.ts';
import type { Theme } from '../figure/theme.ts';
import { Layer } from '../figure/types.ts';
import type { TextMark } from '../figure/types.ts';

/** Sizes at scale 1, px. */
const TITLE = 17;
const SENTENCE = 13.5;
const LINE = 20;
const SIDE = 24;
const ABOVE = 18;
const BELOW = 8;
/** A sentence that needs more lines is cut: it would push the figures off the picture. */
const MOST_LINES = 4;

/** Words in lines that fit a width, px. A word that is wider alone stands alone. */
export const wrapped = (text: string, width: number, size: number, weight: 400 | 600): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && measure(longer, 'sans', size, weight) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
};

/** Cut with an ellipsis where there are more lines than fit. */
const atMost = (lines: readonly string[], most: number): readonly string[] =>
  lines.length <= most ? lines : [...lines.slice(0, most - 1), `${lines[most - 1] ?? ''} …`];

/** Title and sentence as text marks at the top of a picture, and the height that they take; 0 where there are none. */
export const headingOf = (
  title: string,
  sentence: string,
  width: number,
  { scale, ink, mute }: Theme,
): { readonly marks: readonly TextMark[]; readonly height: number } => {
  const room = width - 2 * SIDE * scale;
  const rows = [
    ...atMost(wrapped(title, room, TITLE * scale, 600), 2).map((text) => ({
      text,
      size: TITLE,
      color: ink,
      weight: 600 as const,
    })),
    ...atMost(wrapped(sentence, room, SENTENCE * scale, 400), MOST_LINES).map((text) => ({
      text,
      size: SENTENCE,
      color: mute,
      weight: 400 as const,
    })),
  ];
  if (rows.length === 0) return { marks: [], height: 0 };
  let y = ABOVE * scale;
  const marks = rows.map(({ text, size, color, weight }): TextMark => {
    const line = (size === TITLE ? LINE + 3 : LINE) * scale;
    y += line;
    return {
      shape: 'text',
      id: null,
      layer: Layer.Tag,
      x: SIDE * scale,
      y: y - line / 2,
      text,
      face: 'sans',
      size: size * scale,
      weight,
      anchor: 'start',
      color,
    };
  });
  return { marks, height: Math.round(y + BELOW * scale) };
};
