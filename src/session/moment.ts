import { upperBound } from '../base/bisect.ts';
import type { Nanos } from '../base/time.ts';
import { traceIndex } from '../trace/query/index.ts';
import { SpanKind } from '../trace/types.ts';
import type { Trace } from '../trace/types.ts';
import { stateStarts } from './instants.ts';

/** What holds at an instant, for the slider's words, the live region and the state charts. */
export interface Moment {
  readonly time: Nanos;
  /** State of each end by its node, in the order of `trace.nodes`; ends without a state are left out. */
  readonly states: readonly {
    readonly node: number;
    readonly name: string;
    readonly label: string;
    readonly span: number;
  }[];
  /** Packets that are on a link. */
  readonly inFlight: number;
}

/** Row of the state span that holds for a node and flow at `time`; −1 before the first. */
export const stateSpanAt = (trace: Trace, node: number, flow: number, time: number): number => {
  const { rows } = traceIndex(trace).spans(SpanKind.State);
  const { node: nodes, flow: flows } = trace.spans;
  const starts = stateStarts(trace);
  for (let k = upperBound(starts, time) - 1; k >= 0; k--) {
    const row = rows[k] as number;
    if (nodes[row] === node && flows[row] === flow) return row;
  }
  return -1;
};

export const momentAt = (trace: Trace, time: Nanos, flow = 0): Moment => {
  const states: Moment['states'][number][] = [];
  trace.nodes.forEach((node, index) => {
    const span = stateSpanAt(trace, index, flow, time);
    if (span < 0) return;
    states.push({ node: index, name: node.name, label: trace.labels[trace.spans.label[span] as number] ?? '', span });
  });
  let inFlight = 0;
  const { arrived } = trace.packets;
  traceIndex(trace).pyramid.underway.visit(time, time, (i) => {
    if ((arrived[i] as number) > time) inFlight++;
  });
  return { time, states, inFlight };
};
