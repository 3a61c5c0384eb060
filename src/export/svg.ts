import { svg } from '../figure/paint/svg.ts';
import type { Theme } from '../figure/theme.ts';
import type { Figure } from '../figure/types.ts';
import { fontCss } from './fonts.ts';

/** A picture as one SVG document that fetches nothing: text as text, fonts inside, title and description. */
export const svgText = async (figure: Figure, { transparent, ground }: Theme): Promise<string> =>
  svg(figure, {
    ground: transparent ? null : ground,
    title: figure.title,
    description: figure.summary,
    css: await fontCss(figure.marks),
  });
