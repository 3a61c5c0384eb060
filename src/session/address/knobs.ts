import type { Scenario } from '../../scenario/schema.ts';
import { withRandomLoss, withRate, withRtt } from '../scenario/edits.ts';
import { lossless, withPath } from '../scenario/path.ts';
import type { Knobs } from './state.ts';

/** The scenario with the path as a link says it. What `loss` names is all that is lost. */
export const withKnobs = (scenario: Scenario, { rttMs, mbps, loss }: Knobs): Scenario => {
  let next = scenario;
  if (rttMs !== undefined) next = withRtt(next, rttMs);
  if (mbps !== undefined) next = withRate(next, mbps);
  if (loss === undefined) return next;
  next = lossless(next);
  if ('rate' in loss) return withRandomLoss(next, loss.rate);
  return loss.length === 0 ? next : withPath(next, { loss: [{ dir: 'down', data: [...loss], at: 'egress' }] });
};
