import { describe, expect, test } from 'vitest';
import { Rehearsal } from '../../../src/engine/door/rehearse.ts';
import { play } from '../../../src/engine/network/layers.ts';
import { parseScenario } from '../../../src/scenario/parse.ts';
import type { Scenario } from '../../../src/scenario/schema.ts';
import { Fate } from '../../../src/trace/types.ts';

const scenarioOf = (input: object): Scenario => {
  const parsed = parseScenario(JSON.stringify({ roundtrip: 1, path: {}, ...input }));
  if (!parsed.ok) throw new Error(parsed.problems[0]?.what);
  return parsed.value;
};
const get = (responseBytes: number) => [{ requestBytes: 100, responseBytes }];
const asked = (scenario: Scenario) => ({ id: 1, type: 'run', scenarios: [scenario] }) as const;

describe('the loss that is rehearsed while nobody waits', () => {
  const flows = {
    TCP: { requests: get(200_000) },
    'HTTP/2': { http: { version: '2' }, tls: { version: '1.3' }, requests: [{ path: '/', responseBytes: 200_000 }] },
    'HTTP/3': { http: { version: '3' }, tls: { version: '1.3' }, requests: [{ path: '/', responseBytes: 200_000 }] },
  };
  test.each(Object.entries(flows))('%s: is of a packet that is sent, and changes the run', async (_, flow) => {
    const scenario = scenarioOf({ flows: [flow] });
    const trace = await play(scenario);
    const [first] = new Rehearsal().after(asked(scenario), [trace]);
    const played = await play(first as Scenario);
    const lost = (of: typeof trace): number =>
      of.packets.fate.subarray(0, of.packetCount).filter((f) => f === Fate.Touched).length;
    expect([lost(trace), lost(played)]).toEqual([0, 1]);
  });

  test('once for each kind of run, and not for one that is long', async () => {
    const rehearsal = new Rehearsal();
    const scenario = scenarioOf({ flows: [flows.TCP] });
    const trace = await play(scenario);
    expect(rehearsal.after(asked(scenario), [trace]).length).toBeGreaterThan(10);
    expect(rehearsal.after(asked(scenario), [trace])).toEqual([]);
    const other = scenarioOf({ flows: [flows['HTTP/2']] });
    expect(rehearsal.after(asked(other), [{ ...trace, packetCount: 30_000 }])).toEqual([]);
    expect(rehearsal.after(asked(other), [await play(other)]).length).toBeGreaterThan(10);
  });
});
