import { nanos } from '../../base/time.ts';
import type { TraceBuilder } from '../../trace/builder.ts';
import type { TraceLink } from '../../trace/types.ts';
import type { Flow } from './flows.ts';
import type { Delays } from './vantage.ts';

/** Nodes and links of an imported trace: a node an address, a link for each direction of a pair. */
export class LinkTable {
  readonly #builder: TraceBuilder;
  readonly #addresses: readonly string[];
  readonly #nodes = new Map<string, number>();
  readonly #links = new Map<number, number>();
  readonly #up: number[] = [];
  readonly #down: number[] = [];

  constructor(builder: TraceBuilder, addresses: readonly string[]) {
    this.#builder = builder;
    this.#addresses = addresses;
  }

  /** Adds what a flow needs; gives the nodes of its ends. */
  add(flow: Flow, delays: Delays): { client: number; server: number } {
    const clientAddress = this.#addresses[flow.client] ?? '';
    const serverAddress = this.#addresses[flow.server] ?? '';
    const client = this.#node(clientAddress, clientAddress, 'client');
    // A host that talks to itself gets a second lifeline.
    const isSelf = flow.client === flow.server;
    const server = this.#node(isSelf ? `${serverAddress} server` : serverAddress, serverAddress, 'server');
    const way = delays.both ? { up: delays.toServer, down: delays.toClient } : both(delays.toClient + delays.toServer);
    const isKnown = flow.protocol !== 'other' && (delays.atClient || delays.atServer || way.up > 0);
    this.#up.push(this.#link(client, server, isKnown ? way.up : null));
    this.#down.push(this.#link(server, client, isKnown ? way.down : null));
    return { client, server };
  }

  linkOf(flow: number, upward: boolean): number {
    return (upward ? this.#up[flow] : this.#down[flow]) ?? 0;
  }

  #node(key: string, address: string, role: 'client' | 'server'): number {
    const known = this.#nodes.get(key);
    if (known !== undefined) {
      const node = this.#builder.nodes[known];
      // Client of one flow and server of another.
      if (node && node.role !== role) this.#builder.nodes[known] = { ...node, role: 'unknown' };
      return known;
    }
    const index = this.#builder.nodes.push({ name: key, role, address }) - 1;
    this.#nodes.set(key, index);
    return index;
  }

  #link(from: number, to: number, delay: number | null): number {
    const key = from * 65_536 + to;
    const known = this.#links.get(key);
    if (known !== undefined) return known;
    const link: TraceLink = { from, to, mbps: null, delay: delay === null ? null : nanos(delay), queuePackets: null };
    const index = this.#builder.links.push(link) - 1;
    this.#links.set(key, index);
    return index;
  }
}

const both = (way: number): { up: number; down: number } => ({ up: way, down: way });
