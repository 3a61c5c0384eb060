import { posterMarkup } from '../../export/poster.ts';
import type { SceneView } from '../../export/view.ts';

const ID = 'print-poster';

/** Puts the posters beside the page, where only a printer sees them. */
export const layPoster = (views: readonly SceneView[]): void => {
  document.getElementById(ID)?.remove();
  const poster = document.createElement('div');
  poster.id = ID;
  poster.innerHTML = posterMarkup(views, ID);
  document.body.append(poster);
};

export const takePoster = (): void => {
  document.getElementById(ID)?.remove();
};

/** Opens the browser's own print dialog on the posters. */
export const printPoster = async (views: readonly SceneView[]): Promise<void> => {
  layPoster(views);
  await document.fonts.ready;
  addEventListener('afterprint', takePoster, { once: true });
  print();
};
