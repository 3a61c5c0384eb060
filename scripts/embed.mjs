// @ts-check
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';
import { isFresh } from './fresh.mjs';

/**
 * Builds the library for other people's pages into dist/embed: roundtrip.js (ES module, its parts loaded when needed),
 * roundtrip.classic.js (one script), engine.js (the worker of who bundles the module), reveal.js (the plugin of
 * reveal.js) and the figures' fonts.
 */
const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * A scene in a slide opens no capture: the readers stay out of the library.
 * @returns {import('vite').Plugin}
 */
const withoutReaders = () => ({
  name: 'roundtrip-without-readers',
  enforce: 'pre',
  resolveId: (id, from) =>
    id.endsWith('/format/open.ts') && from?.replaceAll('\\', '/').endsWith('/engine/door/work.ts')
      ? '\0no-readers'
      : null,
  load: (id) =>
    id === '\0no-readers'
      ? "export const openCapture = async (name) => ({ ok: false, problems: [{ where: name, what: 'a scene in a slide opens no capture; open it in Roundtrip' }] });"
      : null,
});

/**
 * A shadow root knows no @font-face: the library loads the figures' fonts into the page itself (src/embed/styles.ts).
 * @returns {import('vite').Plugin}
 */
const withoutFontFaces = () => ({
  name: 'roundtrip-without-font-faces',
  enforce: 'pre',
  transform: (code, id) => (id.includes('/app/base.css') ? code.replaceAll(/@font-face\s*\{[^}]*\}/g, '') : null),
});

const sheets = fileURLToPath(new URL('embed-styles.mjs', import.meta.url));
/**
 * Svelte adds a component's styles as a style element, which a strict content policy refuses: they are adopted instead.
 * @returns {import('vite').Plugin}
 */
const adoptedStyles = () => ({
  name: 'roundtrip-adopted-styles',
  enforce: 'pre',
  resolveId: (id, from) => (id.endsWith('/dom/css.js') && from?.includes('/svelte/src/internal/') ? sheets : null),
});

/** @type {readonly (readonly [string, string])[]} */
const fonts = [
  ['text', 'inter/files/inter-latin-wght-normal.woff2'],
  ['mono', 'jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2'],
];
/**
 * Lays the fonts beside the library, and writes their addresses and the engine's into src/embed/beside.ts.
 * @param {string} out
 * @returns {import('vite').Plugin}
 */
const beside = (out) => ({
  name: 'roundtrip-beside',
  enforce: 'pre',
  load(id) {
    if (!id.endsWith('/src/embed/beside.ts')) return null;
    const emit = (/** @type {string} */ fileName, /** @type {string} */ path) =>
      `import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'asset', fileName, source: readFileSync(path) })}`;
    const faces = fonts.map(([key, path]) => {
      const file = join(root, 'node_modules/@fontsource-variable', path);
      return `${key}: ${emit(`fonts/${basename(path)}`, file)}`;
    });
    return `export const beside = { engine: ${emit('engine.js', join(out, 'engine.js'))}, fonts: { ${faces.join(', ')} } };`;
  },
});

/**
 * @param {string} outDir
 * @param {{ entry: Record<string, string>, format: 'es' | 'iife', empty: boolean }} options
 */
const library = (outDir, { entry, format, empty }) =>
  build({
    root,
    configFile: false,
    base: './',
    publicDir: false,
    // One script has no address of its own by import: classic.ts asks the page for it.
    logLevel: format === 'iife' ? 'error' : 'warn',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [
      withoutReaders(),
      withoutFontFaces(),
      adoptedStyles(),
      ...(format === 'es' ? [beside(outDir)] : []),
      svelte({ compilerOptions: { runes: true, css: 'injected' }, emitCss: false }),
    ],
    build: {
      outDir,
      emptyOutDir: empty,
      target: 'es2022',
      modulePreload: false,
      manifest: format === 'es' ? 'manifest.json' : false,
      minify: true,
      rolldownOptions: {
        input: entry,
        preserveEntrySignatures: 'strict',
        output: {
          format,
          entryFileNames: '[name].js',
          chunkFileNames: 'parts/[name]-[hash].js',
          assetFileNames: 'parts/[name]-[hash][extname]',
          ...(format === 'iife' ? { codeSplitting: false, name: 'RoundtripEmbed' } : {}),
        },
      },
    },
  });

/** @param {string} [outDir] absolute, or in the project */
export async function buildEmbed(outDir = 'dist/embed') {
  const place = resolve(root, outDir);
  // Built beside its place: whoever reads there meets the old one or the new one, whole.
  const out = `${place}.${String(process.pid)}`;
  const at = (/** @type {string} */ name) => join(root, 'src', 'embed', name);
  await library(out, { entry: { engine: at('engine.ts') }, format: 'iife', empty: true });
  await library(out, { entry: { roundtrip: at('roundtrip.ts'), reveal: at('reveal.ts') }, format: 'es', empty: false });
  await library(out, { entry: { 'roundtrip.classic': at('classic.ts') }, format: 'iife', empty: false });
  rmSync(place, { recursive: true, force: true });
  renameSync(out, place);
}

/** Builds it where it is missing or older than its sources. */
export async function buildEmbedOnce() {
  const sources = ['src', 'package-lock.json', 'scripts/embed.mjs', 'scripts/embed-styles.mjs'].map((name) =>
    join(root, name),
  );
  if (!isFresh(join(root, 'dist/embed/roundtrip.classic.js'), sources)) {
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      await buildEmbed();
    } finally {
      if (before === undefined) delete process.env['NODE_ENV'];
      else process.env['NODE_ENV'] = before;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.env['NODE_ENV'] = 'production';
  await buildEmbed(process.argv[2]);
}
