import { beforeAll, describe, expect, it } from 'vitest';
import { fromMs } from '../../src/base/time.ts';
import { play } from '../../src/engine/network/layers.ts';
import { measure } from '../../src/figure/measure.ts';
import { layOut } from '../../src/figure/render.ts';
import type { RenderOptions } from '../../src/figure/render.ts';
import { theme } from '../../src/figure/theme.ts';
import type { Figure, TextMark } from '../../src/figure/types.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import { tours } from '../../src/scenario/tours/index.ts';
import type { Trace } from '../../src/trace/types.ts';

const runOf = async (name: string): Promise<Trace> => {
  const scenario = validateScenario([...presets, ...tours].find((one) => one.name === name)?.scenario);
  if (!scenario.ok) throw new Error(`${name} is no scene that runs.`);
  return play(scenario.value);
};

const texts = (figure: Figure): TextMark[] =>
  figure.marks.flatMap((mark) => (mark.shape === 'text' && mark.text !== '' ? [mark] : []));
/** From where to where a word reaches. */
const edgesOf = (mark: TextMark): readonly [number, number] => {
  const width = measure(mark.text, mark.face, mark.size, mark.weight, mark.tracking);
  const left = mark.anchor === 'start' ? mark.x : mark.anchor === 'end' ? mark.x - width : mark.x - width / 2;
  return [left, left + width];
};
/** Words of hatched stretches, from left to right. */
const wordsOfStretches = (figure: Figure): TextMark[] =>
  texts(figure)
    .filter(({ id, text }) => id?.kind === 'span' && /^(\d+ ms|waiting .*|(\d+ )?records? incomplete .*)$/.test(text))
    .sort((a, b) => a.x - b.x);

const traces = new Map<string, Trace>();
beforeAll(async () => {
  for (const name of ['http1-six-loss', 'tour-http2-loss', 'tour-0rtt']) traces.set(name, await runOf(name));
});
const drawn = (name: string, options: Partial<RenderOptions>): Figure =>
  layOut('sequence', traces.get(name) as Trace, { theme: 'light', width: 928, height: 450, ...options });

describe('words of hatched stretches', () => {
  const looks = ['http1-six-loss', 'tour-http2-loss'].flatMap((name) =>
    [390, 928, 1560].flatMap((width) =>
      [1000, 500, 250].map((to) => [name, width, to, width === 390 ? 'dark' : 'light-stage'] as const),
    ),
  );
  it.each(looks)('%s, %i px, up to %i ms: a clear gap between them, and within the plot', (name, width, to, look) => {
    const figure = drawn(name, { width, theme: look, from: fromMs(to / 2), to: fromMs(to) });
    const { plot } = figure;
    let last = -Infinity;
    for (const mark of wordsOfStretches(figure)) {
      const [left, right] = edgesOf(mark);
      expect(left, mark.text).toBeGreaterThanOrEqual(plot.x);
      expect(right, mark.text).toBeLessThanOrEqual(plot.x + plot.width);
      expect(left - last, mark.text).toBeGreaterThanOrEqual(6);
      last = right;
    }
  });

  it('are shorter where a stretch is short, and left out where it is shorter still', () => {
    const said = (to: number): string[] =>
      wordsOfStretches(drawn('tour-http2-loss', { to: fromMs(to) })).map((m) => m.text);
    expect(said(400)).toContain('record incomplete · 85 ms');
    expect(said(1000)).toContain('85 ms');
    expect(said(1000).join()).not.toContain('incomplete');
    expect(said(4000).filter((text) => text === '85 ms')).toEqual([]);
  });

  it('of what is incomplete keep off what waits', () => {
    const figure = drawn('tour-http2-loss', { width: 1560, from: fromMs(200), to: fromMs(600) });
    const [waiting] = figure.marks.filter((mark) => mark.shape === 'hatch' && mark.color === theme('light').lost);
    if (waiting?.shape !== 'hatch') throw new Error('Nothing waits.');
    const words = wordsOfStretches(figure).filter(({ text }) => !text.startsWith('waiting'));
    expect(words.length).toBeGreaterThan(2);
    for (const mark of words) {
      const [left, right] = edgesOf(mark);
      expect(right < waiting.x || left > waiting.x + waiting.width, mark.text).toBe(true);
    }
  });

  it('tell of records that lie there at one time together', () => {
    const said = wordsOfStretches(drawn('http1-six-loss', { to: fromMs(1000) })).map(({ text }) => text);
    expect(said).toContain('29 records incomplete · 409 ms');
    expect(said).toContain('waiting · 136 ms');
  });
});

describe('an upright picture', () => {
  const heads = (figure: Figure, size: number): TextMark[] =>
    texts(figure)
      .filter(({ id, y }) => id?.kind === 'node' && Math.abs(y - size) < 1)
      .sort((a, b) => a.x - b.x);

  it.each([320, 390, 928])('of three nodes, %i px: names and addresses stand apart, in the picture', (width) => {
    const figure = drawn('tour-0rtt', { width, height: 600, orientation: 'upright' });
    expect(heads(figure, 16).map(({ text }) => text)).toEqual(['Attacker', 'Client', 'Server']);
    for (const row of [16, 32]) {
      const marks = heads(figure, row);
      expect(marks).toHaveLength(3);
      marks.reduce((last, mark) => {
        const [left, right] = edgesOf(mark);
        expect(left - last, mark.text).toBeGreaterThanOrEqual(6);
        expect(right).toBeLessThanOrEqual(width);
        return right;
      }, -6);
    }
  });

  it('cuts what does not fit', () => {
    const narrow = drawn('tour-0rtt', { width: 220, height: 600, orientation: 'upright' });
    expect(heads(narrow, 16)[0]?.text).toMatch(/^A\w*…$/);
    expect(heads(narrow, 32).map(({ text }) => text)).not.toContain('10.0.0.3:47847');
  });
});
