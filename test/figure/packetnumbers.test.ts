import { beforeAll, describe, expect, it } from 'vitest';
import { fromMs, nanos } from '../../src/base/time.ts';
import { layOut } from '../../src/figure/render.ts';
import type { Figure } from '../../src/figure/types.ts';
import { play } from '../../src/engine/network/layers.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { theme } from '../../src/figure/theme.ts';
import type { Trace } from '../../src/trace/types.ts';

let trace: Trace;
let figure: Figure;
beforeAll(async () => {
  const scenario = parseScenario(
    JSON.stringify({
      roundtrip: 1,
      path: { rttMs: 40, mbps: 10, loss: [{ dir: 'down', data: [12], min: 1000 }] },
      flows: [{ name: 'page', http: { version: '3' }, requests: [{ id: 'all', responseBytes: 60_000 }] }],
    }),
  );
  if (!scenario.ok) throw new Error(scenario.problems[0]?.what);
  trace = await play(scenario.value);
  figure = layOut('timesequence', trace, { theme: 'light', width: 1000, height: 300, from: nanos(0), to: fromMs(400) });
});

describe('packet numbers of QUIC', () => {
  const glyphs = (glyph: string, color: string) =>
    figure.marks.filter((mark) => mark.shape === 'glyph' && mark.glyph === glyph && mark.color === color);

  it('a dot where a packet is sent, one where its sender hears that it arrived', () => {
    const { packets: q, packetCount } = trace.quic!;
    const rows = Array.from({ length: packetCount }, (_, row) => row).filter(
      (row) => q.type[row] === 4 && (q.bits[row]! & 8) !== 0 && trace.packets.link[q.datagram[row]!] === 1,
    );
    const acked = rows.filter((row) => !Number.isNaN(q.acked[row]));
    expect(acked.length).toBeGreaterThan(50);
    expect(glyphs('dot', theme('light').delivered)).toHaveLength(acked.length);
    expect(glyphs('dot', theme('light').data)).toHaveLength(rows.length - 1);
  });

  it('a cross where one is declared lost, and its number said', () => {
    const { packets: q } = trace.quic!;
    const lost = q.lost.findIndex((at) => !Number.isNaN(at));
    const [cross] = glyphs('cross', theme('light').lost);
    expect(cross?.id).toEqual({ kind: 'packet', trace: 0, index: q.datagram[lost] });
    const words = figure.marks.filter((mark) => mark.shape === 'text').map((mark) => mark.text);
    expect(words).toContain(`#${String(q.number[lost])} declared lost`);
  });

  it('says in words what it shows', () => {
    expect(figure.summary).toMatch(/^Packet numbers of page: 0 to \d+ .* 1 declared lost\.$/);
  });
});
