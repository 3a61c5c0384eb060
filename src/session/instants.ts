import { lowerBound, upperBound } from '../base/bisect.ts';
import { nanos, ZERO } from '../base/time.ts';
import type { Nanos } from '../base/time.ts';
import { traceIndex } from '../trace/query/index.ts';
import { SpanKind } from '../trace/types.ts';
import type { Trace } from '../trace/types.ts';

const known = new WeakMap<Trace, Float64Array>();

/** Starts of the states of all ends, ascending, as `traceIndex(trace).spans(SpanKind.State).rows` has them. */
export const stateStarts = (trace: Trace): Float64Array => {
  let starts = known.get(trace);
  if (!starts) {
    const { rows } = traceIndex(trace).spans(SpanKind.State);
    starts = Float64Array.from(rows, (row) => trace.spans.start[row] as number);
    known.set(trace, starts);
  }
  return starts;
};

/**
 * The next instant after `time` at which a packet is sent, arrives or dies, or a state changes; the end of the run where
 * nothing more happens. Nothing is sorted beforehand: what can arrive before the next sending is under way already.
 */
export const nextInstant = (trace: Trace, time: Nanos): Nanos => {
  const { sent, arrived } = trace.packets;
  const following = upperBound(sent, time, trace.packetCount);
  let next = following < trace.packetCount ? (sent[following] as number) : Infinity;
  traceIndex(trace).pyramid.underway.visit(time, time, (i) => {
    const at = arrived[i] as number;
    if (at > time && at < next) next = at;
  });
  const starts = stateStarts(trace);
  const change = starts[upperBound(starts, time)];
  if (change !== undefined && change < next) next = change;
  return next === Infinity ? trace.end : nanos(Math.min(next, trace.end));
};

/** The instant before; the start of the run where there is none. */
export const previousInstant = (trace: Trace, time: Nanos): Nanos => {
  const { sent, arrived } = trace.packets;
  const before = lowerBound(sent, time, trace.packetCount) - 1;
  let previous = before >= 0 ? (sent[before] as number) : 0;
  traceIndex(trace).pyramid.underway.visit(previous, time, (i) => {
    const at = arrived[i] as number;
    if (at < time && at > previous) previous = at;
  });
  const starts = stateStarts(trace);
  const change = starts[lowerBound(starts, time) - 1];
  if (change !== undefined && change > previous) previous = change;
  return previous < 0 ? ZERO : nanos(previous);
};

/** The last instant at or before `time`: where reduced motion stands between two events. */
export const instantAt = (trace: Trace, time: Nanos): Nanos => previousInstant(trace, nanos(time + 1));
