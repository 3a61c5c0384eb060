import { compare } from '../../figure/compare/layout.ts';
import { keys } from '../../figure/keys/layout.ts';
import { matters } from '../../figure/matters/layout.ts';
import { queue } from '../../figure/series/queue.ts';
import { rtt } from '../../figure/series/rtt.ts';
import { standing } from '../../figure/series/standing.ts';
import { window } from '../../figure/series/sending.ts';
import { timeSequence } from '../../figure/series/timesequence.ts';
import { streams } from '../../figure/streams/layout.ts';
import { waterfall } from '../../figure/waterfall/layout.ts';
import type { Layout } from '../../figure/types.ts';
import type { PanelName } from '../../session/address/state.ts';

/** Figures that the first picture does not need. */
export const more = {
  window: standing(window),
  rtt: standing(rtt),
  queue: standing(queue),
  timesequence: standing(timeSequence),
  compare,
  keys,
  matters,
  waterfall,
  streams,
} satisfies Partial<Record<PanelName, Layout>>;
