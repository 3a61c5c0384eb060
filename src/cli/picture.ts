import { createRequire } from 'node:module';
import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { svgText } from '../export/svg.ts';
import { paintFigure } from '../figure/paint/canvas.ts';
import type { Theme } from '../figure/theme.ts';
import type { Figure, FontFace } from '../figure/types.ts';
import type * as Canvas from '@napi-rs/canvas';

/** The two faces that every figure is set in, from their npm packages. */
const fonts: Readonly<Record<FontFace, readonly [family: string, file: string]>> = {
  sans: ['Inter Variable', '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'],
  mono: ['JetBrains Mono Variable', '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2'],
};

const fontPath = (face: FontFace): string => createRequire(import.meta.url).resolve(fonts[face][1]);

/** A laid-out picture as SVG: the page writes the same text for the same view. */
export const drawSvg = (figure: Figure, look: Theme): Promise<string> => svgText(figure, look);

/** Pictures are drawn at twice the size in pixels, so that they stay sharp on a slide. */
const RATIO = 2;

/** The canvas library reads weights in hundreds only. */
const hundreds = (font: string): string => font.replace(/^(\d)50 /, (_, n: string) => `${String(Number(n) + 1)}00 `);

export const drawPng = async (figure: Figure, { transparent, ground }: Theme): Promise<Result<Uint8Array>> => {
  let library: typeof Canvas;
  try {
    library = await import('@napi-rs/canvas');
  } catch {
    return fail({
      where: '',
      what: 'PNG needs the package @napi-rs/canvas, which has no build for this machine; -o F.svg works without it',
    });
  }
  for (const face of ['sans', 'mono'] as const) {
    try {
      library.GlobalFonts.registerFromPath(fontPath(face), fonts[face][0]);
    } catch {
      // As above: the machine's own fonts.
    }
  }
  const canvas = library.createCanvas(figure.width * RATIO, figure.height * RATIO);
  const real = canvas.getContext('2d');
  const context = new Proxy(real, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value as (...a: unknown[]) => unknown).bind(target) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, key === 'font' ? hundreds(String(value)) : value),
  });
  paintFigure(context, figure, { ratio: RATIO, ground: transparent ? null : ground });
  return ok(canvas.toBuffer('image/png'));
};
