import { hashWords } from '../../base/hash.ts';
import type { Nanos } from '../../base/time.ts';
import type { Topology } from '../../scenario/expand.ts';
import type { Scenario, ScenarioFlow } from '../../scenario/schema.ts';
import type { TraceBuilder } from '../../trace/builder.ts';
import type { TraceEnd, TraceFlow } from '../../trace/types.ts';
import type { TlsSession } from '../../wire/tls/make/session.ts';
import type { Application } from '../host/application.ts';
import type { SecureEnd, SecureFlow } from '../host/secure/flow.ts';
import type { SecureSettings } from '../host/secure/settings.ts';
import type { Layered, Transport } from '../host/transport.ts';
import { TcpConnection } from '../protocol/tcp/connection.ts';
import { announcedMss } from '../protocol/tcp/handshake.ts';
import { knobsOf } from '../protocol/tcp/knobs.ts';
import type { SegmentPool } from '../protocol/tcp/segment.ts';
import { describeKnobs } from './describe.ts';
import { Host } from './host.ts';
import { connectionName, identityOf } from './identity.ts';
import type { Layers } from './layers.ts';
import { TraceProbe } from './probe.ts';
import type { Simulator } from './simulator.ts';

/** Purposes of what is derived from the seed. */
const Purpose = { Isn: 0x11, Timestamp: 0x12, IpId: 0x13, Algorithm: 0x14 } as const;
const SERVER_PORT = 5001;
const FIRST_CLIENT_PORT = 47_846;

/** One end of a connection while it is made. */
export interface End {
  readonly transport: Transport;
  readonly probe: TraceProbe;
  /** From a notice to what the application does about it, ns. */
  readonly wakeNs: number;
}

interface TcpEnd extends Omit<End, 'transport'> {
  readonly tcp: TcpConnection;
  readonly node: number;
  readonly peer: number;
  readonly ipId: number;
}

/** Both ends' applications, and what the trace is to know of the flow besides. */
export interface Upper<C extends Application, S extends Application> {
  readonly client: C;
  readonly server: S;
  readonly more?: Partial<TraceFlow>;
}

/** One connection as it stands in the run. */
export interface Connection {
  readonly flow: number;
  readonly client: Host;
  readonly server: Host;
  /** Numbers of its hosts in the simulator. */
  readonly clientHost: number;
  readonly serverHost: number;
}

/** Well-known ports, so that every tool knows what it reads; bytes without a protocol go to ports of nobody. */
const serverPort = ({ tls, http }: ScenarioFlow, nth: number): number =>
  tls.version !== 'none' ? 443 : http.version !== 'none' ? 80 : SERVER_PORT + nth;

export const nameOf = (flow: ScenarioFlow, f: number): string => flow.name ?? `flow ${String(f + 1)}`;

/** Makes connections: TCP, TLS upon it where the flow has it, the hosts, and the flow's row in the trace. */
export class Connector {
  constructor(
    private readonly scenario: Scenario,
    private readonly topology: Topology,
    private readonly builder: TraceBuilder,
    private readonly simulator: Simulator,
    private readonly pool: SegmentPool,
    private readonly layers: Layers,
  ) {}

  /** The `n`-th connection of flow `f` of the scenario, from 1. `serverName`: whom TLS asks for. */
  connect<C extends Application, S extends Application>(
    f: number,
    n: number,
    serverName: string,
    upper: (client: End, server: End) => Upper<C, S>,
  ): Connection {
    const { scenario, topology, builder, simulator } = this;
    const flow = scenario.flows[f] as ScenarioFlow;
    const index = builder.flows.length;
    const identity = identityOf(f, n, scenario.flows.length);
    const name = connectionName(nameOf(flow, f), n);
    const ends = {
      client: this.#tcp(flow, f, index, identity, false),
      server: this.#tcp(flow, f, index, identity, true),
    };
    const secure = this.#secure(flow, name, serverName, ends);
    const { client, server, more } = upper(
      { ...ends.client, transport: secure?.client ?? ends.client.tcp },
      { ...ends.server, transport: secure?.server ?? ends.server.tcp },
    );
    const host = (end: TcpEnd, layer: Layered | null, application: Application, isServer: boolean): Host =>
      new Host(
        end.tcp,
        layer,
        application,
        end.probe,
        index,
        end.node,
        end.peer,
        isServer,
        end.ipId,
        scenario.untilClosed,
        identity,
        this.pool,
        builder,
      );
    const clientHost = host(ends.client, secure?.client ?? null, client, false);
    const serverHost = host(ends.server, secure?.server ?? null, server, true);
    builder.flows.push({
      name,
      protocol: 'tcp',
      client: endOf(clientHost, topology, FIRST_CLIENT_PORT + index),
      server: endOf(serverHost, topology, serverPort(flow, topology.ends.length > 1 ? f : 0)),
      congestion: ends.server.tcp.tcb.knobs.congestion.toUpperCase(),
      knobs: describeKnobs(flow.tcp.profile, ends.server.tcp.tcb.knobs),
      tls: secure?.session ?? null,
      lookup: null,
      ...more,
    });
    return {
      flow: index,
      client: clientHost,
      server: serverHost,
      clientHost: simulator.addHost(clientHost),
      serverHost: simulator.addHost(serverHost),
    };
  }

  #tcp(flow: ScenarioFlow, f: number, index: number, identity: number, isServer: boolean): TcpEnd {
    const { scenario, topology, builder } = this;
    const [clientNode, serverNode] = topology.ends[f] as readonly [number, number];
    const { profile, congestion, client: clientOnly, server: serverOnly, ...shared } = flow.tcp;
    const node = isServer ? serverNode : clientNode;
    const peer = isServer ? clientNode : serverNode;
    const speaksHttp = flow.http.version !== 'none';
    const knobs = knobsOf(profile, {
      congestion,
      // Whoever speaks TLS or HTTP writes whole flights and turns Nagle off (TCP_NODELAY), as browsers and servers do.
      ...(flow.tls.version !== 'none' || speaksHttp ? { nagle: false } : {}),
      // A server of HTTP is woken when there is room; it does not look for it now and then.
      ...(speaksHttp ? { writePollMs: 0 } : {}),
      ...shared,
      ...(isServer ? serverOnly : clientOnly),
    });
    const probe = new TraceProbe(builder, node, index);
    const side = isServer ? 1 : 0;
    const derive = (purpose: number): number => hashWords(scenario.seed, purpose, identity, side);
    const tcp = new TcpConnection({
      knobs,
      mtu: firstLinkMtu(topology, node, peer),
      isn: knobs.zeroIsn ? 0 : derive(Purpose.Isn),
      timestampOffset: derive(Purpose.Timestamp),
      seed: derive(Purpose.Algorithm),
      probe,
      pool: this.pool,
      receiveBuffer: isServer ? 0 : flow.read.buffer,
    });
    return { tcp, probe, node, peer, ipId: derive(Purpose.IpId), wakeNs: knobs.wakeUs * 1000 };
  }

  #secure(
    flow: ScenarioFlow,
    name: string,
    serverName: string,
    ends: { readonly client: TcpEnd; readonly server: TcpEnd },
  ): SecureFlow | null {
    const { tls, http } = flow;
    if (tls.version === 'none') return null;
    if (this.layers.tls === null) throw new Error(`Flow "${name}" speaks TLS, and that part is not loaded.`);
    const end = ({ tcp, probe }: TcpEnd): SecureEnd => ({
      tcp,
      probe,
      state: (now: Nanos, state: string) => {
        probe.secureState(now, state);
      },
    });
    const alpn = tls.alpn.length > 0 ? tls.alpn : ALPN[http.version];
    const settings: SecureSettings = { ...tls, version: tls.version, serverName, alpn };
    return this.layers.tls.secureFlow(
      settings,
      this.scenario.seed,
      name,
      { client: end(ends.client), server: end(ends.server) },
      this.#recorded(tls.replayOf),
    );
  }

  /** What the flow of this name has sent: an attacker may have written it down. */
  #recorded(name: string | undefined): TlsSession | null {
    return name === undefined ? null : (this.builder.flows.find((flow) => flow.name === name)?.tls ?? null);
  }
}

/** What the client says that it speaks, where the scenario leaves that open (RFC 7301 §6, RFC 9113 §3.2). */
const ALPN: Readonly<Record<ScenarioFlow['http']['version'], readonly string[]>> = {
  none: [],
  '1.0': ['http/1.0'],
  '1.1': ['http/1.1'],
  '2': ['h2', 'http/1.1'],
  '3': [],
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
