import { describe, expect, it } from 'vitest';
import { fromMs, nanos } from '../../src/base/time.ts';
import { play } from '../../src/engine/network/layers.ts';
import { showInside } from '../../src/figure/inside.ts';
import { layOut } from '../../src/figure/render.ts';
import { textRows } from '../../src/figure/text.ts';
import { theme as themeOf } from '../../src/figure/theme.ts';
import { tipAt } from '../../src/figure/tip.ts';
import { noFilter } from '../../src/figure/types.ts';
import type { Figure } from '../../src/figure/types.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import { traceIndex } from '../../src/trace/query/index.ts';
import type { Trace } from '../../src/trace/types.ts';

const run = async (name: string): Promise<Trace> => {
  const scenario = parseScenario(JSON.stringify(presets.find((one) => one.name === name)?.scenario));
  if (!scenario.ok) throw new Error(name);
  return play(scenario.value);
};
showInside();
const http3 = await run('http3-one-loss');
const http2 = await run('http2-one-loss');
const bare = await run('one-lost-segment');

type Name = Parameters<typeof layOut>[0];
const draw = (name: Name, trace: Trace, observer: boolean, width = 1000): Figure =>
  layOut(name, trace, {
    theme: 'light',
    width,
    height: 300,
    from: nanos(0),
    to: fromMs(1000),
    filter: { ...noFilter, observer },
  });
const words = ({ marks, plot }: Figure): string[] =>
  marks.flatMap((mark) => (mark.shape === 'text' && mark.face === 'sans' && mark.x > plot.x ? [mark.text] : []));

describe('figures that an observer cannot draw', () => {
  it.each(['streams', 'waterfall', 'timesequence', 'window', 'rtt'] as const)(
    '%s of HTTP/3: one sentence, which is its text, too; nothing to point at',
    (name) => {
      const seen = draw(name, http3, true);
      expect(words(seen)).toEqual([seen.summary]);
      expect(seen.summary).toMatch(/an observer .*\.$/);
      expect(seen.marks.filter(({ id }) => id !== null && id.kind !== 'axis')).toEqual([]);
      expect(seen.hits.at(500, 150, 14)).toBeNull();
      // Whoever has the keys sees the figure.
      expect(draw(name, http3, false).summary).not.toBe(seen.summary);
    },
  );

  it('the sentence is broken where the figure is narrow', () => {
    const lines = words(draw('streams', http3, true, 390));
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join(' ')).toBe(draw('streams', http3, true).summary);
  });

  it('TLS over TCP hides resources, and leaves TCP to be seen', () => {
    for (const name of ['streams', 'waterfall'] as const) expect(words(draw(name, http2, true))).toHaveLength(1);
    for (const name of ['timesequence', 'rtt', 'window'] as const)
      expect(draw(name, http2, true).summary).toBe(draw(name, http2, false).summary);
  });

  it('what is not encrypted is drawn as ever', () => {
    for (const name of ['waterfall', 'streams', 'window'] as const)
      expect(draw(name, bare, true).marks).toEqual(draw(name, bare, false).marks);
  });
});

describe('the sequence diagram', () => {
  it('QUIC: no deliveries, no recovery, no difference between futures, which only its ends know', () => {
    const kinds = (observer: boolean): Set<string> =>
      new Set(draw('sequence', http3, observer).marks.flatMap(({ id }) => (id ? [id.kind] : [])));
    expect([...kinds(false)]).toEqual(expect.arrayContaining(['delivery', 'span']));
    for (const kind of ['delivery', 'span', 'event']) expect([...kinds(true)]).not.toContain(kind);
  });

  it('names packets as an observer would: HTTP/2 in TLS', () => {
    const said = words(draw('sequence', http2, true));
    expect(said.some((text) => /^R #\d+ part of a record/.test(text) || /^R #\d+ encrypted/.test(text))).toBe(true);
    expect(said.filter((text) => /DATA|HEADERS/.test(text))).toEqual([]);
    expect(words(draw('sequence', http2, false)).some((text) => /DATA/.test(text))).toBe(true);
  });
});

describe('what is said of packets that an observer sees', () => {
  const input = (trace: Trace, observer: boolean) => ({
    trace,
    ghost: null,
    playhead: nanos(0),
    selection: null,
    filter: { ...noFilter, observer },
    viewport: { width: 1000, height: 300, from: nanos(0), to: fromMs(1000), orientation: 'lying' as const },
    theme: themeOf('light'),
    measure: () => 10,
    index: traceIndex(trace),
  });

  it('tooltip: its size and times, neither number nor wait', () => {
    const figure = draw('sequence', http3, true);
    const index = traceIndex(http3);
    const tips = new Set<string>();
    for (let x = figure.plot.x; x < figure.plot.x + figure.plot.width; x += 3) {
      const tip = tipAt(figure, index, x, figure.plot.y + 60, true);
      if (tip !== null) tips.add(tip);
    }
    expect([...tips].some((tip) => /^1-RTT [\d,]+ bytes, protected · /.test(tip))).toBe(true);
    expect([...tips].filter((tip) => /#\d|stream|waits|again/.test(tip))).toEqual([]);
  });

  it('parallel text: the summary and its rows', () => {
    const seen = draw('sequence', http3, true).summary;
    expect(seen).toContain('1-RTT');
    expect(seen).not.toMatch(/#\d|stream \d|wait for|CONFIRMED|\d is sent again/);
    const rows = textRows(input(http3, true), 4);
    expect(rows.length).toBeGreaterThan(100);
    expect(
      rows.filter(({ name, effect, state }) => /#\d|stream/.test(name) || /again|waits/.test(effect) || state),
    ).toEqual([]);
  });

  it('overview: what is sent again and the states of QUIC are no ticks', () => {
    const ticks = (trace: Trace, observer: boolean): number =>
      draw('overview', trace, observer).marks.filter(({ id }) => id !== null && id.kind !== 'axis').length;
    expect(ticks(http3, true)).toBe(1);
    expect(ticks(http3, false)).toBeGreaterThan(4);
    expect(ticks(bare, true)).toBe(ticks(bare, false));
  });
});
