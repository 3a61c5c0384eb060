import base from '../app/base.css?inline';
import tokens from '../app/tokens.css?inline';
import type { Beside } from './door.ts';

/** The page's colours and its reset, said for a part of another page: nothing of it reaches what stands around. */
const scoped = (css: string): string =>
  css
    .replaceAll(':root', '.roundtrip')
    .replaceAll(/html,\s*body\s*\{[^}]*\}/g, '')
    .replaceAll(/(^|\})\s*body\s*\{/g, '$1.roundtrip{')
    .replaceAll('#app', '.roundtrip');

const own = `
:host{display:block;position:relative;min-height:180px;aspect-ratio:16/9;contain:content}
:host([hidden]){display:none}
.roundtrip{position:absolute;inset:0;text-align:left}
.roundtrip[data-ground='none']{background:transparent}
.poster{position:absolute;inset:0;display:grid;place-items:center;overflow:hidden}
.poster[hidden]{display:none}
.text{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@media print{:host(:not([live])) .poster[data-given]{display:grid}:host(:not([live])) .poster[data-given]~.roundtrip{display:none}}
`;

/** All that a shadow root needs besides the components' own styles. */
export const shadowCss = (): string => scoped(tokens) + scoped(base) + own;

let asked = false;
/** The figures' fonts, once a page: a shadow root has none of its own. Where they cannot be had, the system's stand in. */
export const loadFonts = (urls: Beside['fonts'] | null): void => {
  if (asked || urls === null) return;
  asked = true;
  for (const [family, url, weight] of [
    ['Inter Variable', urls.text, '100 900'],
    ['JetBrains Mono Variable', urls.mono, '100 800'],
  ] as const) {
    const face = new FontFace(family, `url(${JSON.stringify(url)}) format('woff2')`, { weight, display: 'swap' });
    document.fonts.add(face);
    face.load().catch(() => {
      document.fonts.delete(face);
    });
  }
};

/**
 * Puts styles on a shadow root without a style element: a policy that forbids inline styles (`style-src 'self'`) leaves
 * adopted sheets alone.
 */
export const adopt = (shadow: ShadowRoot, css: string): void => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
};
