import { describe, expect, it } from 'vitest';
import { play } from '../../src/engine/network/layers.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import type { Scenario } from '../../src/scenario/schema.ts';
import { waysOf } from '../../src/scenario/ways.ts';
import { blockings } from '../../src/trace/query/streams/blockings.ts';
import type { Trace, TraceRequest } from '../../src/trace/types.ts';

const scenarioOf = (name: string): Scenario => {
  const valid = validateScenario(presets.find((preset) => preset.name === name)?.scenario);
  if (!valid.ok) throw new Error(JSON.stringify(valid.problems));
  return valid.value;
};
const done = (trace: Trace): number =>
  Math.max(...trace.requests.map(({ completion }) => completion ?? Infinity)) / 1e6;
const began = (trace: Trace): number => Math.min(...trace.requests.map(({ firstByte }) => firstByte ?? Infinity)) / 1e6;
const byId = (trace: Trace, id: string): TraceRequest => trace.requests.find((one) => one.id === id) as TraceRequest;

describe('whole pages', () => {
  it('the news page has eighty resources of three origins, and all come', async () => {
    const trace = await play(scenarioOf('news-page'));
    expect(trace.requests).toHaveLength(80);
    expect(trace.flows).toHaveLength(3);
    expect(done(trace)).toBeLessThan(1500);
  });

  it('the slowest call of the fan-out decides when the last one is asked', async () => {
    const trace = await play(scenarioOf('api-fan-out'));
    const many = trace.requests.filter(({ id }) => id.startsWith('item'));
    const slowest = Math.max(...many.map(({ completion }) => completion ?? 0));
    expect(byId(trace, 'summary').sent ?? 0).toBeGreaterThanOrEqual(slowest);
  });

  it('each click overtakes the film, and waits for more than its round trip', async () => {
    const trace = await play(scenarioOf('big-beside-small'));
    const film = byId(trace, 'film');
    const clicks = trace.requests.filter(({ id }) => id.startsWith('click'));
    for (const { sent, firstByte, completion } of clicks) {
      expect(completion ?? Infinity).toBeLessThan(film.completion ?? 0);
      expect(((firstByte ?? 0) - (sent ?? 0)) / 1e6).toBeGreaterThan(90);
    }
  });

  it('a small stream window holds the large answer only', async () => {
    const trace = await play(scenarioOf('http2-flow-control'));
    const held = blockings(trace).filter(({ layer }) => layer === 'flow');
    expect(held.length).toBeGreaterThan(5);
    expect(new Set(held.map(({ request }) => trace.requests[request]?.id))).toEqual(new Set(['big']));
  });
});

describe('where HTTP/3 does not win', () => {
  it.each(['compared-clean', 'compared-one-big'])(
    '%s: the first byte comes earlier, the last one with the others',
    async (name) => {
      const ways = waysOf(scenarioOf(name));
      const runs = await Promise.all(ways.map(({ scenario }) => play(scenario)));
      const ends = runs.map(done);
      expect(Math.max(...ends) / Math.min(...ends)).toBeLessThan(1.05);
      const third = runs[ways.findIndex((way) => way.name === 'HTTP/3')] as Trace;
      for (const trace of runs) if (trace !== third) expect(began(third)).toBeLessThan(began(trace) - 30);
    },
  );
});
