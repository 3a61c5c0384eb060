import { describe, expect, it } from 'vitest';
import { expand } from '../../src/scenario/expand.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import type { Scenario, ScenarioInput } from '../../src/scenario/schema.ts';

const flows: ScenarioInput['flows'] = [{ requests: [] }];
const valid = (input: Omit<ScenarioInput, 'roundtrip' | 'flows'> & { flows?: ScenarioInput['flows'] }): Scenario => {
  const result = validateScenario({ roundtrip: 1, flows, ...input });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
};

describe('defaults', () => {
  it('stand in the schema, for every key but two', () => {
    expect(valid({})).toMatchObject({
      title: '',
      seed: 1,
      durationMs: 60_000,
      flows: [
        {
          startMs: 0,
          tcp: { profile: 'linux', congestion: 'cubic' },
          tls: { version: 'none' },
          http: { version: 'none', connections: 6 },
          close: 'server',
          read: { pauseMs: 0, bytes: 0, everyMs: 0, buffer: 0 },
        },
      ],
    });
    expect(valid({ path: {} }).path).toEqual({
      rttMs: 40,
      mbps: 20,
      queuePackets: 1000,
      jitterMs: 0,
      mtu: 1500,
      loss: [],
      touched: [],
      ecnThreshold: 0,
    });
    expect(valid({ path: { loss: [{ dir: 'up', burst: { enter: 0.1, leave: 0.5 } }] } }).path?.loss[0]).toEqual({
      dir: 'up',
      at: 'egress',
      burst: { enter: 0.1, leave: 0.5, lossIn: 1, lossOut: 0 },
    });
  });

  it('without a path it is the default path', () => {
    expect(expand(valid({})).links).toEqual(expand(valid({ path: {} })).links);
  });

  it('validating what came out changes nothing', () => {
    const once = valid({ path: { down: { mbps: 3 } } });
    expect(validateScenario(once)).toEqual({ ok: true, value: once });
  });
});

describe('the short form', () => {
  it('is two hosts and a link each way, half of the round trip on each', () => {
    const { nodes, links, ends, routes } = expand(
      valid({ path: { rttMs: 30, mbps: 7, queuePackets: 9, jitterMs: 2, mtu: 1400 } }),
    );
    expect(nodes.map((n) => n.role)).toEqual(['client', 'server']);
    const shared = { mbps: 7, delayMs: 15, queuePackets: 9, jitterMs: 2, mtu: 1400 };
    expect(links).toEqual([
      expect.objectContaining({ from: 0, to: 1, direction: 'up', ...shared }),
      expect.objectContaining({ from: 1, to: 0, direction: 'down', ...shared }),
    ]);
    expect(ends).toEqual([[0, 1]]);
    expect([routes[0]?.[1], routes[1]?.[0]]).toEqual([0, 1]);
  });

  it('a direction overrides what it names and nothing else', () => {
    const [up, down] = expand(
      valid({
        path: { rttMs: 40, mbps: 20, queuePackets: 50, down: { mbps: 5, queuePackets: 7 }, up: { delayMs: 1 } },
      }),
    ).links;
    expect(up).toMatchObject({ mbps: 20, delayMs: 1, queuePackets: 50 });
    expect(down).toMatchObject({ mbps: 5, delayMs: 20, queuePackets: 7 });
  });

  it('each direction gets the rules that are its own', () => {
    const [up, down] = expand(
      valid({
        path: {
          loss: [
            { dir: 'down', data: [1] },
            { dir: 'up', rate: 0.5 },
            { dir: 'down', rate: 0.1 },
          ],
        },
      }),
    ).links;
    expect(up?.loss).toHaveLength(1);
    expect(down?.loss).toHaveLength(2);
  });
});

describe('the graph', () => {
  const nodes: ScenarioInput['nodes'] = [{ name: 'a' }, { name: 'r', role: 'router' }, { name: 'b', role: 'server' }];
  const links: ScenarioInput['links'] = [
    { name: 'first', from: 'a', to: 'r', delayMs: 5 },
    { from: 'r', to: 'b', mbps: 3, back: { mbps: 9 } },
  ];
  const ends: ScenarioInput['flows'] = [{ client: 'a', server: 'b' }];

  it('makes two directions of each link, the way back with its own values', () => {
    const { links: made } = expand(valid({ nodes, links, flows: ends }));
    expect(made.map(({ from, to, mbps, delayMs, direction }) => [from, to, mbps, delayMs, direction])).toEqual([
      [0, 1, 20, 5, 'up'],
      [1, 0, 20, 5, 'down'],
      [1, 2, 3, 20, 'up'],
      [2, 1, 9, 20, 'down'],
    ]);
  });

  it('knows from each node the next link to each other', () => {
    const { routes } = expand(valid({ nodes, links, flows: ends }));
    expect([routes[0]?.[2], routes[1]?.[2], routes[2]?.[0], routes[1]?.[0]]).toEqual([0, 2, 3, 1]);
    expect(routes[0]?.[0]).toBe(-1);
  });

  it('a rule that names a link stands on that one only; one that does not, on all of its direction', () => {
    const { links: made } = expand(
      valid({
        nodes,
        links,
        flows: ends,
        path: {
          loss: [
            { dir: 'down', link: 'first', data: [1] },
            { dir: 'down', rate: 0.1 },
          ],
        },
      }),
    );
    expect(made.map((link) => link.loss.length)).toEqual([0, 2, 0, 1]);
  });
});
