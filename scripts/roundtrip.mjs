#!/usr/bin/env node
// @ts-check
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isFresh } from './fresh.mjs';

/**
 * The command. In the project it is bundled from src/cli when a source is newer than the bundle (a fraction of a
 * second), so that it always says what the sources say and starts fast; an installed package brings its bundle.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'dist-cli');
const bundle = join(folder, 'main.js');
const entry = join(root, 'src', 'cli', 'main.ts');

async function build() {
  const esbuild = await import('esbuild');
  // Two calls at once must not read each other's half-written bundle.
  const draft = `${folder}.${String(process.pid)}`;
  await esbuild.build({
    entryPoints: [entry],
    outdir: draft,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'bundle',
    external: ['@napi-rs/canvas'],
    sourcemap: 'linked',
    logLevel: 'error',
    loader: { '.woff2': 'file' },
    // Bundled packages that were written for CommonJS still call require.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  const old = `${draft}.old`;
  try {
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(draft, folder);
  } catch (error) {
    // Another call was faster: its bundle is as good, unless there is none.
    if (!existsSync(bundle)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

const alone = process.argv[2] === '--build';
const sources = ['src', 'package-lock.json', 'scripts/roundtrip.mjs'].map((name) => join(root, name));
if (existsSync(entry) && (alone || !isFresh(bundle, sources))) {
  await build();
}
if (!alone) await import(pathToFileURL(bundle).href);
