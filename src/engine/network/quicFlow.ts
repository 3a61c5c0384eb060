import { fromMs, nanos } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import type { ScenarioFlow } from '../../scenario/schema.ts';
import type { TraceBuilder } from '../../trace/builder.ts';
import { NONE } from '../../trace/types.ts';
import { streamArrivals } from '../../trace/quic/arrivals.ts';
import type { Range } from '../../trace/quic/arrivals.ts';
import { unitSize } from '../../wire/http/session.ts';
import type { HttpSession, SentUnit } from '../../wire/http/session.ts';
import type { Page, PageConnection, PageServer } from '../host/http/page.ts';
import { http3Flow } from '../host/http3/flow.ts';
import type { Http3End, Http3Pair } from '../host/http3/flow.ts';
import type { Http3Settings } from '../host/http3/settings.ts';
import { hooksOf } from './httpHooks.ts';
import { httpSettingsOf, serverNameOf } from './httpSettings.ts';
import type { QuicConnector, QuicEnd, QuicLink } from './quicConnector.ts';
import type { QuicTraceProbe } from './quicProbe.ts';
import type { Simulator } from './simulator.ts';

/** From a notice to what the application does about it, ns: the same process reads and answers. */
const WAKE = 0;

const endOf = ({ transport, probe }: QuicEnd, clock: () => Nanos): Http3End => ({
  transport,
  wakeNs: WAKE,
  hooks: hooksOf(probe.base, clock),
});

/** A profile of a real stack is that of its HTTP/3, too, unless the scenario names somebody else. */
const settingsOf = (flow: ScenarioFlow): Http3Settings => {
  const settings = httpSettingsOf(flow);
  const { profile } = flow.quic;
  if (profile === 'rfc') return settings;
  return {
    ...settings,
    client: settings.client === 'browser' ? profile : settings.client,
    server: settings.server === 'rfc' ? profile : settings.server,
  };
};

/** Adds a flow that speaks HTTP/3: one connection for each origin. What is returned writes its requests. */
export const addQuicFlow = (
  flow: ScenarioFlow,
  f: number,
  builder: TraceBuilder,
  connector: QuicConnector,
  simulator: Simulator,
): (() => void) => {
  const settings = settingsOf(flow);
  const wantedNs = fromMs(flow.startMs);
  const startNs = nanos(wantedNs + fromMs(flow.dnsMs));
  const hosts = new Map<PageConnection | PageServer, number>();
  const links: QuicLink[] = [];
  let firstProbe: QuicTraceProbe | null = null;
  const connect = (origin: string): PageConnection => {
    const n = links.length + 1;
    let made: Http3Pair | null = null;
    const link = connector.connect(f, n, serverNameOf(flow, origin), startNs, (client, server) => {
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
    links.push(link);
    const { client, server } = made as unknown as Http3Pair;
    hosts.set(client, link.clientHost);
    hosts.set(server, link.serverHost);
    return client;
  };
  const http = http3Flow(
    settings,
    { delayMs: flow.closeDelayMs, answerDelayMs: flow.answerCloseDelayMs },
    {
      connect,
      touch: (one) => {
        const host = hosts.get(one);
        if (host !== undefined) simulator.touch(host);
      },
      queued: (request, wait, now) => {
        firstProbe?.base.held(now, request, wait);
      },
    },
  );
  connect(settings.requests[0]?.origin ?? '');
  http.page.startAt(startNs);
  return () => {
    addRequests(builder, flow, links, http.page, connector, hosts);
  };
};

export type AddQuicFlow = typeof addQuicFlow;

/** When the first byte of a request left: the application's write may have waited for keys, window or pacing. */
const sentAt = (builder: TraceBuilder, link: QuicLink | undefined, placed: Placed | undefined): number | undefined => {
  const row = placed && link ? link.asked.first(placed.stream, 0) : NONE;
  return row === NONE ? undefined : builder.packets.sent[row];
};

/** What a request and its answer took of their stream. */
interface Placed {
  readonly stream: number;
  requestBytes: number;
  readonly stretches: Range[];
}

/** Runs over the units of one side with the offset of each in its stream. */
const eachUnit = (units: readonly SentUnit[], visit: (unit: SentUnit, at: number) => void): void => {
  const ends = new Map<number, number>();
  for (const unit of units) {
    const at = ends.get(unit.stream) ?? 0;
    visit(unit, at);
    ends.set(unit.stream, at + unitSize(unit));
  }
};

const placesOf = (session: HttpSession): Map<number, Placed> => {
  const found = new Map<number, Placed>();
  eachUnit(session.client, (unit, at) => {
    // Bidirectional streams of the client carry requests (RFC 9114 §6.1).
    if (unit.request < 0 || unit.stream % 4 !== 0) return;
    const known = found.get(unit.request) ?? { stream: unit.stream, requestBytes: 0, stretches: [] };
    known.requestBytes = at + unitSize(unit);
    found.set(unit.request, known);
  });
  eachUnit(session.server, (unit, at) => {
    if (unit.body === 0) return;
    const from = at + unit.head.length;
    found.get(unit.request)?.stretches.push([from, from + unit.body]);
  });
  return found;
};

const addRequests = (
  builder: TraceBuilder,
  flow: ScenarioFlow,
  links: readonly QuicLink[],
  page: Page,
  connector: QuicConnector,
  hosts: ReadonlyMap<PageConnection | PageServer, number>,
): void => {
  const orNull = (time: number | undefined): Nanos | null =>
    time === undefined || Number.isNaN(time) ? null : nanos(time);
  const { quic } = connector;
  const tables = {
    packets: builder.packets,
    packetCount: builder.packetCount,
    quicPackets: quic.packets,
    frames: quic.frames,
    frameCount: quic.frameCount,
  };
  const carriers = links.map((link) => {
    const session = builder.flows[link.flow]?.http ?? { version: '3', client: [], server: [] };
    const placed = placesOf(session);
    const wanted = new Map([...placed.values()].map(({ stream, stretches }) => [stream, stretches]));
    const isLast = (l: number): boolean => builder.links[l]?.to === link.client.node;
    return { link, placed, arrivals: streamArrivals(tables, link.flow, isLast, wanted) };
  });
  flow.requests.forEach((request, i) => {
    const progress = page.progress[i];
    const host = progress?.connection ? hosts.get(progress.connection) : undefined;
    const carrier = carriers.find((one) => one.link.clientHost === host);
    const placed = carrier?.placed.get(i);
    const arrival = placed && carrier?.arrivals.get(placed.stream);
    const stretches = placed?.stretches ?? [];
    const from = stretches[0]?.[0] ?? 0;
    const isWhole = progress?.delivered === request.responseBytes && request.responseBytes > 0;
    builder.requests.push({
      flow: carrier?.link.flow ?? links[0]?.flow ?? 0,
      id: request.id ?? `request ${String(i + 1)}`,
      path: request.path ?? null,
      sent: orNull(sentAt(builder, carrier?.link, placed) ?? progress?.sent),
      firstByte: orNull(arrival?.first),
      completion: orNull(isWhole ? arrival?.last : request.responseBytes === 0 ? progress?.completion : NaN),
      requestOffset: 0,
      requestBytes: placed?.requestBytes ?? 0,
      responseOffset: from,
      responseBytes: (stretches.at(-1)?.[1] ?? from) - from,
      delivered: progress?.delivered ?? 0,
      index: i,
      ...(stretches.length > 1 ? { stretches } : {}),
      ...(placed ? { stream: placed.stream } : {}),
    });
  });
};
