import type { Result } from '../base/result.ts';
import type { Preset } from '../scenario/presets.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Trace } from '../trace/types.ts';
import type { Document } from './document.ts';
import type { Frames } from './frames.ts';
import type { Measured } from './measured.ts';
import type { Runner } from './runQueue.ts';

/** What is shown: one trace, the other future, and the scenario that both came from (null: a capture). */
export interface Shown {
  readonly trace: Trace;
  readonly ghost: Trace | null;
  readonly document: Document | null;
  /** The trace is a page load that a browser measured. */
  readonly measured?: Measured;
}

/** A walk along causes: back ("why") or on ("effect"). */
export interface Lit {
  readonly kind: 'why' | 'effect';
  readonly packets: readonly number[];
}

export interface SceneParts {
  readonly runner: Runner;
  /** A second worker, for runs beside the one that is shown; absent: the same. */
  readonly besides?: () => Runner;
  readonly frames: Frames;
  /** Presets that are there at once; the first is where a scene opens that names none. */
  readonly presets: readonly Preset[];
  /** All presets, loaded when first asked for; absent: there are no others. */
  readonly more?: () => Promise<readonly Preset[]>;
  readonly validate: (input: unknown) => Result<Scenario> | Promise<Result<Scenario>>;
  /** Monotonic clock in ms. */
  readonly now: () => number;
}
