import { fromMs, nanos } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import type { ScenarioFlow } from '../../scenario/schema.ts';
import type { TraceBuilder } from '../../trace/builder.ts';
import { FrameType } from '../../wire/http2/codes.ts';
import { unitSize } from '../../wire/http/session.ts';
import type { HttpSession } from '../../wire/http/session.ts';
import { httpFlow } from '../host/http/flow.ts';
import type { HttpEnd } from '../host/http/flow.ts';
import type { Page, PageConnection, PageServer } from '../host/http/page.ts';
import type { Places } from '../host/secure/places.ts';
import { promisedIn } from '../protocol/http2/frames.ts';
import { answerArrivals } from './arrivals.ts';
import type { Stretch } from './arrivals.ts';
import type { Connection, Connector, End } from './connector.ts';
import { hooksOf } from './httpHooks.ts';
import { httpSettingsOf, serverNameOf } from './httpSettings.ts';
import type { TraceProbe } from './probe.ts';
import type { Simulator } from './simulator.ts';

type PlacesOf = typeof Places | null;

const endOf = ({ transport, probe, wakeNs }: End, clock: () => Nanos): HttpEnd => ({
  transport,
  wakeNs,
  hooks: hooksOf(probe, clock),
});

/** Adds a flow that speaks HTTP: its connections are made as its page wants them. What is returned writes its requests. */
export const addHttpFlow = (
  flow: ScenarioFlow,
  f: number,
  builder: TraceBuilder,
  connector: Connector,
  simulator: Simulator,
  places: PlacesOf,
): (() => void) => {
  const settings = httpSettingsOf(flow);
  const wantedNs = fromMs(flow.startMs);
  const startNs = nanos(wantedNs + fromMs(flow.dnsMs));
  const hosts = new Map<PageConnection | PageServer, number>();
  const connections: Connection[] = [];
  let firstProbe: TraceProbe | null = null;

  const connect = (origin: string): PageConnection => {
    const n = connections.length + 1;
    let made: ReturnType<typeof http.connect> | null = null;
    const connection = connector.connect(f, n, serverNameOf(flow, origin), (client, server) => {
      firstProbe ??= client.probe;
      const both = http.connect(origin, {
        client: endOf(client, () => both.client.time),
        server: endOf(server, () => both.server.time),
      });
      made = both;
      return {
        client: both.client,
        server: both.server,
        more: { http: both.log, group: f, lookup: n === 1 && flow.dnsMs > 0 ? wantedNs : null },
      };
    });
    connections.push(connection);
    const { client, server } = made as unknown as ReturnType<typeof http.connect>;
    hosts.set(client, connection.clientHost);
    hosts.set(server, connection.serverHost);
    if (!flow.refused) server.start(nanos(0));
    return client;
  };

  const http = httpFlow(
    settings,
    { delayMs: flow.closeDelayMs, answerDelayMs: flow.answerCloseDelayMs },
    {
      connect,
      touch: (one) => {
        const host = hosts.get(one);
        if (host !== undefined) simulator.touch(host);
      },
      queued: (request, wait, now) => {
        firstProbe?.held(now, request, wait);
      },
    },
  );
  connect(settings.requests[0]?.origin ?? '');
  http.page.startAt(startNs);
  return () => {
    addRequests(builder, flow, connections, http.page, places, hosts);
  };
};

export type AddHttpFlow = typeof addHttpFlow;

/** What a request and its answer took of their connection's streams. */
interface Placed {
  requestFrom: number;
  requestTo: number;
  stream: number;
  readonly stretches: Stretch[];
  /** Where it was promised, if it was pushed. */
  readonly promise?: Stretch;
}

/** `count`: requests of the flow; the promise of one is owned by its index and that. */
const places = (session: HttpSession, tls: { up: Places; down: Places } | null, count: number): Map<number, Placed> => {
  const found = new Map<number, Placed>();
  let at = 0;
  for (const unit of session.client) {
    const size = unitSize(unit);
    const asks = unit.kind === 'request' || unit.type === FrameType.Headers;
    if (unit.request >= 0 && (asks || found.has(unit.request))) {
      const range = tls?.up.range(at, at + size) ?? { from: at, to: at + size };
      const known = found.get(unit.request);
      // WINDOW_UPDATE and RST_STREAM of its stream come later, and are no part of what was asked.
      if (!known)
        found.set(unit.request, { requestFrom: range.from, requestTo: range.to, stream: unit.stream, stretches: [] });
      else if (unit.body > 0) known.requestTo = range.to;
    }
    at += size;
  }
  at = 0;
  for (const unit of session.server) {
    // What is pushed was never asked for (RFC 9113 §8.4).
    if (unit.kind === 'frame' && unit.type === FrameType.PushPromise)
      found.set(unit.request, {
        requestFrom: 0,
        requestTo: 0,
        stream: promisedIn(unit),
        stretches: [],
        promise: {
          owner: count + unit.request,
          ...(tls?.down.range(at, at + unitSize(unit)) ?? { from: at, to: at + unitSize(unit) }),
        },
      });
    if (unit.request >= 0 && unit.body > 0) {
      const from = at + unit.head.length;
      const range = tls?.down.range(from, from + unit.body) ?? { from, to: from + unit.body };
      found.get(unit.request)?.stretches.push({ owner: unit.request, from: range.from, to: range.to });
    }
    at += unitSize(unit);
  }
  return found;
};

/** Neighbours that touch are one. */
const joined = (stretches: readonly Stretch[]): [number, number][] => {
  const list: [number, number][] = [];
  for (const { from, to } of stretches) {
    const last = list.at(-1);
    if (last?.[1] === from) last[1] = to;
    else list.push([from, to]);
  }
  return list;
};

const addRequests = (
  builder: TraceBuilder,
  flow: ScenarioFlow,
  connections: readonly Connection[],
  page: Page,
  PlacesOf: PlacesOf,
  hosts: ReadonlyMap<PageConnection | PageServer, number>,
): void => {
  const orNull = (time: number | undefined): Nanos | null =>
    time === undefined || Number.isNaN(time) ? null : nanos(time);
  const byConnection = connections.map((connection) => {
    const row = builder.flows[connection.flow];
    const tls =
      row?.tls && PlacesOf ? { up: new PlacesOf(row.tls, 'client'), down: new PlacesOf(row.tls, 'server') } : null;
    const found = places(row?.http ?? { version: '1.1', client: [], server: [] }, tls, flow.requests.length);
    const stretches = [...found.values()]
      .flatMap((one) => (one.promise ? [one.promise, ...one.stretches] : one.stretches))
      .sort((a, b) => a.from - b.from);
    const isInbound = (link: number): boolean => builder.links[link]?.to === connection.client.node;
    const arrivals = answerArrivals(
      builder.packets,
      builder.packetCount,
      connection.flow,
      isInbound,
      stretches,
      2 * flow.requests.length,
    );
    return { connection, found, arrivals };
  });
  flow.requests.forEach((request, i) => {
    const progress = page.progress[i];
    const host = progress?.connection ? hosts.get(progress.connection) : undefined;
    const carrier = byConnection.find((one) => one.connection.clientHost === host);
    const placed = carrier?.found.get(i);
    const arrival = carrier?.arrivals[i];
    const stretches = joined(placed?.stretches ?? []);
    const from = stretches[0]?.[0] ?? 0;
    const isWhole = (progress?.delivered ?? 0) === request.responseBytes && request.responseBytes > 0;
    builder.requests.push({
      flow: carrier?.connection.flow ?? (connections[0] as Connection).flow,
      id: request.id ?? `request ${String(i + 1)}`,
      path: request.path ?? null,
      // What is pushed counts as asked for when the promise of it arrives.
      sent: orNull(placed?.promise ? carrier?.arrivals[flow.requests.length + i]?.last : progress?.sent),
      firstByte: orNull(arrival?.first),
      completion: orNull(isWhole ? arrival?.last : request.responseBytes === 0 ? progress?.completion : NaN),
      requestOffset: placed?.requestFrom ?? 0,
      requestBytes: (placed?.requestTo ?? 0) - (placed?.requestFrom ?? 0),
      responseOffset: from,
      responseBytes: (stretches.at(-1)?.[1] ?? from) - from,
      delivered: progress?.delivered ?? 0,
      index: i,
      ...(stretches.length > 1 ? { stretches } : {}),
      ...((placed?.stream ?? 0) > 0 ? { stream: placed?.stream ?? 0 } : {}),
    });
  });
};
