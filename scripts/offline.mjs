// @ts-check
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';

const source = fileURLToPath(new URL('../src/app/offline/worker.ts', import.meta.url));

/**
 * Writes the service worker beside the built page: with the list of all built files, and a name made of all that they
 * hold, so that any change is a new build.
 * @returns {import('vite').Plugin}
 */
export function offline() {
  return {
    name: 'roundtrip-offline',
    apply: 'build',
    writeBundle({ dir = 'dist' }, bundle) {
      // Storybook builds its own pages with this configuration.
      if (!('index.html' in bundle)) return;
      const files = [...Object.keys(bundle).filter((name) => name.startsWith('assets/')), 'icon.svg'].sort();
      const text = readFileSync(source, 'utf8');
      const hash = createHash('sha256').update(text).update(files.join('\n'));
      for (const name of ['index.html', 'icon.svg']) hash.update(readFileSync(join(dir, name)));
      const { code } = transformSync(text, {
        loader: 'ts',
        format: 'iife',
        minify: true,
        define: { FILES: JSON.stringify(files), BUILD: JSON.stringify(hash.digest('hex').slice(0, 16)) },
      });
      writeFileSync(join(dir, 'sw.js'), code);
    },
  };
}
