import { setScript, workHere } from './door.ts';
import type { Beside } from './door.ts';
import { define } from './element.ts';

/** The files that the build lays beside the script. */
const besideOf = (src: string): Beside => {
  const at = (name: string): string => new URL(name, src).href;
  return {
    engine: at('engine.js'),
    fonts: {
      text: at('fonts/inter-latin-wght-normal.woff2'),
      mono: at('fonts/jetbrains-mono-latin-wght-normal.woff2'),
    },
  };
};

/** The library as one classic script: `<script src="roundtrip.classic.js">`, also in a page from disk. */
if (!workHere()) {
  const own = typeof document === 'undefined' ? null : document.currentScript;
  const url = own instanceof HTMLScriptElement && own.src !== '' ? own.src : null;
  setScript({ url, kind: 'classic', beside: url === null ? null : besideOf(url) });
  define();
}
