import { describe, expect, it } from 'vitest';
import { play } from '../../src/engine/network/layers.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import type { Scenario } from '../../src/scenario/schema.ts';
import { ownKind, waysOf, withHttp, httpChoices } from '../../src/scenario/ways.ts';
import { phasesOf } from '../../src/trace/query/phases.ts';

const page = (more: object = {}): Scenario => {
  const scenario = validateScenario({
    roundtrip: 1,
    path: { rttMs: 100, mbps: 100 },
    flows: [
      {
        name: 'page',
        tls: { version: '1.3' },
        requests: [{ id: 'all', responseBytes: 3000 }],
        ...more,
      },
    ],
  });
  if (!scenario.ok) throw new Error(JSON.stringify(scenario.problems));
  return scenario.value;
};
/** Whole round trips until the first byte. */
const trips = async (scenario: Scenario): Promise<number> => {
  const { wanted, firstByte } = phasesOf(await play(scenario), 0);
  return Math.round((firstByte - wanted) / 100e6);
};

describe('ways to load the same page', () => {
  it('are versions where HTTP is spoken, else handshakes', () => {
    expect(ownKind(page())).toBe('handshakes');
    expect(ownKind(page({ http: { version: '2' } }))).toBe('versions');
  });

  it('as handshakes take from four round trips to one', async () => {
    const ways = waysOf(page({ http: { version: '2' } }), 'handshakes');
    const taken = await Promise.all(ways.map(async ({ name, scenario }) => [name, await trips(scenario)]));
    expect(taken).toEqual([
      ['TLS 1.2', 4],
      ['TLS 1.3', 3],
      ['TLS 1.3, resumed', 3],
      ['TLS 1.3, 0-RTT', 2],
      ['TLS 1.3, Fast Open', 2],
      ['0-RTT, Fast Open', 1],
    ]);
    expect(ways.filter(({ shown }) => shown).map(({ name }) => name)).toEqual(['TLS 1.3']);
  });

  it('as handshakes of QUIC know neither TLS 1.2 nor Fast Open', () => {
    const three = withHttp(
      page(),
      httpChoices.find(({ id }) => id === '3')!,
    );
    expect(waysOf(three, 'handshakes').map(({ name }) => name)).toEqual(['QUIC, 1.3', 'QUIC, resumed', 'QUIC, 0-RTT']);
  });

  it('at their best differ in version, handshake and Fast Open', async () => {
    const ways = waysOf(page({ http: { version: '3' } }), 'best');
    expect(await Promise.all(ways.map(({ scenario }) => trips(scenario)))).toEqual([4, 3, 2, 2, 1]);
    expect(ways.filter(({ shown }) => shown).map(({ name }) => name)).toEqual(['HTTP/3']);
  });

  it.each(['http-compared', 'compared-clean', 'one-lost-segment'])('%s stays valid by each of them', (name) => {
    const scenario = validateScenario(presets.find((one) => one.name === name)?.scenario);
    if (!scenario.ok) throw new Error(name);
    for (const kind of ['versions', 'handshakes', 'best'] as const)
      for (const way of waysOf(scenario.value, kind))
        expect(validateScenario(way.scenario), way.name).toMatchObject({ ok: true });
  });
});
