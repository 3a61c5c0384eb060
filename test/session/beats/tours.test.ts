import { describe, expect, test } from 'vitest';
import { layersFor } from '../../../src/engine/network/layers.ts';
import { run } from '../../../src/engine/network/run.ts';
import { tours } from '../../../src/scenario/tours/index.ts';
import { waysOf } from '../../../src/scenario/ways.ts';
import { sentenceOf, verdictOf } from '../../../src/session/beats/sentence.ts';
import type { Told } from '../../../src/session/beats/values.ts';
import { findPacket, parseIdentity } from '../../../src/session/identity.ts';
import { scenarioOf } from '../lossy.ts';
import { NS_PER_MS } from '../../../src/base/time.ts';

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
      // Two readings of the same page agree.
      expect(beats.map(({ say }) => sentenceOf(told, say))).toMatchSnapshot();
    },
  );
});
