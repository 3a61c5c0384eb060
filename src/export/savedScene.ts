import { escapeXml } from '../figure/paint/svg.ts';
import { ExportError } from './job.ts';

/** What a file that stands alone shows: a scene by its address, or a capture, which no address holds. */
export type SavedScene =
  | { readonly roundtripPage: 1; readonly address: string }
  | {
      readonly roundtripPage: 1;
      /** Name of the file that it came from. */
      readonly name: string;
      /** The bytes of a pcapng as base64. */
      readonly capture: string;
    };

/** Where the built page leaves room for the scene, and for words without script. */
const PLACE = '<!--scene-->';
const TITLE = '<title>Roundtrip</title>';

/**
 * The built page with a scene in it, as one file that works from disk without a network. `template` is what
 * scripts/standalone.mjs built. Throws an ExportError where it is not.
 */
export const standalonePage = (template: string, saved: SavedScene, title: string, description: string): string => {
  if (!template.includes(PLACE))
    throw new ExportError('The page that would stand alone was not built; load the page again.');
  // Within a script element only `<` could end it.
  const json = JSON.stringify(saved).replaceAll('<', '\\u003c');
  const scene =
    `<script type="application/json" id="scene">${json}</script>\n` +
    `<noscript><h1>${escapeXml(title)}</h1><p>${escapeXml(description)}</p></noscript>`;
  return template.replace(TITLE, () => `<title>${escapeXml(title)} · Roundtrip</title>`).replace(PLACE, () => scene);
};
