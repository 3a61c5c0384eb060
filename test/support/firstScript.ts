import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { root } from './paths.ts';

const Manifest = v.record(v.string(), v.object({ file: v.string(), imports: v.optional(v.array(v.string())) }));

const dist = join(root, 'dist');

export interface ScriptSize {
  readonly file: string;
  /** Gzipped. */
  readonly bytes: number;
}

/** What the built page loads before its first picture: the scripts that it names with all that they import, and the worker that plays. */
export const firstScript = (): ScriptSize[] => {
  const manifest = v.parse(Manifest, JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8')));
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\.?\/?([^"]+\.js)"/g)].map(([, file]) => file ?? '');
  const seen = new Set<string>();
  // An entry that is one file with what it imports stands in the manifest as a shared chunk: the file's name is what both know.
  const walk = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const chunk = Object.values(manifest).find((one) => one.file === file);
    chunk?.imports?.forEach((name) => {
      walk(manifest[name]?.file ?? '');
    });
  };
  named.forEach(walk);
  const workers = readdirSync(join(dist, 'assets')).filter((name) => /^worker-.*\.js$/.test(name));
  return [...seen, ...workers.map((name) => `assets/${name}`)]
    .filter((file) => file.endsWith('.js'))
    .map((file) => ({ file, bytes: gzipSync(readFileSync(join(dist, file)), { level: 9 }).length }));
};
