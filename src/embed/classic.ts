import { setScript, workHere } from './door.ts';
import { define } from './element.ts';

/** The library as one classic script: `<script src="roundtrip.classic.js">`, also in a page from disk. */
if (!workHere()) {
  const own = typeof document === 'undefined' ? null : document.currentScript;
  setScript({ url: own instanceof HTMLScriptElement && own.src !== '' ? own.src : null, kind: 'classic' });
  define();
}
