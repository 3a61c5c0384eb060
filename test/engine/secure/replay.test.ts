import { describe, expect, it } from 'vitest';
import { play } from '../../../src/engine/network/layers.ts';
import { packetBytes } from '../../../src/packet/bytes.ts';
import { prepareBytes } from '../../../src/packet/made.ts';
import { validateScenario } from '../../../src/scenario/parse.ts';
import { presets } from '../../../src/scenario/presets.ts';
import { EventKind } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';

const preset = () => structuredClone(presets.find(({ name }) => name === 'early-data-replay')!.scenario);
const played = async (scenario: unknown): Promise<Trace> => {
  const result = validateScenario(scenario);
  if (!result.ok) throw new Error(result.problems.map((p) => `${p.where}: ${p.what}`).join('; '));
  return play(result.value);
};

/** TCP payload of the first data packet that a flow's client sends. */
const firstFlight = (trace: Trace, flow: number): Uint8Array => {
  const p = trace.packets;
  const client = trace.flows[flow]?.client.node;
  const i = p.flow.findIndex(
    (f, k) => f === flow && (p.payload[k] as number) > 0 && trace.links[p.link[k] as number]?.from === client,
  );
  return packetBytes(trace, i).slice(-(p.payload[i] as number));
};

describe('a replay of early data (RFC 8446 §8)', () => {
  it('sends the very bytes of the recorded flight, and the server’s application hears the request twice', async () => {
    const trace = await played(preset());
    await prepareBytes(trace);
    expect(firstFlight(trace, 1)).toEqual(firstFlight(trace, 0));
    const accepted = [...trace.events.kind.slice(0, trace.eventCount).keys()].filter(
      (e) => trace.events.kind[e] === EventKind.EarlyData && trace.events.node[e] === 1 && trace.events.a[e] === 1,
    );
    expect(accepted.map((e) => trace.events.flow[e])).toEqual([0, 1]);
    // Both connections bring the whole answer; only the client can read it.
    expect(trace.requests.map(({ completion }) => completion !== null)).toEqual([true, false]);
    const answered = trace.flows[1]?.tls?.records.server.filter(({ type }) => type === 23).length;
    expect(answered).toBe(1);
    expect(trace.requests.map(({ delivered }) => delivered)).toEqual([10_251, 0]);
  });

  it('has no Finished: the attacker has no key', async () => {
    const trace = await played(preset());
    const from = (flow: number): string[] =>
      (trace.flows[flow]?.tls?.messages ?? [])
        .filter(({ from: who }) => who === 'client')
        .map(({ message }) => message.type);
    expect(from(0)).toEqual(['clientHello', 'endOfEarlyData', 'finished']);
    expect(from(1)).toEqual(['clientHello']);
  });

  it('the server draws anew: its own flight differs', async () => {
    const trace = await played(preset());
    await prepareBytes(trace);
    const { packets: p } = trace;
    const hello = [0, 1].map((flow) => {
      const i = p.flow.findIndex(
        (f, k) => f === flow && (p.payload[k] as number) > 0 && trace.links[p.link[k] as number]?.from === 1,
      );
      return packetBytes(trace, i).slice(-(p.payload[i] as number));
    });
    expect(hello[0]).not.toEqual(hello[1]);
    expect(hello[0]).toHaveLength(hello[1]!.length);
  });

  it('is met by a server that rejects early data: then the request is heard once', async () => {
    const scenario = preset();
    const replay = scenario.flows[1]!;
    replay.tls = { ...replay.tls, earlyRejected: true };
    const trace = await played(scenario);
    expect(trace.flows[1]?.tls?.records.server.filter(({ type }) => type === 23)).toEqual([]);
  });

  it('can only be of an earlier flow with early data', () => {
    const scenario = preset();
    scenario.flows[1]!.tls = { ...scenario.flows[1]!.tls, replayOf: 'nobody' };
    expect(validateScenario(scenario)).toEqual({
      ok: false,
      problems: [
        {
          where: 'flows[1].tls.replayOf',
          what: 'found "nobody"; earlier flows with early data (tls.version "1.3", resume "0rtt") are page',
        },
      ],
    });
  });
});
