import { beforeAll, describe, expect, it } from 'vitest';
import { play } from '../../src/engine/network/layers.ts';
import { showInside } from '../../src/figure/inside.ts';
import { packetLabel, packetName, packetTitle } from '../../src/packet/label.ts';
import { packetLayers } from '../../src/packet/layers.ts';
import { prepareBytes } from '../../src/packet/made.ts';
import { isPageHidden, isProtected } from '../../src/packet/protected.ts';
import { whySentences } from '../../src/packet/why.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import { QuicType } from '../../src/trace/quic/types.ts';
import type { Trace } from '../../src/trace/types.ts';

const run = async (name: string): Promise<Trace> => {
  const scenario = parseScenario(JSON.stringify(presets.find((one) => one.name === name)?.scenario));
  if (!scenario.ok) throw new Error(name);
  const trace = await play(scenario.value);
  await prepareBytes(trace);
  return trace;
};
const packets = (trace: Trace): number[] => Array.from({ length: trace.packetCount }, (_, i) => i);
const http3 = await run('http3-one-loss');
const http2 = await run('http2-one-loss');
const bare = await run('one-lost-segment');

/** Words that only somebody with the keys of a connection can write. */
const SECRET = /#\d|stream|STREAM|HEADERS|\bDATA\b|HANDSHAKE_DONE|Certificate|Finished|\/r\d|sent again|^R /;

beforeAll(showInside);

describe('names of packets, as an observer has them', () => {
  it('QUIC: neither numbers nor frames, nor what is sent again (RFC 9001 §5.4)', () => {
    const hidden = packets(http3).filter((i) => isProtected(http3, i));
    expect(hidden.length).toBeGreaterThan(900);
    for (const i of hidden)
      for (const name of [packetLabel, packetName, packetTitle]) expect(name(http3, i, true)).not.toMatch(SECRET);
    const repair = packets(http3).find((i) => packetLabel(http3, i).startsWith('R ')) ?? -1;
    expect(packetLabel(http3, repair, true)).toMatch(/^1-RTT 1,\d+ bytes, protected$/);
    expect(packetName(http3, repair, true)).toMatch(/^1-RTT 1,\d+ bytes$/);
  });

  it('Initials can be read by anyone (RFC 9001 §5.2)', () => {
    expect(isProtected(http3, 0)).toBe(false);
    expect(packetLabel(http3, 0, true)).toBe('Initial: ClientHello');
  });

  it('HTTP/2 in TLS: the segment as it is numbered, the records by their lengths', () => {
    const seen = packets(http2).map((i) => packetLabel(http2, i, true));
    expect(seen.some((label) => /^#1 ClientHello$/.test(label))).toBe(true);
    expect(seen.some((label) => /^#\d+ (part of a record: )?encrypted, [\d,]+ bytes/.test(label))).toBe(true);
    expect(seen.filter((label) => /HEADERS|DATA|SETTINGS|Certificate|\/r\d/.test(label))).toEqual([]);
    // TCP's own numbers are in the clear: what is sent again can be told.
    expect(seen.some((label) => label.startsWith('R #'))).toBe(true);
    const told = packets(http2).flatMap((i) => whySentences(http2, i, true).map(({ text }) => text));
    expect(told.filter((text) => /HEADERS|DATA|\/r\d/.test(text))).toEqual([]);
  });

  it('what is not encrypted stays as it is', () => {
    expect(isPageHidden(bare)).toBe(false);
    expect([isPageHidden(http2), isPageHidden(http3)]).toEqual([true, true]);
    for (const i of packets(bare)) expect(packetLabel(bare, i, true)).toBe(packetLabel(bare, i));
  });
});

describe('layers of packets, as an observer reads them', () => {
  it('of a protected packet: the first bits, version and ids; its payload as one piece (RFC 8999 §5)', () => {
    const { quic } = http3;
    const short = packets(http3).find((i) => quic?.packets.type[quic.packetsOf[i] ?? -1] === QuicType.OneRtt) ?? -1;
    const layer = packetLayers(http3, short, true).find(({ id }) => id === 'quic');
    const fields = new Map(layer?.fields.map(({ id, value }) => [id, value]));
    expect([...fields.keys()]).toEqual([
      'quic.form',
      'quic.fixed',
      'quic.spin',
      'quic.reserved',
      'quic.keyPhase',
      'quic.numberLength',
      'quic.destination',
      'quic.payload',
      'quic.tag',
    ]);
    expect([fields.get('quic.keyPhase'), fields.get('quic.numberLength')]).toEqual(['hidden', 'hidden']);
    expect(
      packetLayers(http3, short)
        .find(({ id }) => id === 'quic')
        ?.fields.some(({ id }) => id === 'quic.number'),
    ).toBe(true);
  });

  it('an Initial with its number and the ClientHello; nothing of HTTP anywhere', () => {
    const first = packetLayers(http3, 0, true);
    expect(first.map(({ id }) => id)).toEqual(['ip', 'udp', 'quic', 'tls']);
    expect(first.at(-1)?.summary).toMatch(/^ClientHello/);
    for (const trace of [http2, http3])
      for (const i of packets(trace).slice(0, 80))
        expect(packetLayers(trace, i, true).filter(({ id }) => id.startsWith('http'))).toEqual([]);
  });

  it('of TLS over TCP: the records in the clear', () => {
    const tls = packets(http2).flatMap((i) => packetLayers(http2, i, true).filter(({ id }) => id.startsWith('tls')));
    const names = new Set(tls.map(({ summary }) => summary.replace(/ .*/, '')));
    expect([...names].sort()).toEqual(['ChangeCipherSpec', 'ClientHello', 'ServerHello']);
  });
});
