import { describe, expect, it } from 'vitest';
import { play } from '../../src/engine/network/layers.ts';
import { heldBy } from '../../src/figure/compare/held.ts';
import { compare } from '../../src/figure/compare/layout.ts';
import { measure } from '../../src/figure/measure.ts';
import { inputOf, layOut } from '../../src/figure/render.ts';
import { theme } from '../../src/figure/theme.ts';
import { Layer, noFilter } from '../../src/figure/types.ts';
import type { Figure } from '../../src/figure/types.ts';
import { resourceColor } from '../../src/figure/waterfall/bars.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import { Fate } from '../../src/trace/types.ts';
import { waysOf } from '../../src/scenario/ways.ts';
import type { Scenario } from '../../src/scenario/schema.ts';

const scenarioOf = (name: string): Scenario => {
  const parsed = parseScenario(JSON.stringify(presets.find((p) => p.name === name)?.scenario));
  if (!parsed.ok) throw new Error(name);
  return parsed.value;
};
const size = { theme: 'light', width: 1280, height: 360 } as const;
const words = (figure: Figure): string[] => figure.marks.flatMap((mark) => (mark.shape === 'text' ? [mark.text] : []));

describe('the waterfall', () => {
  it('has a named bar for each resource, from its asking to its last byte', async () => {
    const trace = await play(scenarioOf('http2'));
    const figure = layOut('waterfall', trace, size);
    const seen = words(figure);
    for (let n = 1; n <= 12; n++) expect(seen).toContain(`/r${String(n).padStart(2, '0')}`);
    for (const [k, request] of trace.requests.entries()) {
      const color = resourceColor(theme('light'), k);
      const ends = figure.marks.flatMap((mark) =>
        mark.shape === 'rect' && mark.fill?.color === color ? [mark.x + mark.width] : [],
      );
      const end = figure.time.toPixel(request.completion ?? NaN);
      expect(
        ends.some((x) => Math.abs(x - end) < 1.5),
        request.id,
      ).toBe(true);
    }
    expect(figure.summary).toMatch(/^\/r01: asked at 164\.\d ms, first byte at 246\.\d ms, done at/);
  });

  it('where a resource stood still above the transport it is hatched, with its reason', async () => {
    const trace = await play(scenarioOf('http1-six'));
    const figure = layOut('waterfall', trace, size);
    expect(figure.marks.some((mark) => mark.shape === 'hatch')).toBe(true);
    expect(words(figure).some((text) => text.includes('no free connection'))).toBe(true);
  });

  it('a flow without requests has none', async () => {
    expect(layOut('waterfall', await play(scenarioOf('reset-close')), size).summary.length).toBeGreaterThan(0);
  });
});

describe('one page by several ways', () => {
  it('the same resource has the same colour in each, and all share one axis', async () => {
    const scenario = scenarioOf('http-compared');
    const ways = waysOf(scenario);
    expect(ways.map(({ name, shown }) => [name, shown])).toEqual([
      ['HTTP/1.1, one', true],
      ['HTTP/1.1, six', false],
      ['HTTP/2', false],
      ['HTTP/3', false],
    ]);
    const compared = await Promise.all(ways.map(async (way) => ({ ...way, trace: await play(way.scenario) })));
    const figure = compare({ ...inputOf(compared[0]!.trace, { ...size, height: 600 }), compared });
    for (let k = 0; k < 6; k++) {
      const color = resourceColor(theme('light'), k);
      expect(figure.marks.filter((mark) => mark.shape === 'rect' && mark.fill?.color === color).length).toBeGreaterThan(
        5,
      );
    }
    const done = words(figure).filter((text) => text.startsWith('done'));
    expect(done).toHaveLength(4);
    expect(done.filter((text) => !text.includes('('))).toHaveLength(1);
  });

  it('each way tells which resources stood still because of whose packet, and for how long', async () => {
    const ways = waysOf(scenarioOf('http-compared-loss'));
    const compared = await Promise.all(ways.map(async (way) => ({ ...way, trace: await play(way.scenario) })));
    const figure = compare({ ...inputOf(compared[0]!.trace, { ...size, height: 600 }), compared });
    const by = new Map(compared.map(({ name, trace }) => [name, heldBy(trace)]));
    // TCP hands on in the order of its bytes: all that is under way waits. QUIC holds the stream whose bytes were lost.
    const [two, three] = [by.get('HTTP/2')?.[0], by.get('HTTP/3')?.[0]];
    expect(two?.requests.length).toBeGreaterThan(5);
    expect(three?.requests).toHaveLength(1);
    for (const { trace } of compared)
      for (const { packet, requests, total, start, end } of heldBy(trace)) {
        expect(trace.packets.fate[packet]).not.toBe(Fate.Delivered);
        expect(total).toBeLessThanOrEqual((end - start) * requests.length);
      }
    const said = words(figure);
    expect(said.some((text) => /^#\d+ holds \d+ of 12, \d+ ms$/.test(text))).toBe(true);
    expect(said.filter((text) => /^#\d+ holds \/r\d\d alone, \d+ ms$/.test(text)).length).toBe(3);
    expect(said.filter((text) => text.startsWith('stood '))).toHaveLength(4);
    expect(figure.summary).toMatch(/HTTP\/2: first byte [^.]+; #\d+ holds \d+ of 12, \d+ ms\./);
  });

  it.each([
    [390, 68],
    [1280, 104],
  ])('the gutter’s words have room at both sides, %i px wide', async (width, gutter) => {
    const ways = waysOf(scenarioOf('http-compared-loss'));
    const compared = await Promise.all(ways.map(async (way) => ({ ...way, trace: await play(way.scenario) })));
    const input = inputOf(compared[0]!.trace, { ...size, width, height: 400 });
    const figure = compare({ ...input, viewport: { ...input.viewport, gutter }, compared });
    const names = figure.marks.flatMap((mark) =>
      mark.shape === 'text' && mark.anchor === 'end' && mark.face === 'sans' && mark.x < gutter ? [mark] : [],
    );
    const said = names.map(({ text }) => text);
    expect(said.filter((text) => text === 'HTTP/1.1')).toHaveLength(2);
    // In one line, or in two where it would touch the edge.
    expect(said.filter((text) => text.startsWith('stood'))).toHaveLength(4);
    for (const { text, x, size: type, weight } of names) {
      expect(x - measure(text, 'sans', type, weight), text).toBeGreaterThanOrEqual(8);
      expect(type, text).toBeGreaterThanOrEqual(9);
    }
  });

  it('an observer sees packets of all ways, and resources of none that is encrypted', async () => {
    const ways = waysOf(scenarioOf('http-compared-loss'));
    const compared = await Promise.all(ways.map(async (way) => ({ ...way, trace: await play(way.scenario) })));
    const input = inputOf(compared[0]!.trace, { ...size, height: 600, filter: { ...noFilter, observer: true } });
    const figure = compare({ ...input, compared });
    const said = words(figure);
    expect(said.filter((text) => text === 'Encrypted: an observer sees no resources.')).toHaveLength(4);
    expect(said.filter((text) => /holds|stood|^\/r/.test(text))).toEqual([]);
    expect(figure.summary).not.toContain('holds');
    expect(figure.marks.some((mark) => mark.shape === 'hatch')).toBe(false);
    // Nobody outside tells an acknowledgement of QUIC from other packets.
    const last = Math.max(...figure.marks.flatMap((mark) => (mark.shape === 'line' ? [mark.y1] : [])));
    const colors = figure.marks.flatMap((mark) =>
      (mark.shape === 'line' || mark.shape === 'path') && mark.layer === Layer.Ack
        ? [mark.shape === 'line' ? mark.y1 : (mark.points[1] ?? 0)]
        : [],
    );
    expect(colors.length).toBeGreaterThan(0);
    expect(Math.max(...colors)).toBeLessThan(last - 100);
  });
});
