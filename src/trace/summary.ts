import { NS_PER_MS } from '../base/time.ts';
import { blockedTime, streamBlockedTime } from './blocked.ts';
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
  const ranges = request.stretches?.map(([start, to]) => ({ from: start, to })) ?? [{ from, to: from + responseBytes }];
  const client = trace.flows[flow]?.client.node ?? NONE;
  const spans = groups.spans.rows(flow);
  const isQuic = trace.flows[flow]?.protocol === 'udp';
  const blocked = isQuic
    ? streamBlockedTime(trace, spans, client, request.stream ?? NONE)
    : blockedTime(trace, spans, client, isOnly ? null : ranges);
  return {
    id: request.id,
    sentMs: ms(request.sent),
    firstByteMs: ms(request.firstByte),
    completionMs: ms(request.completion),
    bytes: request.delivered ?? deliveredBytes(trace, groups, flow, from, from + responseBytes).bytes,
    blockedMs: blocked / NS_PER_MS,
  };
};

/** RFC 8446 §5.1. */
const APPLICATION_DATA = 23;

/**
 * What came down inside TLS, as one request, where every protected record was opened: handshake, tickets and alerts are
 * no answer. Null where that cannot be told.
 */
const securedRequest = (trace: Trace, groups: Groups, ms: Clock, flow: number): RequestSummary | null => {
  const { tls, packets } = trace;
  const known = tls?.flows.find((one) => one.flow === flow);
  if (!tls || !known || known.closed === 0 || known.opened < known.closed) return null;
  let sent = Infinity;
  let first = Infinity;
  let last = -Infinity;
  let bytes = 0;
  const { records: r } = tls;
  for (let k = 0; k < tls.recordCount; k++) {
    if (r.flow[k] !== flow || r.inner[k] !== APPLICATION_DATA || (r.last[k] as number) < 0) continue;
    const [from, to] = [r.first[k] as number, r.last[k] as number];
    if (r.up[k] === 1) sent = Math.min(sent, packets.sent[from] as number);
    else {
      first = Math.min(first, packets.arrived[from] as number);
      last = Math.max(last, packets.arrived[to] as number);
      bytes += r.contentLength[k] as number;
    }
  }
  const client = trace.flows[flow]?.client.node ?? NONE;
  return {
    id: 'all',
    sentMs: ms(sent),
    firstByteMs: ms(first),
    completionMs: ms(last),
    bytes,
    blockedMs: blockedTime(trace, groups.spans.rows(flow), client, null) / NS_PER_MS,
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

/** Indices of flows that are one flow of the scenario: its connections, in the order in which they were made. */
const groupsOf = (trace: Trace): number[][] => {
  const groups: number[][] = [];
  const known = new Map<number, number[]>();
  trace.flows.forEach(({ group }, flow) => {
    const members = group === undefined ? undefined : known.get(group);
    if (members) {
      members.push(flow);
      return;
    }
    const own = [flow];
    groups.push(own);
    if (group !== undefined) known.set(group, own);
  });
  return groups;
};

const added = (parts: readonly UpDown[]): UpDown =>
  parts.reduce((sum, part) => ({ up: sum.up + part.up, down: sum.down + part.down }), { up: 0, down: 0 });

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
  const groupOf = new Map<number, number>();
  const grouped = groupsOf(trace);
  grouped.forEach((members, g) => {
    for (const flow of members) groupOf.set(flow, g);
  });
  for (const request of trace.requests) asked[grouped[groupOf.get(request.flow) ?? -1]?.[0] ?? -1]?.push(request);
  const onFlow = new Map<number, number>();
  for (const { flow } of trace.requests) onFlow.set(flow, (onFlow.get(flow) ?? 0) + 1);

  // What is HTTP and has no request asked for nothing.
  const speaksHttp = new Set<number>(trace.source === 'imported' ? trace.http?.units.flow : []);

  const flows = grouped.map((members): FlowSummary => {
    const index = members[0] as number;
    const flow = trace.flows[index] as Trace['flows'][number];
    const counted = members.map((member) => all[member] as Counts);
    const mine = asked[index] ?? [];
    const requests =
      mine.length > 0
        ? mine.map((r) => knownRequest(trace, groups, ms, r, onFlow.get(r.flow) === 1))
        : flow.protocol === 'tcp' && trace.source === 'imported' && !speaksHttp.has(index)
          ? [
              securedRequest(trace, groups, ms, index) ??
                inferredRequest(trace, groups, ms, index, counted[0] as Counts),
            ]
          : [];
    const sum = (kind: number): number =>
      members.reduce((n, member) => n + countEvents(trace, groups, member, kind), 0);
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
      packets: added(counted.map((c) => c.packets)),
      data: added(counted.map((c) => c.data)),
      lost: added(counted.map((c) => c.lost)),
      retransmitted: added(counted.map((c) => c.retransmitted)),
      timeouts: sum(EventKind.RtoFired) + sum(EventKind.PtoFired),
      probes: sum(EventKind.TlpFired),
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
