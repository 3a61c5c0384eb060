import { describe, expect, it } from 'vitest';
import { play } from '../../src/engine/network/layers.ts';
import { inputOf } from '../../src/figure/render.ts';
import { sequence } from '../../src/figure/sequence/layout.ts';
import { telling, theme } from '../../src/figure/theme.ts';
import type { Tells } from '../../src/figure/theme.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { isLost } from '../../src/trace/types.ts';
import type { Trace } from '../../src/trace/types.ts';

/** Two connections over TLS, one segment of the first lost. */
const runOf = (): Promise<Trace> => {
  const parsed = parseScenario(
    JSON.stringify({
      roundtrip: 1,
      path: { rttMs: 40, mbps: 20, loss: [{ dir: 'down', data: [8] }] },
      flows: ['one', 'two'].map((name) => ({
        name,
        tls: { version: '1.3' },
        requests: [{ id: `${name}-all`, requestBytes: 100, responseBytes: 20_000 }],
      })),
    }),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return play(parsed.value);
};

/** Colours of the arrows that carry data, by packet. */
const coloursOf = (trace: Trace, tells: Tells | undefined): Map<number, string> => {
  const input = inputOf(trace, { theme: 'light', width: 1600, height: 600 });
  const { marks } = sequence({ ...input, theme: telling(input.theme, tells) });
  const found = new Map<number, string>();
  for (const mark of marks) {
    if (mark.shape !== 'line' || mark.id?.kind !== 'packet' || mark.id.trace !== 0) continue;
    if ((trace.packets.payload[mark.id.index] ?? 0) > 0) found.set(mark.id.index, mark.stroke.color);
  }
  return found;
};

describe('what colours tell', () => {
  const light = theme('light');

  it('by outcome: what arrived is of one colour, and what was lost of another', async () => {
    const trace = await runOf();
    const seen = [...coloursOf(trace, 'outcome')];
    const lost = seen.filter(([i]) => isLost(trace.packets.fate[i] as number)).map(([, colour]) => colour);
    const rest = seen.filter(([i]) => !isLost(trace.packets.fate[i] as number)).map(([, colour]) => colour);
    expect(new Set(lost)).toEqual(new Set([light.lost]));
    expect(rest.length).toBeGreaterThan(20);
    expect(new Set(rest)).toEqual(new Set([light.delivered, light.repair]));
  });

  it('by stream: each connection has its own, also under TLS', async () => {
    const trace = await runOf();
    const seen = new Set<string>();
    for (const [i, colour] of coloursOf(trace, 'stream'))
      if (colour === light.streams[trace.packets.flow[i] as number]) seen.add(colour);
    expect(seen).toEqual(new Set(light.streams.slice(0, 2)));
  });

  it('by kind: keys have theirs, connections none', async () => {
    const seen = new Set(coloursOf(await runOf(), undefined).values());
    expect(seen).toContain(light.epochs[3]);
    for (const colour of light.streams) expect(seen).not.toContain(colour);
  });
});
