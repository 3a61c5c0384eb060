import { queue } from '../../figure/series/queue.ts';
import { rtt } from '../../figure/series/rtt.ts';
import { timeSequence } from '../../figure/series/timesequence.ts';
import type { Layout } from '../../figure/types.ts';
import type { PanelName } from '../../session/address/state.ts';

/** Figures that the first picture does not need. */
export const more = { rtt, queue, timesequence: timeSequence } satisfies Partial<Record<PanelName, Layout>>;
