import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** Runes everywhere: no component may fall back to the implicit reactivity of Svelte 4. */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true },
};
