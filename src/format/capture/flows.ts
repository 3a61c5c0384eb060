import { addressText } from '../../wire/ip/address.ts';
import { u32 } from '../../wire/bytes.ts';
import { Side } from './side.ts';

/** Columns of flows and nodes are 16 bits wide; what comes on top shares the last one. */
const MAX_FLOWS = 65_000;
const MAX_NODES = 30_000;

export interface Flow {
  readonly index: number;
  readonly protocol: 'tcp' | 'udp' | 'other';
  /** Address numbers (see `AddressTable`). */
  readonly client: number;
  readonly server: number;
  readonly clientPort: number;
  readonly serverPort: number;
  readonly up: Side;
  readonly down: Side;
  /** When the latest SYN was seen, NaN: never; and the time from it to the ACK that ends the handshake. */
  synTime: number;
  firstRoundTrip: number;
}

/** Addresses by number, each text once. */
export class AddressTable {
  readonly texts: string[] = [];
  readonly #v4 = new Map<number, number>();
  readonly #v6 = new Map<string, number>();

  /** Number of the address at a place; −1 where there are too many. */
  intern(bytes: Uint8Array, at: number, length: number): number {
    if (length === 4) {
      const key = u32(bytes, at);
      const known = this.#v4.get(key);
      if (known !== undefined) return known;
      const index = this.#add(addressText(bytes, at, 4));
      this.#v4.set(key, index);
      return index;
    }
    let key = '';
    for (let k = 0; k < 16; k += 2)
      key += String.fromCharCode(((bytes[at + k] as number) << 8) | (bytes[at + k + 1] as number));
    const known = this.#v6.get(key);
    if (known !== undefined) return known;
    const index = this.#add(addressText(bytes, at, 16));
    this.#v6.set(key, index);
    return index;
  }

  #add(text: string): number {
    return this.texts.length >= MAX_NODES ? -1 : this.texts.push(text) - 1;
  }
}

/** Flows by protocol and the two ends; of a pair of ends used again, the latest. */
export class FlowTable {
  readonly flows: Flow[] = [];
  /** Packets that found no room in the table. */
  overflow = 0;
  readonly #known = new Map<number, Map<number, Flow>>();
  #rest: Flow | null = null;
  #lastLow = -1;
  #lastKey = -1;
  #last: Flow | undefined;

  /** The latest flow between two ends, whichever is its client; undefined where there is none. */
  find(protocol: number, a: number, aPort: number, b: number, bPort: number): Flow | undefined {
    const x = a * 65536 + aPort;
    const y = b * 65536 + bPort;
    const low = x < y ? x : y;
    const key = (x < y ? y : x) * 4 + protocol;
    // Packets come in trains: most are of the flow of the one before.
    if (low === this.#lastLow && key === this.#lastKey) return this.#last;
    const flow = this.#known.get(low)?.get(key);
    this.#lastLow = low;
    this.#lastKey = key;
    this.#last = flow;
    return flow;
  }

  /** A new flow of which the first end is the client. What finds no room shares one flow that is not followed. */
  open(protocol: number, client: number, clientPort: number, server: number, serverPort: number): Flow {
    if (this.flows.length >= MAX_FLOWS || client < 0 || server < 0) {
      this.overflow++;
      return (this.#rest ??= this.#add('other', Math.max(0, client), 0, Math.max(0, server), 0));
    }
    const name = protocol === TCP ? 'tcp' : protocol === UDP ? 'udp' : 'other';
    const flow = this.#add(name, client, clientPort, server, serverPort);
    const [low, high] = ends(client, clientPort, server, serverPort);
    let inner = this.#known.get(low);
    if (!inner) this.#known.set(low, (inner = new Map<number, Flow>()));
    inner.set(high * 4 + protocol, flow);
    this.#lastLow = -1;
    return flow;
  }

  #add(protocol: Flow['protocol'], client: number, clientPort: number, server: number, serverPort: number): Flow {
    const flow: Flow = {
      index: this.flows.length,
      protocol,
      client,
      server,
      clientPort,
      serverPort,
      up: new Side(),
      down: new Side(),
      synTime: NaN,
      firstRoundTrip: Infinity,
    };
    this.flows.push(flow);
    return flow;
  }
}

export const TCP = 0;
export const UDP = 1;
export const OTHER = 2;

const ends = (a: number, aPort: number, b: number, bPort: number): readonly [number, number] => {
  const x = a * 65536 + aPort;
  const y = b * 65536 + bPort;
  return x < y ? [x, y] : [y, x];
};
