import { play } from '../../src/engine/network/layers.ts';
import { openingView } from '../../src/export/opening.ts';
import type { SceneView } from '../../src/export/view.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';

/** A preset as the page opens it. */
export const viewOfPreset = async (name: string, theme = 'light'): Promise<SceneView> => {
  const preset = presets.find((one) => one.name === name);
  const scenario = validateScenario(preset?.scenario);
  if (!preset || !scenario.ok) throw new Error(`${name} is no preset that runs.`);
  const run = (scenarios: readonly (typeof scenario.value)[]) => Promise.all(scenarios.map((one) => play(one)));
  const view = await openingView({ preset, scenario: scenario.value }, { run, theme });
  if (!view.ok) throw new Error(JSON.stringify(view.problems));
  return view.value;
};
