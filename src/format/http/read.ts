import { directionsOf, joinPackets, payloadPlace } from '../../packet/tls/streams.ts';
import { isUpward } from '../../trace/direction.ts';
import { Fate } from '../../trace/types.ts';
import type { Trace, TraceRequest } from '../../trace/types.ts';
import { Arrivals } from './arrivals.ts';
import { readConnection } from './connection.ts';
import type { Pair } from './connection.ts';
import { Ids, requestRow } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { readHttp3 } from './http3.ts';
import { looksHttp } from './recognise.ts';
import { clearStream, openedStream } from './streams.ts';
import { UnitTable } from './units.ts';

/** More sentences than this would hide the others. */
const MOST_WARNINGS = 20;

/** Payload that the clients and servers of `flows` were brought, in order of arrival: by flow, 2 × flow for what the client sent. */
const arrivalsOf = (trace: Trace, flows: ReadonlySet<number>): Map<number, Arrivals> => {
  const p = trace.packets;
  const rows: number[] = [];
  let isSorted = true;
  let before = -Infinity;
  for (let i = 0; i < trace.packetCount; i++) {
    if (p.payload[i] === 0 || p.fate[i] !== Fate.Delivered || !flows.has(p.flow[i] as number)) continue;
    const at = p.arrived[i] as number;
    isSorted &&= at >= before;
    before = at;
    rows.push(i);
  }
  if (!isSorted) rows.sort((a, b) => (p.arrived[a] as number) - (p.arrived[b] as number) || a - b);
  const all = new Map<number, Arrivals>();
  for (const i of rows) {
    const key = 2 * (p.flow[i] as number) + (isUpward(trace, i) ? 0 : 1);
    let arrivals = all.get(key);
    if (!arrivals) all.set(key, (arrivals = new Arrivals()));
    arrivals.add(p.offset[i] as number, (p.offset[i] as number) + (p.payload[i] as number), p.arrived[i] as number);
  }
  return all;
};

/** What applications wrote on each flow of TCP: in clear where it begins as HTTP, inside TLS where that was opened. */
const pairsOf = (trace: Trace, isWanted: (flow: number) => boolean): Map<number, Pair[]> => {
  const pairs = new Map<number, Pair[]>();
  const { captured, tls } = trace;
  if (!captured) return pairs;
  const directions = directionsOf(trace, captured, isWanted);
  for (let flow = 0; 2 * flow < directions.length; flow++) {
    const [up, down] = [directions[2 * flow], directions[2 * flow + 1]];
    const isHttp = [up, down].some(
      (one) =>
        one?.packets.some((packet, i) => {
          // A request or an answer stands at a packet's start early on, or this is none.
          if (i > FIRST_PACKETS) return false;
          const { at, length } = payloadPlace(trace, captured, packet);
          return length > 0 && looksHttp(captured.bytes.subarray(at, at + length), 0) !== null;
        }) ?? false,
    );
    if (!isHttp) continue;
    const stream = (key: number, one: typeof up): Pair['up'] =>
      one ? clearStream(joinPackets(trace, captured, key, one, one.lowest)) : null;
    pairs.set(flow, [{ up: stream(2 * flow, up), down: stream(2 * flow + 1, down) }]);
  }
  for (const { flow, opened } of tls?.flows ?? []) {
    if (!tls || opened === 0) continue;
    const pair = { up: openedStream(tls, flow, true), down: openedStream(tls, flow, false) };
    if (pair.up || pair.down) pairs.set(flow, [...(pairs.get(flow) ?? []), pair]);
  }
  return pairs;
};

/** Packets of a direction that are looked at for a start of HTTP. */
const FIRST_PACKETS = 8;

/**
 * Reads HTTP in a captured trace, in clear, inside TLS or QUIC as far as those were opened: its messages and frames, and its
 * requests. `isWanted` leaves flows out that cannot be HTTP in clear. The trace itself where there is none. Runs once, when a capture is opened; never throws.
 */
export const readHttp = (trace: Trace, isWanted: (flow: number) => boolean = () => true): Trace => {
  if (!trace.captured) return trace;
  const pairs = pairsOf(trace, isWanted);
  const units = new UnitTable();
  const requests: TraceRequest[] = [];
  const warnings: string[] = [];
  const ids = new Ids();
  const p = trace.packets;
  const sent = (packet: number): number => p.sent[packet] as number;
  const arrivals = arrivalsOf(trace, new Set(pairs.keys()));
  const nothing = new Arrivals();
  const add = (flow: number, list: readonly Exchange[], came: (one: Exchange) => Arrivals): void => {
    list.forEach((one, index) => requests.push(requestRow(flow, index, one, ids, sent, came(one))));
  };
  trace.flows.forEach(({ name, protocol }, flow) => {
    const warn = (sentence: string): void => {
      warnings.push(`${name}: ${sentence}`);
    };
    if (protocol === 'udp') {
      const found = readHttp3(trace, flow, units, warn);
      if (found) add(flow, found.exchanges, ({ stream }) => found.arrivals(stream ?? -1) ?? nothing);
      return;
    }
    const list: Exchange[] = [];
    for (const pair of pairs.get(flow) ?? [])
      list.push(...readConnection(pair, list.length, units, (a, b) => sent(a) <= sent(b), warn));
    add(flow, list, ({ isUpward: up }) => arrivals.get(2 * flow + (up ? 0 : 1)) ?? nothing);
  });
  if (units.count === 0 && requests.length === 0 && warnings.length === 0) return trace;
  const more = warnings.length - MOST_WARNINGS;
  const told =
    more > 0
      ? [...warnings.slice(0, MOST_WARNINGS), `${String(more)} more sentences about HTTP are left out.`]
      : warnings;
  return {
    ...trace,
    requests,
    ...(units.count > 0 ? { http: units.finish() } : {}),
    warnings: [...trace.warnings, ...told],
  };
};
