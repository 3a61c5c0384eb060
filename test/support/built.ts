import { buildEmbedOnce } from '../../scripts/embed.mjs';
import { buildPage } from '../../scripts/page.mjs';

/** Builds the page, then the library beside it: the page's build empties the folder that holds both. */
export default async function setup(): Promise<void> {
  await buildPage();
  await buildEmbedOnce();
}
