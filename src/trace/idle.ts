import { traceIndex } from './query/index.ts';
import { isLost } from './types.ts';
import type { Trace } from './types.ts';

/**
 * Stretches of more than `least` ns in which no packet is under way on any link and nothing happens at any node, in
 * order: [from, to], ns. After its own end, up to `end`, a run is idle.
 */
export const idleStretches = (trace: Trace, least: number, end: number = trace.end): (readonly [number, number])[] => {
  const { packets: p, events, deliveries, spans } = trace;
  const index = traceIndex(trace);
  const delays = trace.links.map((_, link) => index.linkDelay(link));
  const found: (readonly [number, number])[] = [];
  let until = 0;
  // Once for each trace, but over a million rows while somebody waits for the picture.
  const { sent, end: served, arrived, fate, link } = p;
  for (let i = 0; i < trace.packetCount; i++) {
    const from = sent[i] as number;
    if (from - until > least) found.push([until, from]);
    let to = Math.max(served[i] as number, arrived[i] as number);
    // A lost packet's way is drawn to where it would have arrived.
    if (isLost(fate[i] as number))
      to = Math.max(to, Math.max(from, served[i] as number) + (delays[link[i] as number] as number));
    if (to > until) until = to;
    if (from > until) until = from;
  }
  if (end - until > least) found.push([until, end]);
  if (found.length === 0) return found;
  const instants: number[] = [];
  const note = (times: ArrayLike<number>, count: number): void => {
    for (let i = 0; i < count; i++) {
      const time = times[i] as number;
      if (found.some(([from, to]) => time > from && time < to)) instants.push(time);
    }
  };
  note(events.time, trace.eventCount);
  note(deliveries.time, trace.deliveryCount);
  note(spans.start, trace.spanCount);
  note(spans.end, trace.spanCount);
  instants.sort((a, b) => a - b);
  return found.flatMap(([from, to]) => {
    const edges = [from, ...instants.filter((time) => time > from && time < to), to];
    return edges
      .slice(1)
      .map((edge, k) => [edges[k] as number, edge] as const)
      .filter(([start, stop]) => stop - start > least);
  });
};
