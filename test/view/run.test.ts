import { expect, test } from 'vitest';
import { play } from '../../src/engine/network/layers.ts';
import { tlsFacts } from '../../src/packet/tls/summary.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import type { Trace } from '../../src/trace/types.ts';
import { summarize } from '../../src/trace/summary.ts';
import { runFacts } from '../../src/view/inspector/RunCard.words.ts';

const run = async (preset: string): Promise<Trace> => {
  const scenario = parseScenario(JSON.stringify(presets.find(({ name }) => name === preset)?.scenario));
  if (!scenario.ok) throw new Error(`${preset} is not valid`);
  return play(scenario.value);
};

test('behind routers a packet is one packet: the page counts as the command does', async () => {
  const trace = await run('quic-migration');
  const { packets, lost, retransmitted } = summarize(trace).flows[0]!;
  expect(trace.packetCount).toBeGreaterThan(packets.up + packets.down);
  const facts = new Map(runFacts(trace));
  expect(facts.get('Packets')).toBe(String(packets.up + packets.down));
  expect(facts.get('Lost')).toBe(String(lost.up + lost.down));
  expect(facts.get('Data sent again')).toBe(String(retransmitted.up + retransmitted.down));
});

const names = (facts: readonly (readonly [string, string])[]): string[] => facts.map(([name]) => name);

test('an observer of QUIC is told what the wire shows', async () => {
  const trace = await run('http3');
  expect(names(runFacts(trace))).toEqual(['Last byte at the client', 'Packets', 'Lost', 'Data sent again']);
  expect(names(runFacts(trace, true))).toEqual(['Packets', 'Lost']);
});

test('an observer of TLS 1.3 is not told what EncryptedExtensions choose', async () => {
  const trace = await run('tls13');
  // The server's choice stands there (RFC 8446 §4.3.1), the client's offers in its ClientHello.
  expect(names(tlsFacts(trace, 0))).toContain('Protocol (ALPN)');
  expect(names(tlsFacts(trace, 0, true))).not.toContain('Protocol (ALPN)');
  expect(names(tlsFacts(trace, 0, true))).toContain('Server name (SNI)');
});
