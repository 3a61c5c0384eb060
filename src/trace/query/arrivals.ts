import { upperBound } from '../../base/bisect.ts';
import { Fate } from '../types.ts';
import type { Trace } from '../types.ts';

/** Whether the bytes of packet `i` had to wait at the receiver for earlier ones. */
export type IsBlocked = (i: number) => boolean;

/** Running sums of what arrived over one link, in order of arrival. */
export interface Arrivals {
  readonly time: Float64Array;
  /** IP bytes up to and with entry k. */
  readonly bytes: Float64Array;
  /** The part of them that then waited for earlier bytes. */
  readonly waiting: Float64Array;
  /** How long the last bits of entry k took to come in: its serialization. */
  readonly duration: Float64Array;
}

const arrives = (fate: number): boolean => fate === Fate.Delivered || fate === Fate.Unknown;

/** Arrivals over `link`, of one flow or of all (null). */
export const arrivalsOf = (trace: Trace, link: number, flow: number | null, isBlocked: IsBlocked): Arrivals => {
  const p = trace.packets;
  const { link: links, flow: flows, fate, arrived } = p;
  let rows = new Int32Array(trace.packetCount);
  let count = 0;
  let sorted = true;
  let last = -Infinity;
  for (let i = 0; i < trace.packetCount; i++) {
    if (links[i] !== link || (flow !== null && flows[i] !== flow) || !arrives(fate[i] as number)) continue;
    const at = arrived[i] as number;
    if (at < last) sorted = false;
    last = at;
    rows[count++] = i;
  }
  rows = rows.slice(0, count);
  // Only jitter reorders a link.
  if (!sorted) rows = rows.sort((a, b) => (p.arrived[a] as number) - (p.arrived[b] as number) || a - b);
  const time = new Float64Array(count);
  const bytes = new Float64Array(count);
  const waiting = new Float64Array(count);
  const duration = new Float64Array(count);
  let sum = 0;
  let waits = 0;
  for (let k = 0; k < count; k++) {
    const i = rows[k] as number;
    const size = p.size[i] as number;
    sum += size;
    if (isBlocked(i)) waits += size;
    time[k] = p.arrived[i] as number;
    bytes[k] = sum;
    waiting[k] = waits;
    duration[k] = (p.end[i] as number) - (p.start[i] as number);
  }
  return { time, bytes, waiting, duration };
};

/** Bytes that had come in by `t`, a packet counting bit by bit: so that no rate exceeds the link's. */
export const arrivedBy = (arrivals: Arrivals, t: number, what: 'bytes' | 'waiting' = 'bytes'): number => {
  const k = upperBound(arrivals.time, t);
  const sums = arrivals[what];
  const whole = k > 0 ? (sums[k - 1] as number) : 0;
  if (k >= arrivals.time.length) return whole;
  const duration = arrivals.duration[k] as number;
  if (!(duration > 0)) return whole;
  const part = 1 - ((arrivals.time[k] as number) - t) / duration;
  return part > 0 ? whole + ((sums[k] as number) - whole) * part : whole;
};
