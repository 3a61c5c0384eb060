import type { Layout } from '../types.ts';
import { areEndsHidden } from '../observer.ts';
import { unseen } from '../unseen.ts';
import { inFlight } from './inflight.ts';
import { cwndPanel } from './window.ts';

/** How much may be on its way: the congestion window, or what stands in for it in a capture. */
export const window: Layout = (input) =>
  cwndPanel(input) ?? (areEndsHidden(input) ? unseen(input, 'window', 'In flight') : inFlight(input));
