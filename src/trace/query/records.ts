import type { TraceTls } from '../tls.ts';
import type { Trace } from '../types.ts';
import { isUpward } from '../direction.ts';

/** Bytes of a record's header (RFC 8446 §5.1). */
const HEADER = 5;

/** Rows of each direction: first, and behind the last, by 2 × flow, plus 1 for the server's. */
type Directions = ReadonlyMap<number, readonly [from: number, to: number]>;

const known = new WeakMap<TraceTls, Directions>();

const directionsOf = (tls: TraceTls): Directions => {
  const found = known.get(tls);
  if (found) return found;
  const directions = new Map<number, [number, number]>();
  for (let r = 0; r < tls.recordCount; r++) {
    const key = 2 * (tls.records.flow[r] as number) + (tls.records.up[r] === 1 ? 0 : 1);
    const range = directions.get(key);
    if (range) range[1] = r + 1;
    else directions.set(key, [r, r + 1]);
  }
  known.set(tls, directions);
  return directions;
};

/** Stream offset behind a record. */
export const recordEnd = (tls: TraceTls, record: number): number =>
  (tls.records.at[record] as number) + HEADER + (tls.records.length[record] as number);

/** Records of TLS that have bytes in a packet: [from, to) rows of `trace.tls.records`; null where there are none. */
export const recordsIn = (trace: Trace, packet: number): readonly [from: number, to: number] | null => {
  const { tls, packets } = trace;
  const payload = packets.payload[packet] as number;
  if (!tls || payload === 0) return null;
  const flow = packets.flow[packet] as number;
  const range = directionsOf(tls).get(2 * flow + (isUpward(trace, packet) ? 0 : 1));
  if (!range) return null;
  const start = packets.offset[packet] as number;
  let lo = range[0];
  let hi = range[1];
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (recordEnd(tls, mid) <= start) lo = mid + 1;
    else hi = mid;
  }
  const first = lo;
  while (lo < range[1] && (tls.records.at[lo] as number) < start + payload) lo++;
  return lo > first ? [first, lo] : null;
};
