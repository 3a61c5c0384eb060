// @ts-check
/**
 * Writes src/export/faces/*.ts: the figures' fonts cut into pieces, of which a picture brings those that its letters are
 * in. Run by hand when the fonts change: node scripts/cut-fonts.mjs
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import subsetFont from 'subset-font';

/** @type {(first: number, last: number) => string} */
const span = (first, last) =>
  Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i)).join('');
const ascii = span(0x20, 0x7e);
/** Beyond ASCII, what figures are written with. */
const signs = '·×–—‘’“”…−µ';
/** Times, sizes, addresses. */
const numbers = '0123456789abcdef.,:+-−/ kmnsµBGKM';

/**
 * Of each face its family, its file, the weights that figures are set in, and its pieces from the most used to the least:
 * a letter belongs to the first that has it.
 */
const faces = {
  sans: {
    family: 'Inter Variable',
    file: 'inter/files/inter-latin-wght-normal.woff2',
    weights: { min: 400, max: 650 },
    pieces: [ascii + signs, span(0xa0, 0xff) + '•→←↑↓'],
  },
  mono: {
    family: 'JetBrains Mono Variable',
    file: 'jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2',
    weights: { min: 400, max: 500 },
    pieces: [numbers, ascii + signs, span(0xa0, 0xff) + '•→←↑↓'],
  },
};

/** @type {(letter: string) => number} */
const pointOf = (letter) => letter.codePointAt(0) ?? 0;

/** @typedef {keyof typeof faces} Face */

/**
 * Code points as CSS writes a range of them: U+20-7E,U+B7.
 * @param {readonly number[]} points
 */
const rangeOf = (points) => {
  /** @type {[number, number][]} */
  const runs = [];
  for (const point of points) {
    const last = runs.at(-1);
    if (last?.[1] === point - 1) last[1] = point;
    else runs.push([point, point]);
  }
  /** @param {number} point */
  const hex = (point) => point.toString(16).toUpperCase();
  return runs.map(([from, to]) => (from === to ? `U+${hex(from)}` : `U+${hex(from)}-${hex(to)}`)).join(',');
};

/**
 * One face in pieces: what each is for, and its file as base64.
 * @param {Face} name
 */
export const cut = async (name) => {
  const { family, file, weights, pieces } = faces[name];
  const font = readFileSync(createRequire(import.meta.url).resolve(`@fontsource-variable/${file}`));
  /** @type {Set<string>} */
  const taken = new Set();
  const made = [];
  for (const letters of pieces) {
    const own = [...new Set(letters)].filter((letter) => !taken.has(letter)).sort((a, b) => pointOf(a) - pointOf(b));
    own.forEach((letter) => taken.add(letter));
    const bytes = await subsetFont(font, own.join(''), {
      targetFormat: 'woff2',
      variationAxes: { wght: weights },
    });
    made.push({ range: rangeOf(own.map(pointOf)), data: bytes.toString('base64') });
  }
  return { family, weights: `${weights.min} ${weights.max}`, pieces: made };
};

/**
 * The text of a face's module.
 * @param {Face} name
 */
export const moduleOf = async (name) => {
  const { family, weights, pieces } = await cut(name);
  const rows = pieces.map(({ range, data }) => `    { range: '${range}', data: '${data}' },`);
  return `// Written by scripts/cut-fonts.mjs.
import type { CutFace } from '../fonts.ts';

// prettier-ignore
export const face: CutFace = {
  family: '${family}',
  weights: '${weights}',
  pieces: [
${rows.join('\n')}
  ],
};
`;
};

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const face of /** @type {Face[]} */ (Object.keys(faces)))
    writeFileSync(new URL(`../src/export/faces/${face}.ts`, import.meta.url), await moduleOf(face));
