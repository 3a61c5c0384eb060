import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildPage } from '../../scripts/page.mjs';
import { root } from '../support/paths.ts';

const Manifest = v.record(
  v.string(),
  v.object({ file: v.string(), isEntry: v.optional(v.boolean()), imports: v.optional(v.array(v.string())) }),
);

const KILOBYTE = 1000;
const dist = join(root, 'dist');
let files: string[] = [];

beforeAll(async () => {
  await buildPage();
  const manifest = v.parse(Manifest, JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8')));
  const seen = new Set<string>();
  const walk = (name: string): void => {
    const chunk = manifest[name];
    if (!chunk || seen.has(name)) return;
    seen.add(name);
    chunk.imports?.forEach(walk);
  };
  for (const [name, chunk] of Object.entries(manifest)) if (chunk.isEntry) walk(name);
  files = [...seen].map((name) => manifest[name]?.file ?? '').filter((file) => file.endsWith('.js'));
}, 120_000);

const packed = (file: string): number => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;

describe('the built page', () => {
  test('draws its first picture with at most 130 kB of gzipped script', () => {
    expect(files.length).toBeGreaterThan(0);
    const sizes = files.map((file) => ({ file, bytes: packed(file) }));
    const total = sizes.reduce((sum, one) => sum + one.bytes, 0);
    const list = sizes.map((one) => `${one.file} ${(one.bytes / KILOBYTE).toFixed(1)} kB`).join(', ');
    console.warn(`First picture: ${(total / KILOBYTE).toFixed(1)} kB of gzipped script (${list})`);
    expect(total, list).toBeLessThanOrEqual(130 * KILOBYTE);
  });

  test('asks no other host for anything', () => {
    const html = readFileSync(join(dist, 'index.html'), 'utf8');
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  test('carries its content policy, for hosts that send no headers', () => {
    const html = readFileSync(join(dist, 'index.html'), 'utf8');
    expect(html).toContain('http-equiv="Content-Security-Policy"');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/);
  });
});
