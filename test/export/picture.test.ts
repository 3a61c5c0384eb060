// @vitest-environment jsdom
import { beforeAll, describe, expect, it } from 'vitest';
import { nanos } from '../../src/base/time.ts';
import { wrapped } from '../../src/export/heading.ts';
import { fontCss } from '../../src/export/fonts.ts';
import { svgText } from '../../src/export/svg.ts';
import { leastOf, shares } from '../../src/export/heights.ts';
import { at, HEIGHT, lay, pictureOf, WIDTH } from '../../src/export/view.ts';
import type { SceneView } from '../../src/export/view.ts';
import { measure } from '../../src/figure/measure.ts';
import { theme } from '../../src/figure/theme.ts';
import type { Figure } from '../../src/figure/types.ts';
import { heightOf, panels } from '../../src/view/stage/figures.ts';
import { viewOfPreset } from './support.ts';

const texts = (figure: Figure): string[] => figure.marks.flatMap((mark) => (mark.shape === 'text' ? [mark.text] : []));

let view: SceneView;
beforeAll(async () => {
  view = await viewOfPreset('one-lost-segment');
});

describe('the display list', () => {
  it('shares the height as the stage does', () => {
    expect(shares).toEqual(Object.fromEntries(panels.map(({ name, weight, least }) => [name, { weight, least }])));
    for (const counts of [0, 1, 12, 60, 900].map((n) => ({ resources: n, runs: n / 10 })))
      for (const panel of panels) expect(leastOf(panel.name, counts)).toBe(heightOf(panel, counts));
  });

  it('stacks title, sentence, panels and the playhead', () => {
    const figure = pictureOf(view);
    expect([figure.width, figure.height]).toEqual([WIDTH, HEIGHT]);
    const [first, second] = texts(figure);
    expect([first, second]).toEqual([view.trace.title, view.sentence]);
    for (const name of ['Server', 'Client', 'App', 'Window', 'Rate', '#30 lost', 'without loss'])
      expect(texts(figure)).toContain(name);
    const shields = figure.marks.filter((mark) => mark.shape === 'glyph' && mark.glyph === 'handle');
    expect(shields).toHaveLength(1);
    expect(shields[0]).toMatchObject({ x: figure.time.toPixel(view.playhead) });
    expect(figure.summary.startsWith(view.sentence)).toBe(true);
  });

  it('grows where the panels need more than a slide', () => {
    const tall = pictureOf({ ...view, panels: ['sequence', 'window', 'throughput', 'rtt', 'queue', 'timesequence'] });
    expect(tall.height).toBeGreaterThan(HEIGHT);
  });

  it('gives each resource its line, and the others no less than they need', async () => {
    const news = await viewOfPreset('news-page');
    const { trace } = news;
    const needs = leastOf('waterfall', { resources: trace.requests.length, runs: 0 });
    expect(needs).toBeGreaterThan(HEIGHT / 2);
    const figure = pictureOf({ ...news, panels: ['sequence', 'waterfall'] });
    expect(figure.height).toBeGreaterThanOrEqual(needs + shares.sequence.least);
  });

  it('keeps air under the last figure', () => {
    const figure = pictureOf(view);
    const lowest = Math.max(...figure.marks.map((mark) => (mark.shape === 'line' ? Math.max(mark.y1, mark.y2) : 0)));
    expect(lowest).toBeLessThanOrEqual(figure.height - 16);
  });

  it('leaves out what a beat hides', () => {
    const all = pictureOf(view);
    const without = (hidden: SceneView['hidden']): Figure => pictureOf({ ...view, hidden });
    expect(texts(without(['ghost']))).not.toContain('without loss');
    expect(without(['acks']).marks.length).toBeLessThan(all.marks.length);
    expect(texts(without(['labels']))).toEqual([view.trace.title, view.sentence]);
    const early = { ...view, playhead: nanos(100_000_000), hidden: ['future'] as const };
    expect(texts(pictureOf(early))).not.toContain('#30 lost');
    expect(texts(pictureOf(early))).toEqual(expect.arrayContaining(['Server', 'Window', '100', '260']));
  });

  it('tells nothing in words before it happens', () => {
    const laid = lay(view);
    expect(texts(at(laid, nanos(110_000_000), 0.6))).not.toContain('R #30 again');
    expect(texts(at(laid, nanos(200_000_000), 0.6))).toContain('R #30 again');
  });
});

describe('the heading', () => {
  it('breaks between words, never past the width', () => {
    const lines = wrapped('One packet is lost: everything behind it arrives, and waits for its repair.', 120, 13, 400);
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(measure(line, 'sans', 13, 400)).toBeLessThanOrEqual(120);
    expect(lines.join(' ')).toMatch(/^One packet .* its repair\.$/);
  });
  it('takes a word that is too wide, and no words at all', () => {
    expect(wrapped('unbreakable', 10, 13, 400)).toEqual(['unbreakable']);
    expect(wrapped('  ', 10, 13, 400)).toEqual([]);
  });
});

describe('SVG', () => {
  it.each(['one-lost-segment', 'tls13', 'http2-one-loss'])(
    'of %s parses, names itself and fetches nothing',
    async (name) => {
      const one = await viewOfPreset(name);
      const figure = pictureOf(one);
      const text = await svgText(figure, one.theme);
      const document = new DOMParser().parseFromString(text, 'image/svg+xml');
      expect(document.querySelector('title')?.textContent).toBe(one.trace.title);
      expect(document.querySelector('desc')?.textContent).toContain(one.sentence);
      expect([...document.querySelectorAll('text')].map((element) => element.textContent)).toEqual(texts(figure));
      const addresses = [...text.matchAll(/url\(([^)]*)\)|href="([^"]*)"/g)].map(([, url, href]) => url ?? href ?? '');
      expect(
        addresses.every((address) => /^(data:|#)/.test(address)),
        addresses.join(),
      ).toBe(true);
      expect(document.querySelectorAll('script, image, foreignObject')).toHaveLength(0);
    },
  );

  const ranges = (css: string): string[][] =>
    [...css.matchAll(/font-family:'([^']*)'.*?unicode-range:(U\+[^,}]*)/g)].map(([, family = '', first = '']) => [
      family,
      first,
    ]);

  it('brings only the letters that it is set in', async () => {
    const { marks } = pictureOf(view);
    const css = await fontCss(marks);
    // Signs for the words, numbers for the axes: neither accents nor the letters of the monospaced face.
    expect(ranges(css)).toEqual([
      ['Inter Variable', 'U+20-7E'],
      ['JetBrains Mono Variable', 'U+20'],
    ]);
    expect(css.length).toBeLessThan(40_000);
    const words = marks.filter((mark) => mark.shape !== 'text' || mark.face === 'sans');
    expect(ranges(await fontCss(words))).toEqual([['Inter Variable', 'U+20-7E']]);
    const [first] = words.filter((mark) => mark.shape === 'text');
    const accents = await fontCss([{ ...first!, text: 'é' }]);
    expect(ranges(accents)).toEqual([['Inter Variable', 'U+A0-B4']]);
    expect(await fontCss([{ ...first!, text: '漢' }])).toBe('');
    expect(await fontCss([])).toBe('');
  });

  it('leaves the ground out for slides', async () => {
    const slide = { ...view, theme: theme('light-stage-transparent') };
    const grounds = async (one: SceneView): Promise<number> =>
      [...(await svgText(pictureOf(one), one.theme)).matchAll(/<rect width="1280" height="\d+" fill=/g)].length;
    expect(await grounds(slide)).toBe(0);
    expect(await grounds(view)).toBe(1);
  });
});
