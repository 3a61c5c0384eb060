import { expect, test } from 'vitest';
import { play } from '../../src/engine/network/layers.ts';
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
