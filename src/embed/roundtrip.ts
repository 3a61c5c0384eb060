import { beside } from './beside.ts';
import { setScript, workHere } from './door.ts';
import { define, RoundtripScene } from './element.ts';

/** The library as an ES module: `<script type="module" src="roundtrip.js">`, or an import, also on a server. */
if (!workHere()) {
  setScript({ url: import.meta.url, kind: 'module', beside });
  define();
}

export { RoundtripScene };
