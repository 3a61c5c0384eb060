import { run } from '../../src/engine/network/run.ts';
import { presets } from '../../src/scenario/presets.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import type { Scenario, ScenarioInput } from '../../src/scenario/schema.ts';
import type { Trace } from '../../src/trace/types.ts';

export const scenarioOf = (input: ScenarioInput): Scenario => {
  const scenario = validateScenario(input);
  if (!scenario.ok) throw new Error(JSON.stringify(scenario.problems));
  return scenario.value;
};

/** A small transfer of which one segment is lost: 40 KB, so that a test runs it in a blink. */
export const small: ScenarioInput = {
  roundtrip: 1,
  title: 'Small',
  path: { rttMs: 40, mbps: 20, loss: [{ dir: 'down', data: [12] }] },
  flows: [{ name: 'page', requests: [{ id: 'all', requestBytes: 100, responseBytes: 40_000 }] }],
};

export const smallTrace = (): Trace => run(scenarioOf(small));
export const firstPreset = presets[0]!;
export const presetTrace = (): Trace => run(scenarioOf(firstPreset.scenario));
