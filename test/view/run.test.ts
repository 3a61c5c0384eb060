import { expect, test } from 'vitest';
import { play } from '../../src/engine/network/layers.ts';
import { tlsFacts } from '../../src/packet/tls/summary.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import { summarize } from '../../src/trace/summary.ts';
import { runFacts } from '../../src/view/inspector/RunCard.words.ts';

test('behind routers a packet is one packet: the page counts as the command does', async () => {
  const preset = presets.find(({ name }) => name === 'quic-migration');
  const scenario = parseScenario(JSON.stringify(preset?.scenario));
  if (!scenario.ok) throw new Error('the preset is not valid');
  const trace = await play(scenario.value);
  const { packets, lost, retransmitted } = summarize(trace).flows[0]!;
  expect(trace.packetCount).toBeGreaterThan(packets.up + packets.down);
  const facts = new Map(runFacts(trace));
  expect(facts.get('Packets')).toBe(String(packets.up + packets.down));
  expect(facts.get('Lost')).toBe(String(lost.up + lost.down));
  expect(facts.get('Data sent again')).toBe(String(retransmitted.up + retransmitted.down));
});

test('an observer of QUIC is told what the wire shows', async () => {
  const preset = presets.find(({ name }) => name === 'http3');
  const scenario = parseScenario(JSON.stringify(preset?.scenario));
  if (!scenario.ok) throw new Error('the preset is not valid');
  const trace = await play(scenario.value);
  const names = (facts: readonly (readonly [string, string])[]): string[] => facts.map(([name]) => name);
  expect(names(runFacts(trace))).toEqual(['Last byte at the client', 'Packets', 'Lost', 'Data sent again']);
  expect(names(runFacts(trace, true))).toEqual(['Packets', 'Lost']);
  // The server's choice stands in EncryptedExtensions (RFC 8446 §4.3.1), the client's offers in its ClientHello.
  expect(names(tlsFacts(trace, 0))).toContain('Protocol (ALPN)');
  expect(names(tlsFacts(trace, 0, true))).not.toContain('Protocol (ALPN)');
  expect(names(tlsFacts(trace, 0, true))).toContain('Server name (SNI)');
});
