import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { firstScript } from '../support/firstScript.ts';
import { root } from '../support/paths.ts';

const KILOBYTE = 1000;
const dist = join(root, 'dist');

describe('the built page', () => {
  test('draws its first picture with at most 130 kB of gzipped script', () => {
    const sizes = firstScript();
    expect(
      sizes.some((one) => one.file.includes('worker')),
      'the worker is counted',
    ).toBe(true);
    expect(sizes.length, 'and the page’s own script').toBeGreaterThan(1);
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
