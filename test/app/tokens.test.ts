import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { theme } from '../../src/figure/theme.ts';
import { root } from '../support/paths.ts';

const css = readFileSync(join(root, 'src/app/tokens.css'), 'utf8');

/** The variables of one theme's rule. */
const rule = (name: string): Record<string, string> => {
  const start = css.indexOf(`:root[data-theme='${name}']`);
  const body = css.slice(css.indexOf('{', start), css.indexOf('}', start));
  return Object.fromEntries([...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1]!, m[2]!]));
};
const luminance = (hex: string): number => {
  const [r, g, b] = [1, 3, 5].map((k) => {
    const c = Number.parseInt(hex.slice(k, k + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: string, b: string): number => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
};

describe.each(['light', 'dark', 'print'])('the colours of %s', (name) => {
  const colours = rule(name);
  const tokens = theme(name);

  test('are those of the figures', () => {
    for (const key of [
      'ground',
      'panel',
      'well',
      'ink',
      'mute',
      'faint',
      'hair',
      'accent',
      'selection',
      'data',
      'ack',
      'lost',
      'repair',
      'control',
      'delivered',
    ] as const) {
      expect(colours[key], key).toBe(tokens[key].toLowerCase());
    }
  });

  test('words reach 4.5 : 1 on every ground, marks 3 : 1', () => {
    for (const ground of ['ground', 'panel', 'selection'] as const) {
      for (const word of ['ink', 'mute', 'accent'] as const) {
        expect(contrast(colours[word]!, colours[ground]!), `${word} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    for (const mark of ['data', 'ack', 'lost', 'repair', 'control', 'delivered'] as const) {
      expect(contrast(colours[mark]!, colours['panel']!), mark).toBeGreaterThanOrEqual(3);
    }
    expect(contrast(colours['on-accent']!, colours['accent']!)).toBeGreaterThanOrEqual(4.5);
  });
});
