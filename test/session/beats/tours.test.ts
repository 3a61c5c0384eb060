import { describe, expect, test } from 'vitest';
import { layersFor } from '../../../src/engine/network/layers.ts';
import { run } from '../../../src/engine/network/run.ts';
import { tours } from '../../../src/scenario/tours/index.ts';
import { waysOf } from '../../../src/scenario/ways.ts';
import { sentenceOf, verdictOf } from '../../../src/session/beats/sentence.ts';
import { valueOf } from '../../../src/session/beats/values.ts';
import type { Told } from '../../../src/session/beats/values.ts';
import { findPacket, parseIdentity } from '../../../src/session/identity.ts';
import { scenarioOf } from '../lossy.ts';
import { NS_PER_MS } from '../../../src/base/time.ts';

const toldBy = async (name: string, withWays = false): Promise<Told> => {
  const scenario = scenarioOf(tours.find((one) => one.name === name)!.scenario);
  const trace = run(scenario, await layersFor([scenario]));
  const ways = withWays ? waysOf(scenario) : [];
  const beside = await Promise.all(
    ways.map(async (way) => ({ name: way.name, trace: run(way.scenario, await layersFor([way.scenario])) })),
  );
  return { trace, scenario, beside };
};
const number = (told: Told, expression: string): number => valueOf(told, expression)?.value ?? Number.NaN;

describe('what tours claim beside their numbers', () => {
  test('TLS 1.3 saves one round trip', async () => {
    const told = await toldBy('tour-tls13');
    expect(number(told, 'tls12/firstByte - tls13/firstByte + tls13/start rtt')).toBeCloseTo(1, 1);
  });

  test('one large file is hardly sooner complete by HTTP/3', async () => {
    const told = await toldBy('tour-http3-not', true);
    const ratio = number(told, 'completion') / number(told, 'HTTP/2: completion');
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(1.05);
  });

  test('of twelve streams of HTTP/3 one stands still, r09', async () => {
    const told = await toldBy('tour-http3-loss');
    const ids = Array.from({ length: 12 }, (_, i) => `r${String(i + 1).padStart(2, '0')}`);
    expect(ids.filter((id) => number(told, `page/${id}/blocked`) > 0)).toEqual(['r09']);
  });

  test('of HTTP/2 several wait for the one that lost bytes', async () => {
    const told = await toldBy('tour-http2-loss');
    const waiting = ['r03', 'r04', 'r05'].filter((id) => number(told, `page/${id}/blocked`) > 0);
    expect(waiting.length).toBeGreaterThan(1);
  });
});

describe('tours', () => {
  test('there are eleven, each with a name of its own', () => {
    expect(new Set(tours.map(({ name }) => name)).size).toBe(11);
  });

  test.each(tours.map((one) => [one.name, one] as const))(
    '%s: every number comes from the run, every packet is there, every question is decided',
    async (_, preset) => {
      const scenario = scenarioOf(preset.scenario);
      const trace = run(scenario, await layersFor([scenario]));
      const beats = scenario.beats ?? [];
      const compares = beats.some(({ show }) => show?.includes('compare'));
      const ways = compares ? waysOf(scenario) : [];
      const beside: Told['beside'] = await Promise.all(
        ways.map(async ({ name, scenario: other }) => ({ name, trace: run(other, await layersFor([other])) })),
      );
      const told: Told = { trace, scenario, beside };
      expect(beats.length).toBeGreaterThanOrEqual(3);
      expect(beats.length).toBeLessThanOrEqual(9);
      for (const beat of beats) {
        const said = sentenceOf(told, `${beat.say} ${beat.ask?.say ?? ''}`);
        expect(said, beat.say).not.toMatch(/[{}]|–/);
        expect(beat.say.length).toBeGreaterThan(20);
        expect(beat.at * NS_PER_MS, beat.say).toBeLessThanOrEqual(trace.end);
        if (beat.packet !== undefined) {
          const identity = parseIdentity(beat.packet);
          expect(identity && findPacket(trace, identity), beat.packet).toBeGreaterThanOrEqual(0);
        }
        if (beat.ask) expect(verdictOf(told, beat.ask)?.right, beat.ask.say).toHaveLength(1);
      }
      // Behind what is claimed stands its RFC.
      expect(beats.map(({ say }) => say).join(' ')).toMatch(/RFC \d{4} §/);
    },
  );
});
