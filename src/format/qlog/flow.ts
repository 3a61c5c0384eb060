import type { TraceBuilder } from '../../trace/builder.ts';
import type { TraceEnd } from '../../trace/types.ts';
import { nanos } from '../../base/time.ts';
import type { Flights } from './flights.ts';
import type { Connection, End } from './pair.ts';
import { fieldsOf, numberOf, textOf } from './values.ts';

/** Where one side of a connection is. */
interface Address {
  readonly address: string;
  readonly port: number;
}

/** What the logs say of an address: the log of that side first. */
const addressOf = ({ client, server }: Connection, side: 'client' | 'server'): Address => {
  const [own, other] = side === 'client' ? [client, server] : [server, client];
  const here = own?.log.address;
  const there = other?.log.address;
  return {
    address: here?.local || there?.remote || '',
    port: here?.localPort || there?.remotePort || 0,
  };
};

const withPort = ({ address, port }: Address): string =>
  `${address.includes(':') ? `[${address}]` : address}:${String(port)}`;

/** What a run of our own says of the flow that it logs. */
export interface OwnFlow {
  readonly name: string;
  readonly group: number | null;
}

const ownFlow = (end: End | null): OwnFlow | null => {
  const own = fieldsOf(end?.log.head.common['roundtrip']);
  const ofGroup = fieldsOf(fieldsOf(own['flows'])[end?.log.group ?? '']);
  const name = textOf(ofGroup['flow']);
  if (name === '') return null;
  const group = numberOf(ofGroup['group']);
  return { name, group: Number.isNaN(group) ? null : group };
};

const UNKNOWN_END = { isn: null, mss: null, windowScale: null, sackPermitted: null, timestamps: null };

/** Nodes, links and flows of a trace that logs are made into. */
export class Places {
  readonly #nodes = new Map<string, number>();
  readonly #links = new Map<string, number>();

  constructor(private readonly builder: TraceBuilder) {}

  #node(address: string, role: 'client' | 'server', taken: number | null): number {
    const key = address === '' ? role : address;
    const known = this.#nodes.get(key);
    if (known !== undefined && known !== taken) return known;
    // Two ends at one address are told apart by their roles.
    const own = known === undefined ? key : `${key} ${role}`;
    const again = this.#nodes.get(own);
    if (again !== undefined) return again;
    const index = this.builder.nodes.push({ name: key, role, address }) - 1;
    this.#nodes.set(own, index);
    return index;
  }

  #link(from: number, to: number, delay: number | null): number {
    const key = `${String(from)} ${String(to)}`;
    let index = this.#links.get(key);
    if (index === undefined) {
      const link = { from, to, mbps: null, delay: delay === null ? null : nanos(delay), queuePackets: null };
      index = this.builder.links.push(link) - 1;
      this.#links.set(key, index);
    }
    return index;
  }

  /** Adds the flow of a connection; gives its links. */
  add(connection: Connection, flights: Flights): { readonly up: number; readonly down: number } {
    const client = addressOf(connection, 'client');
    const server = addressOf(connection, 'server');
    const clientNode = this.#node(client.address, 'client', null);
    const serverNode = this.#node(server.address, 'server', clientNode);
    const end = (node: number, { address, port }: Address): TraceEnd => ({ node, address, port, ...UNKNOWN_END });
    const any = connection.client ?? connection.server;
    const own = ownFlow(connection.client) ?? ownFlow(connection.server);
    const isTcp = any?.log.isTcp === true;
    const group = any?.log.group ?? '';
    const knobs = [connection.client, connection.server].flatMap((one) => (one ? knobsOf(one) : []));
    this.builder.flows.push({
      name:
        own?.name ??
        (client.address !== '' && server.address !== ''
          ? `${withPort(client)} → ${withPort(server)}`
          : `${isTcp ? 'TCP' : 'QUIC'}${group === '' ? '' : ` ${group.slice(0, 12)}`}`),
      protocol: isTcp ? 'tcp' : 'udp',
      client: end(clientNode, client),
      server: end(serverNode, server),
      congestion: null,
      knobs: [...new Map(knobs)],
      lookup: null,
      tls: null,
      ...(own?.group == null ? {} : { group: own.group }),
    });
    return {
      up: this.#link(clientNode, serverNode, flights.way.up),
      down: this.#link(serverNode, clientNode, flights.way.down),
    };
  }
}

/** Transport parameters by whose they are: "client initial_max_data". */
const knobsOf = ({ log }: End): (readonly [string, string])[] => {
  const { side } = log.head;
  const other = side === 'client' ? 'server' : 'client';
  return [
    ...[...log.parameters.local].map(([key, value]) => [`${side} ${key}`, value] as const),
    ...[...log.parameters.remote].map(([key, value]) => [`${other} ${key}`, value] as const),
  ];
};
