import type { Way } from '../scenario/ways.ts';
import type { Trace } from '../trace/types.ts';
import { struck } from './strike.ts';
import type { Strike } from './strike.ts';

/** What a comparison loads when it is first asked for: few do, and nobody for the first picture. */
export { waysOf } from '../scenario/ways.ts';

/** The ways with one loss in each; none of them is what is shown, which loses nothing. */
export const struckIn = (
  ways: readonly Way[],
  before: readonly Trace[],
  strike: Strike,
): readonly Pick<Way, 'scenario' | 'shown'>[] =>
  ways.map(({ scenario }, k) => ({ scenario: struck(scenario, before[k] ?? null, strike), shown: false }));
