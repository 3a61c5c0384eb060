import { CauseKind, Fate } from '../types.ts';
import type { PacketColumns } from '../types.ts';
import { QuicFrameIndex } from './types.ts';
import type { QuicFrameColumns, QuicPacketColumns } from './types.ts';

/** Bytes [from, to) of a stream. */
export type Range = readonly [from: number, to: number];

/** The tables that arrivals are read from, finished or still being written. */
export interface ArrivalTables {
  readonly packets: PacketColumns;
  readonly packetCount: number;
  readonly quicPackets: QuicPacketColumns;
  readonly frames: QuicFrameColumns;
  readonly frameCount: number;
}

/** When each datagram reached the last node of its way; NaN: never. `isLast`: links that end there. */
const landings = (t: ArrivalTables, isLast: (link: number) => boolean): Float64Array => {
  const { packets: p, packetCount } = t;
  const at = new Float64Array(packetCount).fill(NaN);
  const origin = new Int32Array(packetCount);
  for (let i = 0; i < packetCount; i++) {
    const isPassed = (p.hop[i] as number) > 0 && p.causeKind[i] === CauseKind.Arrival;
    origin[i] = isPassed ? (origin[p.cause[i] as number] as number) : i;
    if (p.fate[i] === Fate.Delivered && isLast(p.link[i] as number)) at[origin[i] as number] = p.arrived[i] as number;
  }
  return at;
};

/**
 * When the first and the last new byte of stretches of streams arrived at the node where `isLast` links end. `wanted`: by
 * stream, the stretches in order; what is returned goes by the same keys. NaN: never.
 */
export const streamArrivals = (
  t: ArrivalTables,
  flow: number,
  isLast: (link: number) => boolean,
  wanted: ReadonlyMap<number, readonly Range[]>,
): Map<number, { first: number; last: number }> => {
  const at = landings(t, isLast);
  const pieces = new Map<number, { from: number; to: number; at: number }[]>();
  const { frames: f, quicPackets: q, packets: p } = t;
  for (let row = 0; row < t.frameCount; row++) {
    if (f.kind[row] !== QuicFrameIndex.stream) continue;
    const stream = f.stream[row] as number;
    const datagram = q.datagram[f.packet[row] as number] as number;
    const landed = at[datagram] as number;
    if (p.flow[datagram] !== flow || !wanted.has(stream) || Number.isNaN(landed)) continue;
    const from = f.offset[row] as number;
    const list = pieces.get(stream) ?? [];
    list.push({ from, to: from + (f.length[row] as number), at: landed });
    pieces.set(stream, list);
  }
  const found = new Map<number, { first: number; last: number }>();
  for (const [stream, ranges] of wanted) {
    const list = (pieces.get(stream) ?? []).sort((a, b) => a.at - b.at);
    let left = ranges.reduce((n, [from, to]) => n + to - from, 0);
    const result = { first: NaN, last: NaN };
    const missing = ranges.map(([from, to]) => ({ from, to })).filter(({ from, to }) => to > from);
    for (const piece of list) {
      for (let k = 0; k < missing.length; k++) {
        const hole = missing[k] as { from: number; to: number };
        const from = Math.max(hole.from, piece.from);
        const to = Math.min(hole.to, piece.to);
        if (to <= from) continue;
        left -= to - from;
        if (Number.isNaN(result.first)) result.first = piece.at;
        if (left === 0) result.last = piece.at;
        const rest = [
          { from: hole.from, to: from },
          { from: to, to: hole.to },
        ].filter((one) => one.to > one.from);
        missing.splice(k, 1, ...rest);
        k += rest.length - 1;
      }
    }
    found.set(stream, result);
  }
  return found;
};
