import { upperBound } from '../../base/bisect.ts';
import { Fate, TcpFlag } from '../../trace/types.ts';
import type { PacketColumns } from '../../trace/types.ts';

/** When the first and the last new byte of an answer reached the client, ns; NaN: not (yet). */
export interface Arrival {
  first: number;
  last: number;
}

/** A part [from, to) of an answer in the stream; `owner`: which answer. */
export interface Stretch {
  readonly owner: number;
  readonly from: number;
  readonly to: number;
}

/** When the client had the answer to its SYN: what comes before it is thrown away (TCP Fast Open lets a server answer so early). */
const openSince = (
  packets: PacketColumns,
  count: number,
  flow: number,
  isInbound: (link: number) => boolean,
): number => {
  for (let i = 0; i < count; i++) {
    if (((packets.flags[i] as number) & TcpFlag.SYN) === 0 || packets.flow[i] !== flow) continue;
    if (packets.fate[i] === Fate.Delivered && isInbound(packets.link[i] as number)) return packets.arrived[i] as number;
  }
  return -Infinity;
};

/** Rows of data that arrived, in the order in which they did. */
const inOrderOfArrival = (
  packets: PacketColumns,
  count: number,
  flow: number,
  isInbound: (link: number) => boolean,
): Int32Array => {
  const rows = new Int32Array(count);
  let found = 0;
  const opened = openSince(packets, count, flow, isInbound);
  let sorted = true;
  let before = -Infinity;
  for (let i = 0; i < count; i++) {
    if (packets.flow[i] !== flow || packets.payload[i] === 0 || packets.fate[i] !== Fate.Delivered) continue;
    if (!isInbound(packets.link[i] as number)) continue;
    const at = packets.arrived[i] as number;
    if (at < opened) continue;
    if (at < before) sorted = false;
    before = at;
    rows[found++] = i;
  }
  const all = rows.subarray(0, found);
  if (!sorted) all.sort((a, b) => (packets.arrived[a] as number) - (packets.arrived[b] as number) || a - b);
  return all;
};

/**
 * Arrivals of each answer, whenever the application reads it. A byte counts when its first copy arrives: a needless
 * repetition later on completes nothing. `stretches`: in order and apart; `answers`: how many there are.
 */
export const answerArrivals = (
  packets: PacketColumns,
  count: number,
  flow: number,
  isInbound: (link: number) => boolean,
  stretches: readonly Stretch[],
  answers: number,
): Arrival[] => {
  const arrivals = Array.from({ length: answers }, (): Arrival => ({ first: NaN, last: NaN }));
  const missing = new Float64Array(answers);
  for (const { owner, from, to } of stretches) missing[owner] = (missing[owner] as number) + to - from;
  const starts = stretches.map(({ from }) => from);
  const note = (from: number, to: number, at: number): void => {
    for (let i = Math.max(0, upperBound(starts, from, starts.length) - 1); i < stretches.length; i++) {
      const stretch = stretches[i] as Stretch;
      if (stretch.from >= to) break;
      const bytes = Math.min(to, stretch.to) - Math.max(from, stretch.from);
      if (bytes <= 0) continue;
      const arrival = arrivals[stretch.owner] as Arrival;
      if (Number.isNaN(arrival.first)) arrival.first = at;
      const left = (missing[stretch.owner] as number) - bytes;
      missing[stretch.owner] = left;
      if (left === 0) arrival.last = at;
    }
  };
  /** All before `upTo` is there; beyond it, these stretches [left, right), apart and in order. */
  let upTo = 0;
  let beyond: [number, number][] = [];
  const rows = inOrderOfArrival(packets, count, flow, isInbound);
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] as number;
    const at = packets.arrived[row] as number;
    let from = Math.max(upTo, packets.offset[row] as number);
    const to = (packets.offset[row] as number) + (packets.payload[row] as number);
    if (to <= upTo) continue;
    const end = to;
    const begin = from;
    for (const [left, right] of beyond) {
      if (from >= end || left >= end) break;
      if (right <= from) continue;
      if (left > from) note(from, left, at);
      from = right;
    }
    if (from < end) note(from, end, at);
    if (beyond.length === 0 && begin === upTo) upTo = end;
    else {
      beyond = joined(beyond, begin, end);
      if ((beyond[0] as [number, number])[0] <= upTo) upTo = (beyond.shift() as [number, number])[1];
    }
  }
  return arrivals;
};

/** The stretches with [from, to) among them. */
const joined = (stretches: readonly [number, number][], from: number, to: number): [number, number][] => {
  const result: [number, number][] = [];
  let [left, right] = [from, to];
  for (const stretch of stretches) {
    if (stretch[1] < left) result.push(stretch);
    else if (stretch[0] > right) {
      result.push([left, right]);
      [left, right] = stretch;
    } else {
      left = Math.min(left, stretch[0]);
      right = Math.max(right, stretch[1]);
    }
  }
  result.push([left, right]);
  return result;
};
