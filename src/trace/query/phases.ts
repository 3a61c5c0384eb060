import { EventKind } from '../types.ts';
import type { Trace } from '../types.ts';

/** Where the time of a flow went, ns; NaN: it never came to it. Of several connections the first one's handshakes count. */
export interface Phases {
  /** The page was wanted: the name's look-up began, or, without one, the first packet went. */
  readonly wanted: number;
  /** The first packet. */
  readonly began: number;
  /** The client could send. */
  readonly connected: number;
  /** The client could send encrypted; `connected` where nothing is encrypted. */
  readonly secured: number;
  /** The first byte of an answer was there. */
  readonly firstByte: number;
  /** The last byte of the last answer was. */
  readonly completed: number;
}

export const phasesOf = (trace: Trace, flow: number): Phases => {
  const group = trace.flows[flow]?.group;
  /** Connections of one flow of the scenario belong together. */
  const isMine = (other: number): boolean =>
    other === flow || (group !== undefined && trace.flows[other]?.group === group);
  const client = trace.flows[flow]?.client.node;
  const first = trace.packets.flow.indexOf(flow);
  const at = (kind: number): number => {
    const { events: e } = trace;
    for (let i = 0; i < trace.eventCount; i++)
      if (e.kind[i] === kind && e.flow[i] === flow && e.node[i] === client) return e.time[i] as number;
    return NaN;
  };
  let firstByte = NaN;
  let completed = NaN;
  for (const request of trace.requests) {
    if (!isMine(request.flow)) continue;
    if (request.firstByte !== null && !(firstByte <= request.firstByte)) firstByte = request.firstByte;
    if (request.completion !== null && !(completed >= request.completion)) completed = request.completion;
  }
  const connected = at(EventKind.Connected);
  const isSecure = trace.tls?.flows.some((tls) => tls.flow === flow) === true;
  return {
    wanted: trace.flows[flow]?.lookup ?? (first < 0 ? NaN : (trace.packets.sent[first] as number)),
    began: first < 0 ? NaN : (trace.packets.sent[first] as number),
    connected,
    secured: isSecure ? at(EventKind.Secured) : connected,
    firstByte,
    completed,
  };
};

/** Round-trip time of an empty path between the ends of a flow, ns: what propagation alone takes; 0 where it is not known. */
export const emptyRoundTrip = (trace: Trace, flow: number): number => {
  const ends = trace.flows[flow];
  if (!ends) return 0;
  /** Delay of the way from one node to another, by whatever links lead there in a line. */
  const way = (from: number, to: number): number => {
    const seen = new Map<number, number>([[from, 0]]);
    for (const [node, delay] of seen) {
      if (node === to) return delay;
      for (const link of trace.links)
        if (link.from === node && !seen.has(link.to) && link.delay !== null) seen.set(link.to, delay + link.delay);
    }
    return 0;
  };
  return way(ends.client.node, ends.server.node) + way(ends.server.node, ends.client.node);
};
