import { posterMarkup } from '../../export/poster.ts';
import type { Bench } from '../../view/context.ts';
import { slidesOf } from './views.ts';

const ID = 'print-poster';

const takePoster = (): void => {
  document.getElementById(ID)?.remove();
};

/** Puts the posters beside the page, where only a printer sees them. */
const layPoster = (bench: Bench): void => {
  takePoster();
  const slides = slidesOf(bench, true);
  if (!slides) return;
  const poster = document.createElement('div');
  poster.id = ID;
  poster.innerHTML = posterMarkup(
    slides.map(({ view }) => view),
    ID,
  );
  document.body.append(poster);
};

let isReady = false;

/** From now on the browser's own way to print gives posters: a page a beat, or one of what is seen. */
export const readyToPrint = (bench: Bench): void => {
  if (isReady) return;
  isReady = true;
  addEventListener('beforeprint', () => {
    layPoster(bench);
  });
  addEventListener('afterprint', takePoster);
};
