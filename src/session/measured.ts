import type { Result } from '../base/result.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Trace } from '../trace/types.ts';
import { opened } from './document.ts';
import type { Scene } from './Scene.ts';

/** What is played after a measured page load. */
export interface Modelled {
  readonly scenario: Scenario;
  /** What was measured, and what is modelled, in sentences. */
  readonly notes: readonly string[];
}

/** A page load that a browser measured: its waterfall, and how it is played. */
export interface Measured {
  /** Name of its file. */
  readonly name: string;
  readonly trace: Trace;
  readonly model: () => Promise<Result<Modelled>>;
}

/** Shows what was measured. */
export const showMeasured = (scene: Scene, measured: Measured): void => {
  scene.openTrace(measured.trace, {}, measured);
};

/** Plays a scenario made after what was measured; false where none can be made, and the scene says why. */
export const playMeasured = async (scene: Scene, measured: Measured): Promise<boolean> => {
  scene.busy.set(true);
  const made = await measured.model();
  scene.busy.set(false);
  if (!made.ok) return scene.refuse(made.problems);
  const { scenario, notes } = made.value;
  scene.problems.set([]);
  return scene.openDocument({ ...opened(scenario, null), after: { measured, notes } });
};
