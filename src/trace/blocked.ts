import { isUpward } from './direction.ts';
import { Fate, NONE, SpanKind } from './types.ts';
import type { Trace } from './types.ts';

/** Bytes [from, to) of a stream. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** Whether bytes [from, to) touch any of `ranges`, which are in order and apart. */
const touches = (ranges: readonly ByteRange[], from: number, to: number): boolean => {
  let lo = 0;
  let hi = ranges.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if ((ranges[mid] as ByteRange).to <= from) lo = mid + 1;
    else hi = mid;
  }
  return (ranges[lo]?.from ?? Infinity) < to;
};

/** When the first byte of `ranges` that lies behind the hole of `span` was at the receiver; Infinity where none was in time. */
const waitingSince = (trace: Trace, span: number, ranges: readonly ByteRange[]): number => {
  const { packets: p, spans: s } = trace;
  const flow = s.flow[span] as number;
  const hole = s.a[span] as number;
  const end = s.end[span] as number;
  const down = trace.flows[flow]?.client.node === s.node[span];
  let since = Infinity;
  const made = s.packet[span] as number;
  // What lies behind the hole was sent after the packet that made it; a capture may know its repair alone.
  const isUnseen = made >= 0 && (p.nth[made] as number) > 1 && p.retransmissionOf[made] === NONE;
  for (let i = isUnseen ? 0 : Math.max(0, made); i < trace.packetCount && (p.sent[i] as number) < end; i++) {
    if (p.flow[i] !== flow || (p.payload[i] as number) === 0 || p.fate[i] !== Fate.Delivered) continue;
    const offset = p.offset[i] as number;
    if (offset <= hole || !touches(ranges, offset, offset + (p.payload[i] as number))) continue;
    const arrived = p.arrived[i] as number;
    if (arrived < since && arrived < end && isUpward(trace, i) !== down) since = arrived;
  }
  return Math.max(since, s.start[span] as number);
};

/**
 * Length in ns of the union of the intervals in which bytes of `ranges` lay at `node` and could not be delivered for want
 * of earlier ones. `spans`: the rows of one flow. `ranges` null: any bytes of the flow.
 */
export const blockedTime = (
  trace: Trace,
  spans: Iterable<number>,
  node: number,
  ranges: readonly ByteRange[] | null,
): number => {
  const s = trace.spans;
  const intervals: [number, number][] = [];
  for (const i of spans) {
    if (s.kind[i] !== SpanKind.Blocked || s.node[i] !== node) continue;
    const start = ranges === null ? (s.start[i] as number) : waitingSince(trace, i, ranges);
    if (start < (s.end[i] as number)) intervals.push([start, s.end[i] as number]);
  }
  return unionOf(intervals);
};

/** The same for a stream of QUIC: bytes that lay behind a hole of it. What waits for QPACK's table is told apart (`HttpHeld`). */
export const streamBlockedTime = (trace: Trace, spans: Iterable<number>, node: number, stream: number): number => {
  const s = trace.spans;
  const intervals: [number, number][] = [];
  for (const i of spans)
    if (s.kind[i] === SpanKind.StreamBlocked && s.node[i] === node && s.a[i] === stream)
      intervals.push([s.start[i] as number, s.end[i] as number]);
  return unionOf(intervals);
};

/** Length of the union of intervals. */
const unionOf = (intervals: [number, number][]): number => {
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
