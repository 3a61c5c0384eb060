import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { root } from './paths.ts';

const Manifest = v.record(
  v.string(),
  v.object({ file: v.string(), isEntry: v.optional(v.boolean()), imports: v.optional(v.array(v.string())) }),
);

const dist = join(root, 'dist');

export interface ScriptSize {
  readonly file: string;
  /** Gzipped. */
  readonly bytes: number;
}

/** What the built page loads before its first picture: the entry with all that it imports, and the worker that plays. */
export const firstScript = (): ScriptSize[] => {
  const manifest = v.parse(Manifest, JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8')));
  const seen = new Set<string>();
  const walk = (name: string): void => {
    const chunk = manifest[name];
    if (!chunk || seen.has(name)) return;
    seen.add(name);
    chunk.imports?.forEach(walk);
  };
  for (const [name, chunk] of Object.entries(manifest)) if (chunk.isEntry) walk(name);
  const workers = readdirSync(join(dist, 'assets')).filter((name) => /^worker-.*\.js$/.test(name));
  const files = [...[...seen].map((name) => manifest[name]?.file ?? ''), ...workers.map((name) => `assets/${name}`)];
  return files
    .filter((file) => file.endsWith('.js'))
    .map((file) => ({ file, bytes: gzipSync(readFileSync(join(dist, file)), { level: 9 }).length }));
};
