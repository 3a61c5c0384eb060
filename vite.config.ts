import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { offline } from './scripts/offline.mjs';
import { policy } from './scripts/policy.mjs';
import { standalone } from './scripts/standalone.mjs';
import { validateScenario } from './src/scenario/parse.ts';
import { FIRST_PRESET, presets } from './src/scenario/presets.ts';

/** Writes the content policy into the built page, so that it holds on any static host. Not while developing: Vite's own reload is inline. */
function contentPolicy(): Plugin {
  return {
    name: 'roundtrip-content-policy',
    apply: 'build',
    transformIndexHtml(html, { path }) {
      // Storybook builds its own pages with this configuration.
      if (path !== '/index.html') return html;
      const attrs = { 'http-equiv': 'Content-Security-Policy', content: policy };
      return { html, tags: [{ tag: 'meta', attrs, injectTo: 'head-prepend' }] };
    },
  };
}

/** What the first picture needs, module by module. */
const first = new Set<string>();

/**
 * Keeps it in one file. Cut wherever a lazily loaded part shares some of it, it would be several: more requests, and a
 * kilobyte more gzipped.
 */
function firstPicture(): Plugin {
  return {
    name: 'roundtrip-first-picture',
    apply: 'build',
    buildEnd() {
      const add = (id: string): void => {
        if (first.has(id)) return;
        first.add(id);
        this.getModuleInfo(id)?.importedIds.forEach(add);
      };
      for (const id of this.getModuleIds()) if (id.endsWith('/src/app/main.ts')) add(id);
    },
  };
}

/** The first preset, its scenario checked and with its defaults while building: the first picture needs no schema and no other preset. */
function firstPreset(): Plugin {
  const name = 'virtual:first-preset';
  return {
    name: 'roundtrip-first-preset',
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load(id) {
      if (id !== `\0${name}`) return null;
      const preset = presets.find((one) => one.name === FIRST_PRESET);
      const scenario = validateScenario(preset?.scenario);
      if (!scenario.ok) throw new Error(`The first preset is not valid: ${JSON.stringify(scenario.problems)}`);
      return `export default ${JSON.stringify({ ...preset, scenario: scenario.value })};`;
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [
    svelte(),
    contentPolicy(),
    firstPreset(),
    firstPicture(),
    standalone(() => [svelte(), firstPreset()]),
    offline(),
  ],
  build: {
    outDir: 'dist',
    target: 'es2022',
    // Every browser that runs this target knows modulepreload.
    modulePreload: { polyfill: false },
    // test/build weighs the first picture by it.
    manifest: true,
    // A font or worker as a data: URL would be refused by the content policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ debugName: 'first picture', name: (id) => (first.has(id) ? 'first' : null) }] },
      },
    },
  },
  worker: { format: 'es' },
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1' },
});
