import { describe, expect, it } from 'vitest';
import { play } from '../../src/engine/network/layers.ts';
import { layOut } from '../../src/figure/render.ts';
import { blockLook } from '../../src/figure/streams/look.ts';
import { theme } from '../../src/figure/theme.ts';
import type { Figure } from '../../src/figure/types.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import { blockings, blockLayers } from '../../src/trace/query/streams/blockings.ts';
import { NONE } from '../../src/trace/types.ts';
import type { Trace } from '../../src/trace/types.ts';

const traceOf = async (name: string): Promise<Trace> => {
  const parsed = parseScenario(JSON.stringify(presets.find((p) => p.name === name)?.scenario));
  if (!parsed.ok) throw new Error(name);
  return play(parsed.value);
};
const size = { theme: 'light', width: 1280, height: 560 } as const;
const words = (figure: Figure): string[] => figure.marks.flatMap((mark) => (mark.shape === 'text' ? [mark.text] : []));
const n = (value: number): string => String(Math.round(value));

describe('the streams', () => {
  it('one lost packet of HTTP/2: a lane each, what waits hatched from arrival to delivery, who stands by at its foot', async () => {
    const figure = layOut('streams', await traceOf('http2-one-loss'), size);
    const hatches = figure.marks.flatMap((mark) =>
      mark.shape === 'hatch' && mark.id !== null && mark.pattern === 'slant'
        ? [`${n(mark.x)}..${n(mark.x + mark.width)} at ${n(mark.y)}, ${n(mark.height)} high`]
        : [],
    );
    expect(hatches).toMatchInlineSnapshot(`
      [
        "289..339 at 236, 5 high",
        "289..339 at 278, 5 high",
        "289..339 at 320, 5 high",
        "289..339 at 361, 5 high",
        "289..339 at 403, 5 high",
        "289..339 at 445, 5 high",
        "289..339 at 487, 5 high",
        "289..339 at 529, 5 high",
        "289..339 at 124, 33 high",
        "312..339 at 166, 33 high",
      ]
    `);
    const said = words(figure);
    for (const text of ['waiting for #20, 91 ms', 'stands still for #20 of /r03, 91 ms', 'stream 5'])
      expect(said).toContain(text);
    expect(said.some((text) => /^TCP byte order · 141 ms in 10$/.test(text))).toBe(true);
  });

  it('a lane ends with what blocked it, by layer', async () => {
    const figure = layOut('streams', await traceOf('http2-one-loss'), size);
    expect(words(figure)).toContain('TCP 91 ms · TLS 90 ms');
    expect(figure.summary).toMatch(/^12 resources\. Blocked, all together: TCP byte order 141 ms, TLS record /);
    expect(figure.summary).toContain('waiting for #20, 91 ms from 335.7 ms');
  });

  it('every layer has a pattern of its own: colour alone tells none of them', () => {
    const looks = blockLayers.map(([layer]) => blockLook(layer, theme('light')));
    expect(new Set(looks.map(({ pattern }) => pattern)).size).toBe(blockLayers.length);
    expect(new Set(looks.map(({ name }) => name)).size).toBe(blockLayers.length);
  });

  it('a click on a hatch finds the span that tells whose packet it was, one beside it the nearest arrival', async () => {
    const trace = await traceOf('http2-one-loss');
    const figure = layOut('streams', trace, size);
    const one = blockings(trace).find(({ layer, own }) => layer === 'tcp' && own);
    const hatch = figure.marks.find(
      (mark) => mark.shape === 'hatch' && mark.id?.index === one?.span && mark.height > 20,
    );
    if (hatch?.shape !== 'hatch') throw new Error('no hatch');
    expect(figure.hits.at(hatch.x + 4, hatch.y + 4)?.id).toEqual({ kind: 'span', trace: 0, index: one?.span });
    expect(trace.spans.packet[one?.span ?? NONE]).toBe(one?.packet);
    expect(figure.tell?.(hatch.x + 4, hatch.y + 4)).toBe('/r03: TCP byte order, waiting for #20, 91 ms');
    const hit = figure.hits.at(figure.time.toPixel(trace.requests[0]?.firstByte ?? 0), figure.plot.y + 12);
    expect(hit?.id.kind).toBe('packet');
  });

  it('the chosen packet is marked in each lane that it brought bytes of', async () => {
    const trace = await traceOf('http2-one-loss');
    const packet = trace.packets.retransmissionOf.findIndex((before) => before !== NONE);
    const figure = layOut('streams', trace, { ...size, selection: { kind: 'packet', trace: 0, index: packet } });
    const marked = figure.marks.filter((mark) => mark.shape === 'line' && mark.id?.kind === 'packet');
    expect(marked).toHaveLength(1);
  });

  it('has a sentence where nothing was asked for', async () => {
    expect(layOut('streams', await traceOf('reset-close'), size).summary.length).toBeGreaterThan(0);
  });
});
