import { quantize } from 'gifenc';
import type { Colour } from 'gifenc';

/** Colours of a GIF; one more index says "as before". */
const COLOURS = 255;
/** So many of the most frequent colours are kept exactly: grounds and lines must not change their tint. */
const EXACT = 96;

/** A table of at most 255 colours with the index of the nearest one for each colour that is asked. */
export interface Palette {
  readonly colours: readonly Colour[];
  /** `rgb`: red + green << 8 + blue << 16, as a little-endian pixel has them. */
  readonly indexOf: (rgb: number) => number;
}

const colourOf = (rgb: number): Colour => [rgb & 255, (rgb >> 8) & 255, (rgb >> 16) & 255];

const nearest = (colours: readonly Colour[], rgb: number): number => {
  const [r = 0, g = 0, b = 0] = colourOf(rgb);
  let best = 0;
  let least = Infinity;
  for (let k = 0; k < colours.length; k++) {
    const [cr, cg, cb] = colours[k] as [number, number, number];
    const distance = (cr - r) ** 2 + (cg - g) ** 2 + (cb - b) ** 2;
    if (distance < least) {
      least = distance;
      best = k;
    }
  }
  return best;
};

/** The palette of pictures (RGBA pixels): their most frequent colours as they are, the others brought down to what is left. */
export const paletteOf = (pictures: readonly Uint32Array[]): Palette => {
  const counts = new Map<number, number>();
  for (const pixels of pictures)
    for (const pixel of pixels) counts.set(pixel & 0xffffff, (counts.get(pixel & 0xffffff) ?? 0) + 1);
  const byCount = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([rgb]) => rgb);
  const exact = byCount.slice(0, byCount.length <= COLOURS ? COLOURS : EXACT);
  const rest = byCount.slice(exact.length);
  const colours = exact.map(colourOf);
  if (rest.length > 0) {
    const rgba = new Uint32Array(rest.map((rgb) => (rgb | 0xff000000) >>> 0));
    colours.push(...quantize(new Uint8Array(rgba.buffer), COLOURS - exact.length));
  }
  // 0: not asked yet; else the index and one.
  const known = new Uint16Array(1 << 24);
  return {
    colours,
    indexOf: (rgb) => {
      const found = known[rgb] as number;
      if (found !== 0) return found - 1;
      const index = nearest(colours, rgb);
      known[rgb] = index + 1;
      return index;
    },
  };
};
