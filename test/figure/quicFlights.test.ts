import { describe, expect, it } from 'vitest';
import { fromMs, nanos } from '../../src/base/time.ts';
import { play } from '../../src/engine/network/layers.ts';
import { layOut } from '../../src/figure/render.ts';
import { noFilter } from '../../src/figure/types.ts';
import type { Figure } from '../../src/figure/types.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';

const sequence = async (name: string, observer = false): Promise<Figure> => {
  const preset = presets.find((one) => one.name === name);
  const scenario = parseScenario(JSON.stringify(preset?.scenario));
  if (!preset || !scenario.ok) throw new Error(name);
  return layOut('sequence', await play(scenario.value), {
    theme: 'light',
    width: 1000,
    height: 480,
    from: nanos(0),
    to: fromMs(preset.to),
    ...(observer ? { filter: { ...noFilter, observer: true } } : {}),
  });
};
const words = (figure: Figure): string[] => figure.marks.flatMap((mark) => (mark.shape === 'text' ? [mark.text] : []));

describe('the flights of a QUIC handshake', () => {
  it('have a line for each kind of packet in a datagram (RFC 9000 §12.2)', async () => {
    const seen = words(await sequence('quic-handshake'));
    expect(seen).toContain('Initial: ClientHello');
    expect(seen).toContain('Initial: ServerHello');
    expect(seen).toContain('Handshake: EncryptedExtensions … Finished');
    expect(seen).toContain('Handshake: Finished');
    expect(seen).toContain('Handshake keys');
  });

  it('early data stands beside the ClientHello', async () => {
    const seen = words(await sequence('quic-0rtt'));
    expect(seen).toContain('Initial: ClientHello');
    expect(seen.some((text) => /^0-RTT #0: .*HEADERS 0/.test(text))).toBe(true);
  });

  it('a wiretap reads the Initials, and of the rest how much it is', async () => {
    const seen = words(await sequence('quic-handshake', true));
    expect(seen).toContain('Initial: ClientHello');
    expect(seen.some((text) => /^protected, /.test(text))).toBe(true);
    expect(seen.some((text) => text.includes('EncryptedExtensions'))).toBe(false);
    // Nor what is an ACK, the end, one sent again, or how far the ends are (RFC 9000 §17.3, §12.4).
    for (const hidden of [/\bACK/, /CONNECTION_CLOSE/, /CONFIRMED|CLOSING|^HANDSHAKE$/, /^R /])
      expect(seen.filter((text) => hidden.test(text))).toEqual([]);
    const lossy = words(await sequence('http3-one-loss', true));
    expect(lossy).toContain('protected, lost');
    expect(lossy.filter((text) => /^R |#\d/.test(text))).toEqual([]);
  });
});
