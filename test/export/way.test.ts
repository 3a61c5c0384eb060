// @vitest-environment jsdom
import { beforeAll, describe, expect, it } from 'vitest';
import { nanos } from '../../src/base/time.ts';
import { camera, framesOf, stretch } from '../../src/export/film.ts';
import { savedByAddress } from '../../src/export/savedFile.ts';
import { forStage, told } from '../../src/export/slide.ts';
import { at, HEIGHT, lay, pictureOf, WIDTH } from '../../src/export/view.ts';
import type { SceneView } from '../../src/export/view.ts';
import { withGaps, worksheet } from '../../src/export/worksheet.ts';
import { telling, theme } from '../../src/figure/theme.ts';
import type { Figure } from '../../src/figure/types.ts';
import { decodeAddress } from '../../src/session/address/decode.ts';
import { widthsOf } from '../../src/session/way.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import { viewOfPreset } from './support.ts';

const texts = (figure: Figure): string[] => figure.marks.flatMap((mark) => (mark.shape === 'text' ? [mark.text] : []));
const colours = (figure: Figure): Set<string> =>
  new Set(
    figure.marks.flatMap((mark) => (mark.shape === 'line' && mark.id?.kind === 'packet' ? [mark.stroke.color] : [])),
  );

let view: SceneView;
let upright: SceneView;
beforeAll(async () => {
  view = await viewOfPreset('one-lost-segment');
  upright = { ...view, way: 'upright' };
});

describe('an upright picture', () => {
  it('has the size of a slide, time that runs down under the heading, its panels side by side', () => {
    const figure = pictureOf(upright);
    expect([figure.width, figure.height]).toEqual([WIDTH, HEIGHT]);
    expect(figure.time.orientation).toBe('upright');
    const place = (word: string): { x: number; y: number } => {
      const found = figure.marks.find((mark) => mark.shape === 'text' && mark.text === word);
      if (found?.shape !== 'text') throw new Error(`${word} is not in the picture.`);
      return found;
    };
    expect(place('Client').x).toBeLessThan(place('Server').x);
    expect(place('Server').x).toBeLessThan(place('Window').x);
    expect(place('Window').x).toBeLessThan(place('Rate').x);
    expect(place('Client').y).toBeGreaterThan(place(view.sentence).y);
    expect(figure.time.toPixel(view.range.from)).toBeCloseTo(figure.plot.y);
  });

  it('has its playhead across all panels, at its instant', () => {
    const figure = pictureOf(upright);
    const handle = figure.marks.find((mark) => mark.shape === 'glyph' && mark.glyph === 'handle');
    expect(handle).toMatchObject({ y: figure.time.toPixel(view.playhead), turn: -90 });
    const line = figure.marks.find(
      (mark) => mark.shape === 'line' && mark.stroke.color === view.theme.accent && mark.id === null,
    );
    expect(line).toMatchObject({ x1: figure.plot.x, x2: figure.plot.x + figure.plot.width });
    expect(figure.plot.x + figure.plot.width).toBeGreaterThan(WIDTH * 0.9);
  });

  it('tells nothing in words before it happens', () => {
    const laid = lay(upright);
    const early = texts(at(laid, nanos(110_000_000), 0.6));
    expect(early).not.toContain('R #30 again');
    expect(early).toEqual(expect.arrayContaining(['Client', 'Server', 'Window', '100', '260', view.sentence]));
    expect(texts(at(laid, nanos(200_000_000), 0.6))).toContain('R #30 again');
  });

  it('lies where a panel has no upright form, and leaves keys to a picture of their own', async () => {
    const page = await viewOfPreset('http2-one-loss');
    const lying = pictureOf({ ...page, panels: ['sequence', 'waterfall'] });
    expect(pictureOf({ ...page, way: 'upright', panels: ['sequence', 'waterfall'] }).marks).toEqual(lying.marks);
    expect(pictureOf({ ...page, way: 'upright', panels: ['keys'] }).time.orientation).toBe('lying');
    const beside = pictureOf({ ...page, way: 'upright', panels: ['sequence', 'keys'] });
    expect(beside.marks).toEqual(pictureOf({ ...page, way: 'upright', panels: ['sequence'] }).marks);
  });

  it('stays so on slides, in films and on a worksheet', async () => {
    const [slide] = told(forStage([{ view: upright, note: '' }]));
    expect(slide.theme.scale).toBeGreaterThan(1);
    expect(pictureOf(slide).time.orientation).toBe('upright');

    const shots = stretch(upright, nanos(100_000_000), nanos(200_000_000));
    const frames = framesOf({ shots, speed: 0.01, rate: 10 });
    const shoot = camera(shots);
    const heights = frames.map((frame) => {
      const handle = shoot(frame).marks.find((mark) => mark.shape === 'glyph' && mark.glyph === 'handle');
      return handle?.shape === 'glyph' ? handle.y : NaN;
    });
    expect(heights.length).toBeGreaterThan(5);
    heights.forEach((y, k) => {
      if (k > 0) expect(y).toBeGreaterThanOrEqual(heights[k - 1] as number);
    });

    const figure = pictureOf({ ...upright, theme: theme('print') }, { heading: false, playhead: false });
    const { gaps } = withGaps(figure);
    const order = gaps.map(({ answer }) => answer);
    expect(order.indexOf('#30 lost')).toBeLessThan(order.indexOf('R #30 again'));
    expect(order.indexOf('R #30 again')).toBeLessThan(order.indexOf('without loss'));
    const sheet = await worksheet(upright);
    const shown = new DOMParser().parseFromString(sheet, 'text/html').querySelectorAll('svg');
    const client = [...shown[1]!.querySelectorAll('text')].find((text) => text.textContent === 'Client');
    const server = [...shown[1]!.querySelectorAll('text')].find((text) => text.textContent === 'Server');
    expect(client?.getAttribute('y')).toBe(server?.getAttribute('y'));
  });

  it('shares its width: a series is a column, the sequence several', () => {
    expect(widthsOf(['sequence', 'window'], 1150)).toEqual([900, 250]);
    expect(widthsOf(['sequence', 'window', 'rtt'], 100)).toEqual([236, 64, 64]);
  });
});

describe('what colours tell', () => {
  const { delivered } = theme('light');

  it('is carried to slides and films, to large type, to paper', () => {
    const by = { ...view, theme: telling(view.theme, 'outcome') };
    expect(colours(pictureOf(by))).toContain(delivered);
    expect(colours(pictureOf(view))).not.toContain(delivered);
    const [slide] = told(forStage([{ view: by, note: '' }]));
    expect(slide.theme.tells).toBe('outcome');
    expect(colours(pictureOf(slide))).toContain(theme('light-stage').delivered);
  });

  it('and the way that time runs are in the address of a page in one file', async () => {
    const scenario = validateScenario({
      roundtrip: 1,
      flows: [{ name: 'a', requests: [{ id: 'b', responseBytes: 1 }] }],
    });
    if (!scenario.ok) throw new Error('This runs.');
    const saved = await savedByAddress({
      preset: 'handshake',
      scenario: scenario.value,
      palette: 'stream',
      way: 'upright',
    });
    const { state, problems } = await decodeAddress('address' in saved ? saved.address : '');
    expect(problems).toEqual([]);
    expect(state).toMatchObject({ preset: 'handshake', orientation: 'upright', embed: { palette: 'stream' } });
  });
});
