import { lowerBound, upperBound } from '../base/bisect.ts';
import { Intervals } from './query/intervals.ts';
import { isLost, NONE, PacketKind } from './types.ts';
import type { Trace } from './types.ts';

/** Packets per stored partial sum. A count costs two look-ups and at most 2 × 63 rows, whatever its range. */
const BLOCK = 64;

/** Exact counts of a set of packets of one link. Counts of disjoint sets add up. */
export interface Counts {
  packets: number;
  /** IP bytes. */
  bytes: number;
  payload: number;
  /** Packets with payload. */
  data: number;
  lost: number;
  retransmitted: number;
}
export const noCounts = (): Counts => ({ packets: 0, bytes: 0, payload: 0, data: 0, lost: 0, retransmitted: 0 });

/** Adds `b` to `a`, in place. */
export const merge = (a: Counts, b: Counts): Counts => {
  a.packets += b.packets;
  a.bytes += b.bytes;
  a.payload += b.payload;
  a.data += b.data;
  a.lost += b.lost;
  a.retransmitted += b.retransmitted;
  return a;
};

/** Sums are kept per link and flow up to so many pairs. */
const MOST_LANES = 64;
const PACKETS = 0;
const BYTES = 1;
const PAYLOAD = 2;
const DATA = 3;
const LOST = 4;
const RETRANSMITTED = 5;
const FIELDS = 6;

/**
 * Running sums per block of packets and link, and block maxima of arrival. Any range of time is counted exactly and in
 * constant time, so each column of pixels of a figure can ask for its own: no resolution is fixed beforehand.
 */
export class Pyramid {
  /** What is under way in a range of time: [sent, arrived]. */
  readonly underway: Intervals;
  readonly #sums: Float64Array;
  readonly #links: number;
  /** Flows counted apart; 1 where there are too many to keep sums of each. */
  readonly #flows: number;

  constructor(readonly trace: Trace) {
    const { packets: p, packetCount: n } = trace;
    this.underway = new Intervals(p.sent, p.arrived, n);
    const links = Math.max(1, trace.links.length);
    const flows = links * trace.flows.length <= MOST_LANES ? Math.max(1, trace.flows.length) : 1;
    const width = links * flows * FIELDS;
    const blocks = Math.ceil(n / BLOCK) + 1;
    const sums = new Float64Array(blocks * width);
    const running = new Float64Array(width);
    for (let b = 0, i = 0; b < blocks; b++) {
      sums.set(running, b * width);
      const stop = Math.min(n, (b + 1) * BLOCK);
      for (; i < stop; i++) {
        const at = ((p.link[i] as number) * flows + (flows > 1 ? (p.flow[i] as number) : 0)) * FIELDS;
        const payload = p.payload[i] as number;
        running[at] = (running[at] as number) + 1;
        running[at + BYTES] = (running[at + BYTES] as number) + (p.size[i] as number);
        if (payload > 0) {
          running[at + PAYLOAD] = (running[at + PAYLOAD] as number) + payload;
          running[at + DATA] = (running[at + DATA] as number) + 1;
          if (p.retransmissionOf[i] !== NONE) running[at + RETRANSMITTED] = (running[at + RETRANSMITTED] as number) + 1;
        }
        if (isLost(p.fate[i] as number)) running[at + LOST] = (running[at + LOST] as number) + 1;
      }
    }
    this.#sums = sums;
    this.#links = links;
    this.#flows = flows;
  }

  /** Rows of packets sent in [from, to]: [first, past the last). */
  rows(from: number, to: number): [number, number] {
    const { sent } = this.trace.packets;
    return [lowerBound(sent, from, this.trace.packetCount), upperBound(sent, to, this.trace.packetCount)];
  }

  /** Counts of rows [first, stop) on one link, of one flow or of all (null), into `out`. */
  count(link: number, first: number, stop: number, out: Counts = noCounts(), flow: number | null = null): Counts {
    out.packets = out.bytes = out.payload = out.data = out.lost = out.retransmitted = 0;
    const a = Math.ceil(first / BLOCK);
    const b = Math.floor(stop / BLOCK);
    // Without sums of its own, a flow is counted row by row.
    if (a > b || (flow !== null && this.#flows === 1 && this.trace.flows.length > 1)) {
      this.#scan(link, first, stop, out, flow);
      return out;
    }
    const begin = flow === null || this.#flows === 1 ? 0 : flow;
    const end = flow === null ? this.#flows : begin + 1;
    for (let f = begin; f < end; f++) this.#addBlocks(link * this.#flows + f, a, b, out);
    this.#scan(link, first, Math.min(stop, a * BLOCK), out, flow);
    this.#scan(link, Math.max(first, b * BLOCK), stop, out, flow);
    return out;
  }

  #addBlocks(lane: number, a: number, b: number, out: Counts): void {
    const width = this.#links * this.#flows * FIELDS;
    const sums = this.#sums;
    const low = a * width + lane * FIELDS;
    const high = b * width + lane * FIELDS;
    out.packets += (sums[high + PACKETS] as number) - (sums[low + PACKETS] as number);
    out.bytes += (sums[high + BYTES] as number) - (sums[low + BYTES] as number);
    out.payload += (sums[high + PAYLOAD] as number) - (sums[low + PAYLOAD] as number);
    out.data += (sums[high + DATA] as number) - (sums[low + DATA] as number);
    out.lost += (sums[high + LOST] as number) - (sums[low + LOST] as number);
    out.retransmitted += (sums[high + RETRANSMITTED] as number) - (sums[low + RETRANSMITTED] as number);
  }

  #scan(link: number, first: number, stop: number, out: Counts, flow: number | null): void {
    const p = this.trace.packets;
    for (let i = first; i < stop; i++) {
      if (p.link[i] !== link || (flow !== null && p.flow[i] !== flow)) continue;
      const payload = p.payload[i] as number;
      out.packets++;
      out.bytes += p.size[i] as number;
      if (payload > 0) {
        out.payload += payload;
        out.data++;
        if (p.retransmissionOf[i] !== NONE) out.retransmitted++;
      }
      if (isLost(p.fate[i] as number)) out.lost++;
    }
  }
}

/** Rows that a figure shows before all others, ascending: lost packets, retransmissions, control packets. */
export interface RareRows {
  readonly lost: Int32Array;
  readonly repairs: Int32Array;
  readonly control: Int32Array;
}

export const rareRows = (trace: Trace): RareRows => {
  const lost: number[] = [];
  const repairs: number[] = [];
  const control: number[] = [];
  const p = trace.packets;
  for (let i = 0; i < trace.packetCount; i++) {
    const kind = p.kind[i] as number;
    if (isLost(p.fate[i] as number)) lost.push(i);
    if (p.retransmissionOf[i] !== NONE) repairs.push(i);
    if (kind !== PacketKind.Data && kind !== PacketKind.Ack && kind !== PacketKind.Other) control.push(i);
  }
  return { lost: Int32Array.from(lost), repairs: Int32Array.from(repairs), control: Int32Array.from(control) };
};
