import { hashWords } from '../../base/hash.ts';
import { fromMs, nanos } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import { expand } from '../../scenario/expand.ts';
import type { Topology } from '../../scenario/expand.ts';
import type { Scenario, ScenarioFlow } from '../../scenario/schema.ts';
import { TraceBuilder } from '../../trace/builder.ts';
import type { Trace, TraceEnd } from '../../trace/types.ts';
import { ClientApplication, ServerApplication } from '../host/exchange.ts';
import type { Exchange, Workload } from '../host/exchange.ts';
import type { SecureEnd, SecureFlow } from '../host/secure/flow.ts';
import type { SecureSettings } from '../host/secure/settings.ts';
import type { Layered } from '../host/transport.ts';
import { answerArrivals } from './arrivals.ts';
import type { TlsSession } from '../../wire/tls/make/session.ts';
import { workloadOf } from './workload.ts';
import { TcpConnection } from '../protocol/tcp/connection.ts';
import { announcedMss } from '../protocol/tcp/handshake.ts';
import { knobsOf } from '../protocol/tcp/knobs.ts';
import { SegmentPool } from '../protocol/tcp/segment.ts';
import { describeKnobs } from './describe.ts';
import { Host } from './host.ts';
import type { Layers } from './layers.ts';
import { TraceProbe } from './probe.ts';
import { Simulator } from './simulator.ts';

/** Purposes of what is derived from the seed. */
const Purpose = { Isn: 0x11, Timestamp: 0x12, IpId: 0x13, Algorithm: 0x14 } as const;
/** Rows that are reserved at most; a longer run grows from there. */
const MOST_RESERVED = 1_048_576;
const SERVER_PORT = 5001;
const FIRST_CLIENT_PORT = 47_846;

const TCP_ALONE: Layers = { tls: null };

/**
 * Plays a scenario to its end and returns what happened. Deterministic: the same scenario gives the same trace. `layers`:
 * what stands upon TCP, loaded by `layersFor`.
 */
export const run = (scenario: Scenario, layers: Layers = TCP_ALONE): Trace => {
  const topology = expand(scenario);
  const builder = new TraceBuilder();
  for (const node of topology.nodes) builder.nodes.push({ name: node.name, role: node.role, address: node.address });
  for (const link of topology.links) {
    builder.links.push({
      from: link.from,
      to: link.to,
      mbps: link.mbps,
      delay: fromMs(link.delayMs),
      queuePackets: link.queuePackets,
    });
  }
  const segments = expectedSegments(scenario, topology);
  builder.reserve(Math.min(2 * segments + 64, MOST_RESERVED), Math.min(segments + 64, MOST_RESERVED));
  const pool = new SegmentPool();
  const names = scenario.flows.map(nameOf);
  const simulator = new Simulator(topology, builder, pool, scenario.seed, names);
  const hosts = scenario.flows.map((flow, f) => addFlow(scenario, flow, f, topology, builder, pool, simulator, layers));
  const end = simulator.run(fromMs(scenario.durationMs));
  simulator.markInFlight();
  hosts.forEach(([client], f) => addRequests(builder, scenario.flows[f] as ScenarioFlow, f, client, layers));
  const trace = builder.finish({
    source: 'simulated',
    title: scenario.title,
    seed: scenario.seed,
    end: lastInstant(builder, end),
  });
  return layers.tls ? { ...trace, tls: layers.tls.secureTable(trace) } : trace;
};

/** Segments of payload that the workload asks for, at the size that the smallest MTU allows: what memory is reserved by. */
const expectedSegments = (scenario: Scenario, topology: Topology): number => {
  const mtu = topology.links.reduce((least, link) => Math.min(least, link.mtu), Infinity);
  let bytes = 0;
  for (const flow of scenario.flows)
    for (const request of flow.requests) bytes += request.requestBytes + request.responseBytes;
  return Math.ceil(bytes / Math.max(mtu - 52, 64));
};

const nameOf = (flow: ScenarioFlow, f: number): string => flow.name ?? `flow ${String(f + 1)}`;

const addFlow = (
  scenario: Scenario,
  flow: ScenarioFlow,
  f: number,
  topology: Topology,
  builder: TraceBuilder,
  pool: SegmentPool,
  simulator: Simulator,
  layers: Layers,
): readonly [Host, Host] => {
  const [clientNode, serverNode] = topology.ends[f] as readonly [number, number];
  const { profile, congestion, client: clientOnly, server: serverOnly, ...shared } = flow.tcp;
  const workload = workloadOf(flow);
  const wantedNs = fromMs(flow.startMs);
  const startNs = nanos(wantedNs + fromMs(flow.dnsMs));
  const { tls } = flow;
  const isSecure = tls.version !== 'none';
  const make = (isServer: boolean): End => {
    const node = isServer ? serverNode : clientNode;
    const peer = isServer ? clientNode : serverNode;
    const knobs = knobsOf(profile, {
      congestion,
      // Whoever speaks TLS writes whole flights and turns Nagle off (TCP_NODELAY), as browsers and servers do.
      ...(isSecure ? { nagle: false } : {}),
      ...shared,
      ...(isServer ? serverOnly : clientOnly),
    });
    const probe = new TraceProbe(builder, node, f);
    const side = isServer ? 1 : 0;
    const derive = (purpose: number): number => hashWords(scenario.seed, purpose, f, side);
    const tcp = new TcpConnection({
      knobs,
      mtu: firstLinkMtu(topology, node, peer),
      isn: knobs.zeroIsn ? 0 : derive(Purpose.Isn),
      timestampOffset: derive(Purpose.Timestamp),
      seed: derive(Purpose.Algorithm),
      probe,
      pool,
      receiveBuffer: isServer ? 0 : flow.read.buffer,
    });
    return { tcp, probe, node, peer, isServer, ipId: derive(Purpose.IpId), wakeNs: knobs.wakeUs * 1000 };
  };
  const ends = { client: make(false), server: make(true) };
  const secure =
    tls.version === 'none'
      ? null
      : secured(
          { ...tls, version: tls.version },
          scenario.seed,
          nameOf(flow, f),
          ends,
          layers,
          recordedOf(builder, tls.replayOf),
        );
  const client = hostOf(ends.client, secure?.client ?? null, f, workload, scenario.untilClosed);
  const server = hostOf(ends.server, secure?.server ?? null, f, workload, scenario.untilClosed);
  wire(flow, client, server, startNs);
  simulator.addHost(client);
  simulator.addHost(server);
  builder.flows.push({
    name: nameOf(flow, f),
    protocol: 'tcp',
    client: endOf(client, topology, FIRST_CLIENT_PORT + f),
    server: endOf(server, topology, SERVER_PORT + (topology.ends.length > 1 ? f : 0)),
    congestion: server.connection.tcb.knobs.congestion.toUpperCase(),
    knobs: describeKnobs(profile, server.connection.tcb.knobs),
    tls: secure?.session ?? null,
    lookup: flow.dnsMs > 0 ? wantedNs : null,
  });
  return [client, server];
};

/** One end of a flow before its application is there. */
interface End {
  readonly tcp: TcpConnection;
  readonly probe: TraceProbe;
  readonly node: number;
  readonly peer: number;
  readonly isServer: boolean;
  readonly ipId: number;
  /** From a notice to what the application does about it, ns. */
  readonly wakeNs: number;
}

/** What the flow of this name has sent: an attacker may have written it down. */
const recordedOf = (builder: TraceBuilder, name: string | undefined): TlsSession | null =>
  name === undefined ? null : (builder.flows.find((flow) => flow.name === name)?.tls ?? null);

const secured = (
  settings: SecureSettings,
  seed: number,
  name: string,
  ends: { readonly client: End; readonly server: End },
  layers: Layers,
  recorded: TlsSession | null,
): SecureFlow => {
  if (layers.tls === null) throw new Error(`Flow "${name}" speaks TLS, and that part is not loaded.`);
  const end = ({ tcp, probe }: End): SecureEnd => ({
    tcp,
    probe,
    state: (now, state) => {
      probe.secureState(now, state);
    },
  });
  return layers.tls.secureFlow(settings, seed, name, { client: end(ends.client), server: end(ends.server) }, recorded);
};

const hostOf = (end: End, secure: Layered | null, f: number, workload: Workload, untilClosed: boolean): Host => {
  const { tcp, probe, node, peer, isServer, ipId, wakeNs } = end;
  const transport = secure ?? tcp;
  const application = isServer
    ? new ServerApplication(transport, workload, wakeNs)
    : new ClientApplication(transport, workload, wakeNs);
  return new Host(tcp, secure, application, probe, f, node, peer, isServer, ipId, untilClosed);
};

/** Who starts when: the server listens first; both may open, or nobody may listen. */
const wire = (flow: ScenarioFlow, client: Host, server: Host, startNs: Nanos): void => {
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

const endOf = (host: Host, topology: Topology, port: number): TraceEnd => {
  const { knobs, isn } = host.connection.tcb;
  return {
    node: host.node,
    address: topology.nodes[host.node]?.address ?? '',
    port,
    isn,
    mss: announcedMss(host.connection.tcb),
    windowScale: host.connection.tcb.offeredScale < 0 ? null : host.connection.tcb.offeredScale,
    sackPermitted: knobs.sack,
    timestamps: knobs.timestamps,
  };
};

const firstLinkMtu = (topology: Topology, node: number, peer: number): number => {
  // The smallest MTU of the way: path MTU discovery is taken as done.
  let mtu = Infinity;
  for (let at = node; at !== peer;) {
    const link = topology.links[(topology.routes[at] as readonly number[])[peer] as number];
    if (link === undefined) break;
    mtu = Math.min(mtu, link.mtu);
    at = link.to;
  }
  return Number.isFinite(mtu) ? mtu : 1500;
};

const addRequests = (builder: TraceBuilder, flow: ScenarioFlow, f: number, client: Host, layers: Layers): void => {
  const { progress, received } = client.application as ClientApplication;
  const orNull = (time: number): Nanos | null => (Number.isNaN(time) ? null : nanos(time));
  const { exchanges } = workloadOf(flow);
  const isInbound = (link: number): boolean => builder.links[link]?.to === client.node;
  const session = builder.flows[f]?.tls ?? null;
  const placed = session && layers.tls ? inRecords(exchanges, session, layers.tls.Places) : exchanges;
  const arrivals = answerArrivals(builder.packets, builder.packetCount, f, isInbound, placed);
  placed.forEach((exchange, i) => {
    const { responseOffset, responseBytes } = exchanges[i] as Exchange;
    const times = progress[i];
    builder.requests.push({
      flow: f,
      id: exchange.id,
      path: flow.requests[i]?.path ?? null,
      sent: orNull(times?.sent ?? NaN),
      firstByte: orNull(arrivals[i]?.first ?? NaN),
      completion: orNull((responseBytes === 0 ? times?.completion : arrivals[i]?.last) ?? NaN),
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

/** The last event, or the last arrival where that is later. */
const lastInstant = (builder: TraceBuilder, end: Nanos): Nanos => {
  let last: number = end;
  for (let i = Math.max(0, builder.packetCount - 1000); i < builder.packetCount; i++)
    last = Math.max(last, builder.packets.arrived[i] as number);
  return nanos(last);
};
