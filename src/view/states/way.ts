import type { ChartPosition } from '../../figure/statechart/types.ts';
import { traceIndex } from '../../trace/query/index.ts';
import { SpanKind } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';

/** Which machine: the transport's, or that of the TLS handshake. */
export type Machine = typeof SpanKind.State | typeof SpanKind.TlsState;

/** Rows of the state spans of one end of a flow, in order of time. */
export const stateRows = (
  trace: Trace,
  node: number,
  flow: number,
  machine: Machine = SpanKind.State,
): readonly number[] =>
  [...traceIndex(trace).spans(machine).rows].filter(
    (row) => trace.spans.node[row] === node && trace.spans.flow[row] === flow,
  );

const labelOf = (trace: Trace, row: number): string => trace.labels[trace.spans.label[row] as number] ?? '';

/** Where the machine of an end stands at `time`, and the way that it took. */
export const positionAt = (
  trace: Trace,
  node: number,
  flow: number,
  time: number,
  machine: Machine = SpanKind.State,
): ChartPosition => {
  const passed = stateRows(trace, node, flow, machine).filter((row) => (trace.spans.start[row] as number) <= time);
  const taken = passed.map((row) => labelOf(trace, row));
  return { present: taken.at(-1) ?? null, taken };
};

/** The last span of an end in the state of this name that began by `time`, else its first; −1 where it never was in it. */
export const spanOf = (
  trace: Trace,
  node: number,
  flow: number,
  state: string,
  time: number,
  machine: Machine = SpanKind.State,
): number => {
  const rows = stateRows(trace, node, flow, machine).filter((row) => labelOf(trace, row) === state);
  return rows.filter((row) => (trace.spans.start[row] as number) <= time).at(-1) ?? rows[0] ?? -1;
};
