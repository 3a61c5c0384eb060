// @ts-check
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isFresh } from './fresh.mjs';
import { headerPolicy } from './policy.mjs';
import { serve } from './serve.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = resolve(root, 'dist');
const sources = [
  'src',
  'public',
  'index.html',
  'vite.config.ts',
  'svelte.config.js',
  'package-lock.json',
  'scripts/offline.mjs',
  'scripts/policy.mjs',
  'scripts/standalone.mjs',
];

/** Builds the page where it is missing or older than its sources. An installed package has no sources and is built. */
export async function buildPage() {
  const built = join(dist, 'index.html');
  if (
    isFresh(
      built,
      sources.map((name) => join(root, name)),
    )
  )
    return;
  const { build } = await import('vite');
  // Under a test runner NODE_ENV says "test", and libraries would bring their development builds.
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    await build({ root, logLevel: 'warn' });
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}

/**
 * The built page on the loopback interface, under its strict content policy.
 * @param {number} [port] 0 or none: any free one
 */
export function servePage(port) {
  return serve({ root: dist, port: port ?? 0, headers: { 'Content-Security-Policy': headerPolicy } });
}
