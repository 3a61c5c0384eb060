import { tagSize } from '../label/tag.ts';
import type { TagStyle } from '../label/tag.ts';
import type { SemanticId } from '../types.ts';
import type { Sheet } from './sheet.ts';

/** A hatched stretch of time, px along time, and where it lies across. */
export interface Stretch {
  readonly p1: number;
  readonly p2: number;
  readonly across: readonly [number, number];
  /** It is hatched over the others: their words keep off it. */
  readonly isOver: boolean;
}

/** What is to be said of one. */
export interface StretchWords {
  readonly id: SemanticId;
  readonly style: TagStyle;
  /** In order of liking, from the longest to the shortest. */
  readonly texts: readonly string[];
  /** The words that stand beside it where none fit inside; none: there it is left unnamed. */
  readonly beside: readonly string[];
}

/** Hatching that shows on each side of a word inside it, px: two neighbours' words then stand twice as far apart. */
const SHOWN = 7;
/** Between a stretch and a word beside it, px. */
const BESIDE = 6;

/** Whether a word from `a` to `b`, px along time, would lie on another of these stretches. */
const onAnother = (stretches: readonly Stretch[], own: Stretch, a: number, b: number): boolean =>
  stretches.some(
    (one) =>
      one !== own &&
      one.across[0] < own.across[1] &&
      own.across[0] < one.across[1] &&
      one.p1 < b + BESIDE &&
      a - BESIDE < one.p2,
  );

/**
 * Asks for the words of a lying stretch. They stand inside, where hatching shows on both sides of them; else beside,
 * where nothing else is hatched and the plot does not end; else nowhere.
 */
export const wantInStretch = (sheet: Sheet, rank: number, own: Stretch, words: StretchWords): void => {
  const { space, s, theme, input, stretches } = sheet;
  const { p1, p2, across } = own;
  const { id, style } = words;
  const edge = SHOWN * s;
  const fitting = words.texts.filter((text) => tagSize(text, style, theme, input.measure)[0] + 2 * edge <= p2 - p1);
  const isInside = fitting.length > 0;
  const [text, ...shorter] = isInside ? fitting : words.beside;
  if (text === undefined) return;
  const middle = (across[0] + across[1]) / 2;
  sheet.want(isInside ? rank : rank + 0.5, {
    text,
    shorter,
    id,
    style,
    x: (p1 + p2) / 2,
    y: middle,
    places: (w, h) => {
      const y = middle - h / 2;
      if (isInside) {
        const room = p2 - p1 - w - 2 * edge;
        const places = [0.5, 0.25, 0.75, 0, 1].map((part) => [p1 + edge + room * part, y] as const);
        const over = stretches.filter(({ isOver }) => isOver);
        return places.filter(([left]) => !onAnother(over, own, left, left + w));
      }
      const { x, width } = space.plot;
      return [p2 + BESIDE * s, p1 - w - BESIDE * s]
        .filter((left) => left >= x && left + w <= x + width && !onAnother(stretches, own, left, left + w))
        .map((left) => [left, y] as const);
    },
  });
};
