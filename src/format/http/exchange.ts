import { nanos } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import type { TraceRequest } from '../../trace/types.ts';
import type { Arrivals } from './arrivals.ts';
import type { Place } from './place.ts';

/** A request and its answer as they were found in a capture. */
export interface Exchange {
  /** Null: nobody knows it. */
  path: string | null;
  /** Stream of HTTP/2 or QUIC; null in HTTP/1. */
  readonly stream: number | null;
  /** What was asked; null where that is not in the capture. */
  asked: Place | null;
  /** Head of the answer, and parts of its body, with the bytes of body in each. */
  head: Place | null;
  readonly body: { readonly place: Place; readonly size: number }[];
  /** Whether the end of the answer was seen. */
  isWhole: boolean;
  /** Whether the answer goes up: who opened the connection is asked. */
  isUpward: boolean;
}

export const exchange = (stream: number | null): Exchange => ({
  path: null,
  stream,
  asked: null,
  head: null,
  body: [],
  isWhole: false,
  isUpward: false,
});

/** Neighbours that touch or overlap are one. */
const joined = (places: readonly Place[]): [number, number][] => {
  const list: [number, number][] = [];
  for (const { at, end } of places) {
    const last = list.at(-1);
    if (last && at <= last[1]) last[1] = Math.max(last[1], end);
    else list.push([at, end]);
  }
  return list;
};

const orNull = (time: number): Nanos | null => (Number.isFinite(time) ? nanos(time) : null);

/** Ids that are there once: a path that is asked for again gets a number. */
export class Ids {
  readonly #counts = new Map<string, number>();

  unique(id: string): string {
    const n = (this.#counts.get(id) ?? 0) + 1;
    this.#counts.set(id, n);
    return n === 1 ? id : `${id} (${String(n)})`;
  }
}

/** The row of a request. `index`: its number on its flow; `sent`: when a packet left its end; `arrivals`: of the answer's stream. */
export const requestRow = (
  flow: number,
  index: number,
  one: Exchange,
  ids: Ids,
  sent: (packet: number) => number,
  arrivals: Arrivals,
): TraceRequest => {
  const stretches = joined(one.body.map(({ place }) => place));
  let delivered = 0;
  let last = -Infinity;
  let isHere = one.isWhole;
  for (const { place, size } of one.body) {
    const came = arrivals.of(place.at, place.end);
    const isAll = came.bytes === place.end - place.at;
    // Inside TLS a record is handed on whole, or not at all.
    delivered += isAll ? size : place.end - place.at === size ? came.bytes : 0;
    isHere &&= isAll;
    last = Math.max(last, came.last);
  }
  const head = one.head && arrivals.of(one.head.at, one.head.end);
  const first = head?.first ?? arrivals.of(stretches[0]?.[0] ?? 0, stretches[0]?.[1] ?? 0).first;
  const whole = last === -Infinity ? (head?.last ?? NaN) : last;
  const from = stretches[0]?.[0] ?? one.head?.end ?? 0;
  return {
    flow,
    id: ids.unique(one.path ?? (one.stream !== null ? `stream ${String(one.stream)}` : `request ${String(index + 1)}`)),
    path: one.path,
    sent: one.asked && one.asked.first >= 0 ? orNull(sent(one.asked.first)) : null,
    firstByte: orNull(first),
    completion: isHere ? orNull(whole) : null,
    requestOffset: one.asked?.at ?? 0,
    requestBytes: one.asked ? one.asked.end - one.asked.at : 0,
    responseOffset: from,
    responseBytes: (stretches.at(-1)?.[1] ?? from) - from,
    delivered,
    index,
    ...(stretches.length > 1 ? { stretches } : {}),
    ...(one.stream !== null ? { stream: one.stream } : {}),
  };
};
