// @ts-check
/**
 * In the library this stands in the place of Svelte's own `dom/css.js` (scripts/embed.mjs): a component's styles are
 * adopted by the shadow root that it lies in, and no style element is made, which a strict content policy would refuse.
 */
// @ts-expect-error -- Svelte has no types for its own parts.
import { effect } from '../node_modules/svelte/src/internal/client/reactivity/effects.js';
// @ts-expect-error -- As above.
import { active_effect } from '../node_modules/svelte/src/internal/client/runtime.js';

/** @type {Map<string, CSSStyleSheet>} */
const sheets = new Map();

/**
 * @param {Node} anchor
 * @param {{ hash: string, code: string }} css
 */
export function append_styles(anchor, css) {
  effect(() => {
    // As in Svelte: the anchor may stand in a fragment that is never shown; the branch's first node does not.
    const node = active_effect?.parent?.nodes?.start ?? anchor;
    const shadow = /** @type {ShadowRoot} */ (node.getRootNode());
    let sheet = sheets.get(css.hash);
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css.code);
      sheets.set(css.hash, sheet);
    }
    if (!shadow.adoptedStyleSheets.includes(sheet)) shadow.adoptedStyleSheets.push(sheet);
  });
}
