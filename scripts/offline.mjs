// @ts-check
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';

const source = fileURLToPath(new URL('../src/app/offline/worker.ts', import.meta.url));

const publics = readdirSync(fileURLToPath(new URL('../public', import.meta.url))).sort();

/** Larger than this a file is not for every visit, bytes: libraries of exports, the page in one file. */
const MOST_AT_ONCE = 200_000;
/** Larger, and needed by the first picture. */
const always = /^assets\/(first|index)-/;

/**
 * Writes the service worker beside the built page: with the lists of all built files, what is kept at once and what
 * later, and a name made of all that they hold, so that any change is a new build.
 * @returns {import('vite').Plugin}
 */
export function offline() {
  return {
    name: 'roundtrip-offline',
    apply: 'build',
    writeBundle({ dir = 'dist' }, bundle) {
      // Storybook builds its own pages with this configuration.
      if (!('index.html' in bundle)) return;
      const files = [...Object.keys(bundle).filter((name) => name.startsWith('assets/')), ...publics].sort();
      const isFirst = (/** @type {string} */ name) =>
        always.test(name) || statSync(join(dir, name)).size <= MOST_AT_ONCE;
      const text = readFileSync(source, 'utf8');
      const hash = createHash('sha256').update(text).update(files.join('\n'));
      for (const name of ['index.html', ...publics]) hash.update(readFileSync(join(dir, name)));
      const { code } = transformSync(text, {
        loader: 'ts',
        format: 'iife',
        minify: true,
        define: {
          FIRST: JSON.stringify(files.filter(isFirst)),
          LATER: JSON.stringify(files.filter((name) => !isFirst(name))),
          BUILD: JSON.stringify(hash.digest('hex').slice(0, 16)),
        },
      });
      writeFileSync(join(dir, 'sw.js'), code);
    },
  };
}
