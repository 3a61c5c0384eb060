import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { paintFigure } from '../figure/paint/canvas.ts';
import { layOut, renderFigure } from '../figure/render.ts';
import type { RenderOptions } from '../figure/render.ts';
import { theme } from '../figure/theme.ts';
import type { Trace } from '../trace/types.ts';
import type * as Canvas from '@napi-rs/canvas';

/** The two faces that every figure is set in, from their npm packages. */
const fonts = [
  ['Inter Variable', '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'],
  ['JetBrains Mono Variable', '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2'],
] as const;

const fontPath = (file: string): string => createRequire(import.meta.url).resolve(file);

/** @font-face rules with the fonts inside, so that text in the file measures the same everywhere. */
const fontCss = (): string => {
  const rules: string[] = [];
  for (const [family, file] of fonts) {
    try {
      const data = readFileSync(fontPath(file)).toString('base64');
      rules.push(
        `@font-face{font-family:'${family}';font-weight:100 900;src:url(data:font/woff2;base64,${data}) format('woff2')}`,
      );
    } catch {
      // Without the package the viewer's own fonts are used: the picture is still right, its text a little wider or narrower.
    }
  }
  return rules.join('');
};

export const drawSvg = (figure: string, trace: Trace, options: RenderOptions): string =>
  renderFigure(figure, trace, { ...options, css: fontCss() });

/** Pictures are drawn at twice the size in pixels, so that they stay sharp on a slide. */
const RATIO = 2;

/** The canvas library reads weights in hundreds only. */
const hundreds = (font: string): string => font.replace(/^(\d)50 /, (_, n: string) => `${String(Number(n) + 1)}00 `);

export const drawPng = async (figure: string, trace: Trace, options: RenderOptions): Promise<Result<Uint8Array>> => {
  let library: typeof Canvas;
  try {
    library = await import('@napi-rs/canvas');
  } catch {
    return fail({
      where: '',
      what: 'PNG needs the package @napi-rs/canvas, which has no build for this machine; -o F.svg works without it',
    });
  }
  for (const [family, file] of fonts) {
    try {
      library.GlobalFonts.registerFromPath(fontPath(file), family);
    } catch {
      // As above: the machine's own fonts.
    }
  }
  const laid = layOut(figure, trace, options);
  const canvas = library.createCanvas(laid.width * RATIO, laid.height * RATIO);
  const real = canvas.getContext('2d');
  const context = new Proxy(real, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value as (...a: unknown[]) => unknown).bind(target) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, key === 'font' ? hundreds(String(value)) : value),
  });
  const { transparent, ground } = theme(options.theme);
  paintFigure(context, laid, {
    ratio: RATIO,
    ground: transparent ? null : ground,
  });
  return ok(canvas.toBuffer('image/png'));
};
