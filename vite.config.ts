import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { policy } from './scripts/policy.mjs';

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

export default defineConfig({
  base: './',
  plugins: [svelte(), contentPolicy()],
  build: {
    outDir: 'dist',
    target: 'es2022',
    // test/build weighs the first picture by it.
    manifest: true,
    // A font or worker as a data: URL would be refused by the content policy.
    assetsInlineLimit: 0,
  },
  worker: { format: 'es' },
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1' },
});
