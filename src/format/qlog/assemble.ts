import { nanos, NS_PER_MS } from '../../base/time.ts';
import { TraceBuilder } from '../../trace/builder.ts';
import { StreamCarriers } from '../../trace/quic/carriers.ts';
import type { QuicFlow } from '../../trace/quic/types.ts';
import { NONE } from '../../trace/types.ts';
import type { Trace, TraceRequest } from '../../trace/types.ts';
import { orderByTime } from '../order.ts';
import { epochOf } from './clock.ts';
import { Emitter } from './emit.ts';
import { flightsOf } from './flights.ts';
import type { Flights } from './flights.ts';
import { Places } from './flow.ts';
import { answerOn, httpUnits } from './http.ts';
import type { HttpSource } from './http.ts';
import { addHandshakeEvents, addStates, handshakeOf } from './instants.ts';
import type { Handshake } from './instants.ts';
import type { Log } from './log.ts';
import { addHeld, addNotes } from './notes.ts';
import { connectionsOf } from './pair.ts';
import type { Connection, End } from './pair.ts';
import { requestOf, streamsOf, toldRequest } from './requests.ts';

/** References farther apart than this are not of one clock: a day, in ms. */
const DAY = 86_400_000;

const ends = ({ client, server }: Connection): End[] => [client, server].filter((end): end is End => end !== null);

/** Puts the connections of one file on one axis, as far as their clocks tell; else each begins at the start. */
const setBases = (connections: readonly Connection[]): number | null => {
  const first = connections.map((one) => (one.client ?? one.server)?.log.reference ?? null);
  const known = first.filter((one): one is number => one !== null);
  const base = Math.min(...known);
  if (known.length < first.length || known.length === 0 || Math.max(...known) - base > DAY) {
    for (const one of connections) for (const end of ends(one)) end.shift = 0;
    return connections.length === 1 ? (first[0] ?? null) : null;
  }
  connections.forEach((one, c) => {
    for (const end of ends(one)) end.shift = Math.round(((first[c] as number) - base) * NS_PER_MS);
  });
  return base;
};

interface Sorted {
  readonly connection: Int32Array;
  readonly flight: Int32Array;
  readonly order: Uint32Array;
}

/** All datagrams of all connections in the order of their sending. */
const sorted = (flights: readonly Flights[]): Sorted => {
  const total = flights.reduce((n, one) => n + one.table.count, 0);
  const connection = new Int32Array(total);
  const flight = new Int32Array(total);
  const sent = new Float64Array(total);
  let at = 0;
  flights.forEach(({ table }, c) => {
    for (let k = 0; k < table.count; k++) {
      connection[at] = c;
      flight[at] = k;
      sent[at++] = table.columns.sent[k] as number;
    }
  });
  return { connection, flight, order: orderByTime(sent) };
};

/** ns since 1970 of an instant that is `ns` after `ms`, as decimal text; null where `ms` is no date. */
const epochText = (ms: number | null, ns: number): string | null => {
  const epoch = epochOf(ms);
  if (epoch === null) return null;
  return (BigInt(Math.floor(epoch)) * 1_000_000n + BigInt(Math.round((epoch % 1) * NS_PER_MS) + ns)).toString();
};

const quicFlow = (flow: number, connection: Connection, shake: Handshake, packets: number): QuicFlow => {
  const logs = ends(connection).map((end) => end.log);
  const first = <T>(of: (log: Log) => T | null): T | null => {
    for (const log of logs) {
      const value = of(log);
      if (value !== null) return value;
    }
    return null;
  };
  const exponent = (side: 'client' | 'server'): number => {
    for (const log of logs) {
      const text = log.parameters[log.head.side === side ? 'local' : 'remote'].get('ack_delay_exponent');
      if (text !== undefined) return Number(text);
    }
    return 3;
  };
  return {
    flow,
    version: first((log) => log.version),
    suite: null,
    serverName: first((log) => log.serverName),
    alpn: first((log) => log.alpn),
    resumed: null,
    early: shake.early,
    closed: 0,
    opened: packets,
    secured: shake.secured,
    ackDelayExponent: { client: exponent('client'), server: exponent('server') },
  };
};

/** Makes one trace of the logs of a file, or of several: the logs of both ends of a connection become one flow. */
export const assembleLogs = (name: string, logs: readonly Log[], warnings: readonly string[]): Trace => {
  const builder = new TraceBuilder();
  for (const sentence of warnings) builder.warn(sentence);
  const connections = connectionsOf(logs);
  const base = setBases(connections);
  const flights = connections.map(flightsOf);
  const places = new Places(builder);
  const links = connections.map((one, c) => places.add(one, flights[c] as Flights));
  const said = new Set(flights.flatMap(({ sentences }) => sentences));
  for (const sentence of said) builder.warn(sentence);
  const { connection, flight, order } = sorted(flights);
  builder.reserve(order.length, order.length);
  const emitter = new Emitter(builder, connections, flights, links, order.length);
  for (const k of order) emitter.emit(connection[k] as number, flight[k] as number);
  const start = emitter.start;
  const end = emitter.finish();
  for (const one of connections) for (const each of ends(one)) each.shift -= start;

  const quicFlows: QuicFlow[] = [];
  const shakes = connections.map((one, c) => {
    const isTcp = (one.client ?? one.server)?.log.isTcp === true;
    const shake = isTcp ? null : handshakeOf(builder, emitter.quic, emitter.datagrams[c] ?? [], emitter.firstPacket);
    if (shake) {
      const isTold = one.client?.log.notes.some(({ kind }) => kind === 'secured') === true;
      addHandshakeEvents(builder, c, shake, isTold);
      quicFlows.push(quicFlow(c, one, shake, emitter.datagrams[c]?.length ?? 0));
    }
    const own = ends(one).map((each) => ({ log: each.log, shift: each.shift, isClient: each === one.client }));
    addStates(builder, c, shake, own);
    for (const { log, shift, isClient } of own) {
      const flow = builder.flows[c] as TraceBuilder['flows'][number];
      addNotes(builder, c, isClient ? flow.client.node : flow.server.node, log, shift, (space, number) =>
        emitter.datagramOf(c, isClient, space, number),
      );
    }
    return shake;
  });
  const deliveries = emitter.deliver();
  connections.forEach((one, c) => {
    addRequests(builder, emitter, one, c, shakes[c] ?? null, deliveries);
    const { client, server } = builder.flows[c] as TraceBuilder['flows'][number];
    for (const each of ends(one))
      addHeld(builder, c, each === one.client ? client.node : server.node, each.log, each.shift, (stream) =>
        requestOn(builder.requests, c, stream),
      );
  });
  inScenarioOrder(builder);
  const trace = builder.finish({
    source: 'imported',
    title: name,
    seed: 0,
    end: nanos(Math.max(end, 0)),
    epoch: epochText(base, start),
  });
  if (emitter.quicCount === 0) return trace;
  const withQuic: Trace = { ...trace, quic: emitter.finishQuic(quicFlows) };
  const http = httpUnits(sources(withQuic, connections));
  return http ? { ...withQuic, http } : withQuic;
};

/** Requests that have places in a scenario's flow stand in that order, whichever connection took them. */
const inScenarioOrder = ({ requests, flows }: TraceBuilder): void => {
  const groupOf = ({ flow }: TraceRequest): number =>
    flows.findIndex((one, f) => f === flow || (one.group !== undefined && one.group === flows[flow]?.group));
  requests.sort((a, b) => groupOf(a) - groupOf(b) || (a.index ?? 0) - (b.index ?? 0));
};

const addRequests = (
  builder: TraceBuilder,
  emitter: Emitter,
  one: Connection,
  flow: number,
  shake: Handshake | null,
  deliveries: number,
): void => {
  const told = ends(one).find(({ log }) => log.requests.length > 0);
  if (told) {
    for (const note of told.log.requests) builder.requests.push(toldRequest(flow, note, told.shift));
    return;
  }
  if (!shake) return;
  const teller = [one.client, one.server].find((end) => (end?.log.http.length ?? 0) > 0);
  const seen = streamsOf(builder, emitter.quic, flow, emitter.datagrams[flow] ?? [], emitter.firstPacket, deliveries);
  seen.forEach((stream, index) => {
    const body = teller ? answerOn(teller.log.http, teller === one.client, stream.stream) : { path: null, bytes: null };
    builder.requests.push(requestOf(flow, stream, index, body));
  });
  if (seen.length > 0 && !teller)
    builder.warn(
      'The log has no frames of HTTP/3: what came on a stream is counted whole, heads and headers included.',
    );
};

/** Index of the request on a stream; NONE: there is none. */
const requestOn = (requests: readonly TraceRequest[], flow: number, stream: number): number =>
  requests.find((one) => one.flow === flow && one.stream === stream)?.index ?? NONE;

const sources = (trace: Trace, connections: readonly Connection[]): HttpSource[] => {
  const telling = connections.flatMap((one, flow) => {
    const end = ends(one).find(({ log }) => log.http.length > 0);
    return end ? [{ flow, end, isClient: end === one.client }] : [];
  });
  if (telling.length === 0) return [];
  const carriers = new StreamCarriers(trace);
  return telling.map(({ flow, end, isClient }) => ({
    flow,
    isClient,
    notes: end.log.http,
    requestOf: (stream) => requestOn(trace.requests, flow, stream),
    carrier: (up, stream, offset) => carriers.find(flow, up, stream, offset),
  }));
};
