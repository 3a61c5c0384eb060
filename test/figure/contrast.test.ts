import { describe, expect, it } from 'vitest';
import { themes } from '../../src/figure/theme.ts';

/** Relative luminance and contrast (WCAG 2.2, 1.4.3). */
const luminance = (hex: string): number => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: string, b: string): number => {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};

describe.each([...themes.values()])('theme $name', (theme) => {
  const grounds = ['ground', 'panel', 'well'] as const;
  it.each(['ink', 'mute', 'data', 'lost', 'repair', 'control', 'delivered', 'accent'] as const)(
    '%s is a word that can be read (4.5 : 1)',
    (name) => {
      for (const ground of grounds.slice(0, 2))
        expect(contrast(theme[name], theme[ground])).toBeGreaterThanOrEqual(4.5);
    },
  );
  it('faint numbers can be read on the ground (4.5 : 1)', () => {
    expect(contrast(theme.faint, theme.ground)).toBeGreaterThanOrEqual(4.5);
  });
  it('lines that mean something can be seen on every ground (3 : 1)', () => {
    for (const color of [theme.data, theme.ack, theme.lost, theme.repair, theme.control, theme.delivered, theme.accent])
      for (const ground of grounds) expect(contrast(color, theme[ground])).toBeGreaterThanOrEqual(3);
  });
  it('streams can be read and seen (4.5 : 1)', () => {
    for (const color of theme.streams) expect(contrast(color, theme.ground)).toBeGreaterThanOrEqual(4.5);
  });
  it('the present state can be read on the accent (4.5 : 1)', () => {
    expect(contrast(theme.ground, theme.accent)).toBeGreaterThanOrEqual(4.5);
  });
});
