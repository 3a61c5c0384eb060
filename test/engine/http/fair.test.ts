import { describe, expect, it } from 'vitest';
import { play } from '../../../src/engine/network/layers.ts';
import { parseScenario } from '../../../src/scenario/parse.ts';
import { presets } from '../../../src/scenario/presets.ts';
import type { Scenario } from '../../../src/scenario/schema.ts';
import { waysOf } from '../../../src/scenario/ways.ts';
import { summarize } from '../../../src/trace/summary.ts';

/** Largest UDP payload that a path with an MTU of 1500 bytes takes over IPv6 and, with a little to spare, IPv4. */
const ROOMY = 1452;

const withDatagram = (scenario: Scenario, maxDatagram: number): Scenario => ({
  ...scenario,
  flows: scenario.flows.map((flow) => ({ ...flow, quic: { ...flow.quic, maxDatagram } })),
});

interface Outcome {
  readonly first: number;
  readonly done: number;
  readonly blocked: number;
}

const outcome = async (scenario: Scenario): Promise<Outcome> => {
  const { flows } = summarize(await play(scenario));
  return {
    first: flows[0]?.firstByteMs ?? NaN,
    done: Math.max(...flows.map(({ completionMs }) => completionMs ?? NaN)),
    blocked: flows.flatMap(({ requests }) => requests).reduce((sum, { blockedMs }) => sum + blockedMs, 0),
  };
};

/** The ways of a preset, and HTTP/3 once more with datagrams as large as the path takes. */
const waysIn = async (name: string): Promise<Readonly<Record<'six' | 'two' | 'three' | 'roomy', Outcome>>> => {
  const parsed = parseScenario(JSON.stringify(presets.find((one) => one.name === name)?.scenario));
  if (!parsed.ok) expect.fail(name);
  const way = (label: string): Scenario => {
    const found = waysOf(parsed.value, 'versions').find((one) => one.name === label);
    if (!found) expect.fail(label);
    return found.scenario;
  };
  const three = way('HTTP/3');
  return {
    six: await outcome(way('HTTP/1.1, six')),
    two: await outcome(way('HTTP/2')),
    three: await outcome(three),
    roomy: await outcome(withDatagram(three, ROOMY)),
  };
};

describe('where HTTP/3 does not win, in numbers: what the presets say is so', () => {
  it('a clean wire: the first byte a round trip of 80 ms earlier, the end with the others', async () => {
    const { six, two, three } = await waysIn('compared-clean');
    expect(Math.abs(two.first - three.first - 80)).toBeLessThan(8);
    for (const { done } of [six, two]) expect(Math.abs(three.done / done - 1)).toBeLessThan(0.05);
  });

  it('one big file: a round trip of 40 ms less, which small datagrams cost again', async () => {
    const { six, two, three, roomy } = await waysIn('compared-one-big');
    expect(Math.abs(two.first - three.first - 40)).toBeLessThan(8);
    for (const { done } of [six, two]) expect(Math.abs(three.done / done - 1)).toBeLessThan(0.01);
    expect(two.done - roomy.done).toBeGreaterThan(20);
    expect(two.done - roomy.done).toBeLessThan(48);
  });

  it('one lost packet: six windows lose little, one window much; larger datagrams make HTTP/3 as fast as HTTP/2', async () => {
    const { six, two, three, roomy } = await waysIn('http-compared-loss');
    for (const { done } of [two, three, roomy]) expect(done / six.done).toBeGreaterThan(1.8);
    expect(three.blocked).toBeLessThan(two.blocked);
    expect(three.done).toBeGreaterThan(two.done);
    expect(roomy.done).toBeLessThan(two.done);
  });
});
