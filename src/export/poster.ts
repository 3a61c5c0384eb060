import { svg } from '../figure/paint/svg.ts';
import { telling, theme } from '../figure/theme.ts';
import { pictureOf } from './view.ts';
import type { SceneView } from './view.ts';

/** Paper is higher than a slide is: as high as A4 and Letter, lying, both have, for 1280 px of width. */
const PAPER = 870;

/** Prints the poster and nothing else, as large as the paper allows. */
const css = (id: string): string => `
@page { size: landscape; margin: 10mm }
#${id} { display: none }
@media print {
  html, body { height: auto !important; overflow: visible !important; background: #fff !important }
  body > *:not(#${id}) { display: none !important }
  #${id} { display: block }
  #${id} svg { display: block; width: 100%; height: auto; max-height: 100vh; break-inside: avoid }
  #${id} svg + svg { break-before: page }
}`;

/** Views as posters to print, one a page, greyscale on white: markup for a document that has the figures' fonts. */
export const posterMarkup = (views: readonly SceneView[], id: string): string => {
  const pictures = views.map((view) => {
    const figure = pictureOf({ ...view, theme: telling(theme('print'), view.theme.tells) }, { height: PAPER });
    return svg(figure, { ground: null, title: figure.title, description: figure.summary });
  });
  return `<style>${css(id)}</style>${pictures.join('')}`;
};
