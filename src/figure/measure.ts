import { characters, inter, mono } from './advances.ts';
import type { FontFace, FontWeight } from './types.ts';

/** Advance width of a line of text in px, from a committed table, so that text lies the same everywhere. */
export type Measure = (text: string, face: FontFace, size: number, weight: FontWeight, tracking?: number) => number;

const widths = new Map<FontWeight, Float32Array>();
const UNKNOWN = 620;

/** Advances by UTF-16 unit of one weight; what the subset lacks counts as a wide letter. */
const advances = (weight: FontWeight): Float32Array => {
  let table = widths.get(weight);
  if (!table) {
    table = new Float32Array(0x2400).fill(UNKNOWN);
    const row = inter[weight];
    for (let i = 0; i < characters.length; i++) table[characters.charCodeAt(i)] = row[i] as number;
    widths.set(weight, table);
  }
  return table;
};

export const measure: Measure = (text, face, size, weight, tracking = 0) => {
  if (face === 'mono') return (text.length * mono * size) / 1000 + text.length * tracking;
  const table = advances(weight);
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum += table[text.charCodeAt(i)] ?? UNKNOWN;
  return (sum * size) / 1000 + text.length * tracking;
};
