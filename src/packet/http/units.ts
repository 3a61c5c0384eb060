import type { TraceHttp } from '../../trace/http.ts';
import { isUpward } from '../../trace/direction.ts';
import { carriedBy } from '../../trace/query/streams/pieces.ts';
import type { Trace } from '../../trace/types.ts';

/** What a packet has of a message, chunk or frame: bytes [from, to) of the stream that carries it. */
export interface UnitPart {
  /** Row of `trace.http.units`. */
  readonly unit: number;
  readonly from: number;
  readonly to: number;
  /** Its first byte is in this packet; its last one is. */
  readonly isStart: boolean;
  readonly isEnd: boolean;
}

/** Rows by flow, direction and stream; in the order in which they stand there. */
type Index = ReadonlyMap<string, readonly number[]>;

const indexes = new WeakMap<TraceHttp, Index>();

const keyOf = (flow: number, up: boolean, stream: number): string =>
  `${String(flow)} ${up ? 'up' : 'down'} ${String(stream)}`;

const indexOf = (trace: Trace, http: TraceHttp): Index => {
  let index = indexes.get(http);
  if (index) return index;
  const lists = new Map<string, number[]>();
  const { units } = http;
  for (let row = 0; row < http.unitCount; row++) {
    const flow = units.flow[row] as number;
    // Streams of HTTP/2 share the one of TCP.
    const stream = trace.flows[flow]?.protocol === 'udp' ? (units.stream[row] as number) : 0;
    const key = keyOf(flow, units.up[row] === 1, stream);
    const list = lists.get(key);
    if (list) list.push(row);
    else lists.set(key, [row]);
  }
  indexes.set(http, (index = lists));
  return index;
};

/** All rows of one direction of a connection of HTTP/1 or 2, in order; of one stream of HTTP/3. */
export const unitRows = (trace: Trace, flow: number, up: boolean, stream = 0): readonly number[] =>
  trace.http ? (indexOf(trace, trace.http).get(keyOf(flow, up, stream)) ?? []) : [];

/** The messages and frames that have bytes in a packet, in the order in which they stand there. */
export const unitsIn = (trace: Trace, packet: number): UnitPart[] => {
  const { http } = trace;
  if (!http) return [];
  const { units } = http;
  const up = isUpward(trace, packet);
  const parts: UnitPart[] = [];
  for (const piece of carriedBy(trace, packet)) {
    const rows = unitRows(trace, piece.flow, up, piece.stream);
    let lo = 0;
    let hi = rows.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if ((units.end[rows[mid] as number] as number) <= piece.from) lo = mid + 1;
      else hi = mid;
    }
    for (; lo < rows.length; lo++) {
      const unit = rows[lo] as number;
      const [at, end] = [units.at[unit] as number, units.end[unit] as number];
      if (at >= piece.to) break;
      if (end <= at) continue;
      parts.push({
        unit,
        from: Math.max(at, piece.from),
        to: Math.min(end, piece.to),
        isStart: at >= piece.from,
        isEnd: end <= piece.to,
      });
    }
  }
  return parts;
};

/** Number of a row among those of its flow and direction, as `HttpSession` lists them. */
const nthOf = (http: TraceHttp, unit: number): number => {
  const { flow, up } = http.units;
  let first = unit;
  while (first > 0 && flow[first - 1] === flow[unit] && up[first - 1] === up[unit]) first--;
  return unit - first;
};

/**
 * All of a simulated unit but its body, one character a byte as `SentUnit.head` has it; null where it was captured:
 * `headBytes` has that.
 */
export const headText = (trace: Trace, unit: number): string | null => {
  const { http } = trace;
  if (!http) return null;
  const session = trace.flows[http.units.flow[unit] as number]?.http;
  const side = session?.[http.units.up[unit] === 1 ? 'client' : 'server'];
  return side?.[nthOf(http, unit)]?.head ?? null;
};

/** Row of `trace.requests` that a unit belongs to; −1: to the connection. */
export const requestOf = (trace: Trace, unit: number): number => {
  const { http } = trace;
  const index = http?.units.request[unit] ?? -1;
  if (!http || index < 0) return -1;
  const flow = http.units.flow[unit] as number;
  const group = trace.flows[flow]?.group;
  return trace.requests.findIndex(
    (request, row) =>
      (request.index ?? row) === index &&
      (request.flow === flow || (group !== undefined && trace.flows[request.flow]?.group === group)),
  );
};
