import type { Beat } from '../scenario/beats.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Measured } from './measured.ts';
import { isLossy, lossless, pathOf } from './scenario/path.ts';
import type { Strike } from './strike.ts';

/** Where the faint other future comes from. */
export type GhostOf =
  | { readonly kind: 'none' }
  /** The same scenario with nothing lost by rule or hand. */
  | { readonly kind: 'lossless' }
  /** The run before the last touch of a hand. */
  | { readonly kind: 'untouched' }
  | { readonly kind: 'scenario'; readonly scenario: Scenario };

/** What undo and redo go through: one scenario, where it came from, and what it is compared with. */
export interface Document {
  /** Short name of the preset that it began as; null: a file. */
  readonly preset: string | null;
  readonly scenario: Scenario;
  readonly ghost: GhostOf;
  /** What was done to come here, for the words of Undo: also what changes no run that is shown. */
  readonly did: string;
  /** What the run was last changed by, for the words over it; empty: it is as it was opened. */
  readonly changed: string;
  /** What is lost in every way of a comparison, and in none outside of it. */
  readonly strike?: Strike;
  /** The page load that the scenario was made after, and what of it was measured and what is modelled. */
  readonly after?: { readonly measured: Measured; readonly notes: readonly string[] };
}

/** A document as it opens: a lossy scenario is compared with its lossless self. */
export const opened = (scenario: Scenario, preset: string | null): Document => ({
  preset,
  scenario,
  ghost: isLossy(scenario) ? { kind: 'lossless' } : { kind: 'none' },
  did: '',
  changed: '',
});

/** The scenario that the ghost is a run of; null where there is none, or where it would be the same run. */
export const ghostScenario = (document: Document): Scenario | null => {
  const { scenario, ghost } = document;
  switch (ghost.kind) {
    case 'none':
      return null;
    case 'lossless':
      return isLossy(scenario) ? lossless(scenario) : null;
    case 'untouched': {
      const path = pathOf(scenario);
      return path.touched.length > 0 ? { ...scenario, path: { ...path, touched: path.touched.slice(0, -1) } } : null;
    }
    case 'scenario':
      return ghost.scenario;
  }
};

/** The same run with other beats; without any, the scenario has no such key. */
export const withBeats = (scenario: Scenario, beats: readonly Beat[] = []): Scenario => {
  const { beats: _gone, ...run } = scenario;
  return beats.length > 0 ? { ...run, beats: [...beats] } : run;
};
