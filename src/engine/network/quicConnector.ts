import { hashWords } from '../../base/hash.ts';
import { QuicBuilder } from '../../trace/quic/builder.ts';
import type { TraceBuilder } from '../../trace/builder.ts';
import type { TraceEnd, TraceFlow } from '../../trace/types.ts';
import type { Topology } from '../../scenario/expand.ts';
import type { Scenario, ScenarioFlow } from '../../scenario/schema.ts';
import type { QuicApplication } from '../host/quic/application.ts';
import { quicConfigsOf, quicKnobsOf } from '../host/quic/settings.ts';
import { QuicConnection } from '../protocol/quic/connection.ts';
import type { QuicCommand } from '../protocol/quic/connection.ts';
import { emptyLog } from '../protocol/quic/log.ts';
import type { QuicLog } from '../protocol/quic/log.ts';
import { limitsOf, parametersOf } from '../protocol/quic/parameters.ts';
import type { Path } from '../protocol/quic/pdu.ts';
import type { QuicKnobs } from '../protocol/quic/knobs.ts';
import { fromMs, nanos, NEVER } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import { connectionName, identityOf } from './identity.ts';
import { nameOf } from './connector.ts';
import { describeQuic } from './describeQuic.ts';
import { QuicHost } from './quicHost.ts';
import { QuicTraceProbe } from './quicProbe.ts';
import { SentIndex } from './sentIndex.ts';
import type { Simulator } from './simulator.ts';

const Purpose = { IpId: 0x13 } as const;
const FIRST_CLIENT_PORT = 47_846;
const SERVER_PORT = 443;
/** How the client's addresses are numbered: where it starts. */
const HOME_ADDRESS = 0;
const NO_BYTES = new Uint8Array(0);

/** One end of a QUIC connection while it is made. */
export interface QuicEnd {
  readonly transport: { command(command: QuicCommand, now: Nanos): void };
  readonly probe: QuicTraceProbe;
}

/** Both ends' applications, and what the trace is to know of the flow besides. */
export interface QuicUpper<C extends QuicApplication, S extends QuicApplication> {
  readonly client: C;
  readonly server: S;
  readonly more?: Partial<TraceFlow>;
}

export interface QuicLink {
  readonly flow: number;
  readonly client: QuicHost;
  readonly server: QuicHost;
  readonly clientHost: number;
  readonly serverHost: number;
  readonly log: QuicLog;
  /** What the client has sent. */
  readonly asked: SentIndex;
}

/** Makes QUIC connections: endpoints, hosts, and the flow's row in the trace. */
export class QuicConnector {
  readonly quic = new QuicBuilder();
  readonly links: QuicLink[] = [];

  constructor(
    private readonly scenario: Scenario,
    private readonly topology: Topology,
    private readonly builder: TraceBuilder,
    private readonly simulator: Simulator,
  ) {}

  /** The `n`-th connection of flow `f` of the scenario, from 1, to the server of this name. */
  connect<C extends QuicApplication, S extends QuicApplication>(
    f: number,
    n: number,
    serverName: string,
    startNs: Nanos,
    upper: (client: QuicEnd, server: QuicEnd) => QuicUpper<C, S>,
  ): QuicLink {
    const { scenario, topology, builder, simulator } = this;
    const flow = scenario.flows[f] as ScenarioFlow;
    const index = builder.flows.length;
    const identity = identityOf(f, n, scenario.flows.length);
    const name = connectionName(nameOf(flow, f), n);
    const home: Path = { address: HOME_ADDRESS, port: FIRST_CLIENT_PORT + index };
    const [clientNode, serverNode] = topology.ends[f] as readonly [number, number];
    const sent = { client: new SentIndex(), server: new SentIndex() };
    const probes = {
      client: new QuicTraceProbe(builder, this.quic, clientNode, index, sent.server),
      server: new QuicTraceProbe(builder, this.quic, serverNode, index, sent.client),
    };
    const { log, client, server, knobs } = this.#endpoints(flow, serverName, name, home, probes);
    const hosts: { client: QuicHost | null; server: QuicHost | null } = { client: null, server: null };
    const transport = (side: 'client' | 'server'): QuicEnd['transport'] => ({
      command: (command, now) => {
        hosts[side]?.command(command, now);
      },
    });
    const applications = upper(
      { transport: transport('client'), probe: probes.client },
      { transport: transport('server'), probe: probes.server },
    );
    const via = this.#ways(flow);
    const host = (side: 'client' | 'server'): QuicHost => {
      const isServer = side === 'server';
      return new QuicHost({
        connection: isServer ? server : client,
        application: applications[side],
        probe: probes[side],
        builder,
        sent: sent[side],
        flow: index,
        node: isServer ? serverNode : clientNode,
        peerNode: isServer ? clientNode : serverNode,
        isServer,
        identity,
        ipId: hashWords(scenario.seed, Purpose.IpId, identity, isServer ? 1 : 0),
        untilClosed: scenario.untilClosed,
        via,
        pathRow: (path) =>
          path.address === home.address && path.port === home.port
            ? 0
            : this.quic.path(otherAddress(this.topology.nodes[clientNode]?.address ?? '', path.address), path.port),
        plan: n === 1 ? planOf(flow, startNs, home, isServer) : [],
        rebindAt: flow.quic.rebindAtMs === undefined ? NEVER : nanos(startNs + fromMs(flow.quic.rebindAtMs)),
      });
    };
    hosts.client = host('client');
    hosts.server = host('server');
    builder.flows.push({
      name,
      protocol: 'udp',
      client: this.#end(clientNode, home.port),
      server: this.#end(serverNode, SERVER_PORT),
      congestion: knobs.congestion.toUpperCase(),
      knobs: describeQuic(flow.quic.profile, knobs),
      tls: null,
      quic: log,
      lookup: null,
      ...applications.more,
    });
    const link: QuicLink = {
      flow: index,
      client: hosts.client,
      server: hosts.server,
      clientHost: simulator.addHost(hosts.client),
      serverHost: simulator.addHost(hosts.server),
      log,
      asked: sent.client,
    };
    this.links.push(link);
    return link;
  }

  #endpoints(
    flow: ScenarioFlow,
    serverName: string,
    name: string,
    path: Path,
    probes: { readonly client: QuicTraceProbe; readonly server: QuicTraceProbe },
  ): { log: QuicLog; client: QuicConnection; server: QuicConnection; knobs: QuicKnobs } {
    const knobs = quicKnobsOf(flow.quic, flow.http);
    const alpn = flow.tls.alpn.length > 0 ? flow.tls.alpn : ['h3'];
    const configs = quicConfigsOf({ ...flow.tls, serverName, alpn });
    const { stored } = configs.client;
    const log = emptyLog(
      this.scenario.seed,
      name,
      configs.server.chain,
      configs.client.chain,
      stored && { id: stored.id, suite: stored.suite },
    );
    const shared = { log, path, token: null };
    const ids = { source: NO_BYTES, original: null, retry: null, resetToken: null };
    const remembered = configs.client.early ? limitsOf(parametersOf(knobs.server, 'server', ids)) : null;
    return {
      log,
      knobs: knobs.server,
      client: new QuicConnection({
        ...shared,
        side: 'client',
        client: configs.client,
        server: null,
        knobs: knobs.client,
        probe: probes.client,
        remembered,
      }),
      server: new QuicConnection({
        ...shared,
        side: 'server',
        client: null,
        server: configs.server,
        knobs: knobs.server,
        probe: probes.server,
        remembered: null,
      }),
    };
  }

  #end(node: number, port: number): TraceEnd {
    return {
      node,
      address: this.topology.nodes[node]?.address ?? '',
      port,
      isn: null,
      mss: null,
      windowScale: null,
      sackPermitted: null,
      timestamps: null,
    };
  }

  /** By which router each address of the client is reached: the n-th migration gives it the n-th address. */
  #ways(flow: ScenarioFlow): (address: number) => number {
    const ways = flow.quic.migrate.map(({ via }) =>
      via === undefined ? -1 : this.topology.nodes.findIndex((node) => node.name === via),
    );
    return (address) => ways[address - 1] ?? -1;
  }
}

/** An IPv4 address of the same host in another network: its third byte is so much larger. */
const otherAddress = (address: string, network: number): string =>
  address
    .split('.')
    .map((byte, i) => (i === 2 ? String((Number(byte) + network) & 0xff) : byte))
    .join('.');

/** What a scenario has an end do at set times. */
const planOf = (
  { quic }: ScenarioFlow,
  startNs: Nanos,
  home: Path,
  isServer: boolean,
): { readonly at: Nanos; readonly command: QuicCommand }[] => {
  const at = (ms: number): Nanos => nanos(startNs + fromMs(ms));
  if (isServer) return quic.forgetAtMs === undefined ? [] : [{ at: at(quic.forgetAtMs), command: { type: 'forget' } }];
  const moves = quic.migrate.map(({ atMs, via }, i) => ({
    at: at(atMs),
    command: {
      type: 'migrate',
      path: { address: via === undefined ? HOME_ADDRESS : HOME_ADDRESS + i + 1, port: home.port + i + 1 },
    } as const,
  }));
  const keys =
    quic.keyUpdateAtMs === undefined ? [] : [{ at: at(quic.keyUpdateAtMs), command: { type: 'keyUpdate' } as const }];
  return [...moves, ...keys].sort((a, b) => a.at - b.at);
};
