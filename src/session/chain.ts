import { why } from '../trace/causes.ts';
import { effects } from '../trace/effects.ts';
import { NONE } from '../trace/types.ts';
import type { Trace } from '../trace/types.ts';

/** The packets on the way back to what brought `packet` about, or on to what it brought about; each once. */
export const chainOf = (trace: Trace, packet: number, kind: 'why' | 'effect'): number[] => {
  const steps = kind === 'why' ? why(trace, packet) : effects(trace, packet);
  return [...new Set(steps.map((step) => step.packet).filter((row) => row !== NONE))];
};
