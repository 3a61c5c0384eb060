import type { Trace } from '../types.ts';

/** Search structures of one trace, each built when it is first asked for and remembered with the trace. */
export class TraceIndex {
  constructor(readonly trace: Trace) {}
}

const known = new WeakMap<Trace, TraceIndex>();

/** The index of a trace: one object per trace, as long as the trace lives. */
export const traceIndex = (trace: Trace): TraceIndex => {
  let index = known.get(trace);
  if (!index) known.set(trace, (index = new TraceIndex(trace)));
  return index;
};
