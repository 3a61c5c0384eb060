import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { root } from '../support/paths.ts';

const folder = join(root, 'dist', 'embed');
const Manifest = v.record(
  v.string(),
  v.object({
    file: v.string(),
    imports: v.optional(v.array(v.string()), []),
    dynamicImports: v.optional(v.array(v.string()), []),
  }),
);
const sizeOf = (file: string): number => gzipSync(readFileSync(join(folder, file)), { level: 9 }).length;

/** What a TCP scene loads before its first picture, by the files that are asked for by name: the element, its view, the engine. */
const ASKED = ['roundtrip.ts', 'mount.ts', 'door/worker.ts', 'door/work.ts'];

describe('the library for other pages', () => {
  test('loads at most 150 kB of gzipped script before the first picture of a TCP scene', () => {
    const manifest = v.parse(Manifest, JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
    const seen = new Set<string>();
    const walk = (name: string): void => {
      const chunk = manifest[name];
      if (!chunk || seen.has(name)) return;
      seen.add(name);
      chunk.imports.forEach(walk);
    };
    for (const asked of ASKED) {
      const found = Object.keys(manifest).filter((name) => name.endsWith(asked));
      // One that is asked for by nobody would be counted as nothing.
      expect(found.length, asked).toBeGreaterThan(0);
      found.forEach(walk);
    }
    const sizes = [...new Set([...seen].map((name) => manifest[name]?.file ?? ''))]
      .filter((file) => file.endsWith('.js'))
      .map((file) => [file, sizeOf(file)] as const);
    const total = sizes.reduce((sum, [, size]) => sum + size, 0);
    const list = sizes.map(([file, size]) => `${file} ${(size / 1000).toFixed(1)}`).join(', ');
    console.warn(`A TCP scene: ${(total / 1000).toFixed(1)} kB of gzipped script`);
    expect(total, list).toBeLessThanOrEqual(150_000);
  });

  test('is one script, too, and a small plugin', () => {
    expect(readFileSync(join(folder, 'roundtrip.classic.js'), 'utf8')).not.toMatch(/\bimport\s*\(/);
    expect(sizeOf('reveal.js')).toBeLessThan(6000);
  });

  test('is imported where there is no page', async () => {
    const library = (await import(/* @vite-ignore */ join(folder, 'roundtrip.js'))) as { RoundtripScene: unknown };
    expect(typeof library.RoundtripScene).toBe('function');
  });
});
