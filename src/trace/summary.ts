import { NS_PER_MS } from '../base/time.ts';
import { blockedTime } from './blocked.ts';
import { RowsByFlow } from './byFlow.ts';
import { isRepetition } from './causes.ts';
import { isUpward } from './direction.ts';
import { traceHash } from './hash.ts';
import { EventKind, Fate, isLost, NONE, SpanKind } from './types.ts';
import type { Trace, TraceRequest } from './types.ts';

/** A count for each direction: up is client to server. */
export interface UpDown {
  up: number;
  down: number;
}

/** Times in ms after the first packet of the run was sent; null: it never happened. */
export interface RequestSummary {
  readonly id: string;
  readonly sentMs: number | null;
  readonly firstByteMs: number | null;
  readonly completionMs: number | null;
  /** Body bytes that were delivered to the client. */
  readonly bytes: number;
  readonly blockedMs: number;
}

export interface FlowSummary {
  readonly name: string;
  readonly connectedMs: number | null;
  readonly securedMs: number | null;
  readonly firstByteMs: number | null;
  readonly completionMs: number | null;
  readonly packets: UpDown;
  readonly data: UpDown;
  readonly lost: UpDown;
  readonly retransmitted: UpDown;
  readonly timeouts: number;
  readonly probes: number;
  readonly requests: readonly RequestSummary[];
}

/** What a run comes to: the JSON that the command prints. */
export interface Summary {
  readonly roundtrip: 1;
  readonly completionMs: number | null;
  readonly traceHash: string;
  readonly flows: readonly FlowSummary[];
}

interface Counts {
  readonly packets: UpDown;
  readonly data: UpDown;
  readonly lost: UpDown;
  readonly retransmitted: UpDown;
  /** First payload towards the server sent, first towards the client arrived; Infinity: never. */
  requestSent: number;
  firstArrival: number;
}

const counts = (): Counts => ({
  packets: { up: 0, down: 0 },
  data: { up: 0, down: 0 },
  lost: { up: 0, down: 0 },
  retransmitted: { up: 0, down: 0 },
  requestSent: Infinity,
  firstArrival: Infinity,
});

const countPackets = (trace: Trace): Counts[] => {
  const p = trace.packets;
  const all = trace.flows.map(counts);
  for (let i = 0; i < trace.packetCount; i++) {
    const c = all[p.flow[i] as number];
    if (!c) continue;
    const dir = isUpward(trace, i) ? 'up' : 'down';
    // A packet dies once, on whichever hop; everything else is counted where its host sent it.
    if (isLost(p.fate[i] as number)) c.lost[dir]++;
    const hasPayload = (p.payload[i] as number) > 0;
    if (hasPayload && dir === 'down' && p.fate[i] === Fate.Delivered && isAtClient(trace, i)) {
      c.firstArrival = Math.min(c.firstArrival, p.arrived[i] as number);
    }
    if (p.hop[i] !== 0) continue;
    c.packets[dir]++;
    if (!hasPayload) continue;
    c.data[dir]++;
    if (dir === 'up') c.requestSent = Math.min(c.requestSent, p.sent[i] as number);
    if (!isRepetition(trace, i)) continue;
    c.retransmitted[dir]++;
    // The repair of a packet that was lost before the capture could see it.
    if (p.retransmissionOf[i] === NONE) c.lost[dir]++;
  }
  return all;
};

const isAtClient = (trace: Trace, packet: number): boolean =>
  trace.links[trace.packets.link[packet] as number]?.to ===
  trace.flows[trace.packets.flow[packet] as number]?.client.node;

/** The rows of each table, grouped by flow. */
interface Groups {
  readonly events: RowsByFlow;
  readonly spans: RowsByFlow;
  readonly deliveries: RowsByFlow;
}

/** When the client could send: its Connected event, else the start of its state ESTABLISHED. */
const connectedAt = (trace: Trace, groups: Groups, flow: number): number => {
  const client = trace.flows[flow]?.client.node;
  const { events: e, spans: s } = trace;
  for (const i of groups.events.rows(flow)) {
    if (e.kind[i] === EventKind.Connected && e.node[i] === client) return e.time[i] as number;
  }
  let at = Infinity;
  for (const i of groups.spans.rows(flow)) {
    if (s.kind[i] !== SpanKind.State || s.node[i] !== client) continue;
    if (trace.labels[s.label[i] as number] === 'ESTABLISHED') at = Math.min(at, s.start[i] as number);
  }
  return at;
};

/** When the client could send encrypted: its Secured event, or what the capture's TLS tells. */
const securedAt = (trace: Trace, groups: Groups, flow: number): number | null => {
  const client = trace.flows[flow]?.client.node;
  const { events: e } = trace;
  for (const i of groups.events.rows(flow)) {
    if (e.kind[i] === EventKind.Secured && e.node[i] === client) return e.time[i] as number;
  }
  return trace.tls?.flows.find((t) => t.flow === flow)?.secured ?? null;
};

/** Bytes of [from, to) that were handed to the client, and when the last of them was. */
const deliveredBytes = (
  trace: Trace,
  groups: Groups,
  flow: number,
  from: number,
  to: number,
): { bytes: number; last: number } => {
  const d = trace.deliveries;
  const client = trace.flows[flow]?.client.node;
  let bytes = 0;
  let last = -Infinity;
  for (const i of groups.deliveries.rows(flow)) {
    if (d.node[i] !== client) continue;
    const offset = d.offset[i] as number;
    const overlap = Math.min(to, offset + (d.bytes[i] as number)) - Math.max(from, offset);
    if (overlap <= 0) continue;
    bytes += overlap;
    last = Math.max(last, d.time[i] as number);
  }
  return { bytes, last };
};

const countEvents = (trace: Trace, groups: Groups, flow: number, kind: number): number => {
  let n = 0;
  for (const i of groups.events.rows(flow)) if (trace.events.kind[i] === kind) n++;
  return n;
};

/** Earliest or latest of times that may be null. */
const pick = (times: readonly (number | null)[], choose: (a: number, b: number) => number): number | null =>
  times.reduce((best, t) => (t === null ? best : best === null ? t : choose(best, t)), null);

type Clock = (time: number | null) => number | null;

const knownRequest = (
  trace: Trace,
  groups: Groups,
  ms: Clock,
  request: TraceRequest,
  isOnly: boolean,
): RequestSummary => {
  const { flow, responseOffset: from, responseBytes } = request;
  const range = { from, to: from + responseBytes };
  const client = trace.flows[flow]?.client.node ?? NONE;
  return {
    id: request.id,
    sentMs: ms(request.sent),
    firstByteMs: ms(request.firstByte),
    completionMs: ms(request.completion),
    bytes: request.delivered ?? deliveredBytes(trace, groups, flow, range.from, range.to).bytes,
    blockedMs: blockedTime(trace, groups.spans.rows(flow), client, isOnly ? null : range) / NS_PER_MS,
  };
};

/** All that came down, as one request: what a capture tells without knowing the application. */
const inferredRequest = (trace: Trace, groups: Groups, ms: Clock, flow: number, c: Counts): RequestSummary => {
  const { bytes, last } = deliveredBytes(trace, groups, flow, 0, Infinity);
  const client = trace.flows[flow]?.client.node ?? NONE;
  return {
    id: 'all',
    sentMs: ms(c.requestSent),
    firstByteMs: ms(c.firstArrival),
    completionMs: ms(last),
    bytes,
    blockedMs: blockedTime(trace, groups.spans.rows(flow), client, null) / NS_PER_MS,
  };
};

/** The summary of a trace, simulated or imported. A captured flow, whose requests nobody knows, is taken as one, named `all`. */
export const summarize = (trace: Trace): Summary => {
  const start = trace.packetCount > 0 ? (trace.packets.sent[0] as number) : 0;
  const ms: Clock = (time) => (time === null || !Number.isFinite(time) ? null : (time - start) / NS_PER_MS);
  const all = countPackets(trace);
  const flowCount = trace.flows.length;
  const groups: Groups = {
    events: new RowsByFlow(trace.events.flow, trace.eventCount, flowCount),
    spans: new RowsByFlow(trace.spans.flow, trace.spanCount, flowCount),
    deliveries: new RowsByFlow(trace.deliveries.flow, trace.deliveryCount, flowCount),
  };
  const asked = trace.flows.map((): TraceRequest[] => []);
  for (const request of trace.requests) asked[request.flow]?.push(request);

  const flows = trace.flows.map((flow, index): FlowSummary => {
    const c = all[index] as Counts;
    const mine = asked[index] ?? [];
    const requests =
      mine.length > 0
        ? mine.map((r) => knownRequest(trace, groups, ms, r, mine.length === 1))
        : flow.protocol === 'tcp' && trace.source === 'imported'
          ? [inferredRequest(trace, groups, ms, index, c)]
          : [];
    return {
      name: flow.name,
      connectedMs: ms(connectedAt(trace, groups, index)),
      securedMs: ms(securedAt(trace, groups, index)),
      firstByteMs: pick(
        requests.map((r) => r.firstByteMs),
        Math.min,
      ),
      completionMs: pick(
        requests.map((r) => r.completionMs),
        Math.max,
      ),
      packets: c.packets,
      data: c.data,
      lost: c.lost,
      retransmitted: c.retransmitted,
      timeouts: countEvents(trace, groups, index, EventKind.RtoFired),
      probes: countEvents(trace, groups, index, EventKind.TlpFired),
      requests,
    };
  });
  return {
    roundtrip: 1,
    completionMs: pick(
      flows.map((f) => f.completionMs),
      Math.max,
    ),
    traceHash: traceHash(trace),
    flows,
  };
};
