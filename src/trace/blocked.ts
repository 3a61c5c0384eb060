import { isUpward } from './direction.ts';
import { Fate, NONE, SpanKind } from './types.ts';
import type { Trace } from './types.ts';

/** Bytes [from, to) of a stream. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** When the first byte of `range` that lies behind the hole of `span` was at the receiver; Infinity where none was in time. */
const waitingSince = (trace: Trace, span: number, range: ByteRange): number => {
  const { packets: p, spans: s } = trace;
  const flow = s.flow[span] as number;
  const hole = s.a[span] as number;
  const end = s.end[span] as number;
  const down = trace.flows[flow]?.client.node === s.node[span];
  let since = Infinity;
  // What lies behind the hole was sent after the packet that made it.
  for (let i = Math.max(0, s.packet[span] as number); i < trace.packetCount && (p.sent[i] as number) < end; i++) {
    if (p.flow[i] !== flow || (p.payload[i] as number) === 0 || p.fate[i] !== Fate.Delivered) continue;
    const offset = p.offset[i] as number;
    if (offset <= hole || offset >= range.to || offset + (p.payload[i] as number) <= range.from) continue;
    const arrived = p.arrived[i] as number;
    if (arrived < since && arrived < end && isUpward(trace, i) !== down) since = arrived;
  }
  return Math.max(since, s.start[span] as number);
};

/**
 * Length in ns of the union of the intervals in which bytes of `range` lay at `node` and could not be delivered for want
 * of earlier ones. `spans`: the rows of one flow. `range` null: any bytes of the flow.
 */
export const blockedTime = (trace: Trace, spans: Iterable<number>, node: number, range: ByteRange | null): number => {
  const s = trace.spans;
  const intervals: [number, number][] = [];
  for (const i of spans) {
    if (s.kind[i] !== SpanKind.Blocked || s.node[i] !== node) continue;
    const start = range === null ? (s.start[i] as number) : waitingSince(trace, i, range);
    if (start < (s.end[i] as number)) intervals.push([start, s.end[i] as number]);
  }
  intervals.sort((a, b) => a[0] - b[0]);
  let total = 0;
  let covered = NONE as number;
  for (const [start, end] of intervals) {
    if (end <= covered) continue;
    total += end - Math.max(start, covered);
    covered = end;
  }
  return total;
};
