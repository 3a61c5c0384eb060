import { upperBound } from '../../base/bisect.ts';
import { Pyramid, rareRows } from '../pyramid.ts';
import type { RareRows } from '../pyramid.ts';
import { isLost, PacketKind, SpanKind } from '../types.ts';
import type { Series, SeriesName, Trace } from '../types.ts';
import { arrivalsOf } from './arrivals.ts';
import type { Arrivals } from './arrivals.ts';
import { Extremes } from './extremes.ts';
import { Intervals } from './intervals.ts';
import { queueDepth } from './queue.ts';
import type { Steps } from './queue.ts';

/** Spans of one kind, by start; `rows[k]` is the row in `trace.spans` of interval k. */
export interface SpanList {
  readonly rows: Int32Array;
  readonly intervals: Intervals;
}

/** Several streams of one receiver may wait at once; so many spans are looked back over. */
const MOST_OVERLAPPING = 32;

/** ns. */
const TURNAROUND = 500_000;

/** Spans of waiting of one flow at one node, by start. */
interface BlockedList {
  readonly start: Float64Array;
  readonly rows: Int32Array;
  readonly deep: number;
  /** Where the last answer was found. */
  last: number;
}

/** Hand-overs of one stream: rows of `trace.deliveries`, and their offsets, ascending. */
export interface DeliveryList {
  readonly rows: Int32Array;
  readonly offset: Float64Array;
}

const streamKey = (flow: number, node: number, stream: number): string =>
  `${String(flow)} ${String(node)} ${String(stream)}`;

/** Search structures of one trace, each built when it is first asked for and remembered with the trace. */
export class TraceIndex {
  #pyramid: Pyramid | null = null;
  #rare: RareRows | null = null;
  #numbers: Int32Array | null = null;
  #deliveries: Map<string, DeliveryList> | null = null;
  #blocked: Map<number, BlockedList> | null = null;
  readonly #spans = new Map<number, SpanList>();
  readonly #arrivals = new Map<string, Arrivals>();
  readonly #segments = new Map<number, number>();
  readonly #delays = new Map<number, number>();
  readonly #queues = new Map<number, Steps>();
  readonly #delivered = new Map<string, Steps>();
  readonly #extremes = new Map<Steps, Extremes>();
  readonly #busiest = new Map<number | null, number>();

  constructor(readonly trace: Trace) {}

  /** Exact counts of any range, and what is under way in it. */
  get pyramid(): Pyramid {
    return (this.#pyramid ??= new Pyramid(this.trace));
  }

  get rare(): RareRows {
    return (this.#rare ??= rareRows(this.trace));
  }

  /** n-th packet with payload of its link, from 1; 0 for packets without. */
  get dataNumbers(): Int32Array {
    if (this.#numbers) return this.#numbers;
    const { packets: p, packetCount, links } = this.trace;
    const numbers = new Int32Array(packetCount);
    const next = new Int32Array(Math.max(1, links.length));
    for (let i = 0; i < packetCount; i++) {
      if (p.payload[i] === 0) continue;
      const link = p.link[i] as number;
      next[link] = (next[link] as number) + 1;
      numbers[i] = next[link];
    }
    return (this.#numbers = numbers);
  }

  /** Spans of one kind of `SpanKind`. */
  spans(kind: number): SpanList {
    let list = this.#spans.get(kind);
    if (list) return list;
    const s = this.trace.spans;
    const found: number[] = [];
    for (let i = 0; i < this.trace.spanCount; i++) if (s.kind[i] === kind) found.push(i);
    found.sort((a, b) => (s.start[a] as number) - (s.start[b] as number) || a - b);
    const starts = Float64Array.from(found, (i) => s.start[i] as number);
    const ends = Float64Array.from(found, (i) => s.end[i] as number);
    list = { rows: Int32Array.from(found), intervals: new Intervals(starts, ends) };
    this.#spans.set(kind, list);
    return list;
  }

  /** Whether the bytes of packet `i` arrived while earlier ones of its flow were missing. */
  isBlocked(i: number): boolean {
    const { packets: p, spans: s, links } = this.trace;
    if (p.payload[i] === 0) return false;
    const blocked = (this.#blocked ??= this.#blockedByFlow());
    const to = links[p.link[i] as number]?.to ?? 0;
    const mine = blocked.get((p.flow[i] as number) * 65536 + to);
    if (!mine) return false;
    const at = p.arrived[i] as number;
    // Questions come in order of time as a rule: look where the last answer was before searching.
    const { start, rows } = mine;
    let k = mine.last;
    if (!(at >= (start[k] as number) && at < (start[k + 1] ?? Infinity)))
      k = mine.last = Math.max(0, upperBound(start, at) - 1);
    // A host takes a moment to look at a packet: the span that it opens begins a little after its arrival.
    const offset = p.offset[i] as number;
    const next = rows[k + 1];
    if (next !== undefined && (s.start[next] as number) - at <= TURNAROUND && offset > (s.a[next] as number))
      return true;
    for (let tries = 0; k >= 0 && tries < mine.deep; k--, tries++) {
      const row = rows[k] as number;
      if (at >= (s.start[row] as number) - TURNAROUND && at < (s.end[row] as number) && offset > (s.a[row] as number))
        return true;
    }
    return false;
  }

  #blockedByFlow(): Map<number, BlockedList> {
    const s = this.trace.spans;
    const lists = new Map<number, number[]>();
    for (const row of this.spans(SpanKind.Blocked).rows) {
      const key = (s.flow[row] as number) * 65536 + (s.node[row] as number);
      const list = lists.get(key);
      if (list) list.push(row);
      else lists.set(key, [row]);
    }
    const result = new Map<number, BlockedList>();
    for (const [key, rows] of lists) {
      const overlap = rows.some((row, k) => (s.end[row] as number) > (s.start[rows[k + 1] ?? -1] ?? Infinity));
      result.set(key, {
        start: Float64Array.from(rows, (r) => s.start[r] as number),
        rows: Int32Array.from(rows),
        deep: overlap ? MOST_OVERLAPPING : 1,
        last: 0,
      });
    }
    return result;
  }

  /** What came in over a link, in order of arrival; of one flow, or of all. */
  arrivals(link: number, flow: number | null): Arrivals {
    const key = `${String(link)} ${String(flow)}`;
    let found = this.#arrivals.get(key);
    if (!found) this.#arrivals.set(key, (found = arrivalsOf(this.trace, link, flow, (i) => this.isBlocked(i))));
    return found;
  }

  /** Hand-overs of one stream to one node, by offset; null where there are none. */
  deliveriesOf(flow: number, node: number, stream: number): DeliveryList | null {
    this.#deliveries ??= this.#deliveriesByStream();
    return this.#deliveries.get(streamKey(flow, node, stream)) ?? null;
  }

  #deliveriesByStream(): Map<string, DeliveryList> {
    const d = this.trace.deliveries;
    const lists = new Map<string, number[]>();
    for (let i = 0; i < this.trace.deliveryCount; i++) {
      const key = streamKey(d.flow[i] as number, d.node[i] as number, d.stream[i] as number);
      const list = lists.get(key);
      if (list) list.push(i);
      else lists.set(key, [i]);
    }
    // Hand-overs are in order, so rows by time are rows by offset.
    return new Map(
      [...lists].map(([key, rows]) => [
        key,
        { rows: Int32Array.from(rows), offset: Float64Array.from(rows, (i) => d.offset[i] as number) },
      ]),
    );
  }

  /** Bytes handed to the application of a node so far, of one flow or of all: a stair over time. */
  delivered(node: number, flow: number | null): Steps {
    const key = `${String(node)} ${String(flow)}`;
    let found = this.#delivered.get(key);
    if (found) return found;
    const { deliveries: d, deliveryCount } = this.trace;
    const time = new Float64Array(deliveryCount);
    const value = new Float64Array(deliveryCount);
    let count = 0;
    let sum = 0;
    for (let i = 0; i < deliveryCount; i++) {
      if (d.node[i] !== node || (flow !== null && d.flow[i] !== flow)) continue;
      sum += d.bytes[i] as number;
      time[count] = d.time[i] as number;
      value[count++] = sum;
    }
    found = { time: time.slice(0, count), value: value.slice(0, count) };
    this.#delivered.set(key, found);
    return found;
  }

  /** Packets waiting in the queue of a link. */
  queue(link: number): Steps {
    let found = this.#queues.get(link);
    if (!found) this.#queues.set(link, (found = queueDepth(this.trace, link)));
    return found;
  }

  /** Extremes of a stepped line of this trace. */
  extremes(steps: Steps): Extremes {
    let found = this.#extremes.get(steps);
    if (!found) this.#extremes.set(steps, (found = new Extremes(steps.value)));
    return found;
  }

  /** The link that carries most payload, of one flow or of all: the one whose rate is worth drawing. */
  busiestLink(flow: number | null): number {
    const known = this.#busiest.get(flow);
    if (known !== undefined) return known;
    let best = 0;
    let most = -1;
    this.trace.links.forEach((_, link) => {
      const { payload } = this.pyramid.count(link, 0, this.trace.packetCount, undefined, flow);
      if (payload > most) {
        most = payload;
        best = link;
      }
    });
    this.#busiest.set(flow, best);
    return best;
  }

  /** Payload of a full segment of a flow: what its SYNs agreed on; else the largest among its first packets; 1 where there is none. */
  segmentSize(flow: number): number {
    const known = this.#segments.get(flow);
    if (known !== undefined) return known;
    const ends = this.trace.flows[flow];
    const agreed = ends ? Math.min(ends.client.mss ?? 0, ends.server.mss ?? 0) : 0;
    if (ends && agreed > 0) {
      // RFC 6691 §2: the MSS does not count options; a timestamp takes 12 bytes of each segment.
      const size = agreed - (ends.client.timestamps && ends.server.timestamps ? 12 : 0);
      this.#segments.set(flow, size);
      return size;
    }
    let size = 1;
    const { packets: p, packetCount } = this.trace;
    for (let i = 0, seen = 0; i < packetCount && seen < 4096; i++) {
      if (p.flow[i] !== flow || p.kind[i] !== PacketKind.Data) continue;
      seen++;
      size = Math.max(size, p.payload[i] as number);
    }
    this.#segments.set(flow, size);
    return size;
  }

  /** Propagation of a link in ns: what the trace says, else the least seen. */
  linkDelay(link: number): number {
    const told = this.trace.links[link]?.delay;
    if (told !== null && told !== undefined) return told;
    let delay = this.#delays.get(link);
    if (delay !== undefined) return delay;
    const { packets: p, packetCount } = this.trace;
    delay = Infinity;
    for (let i = 0, seen = 0; i < packetCount && seen < 1024; i++) {
      if (p.link[i] !== link || isLost(p.fate[i] as number)) continue;
      seen++;
      const way = (p.arrived[i] as number) - (p.end[i] as number);
      if (way >= 0 && way < delay) delay = way;
    }
    if (delay === Infinity) delay = 0;
    this.#delays.set(link, delay);
    return delay;
  }

  /** First series of a name, of a flow and node where they are given. */
  series(name: SeriesName, flow?: number, node?: number): Series | null {
    return (
      this.trace.series.find(
        (s) => s.name === name && (flow === undefined || s.flow === flow) && (node === undefined || s.node === node),
      ) ?? null
    );
  }
}

const known = new WeakMap<Trace, TraceIndex>();

/** The index of a trace: one object per trace, as long as the trace lives. */
export const traceIndex = (trace: Trace): TraceIndex => {
  let index = known.get(trace);
  if (!index) known.set(trace, (index = new TraceIndex(trace)));
  return index;
};
