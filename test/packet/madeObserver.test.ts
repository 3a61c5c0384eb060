import { describe, expect, it } from 'vitest';
import { openCapture } from '../../src/format/open.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import { prepareBytes } from '../../src/packet/made.ts';
import { packetLayers } from '../../src/packet/layers.ts';
import { observed, observedText } from '../../src/packet/tls/observer.ts';
import { isUpward } from '../../src/trace/direction.ts';
import type { Trace } from '../../src/trace/types.ts';
import { playSecure } from '../engine/secure/runs.ts';
import { failing, scenarioFor, variants } from '../engine/secure/variants.ts';
import type { Tls } from '../engine/secure/variants.ts';

const seen = async (tls: Tls): Promise<string[]> => {
  const trace = await playSecure(scenarioFor(tls));
  return Array.from({ length: trace.packetCount }, (_, i) => observedText(trace, i)).filter((text) => text !== '');
};

/** Packets with payload by direction and place, since a capture may have them in another order. */
const byPlace = (trace: Trace): Map<string, number> =>
  new Map(
    Array.from({ length: trace.packetCount }, (_, i) => i)
      .filter((i) => (trace.packets.payload[i] ?? 0) > 0)
      .map((i) => [`${String(isUpward(trace, i))} ${String(trace.packets.offset[i])}`, i]),
  );

describe('what a wiretap sees', () => {
  it('of TLS 1.3: the hellos with name and protocols, then sizes', async () => {
    const list = await seen({ version: '1.3', alpn: ['h2', 'http/1.1'] });
    expect(list[0]).toBe('ClientHello (server name www.roundtrip.test, ALPN h2, http/1.1)');
    expect(list[1]).toMatch(/^ServerHello · ChangeCipherSpec · encrypted, \d+ bytes · part of a record: encrypted, /);
    for (const text of list.slice(2))
      expect(text).toMatch(/^(ChangeCipherSpec · )?(part of a record: )?encrypted, [\d,]+ bytes/);
    expect(list.join(' ')).not.toMatch(/Certificate|Finished|Ticket|close_notify|Application/);
  });

  it('of TLS 1.2: the certificate, the agreed protocol, and the types of all records', async () => {
    const list = await seen({ version: '1.2', alpn: ['h2'] });
    expect(list.join(' | ')).toMatch(
      /ServerHello \(ALPN h2\).*Certificate \(certificate CN=www.roundtrip.test\) · ServerKeyExchange · ServerHelloDone/,
    );
    expect(list.join(' | ')).toMatch(/ClientKeyExchange · ChangeCipherSpec · handshake, encrypted, 40 bytes/);
    expect(list.at(-1)).toBe('alert, encrypted, 26 bytes');
  });

  it('of a resumption: the ticket, which is the same client’s', async () => {
    const [hello] = await seen({ version: '1.3', resume: '0rtt' });
    expect(hello).toMatch(
      /^ClientHello \(server name www.roundtrip.test, a ticket: the same one is the same client\) · ChangeCipherSpec · encrypted, 84 bytes$/,
    );
  });

  it('of a failure before keys: the alert; after them: its size', async () => {
    expect((await seen({ version: '1.3', fault: 'noVersion' })).at(-1)).toBe('Fatal alert protocol_version');
    expect((await seen({ version: '1.3', fault: 'unknownCa' })).at(-1)).toMatch(/encrypted, 19 bytes$/);
    expect((await seen({ version: '1.2', fault: 'unknownCa' })).at(-1)).toBe('Fatal alert unknown_ca');
  });

  it('nothing of packets without TLS', async () => {
    const trace = await playSecure(scenarioFor({ version: '1.3' }));
    expect(observed(trace, 0)).toEqual([]);
    expect(observed(await playSecure(scenarioFor({})), 3)).toEqual([]);
  });
});

describe('a run and a capture of it', () => {
  it.each([...variants, ...failing].filter(({ tls }) => tls.fault !== 'badMac'))(
    '$name: the same layers, fields nested below their messages, the same sights',
    async ({ tls }) => {
      const trace = await playSecure(scenarioFor(tls));
      await prepareBytes(trace);
      const opened = await openCapture('x.pcapng', writePcapng(trace));
      if (!opened.ok) throw new Error('not opened');
      const capture = opened.value.trace;
      const [mine, theirs] = [byPlace(trace), byPlace(capture)];
      expect([...theirs.keys()].sort()).toEqual([...mine.keys()].sort());
      for (const [place, i] of mine) {
        const other = theirs.get(place) ?? -1;
        const layers = (of: Trace, packet: number): unknown =>
          packetLayers(of, packet).filter(({ id }) => id.startsWith('tls'));
        expect(layers(capture, other), place).toEqual(layers(trace, i));
        const text = (t: string): string => t.replace(/certificate [^)]*/, 'certificate');
        expect(text(observedText(capture, other)), place).toBe(text(observedText(trace, i)));
      }
    },
  );

  it('a ClientHello has each extension with fields of its own', async () => {
    const trace = await playSecure(scenarioFor({ version: '1.3', alpn: ['h2', 'http/1.1'] }));
    await prepareBytes(trace);
    const layer = packetLayers(trace, 3).find(({ id }) => id === 'tls');
    const message = layer?.fields.find(({ name }) => name === 'Message');
    const list = message?.parts.find(({ id }) => id.endsWith('.extensions'));
    const alpn = list?.parts.find(({ name }) => name === 'application_layer_protocol_negotiation');
    const protocols = alpn?.parts.find(({ name }) => name === 'Protocols');
    expect(protocols?.parts.map(({ value }) => value)).toEqual(['12', 'h2', 'http/1.1']);
    const inside = (outer: { bit: number; bits: number }, inner: { bit: number; bits: number }): boolean =>
      inner.bit >= outer.bit && inner.bit + inner.bits <= outer.bit + outer.bits;
    for (const extension of list?.parts ?? []) {
      expect(list && inside(list, extension), extension.name).toBe(true);
      for (const part of extension.parts) expect(inside(extension, part), `${extension.name} ${part.name}`).toBe(true);
    }
    // Their length in front, and eleven of them.
    expect(list?.parts).toHaveLength(12);
  });
});
