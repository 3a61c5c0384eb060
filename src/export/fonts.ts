import type { FontFace, Mark } from '../figure/types.ts';

/** A part of a face: the letters that it is for, as CSS writes them, and its woff2 as base64. */
export interface FacePiece {
  readonly range: string;
  readonly data: string;
}

/** A face that figures are set in, cut by scripts/cut-fonts.mjs: no hinting, only the weights that figures have. */
export interface CutFace {
  readonly family: string;
  /** The least and the greatest weight. */
  readonly weights: string;
  readonly pieces: readonly FacePiece[];
}

const faces: Readonly<Record<FontFace, () => Promise<{ readonly face: CutFace }>>> = {
  sans: () => import('./faces/sans.ts'),
  mono: () => import('./faces/mono.ts'),
};

const CHUNK = 0x8000;

/** Bytes as base64, in chunks that a call's arguments hold. */
export const base64 = (bytes: Uint8Array): string => {
  let binary = '';
  for (let i = 0; i < bytes.length; i += CHUNK) binary += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  return btoa(binary);
};

/** The letters that marks are set in, by face. */
const lettersOf = (marks: readonly Mark[]): ReadonlyMap<FontFace, ReadonlySet<number>> => {
  const letters = new Map<FontFace, Set<number>>();
  for (const mark of marks) {
    if (mark.shape !== 'text') continue;
    const own = letters.get(mark.face) ?? new Set();
    letters.set(mark.face, own);
    for (const letter of mark.text) own.add(letter.codePointAt(0) as number);
  }
  return letters;
};

/** Whether a range such as U+20-7E,U+B7 has one of these letters. */
const hasOne = (range: string, letters: ReadonlySet<number>): boolean =>
  range.split(',').some((part) => {
    const [from = NaN, to = from] = part
      .slice(2)
      .split('-')
      .map((hex) => Number.parseInt(hex, 16));
    return [...letters].some((letter) => from <= letter && letter <= to);
  });

/**
 * @font-face rules for the letters that are used, with their files inside, so that the picture stands alone. Faces are cut
 * beforehand and not for each picture: a cutter that keeps the weights is WebAssembly, which the page's content policy
 * forbids, and the command must write the same bytes. A letter that no piece has is left to the viewer's own fonts.
 */
export const fontCss = async (marks: readonly Mark[]): Promise<string> => {
  const letters = lettersOf(marks);
  const used = (['sans', 'mono'] as const).filter((name) => letters.has(name));
  const rules = await Promise.all(
    used.map(async (name) => {
      const { family, weights, pieces } = (await faces[name]()).face;
      return pieces
        .filter(({ range }) => hasOne(range, letters.get(name) ?? new Set()))
        .map(
          ({ range, data }) =>
            `@font-face{font-family:'${family}';font-weight:${weights};src:url(data:font/woff2;base64,${data}) format('woff2');unicode-range:${range}}`,
        )
        .join('');
    }),
  );
  return rules.join('');
};
