import { describe, expect, it } from 'vitest';
import { play } from '../../src/engine/network/layers.ts';
import { layOut } from '../../src/figure/render.ts';
import type { Figure } from '../../src/figure/types.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';

const drawn = async (name: string): Promise<Figure> => {
  const parsed = parseScenario(JSON.stringify(presets.find((p) => p.name === name)?.scenario));
  if (!parsed.ok) throw new Error(name);
  return layOut('keys', await play(parsed.value), { theme: 'light', width: 1280, height: 320 });
};
const words = (figure: Figure): string[] => figure.marks.flatMap((mark) => (mark.shape === 'text' ? [mark.text] : []));

describe('the key schedule on the time axis', () => {
  it('1.3: each secret once, with what it comes from (RFC 8446 §7.1)', async () => {
    const figure = await drawn('tls13');
    const seen = words(figure);
    for (const name of ['handshake secret', 'client handshake traffic', 'server traffic', 'resumption secret'])
      expect(
        seen.filter((text) => text.startsWith(name)),
        name,
      ).toHaveLength(1);
    expect(seen).toContain('shared secret from client share + server share');
    expect(figure.summary).toMatch(
      /client handshake traffic from handshake secret: the server has it at 121\.\d ms, the client at 16\d\.\d ms/,
    );
  });

  it('both sides are marked, the server first where it speaks first', async () => {
    const figure = await drawn('tls13');
    const marks = figure.marks.flatMap((mark) =>
      mark.shape === 'text' && (mark.text === 'S' || mark.text === 'C') ? [mark] : [],
    );
    const [servers, clients] = ['S', 'C'].map((side) => marks.filter(({ text }) => text === side));
    expect(servers?.length).toBe(clients?.length);
    expect(Math.min(...servers!.map(({ x }) => x))).toBeLessThan(Math.min(...clients!.map(({ x }) => x)));
  });

  it('1.2 has a master secret, kept from the session where it is resumed; TCP alone has nothing', async () => {
    expect(words(await drawn('tls12')).join('\n')).toMatch(/master secret from premaster secret/);
    expect(words(await drawn('tls12-resumed')).join('\n')).toMatch(/master secret from session/);
    expect((await drawn('handshake')).summary).toBe('No keys were agreed on in this run.');
  });

  it('no two rows lie on one another, and all stand inside', async () => {
    for (const name of ['tls13', 'early-data', 'key-update']) {
      const figure = await drawn(name);
      const rows = [
        ...new Set(
          figure.marks.flatMap((mark) => (mark.shape === 'text' && mark.text.length === 1 ? [Math.round(mark.y)] : [])),
        ),
      ].sort((a, b) => a - b);
      expect(rows.at(-1)).toBeLessThan(320);
      expect(rows.length).toBeGreaterThan(6);
    }
  });
});
