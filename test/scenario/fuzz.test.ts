import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layersFor } from '../../src/engine/network/layers.ts';
import { run } from '../../src/engine/network/run.ts';
import { presets } from '../../src/scenario/presets.ts';
import { parseScenario, validateScenario } from '../../src/scenario/parse.ts';

/** Replaces one leaf or branch of a value, found by walking `steps`, by `other`. */
const mutate = (value: unknown, steps: readonly number[], other: unknown): unknown => {
  const [step = 0, ...rest] = steps;
  if (steps.length === 0 || typeof value !== 'object' || value === null) return other;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return other;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
  copy[key] = mutate(copy[key], rest, other);
  return copy;
};

/** Everything that a scenario may need. */
const layers = await layersFor(
  presets.map((preset) => validateScenario(preset.scenario)).flatMap((result) => (result.ok ? [result.value] : [])),
);
const scenarios = presets.map((preset) => preset.scenario as unknown);
const steps = fc.array(fc.nat(20), { maxLength: 6 });
const other = fc.oneof(fc.jsonValue(), fc.constantFrom(-1, 0, 1, 0.5, 1e300, -0, '', 'x', null, [], {}, true));

describe('any JSON', () => {
  it('is a scenario or a list of problems, never an exception', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const result = validateScenario(value);
        if (!result.ok) {
          expect(result.problems.length).toBeGreaterThan(0);
          for (const problem of result.problems) expect(problem.what.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('any text is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(typeof parseScenario(text).ok).toBe('boolean');
      }),
      { numRuns: 500 },
    );
  });

  it('a preset with one thing changed is too; and what is taken can be played', () => {
    let played = 0;
    fc.assert(
      fc.property(fc.constantFrom(...scenarios), steps, other, (scenario, path, value) => {
        const result = validateScenario(mutate(scenario, path, value));
        if (!result.ok) return;
        const bytes = result.value.flows.reduce(
          (sum, f) => sum + f.requests.reduce((s, r) => s + r.responseBytes + r.requestBytes, 0),
          0,
        );
        if (bytes > 2_000_000) return;
        const trace = run({ ...result.value, durationMs: Math.min(result.value.durationMs, 2000) }, layers);
        expect(trace.packetCount).toBeGreaterThanOrEqual(0);
        played++;
      }),
      { numRuns: 400, seed: 7 },
    );
    expect(played).toBeGreaterThan(10);
  });

  it('every preset is a scenario', () => {
    for (const preset of presets) expect(validateScenario(preset.scenario)).toMatchObject({ ok: true });
  });
});
