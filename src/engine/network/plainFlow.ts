import { fromMs, nanos } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import type { ScenarioFlow } from '../../scenario/schema.ts';
import type { TraceBuilder } from '../../trace/builder.ts';
import type { TlsSession } from '../../wire/tls/make/session.ts';
import { ClientApplication, ServerApplication } from '../host/exchange.ts';
import type { Exchange } from '../host/exchange.ts';
import { answerArrivals } from './arrivals.ts';
import type { Connection, Connector } from './connector.ts';
import type { Layers } from './layers.ts';
import { workloadOf } from './workload.ts';

/** A flow without HTTP: one connection, requests as bytes. */
export const addPlainFlow = (flow: ScenarioFlow, f: number, connector: Connector): Connection => {
  const workload = workloadOf(flow);
  const wantedNs = fromMs(flow.startMs);
  const connection = connector.connect(f, 1, flow.tls.serverName, (client, server) => ({
    client: new ClientApplication(client.transport, workload, client.wakeNs),
    server: new ServerApplication(server.transport, workload, server.wakeNs),
    more: { lookup: flow.dnsMs > 0 ? wantedNs : null },
  }));
  wire(flow, connection, nanos(wantedNs + fromMs(flow.dnsMs)));
  return connection;
};

/** Who starts when: the server listens first; both may open, or nobody may listen. */
const wire = (flow: ScenarioFlow, { client, server }: Connection, startNs: Nanos): void => {
  const clientApplication = client.application as ClientApplication;
  const serverApplication = server.application as ServerApplication;
  if (!flow.refused && !flow.simultaneousOpen) serverApplication.start(nanos(0));
  if (flow.simultaneousOpen) serverApplication.openAt(startNs);
  clientApplication.openAt(startNs);
  clientApplication.onFinished = (now): void => {
    clientApplication.closeNow(now);
    serverApplication.closeNow(now);
    client.touchedPeer = true;
  };
};

/** Writes the requests of a flow without HTTP into the trace. */
export const addPlainRequests = (
  builder: TraceBuilder,
  flow: ScenarioFlow,
  { flow: f, client }: Connection,
  layers: Layers,
): void => {
  const { progress, received } = client.application as ClientApplication;
  const orNull = (time: number): Nanos | null => (Number.isNaN(time) ? null : nanos(time));
  const { exchanges } = workloadOf(flow);
  const isInbound = (link: number): boolean => builder.links[link]?.to === client.node;
  const session = builder.flows[f]?.tls ?? null;
  const placed = session && layers.tls ? inRecords(exchanges, session, layers.tls.Places) : exchanges;
  const stretches = placed.map(({ responseOffset: from, responseBytes }, owner) => ({
    owner,
    from,
    to: from + responseBytes,
  }));
  // Who has no key gets no answer, whatever arrives.
  const canRead = session?.copies === undefined;
  const arrivals = answerArrivals(builder.packets, builder.packetCount, f, isInbound, stretches, placed.length);
  placed.forEach((exchange, i) => {
    const { responseOffset, responseBytes } = exchanges[i] as Exchange;
    const times = progress[i];
    builder.requests.push({
      flow: f,
      id: exchange.id,
      path: flow.requests[i]?.path ?? null,
      sent: orNull(times?.sent ?? NaN),
      firstByte: canRead ? orNull(arrivals[i]?.first ?? NaN) : null,
      completion: canRead ? orNull((responseBytes === 0 ? times?.completion : arrivals[i]?.last) ?? NaN) : null,
      requestOffset: exchange.requestOffset,
      requestBytes: exchange.requestBytes,
      responseOffset: exchange.responseOffset,
      responseBytes: exchange.responseBytes,
      delivered: session ? Math.max(0, Math.min(responseBytes, received - responseOffset)) : null,
    });
  });
};

/** The exchanges as stretches of the streams that TLS made of them. */
const inRecords = (
  exchanges: readonly Exchange[],
  session: TlsSession,
  Places: NonNullable<Layers['tls']>['Places'],
): Exchange[] => {
  const [up, down] = [new Places(session, 'client'), new Places(session, 'server')];
  return exchanges.map((exchange) => {
    const { requestOffset, requestBytes, responseOffset, responseBytes } = exchange;
    const request = up.range(requestOffset, requestOffset + requestBytes);
    const response = down.range(responseOffset, responseOffset + responseBytes);
    return {
      ...exchange,
      requestOffset: request.from,
      requestBytes: request.to - request.from,
      responseOffset: response.from,
      responseBytes: response.to - response.from,
    };
  });
};
