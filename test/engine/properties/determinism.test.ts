import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScenarioInput } from '../../../src/scenario/schema.ts';
import { traceHash } from '../../../src/trace/hash.ts';
import { Fate } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { holds } from '../support/property.ts';
import { anyScenario, dataDown, download, identity, rows, simulate } from '../support/scenarios.ts';

const flow = (name: string, bytes: number, startMs = 0): ScenarioInput['flows'][number] => ({
  name,
  startMs,
  requests: [{ requestBytes: 200, responseBytes: bytes }],
});

/** Fate of each packet of flow 0, by identity. */
const fates = (trace: Trace): Map<string, number> =>
  new Map(rows(trace, (i) => trace.packets.flow[i] === 0).map((i) => [identity(trace, i), trace.packets.fate[i] ?? 0]));

describe('determinism', () => {
  it('the same scenario gives the same trace, to the last byte', () => {
    holds(anyScenario, 40, (scenario) => {
      expect(traceHash(simulate(scenario))).toBe(traceHash(simulate(structuredClone(scenario))));
    });
  });

  it('another seed gives another one, where chance has a say', () => {
    const lossy = (seed: number): ScenarioInput => ({
      ...download(200_000, { loss: [{ dir: 'down', rate: 0.05 }] }),
      seed,
    });
    const hashes = new Set([1, 2, 3, 4, 5].map((seed) => traceHash(simulate(lossy(seed)))));
    expect(hashes.size).toBe(5);
  });

  it('another flow does not reshuffle the fate of the first one’s packets', () => {
    const arbitrary = fc.record({
      seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      rate: fc.constantFrom(0.01, 0.05, 0.2),
      bytes: fc.integer({ min: 1, max: 200_000 }),
      startMs: fc.integer({ min: 0, max: 200 }),
    });
    holds(arbitrary, 40, ({ seed, rate, bytes, startMs }) => {
      const path = {
        mbps: 1000,
        loss: [
          { dir: 'down' as const, rate },
          { dir: 'up' as const, rate },
        ],
      };
      const alone = fates(simulate({ roundtrip: 1, seed, path, flows: [flow('one', 100_000)] }));
      const together = fates(
        simulate({ roundtrip: 1, seed, path, flows: [flow('one', 100_000), flow('two', bytes, startMs)] }),
      );
      let compared = 0;
      for (const [packet, fate] of alone) {
        const other = together.get(packet);
        if (other === undefined) continue;
        compared++;
        expect(other, packet).toBe(fate);
      }
      expect(compared).toBeGreaterThan(10);
    });
  });

  it('losing one packet by hand changes the fate of no packet that was sent before it, and of no identity after it', () => {
    holds(fc.integer({ min: 2, max: 150 }), 40, (nth) => {
      const path: ScenarioInput['path'] = { mbps: 50, loss: [{ dir: 'down', rate: 0.02 }] };
      const before = simulate(download(300_000, path));
      const row = dataDown(before)[nth] ?? 0;
      const offset = before.packets.offset[row] ?? 0;
      const after = simulate(
        download(300_000, {
          ...path,
          touched: [{ flow: 'page', dir: 'down', offset, nth: before.packets.nth[row] ?? 1, drop: true }],
        }),
      );
      const [old, fresh] = [fates(before), fates(after)];
      let differing = 0;
      for (const [packet, fate] of old) {
        const now = fresh.get(packet);
        if (now === undefined || now === fate) continue;
        differing++;
        expect(now).toBe(Fate.Touched);
      }
      expect(differing).toBe(before.packets.fate[row] === Fate.Delivered ? 1 : differing);
    });
  });

  it('a touched packet stays the same one when something before it changes', () => {
    const touched = [{ flow: 'page', dir: 'down' as const, offset: 41_992, nth: 1, drop: true }];
    const find = (path: ScenarioInput['path']): readonly number[] => {
      const trace = simulate(download(200_000, path));
      return rows(trace, (i) => trace.packets.fate[i] === Fate.Touched).map((i) => trace.packets.offset[i] ?? -1);
    };
    expect(find({ touched })).toEqual([41_992]);
    expect(find({ touched, loss: [{ dir: 'down', data: [3, 7] }] })).toEqual([41_992]);
    expect(find({ touched, rttMs: 90, mbps: 7 })).toEqual([41_992]);
    expect(find({ touched, loss: [{ dir: 'up', packets: [1, 3, 5] }] })).toEqual([41_992]);
  });
});
