import { u8 } from '../../wire/bytes.ts';
import { readPacket } from '../../wire/quic/packet/datagram.ts';
import type { Flow } from '../capture/flows.ts';
import { Connection } from './connection.ts';
import type { Readers } from './connection.ts';
import { longHeaderAt } from './recognise.ts';

/** One pair of ends on which a connection was seen. */
export interface Path {
  /** Index of the flow that the four-tuple is. */
  readonly flow: number;
  /** Whether who sent first there is the connection's client. */
  isClientFirst: boolean;
  /** First row on it. */
  readonly row: number;
}

/** A connection, and the pairs of ends on which it was seen, in order. */
export interface Found {
  readonly connection: Connection;
  readonly paths: Path[];
}

/** Ports below this belong to servers (RFC 6335 §6). */
const SYSTEM_PORTS = 1024;
/** Connections that are told apart at most: flows are numbered with 16 bits. */
const MOST = 30_000;
/** Ids shorter than this name too much. */
const LEAST_ID = 4;

const idKey = (bytes: Uint8Array, at: number, end: number): string => {
  let key = '';
  for (let i = at; i < end; i++) key += String.fromCharCode(u8(bytes, i));
  return key;
};

/** Tells to which connection a datagram belongs: by its ends, and where those are new, by its connection id. */
export class Finder {
  readonly found: Found[] = [];
  /** Latest connection of a four-tuple. */
  readonly #byFlow = new Map<number, { readonly found: Found; readonly path: Path }>();
  readonly #byId = new Map<string, { readonly connection: Connection; readonly up: boolean }>();
  readonly #idLengths = new Set<number>();
  readonly #byConnection = new Map<Connection, Found>();
  /** Four-tuples whose first datagram named nothing. */
  readonly #strangers = new Set<number>();

  constructor(
    private readonly readers: Readers,
    private readonly flows: readonly Flow[],
  ) {}

  name(connection: Connection, id: Uint8Array, up: boolean): void {
    if (id.length < LEAST_ID) return;
    this.#byId.set(idKey(id, 0, id.length), { connection, up });
    this.#idLengths.add(id.length);
  }

  /** Whether a datagram without a long header may be of a known connection only by its id: names have to be up to date. */
  isStrange(flow: number): boolean {
    return this.#idLengths.size > 0 && !this.#byFlow.has(flow) && !this.#strangers.has(flow);
  }

  isKnown(flow: number): boolean {
    return this.#byFlow.has(flow);
  }

  /** Takes a datagram; says whether it is of a connection. `isFirst`: from who sent first between its two ends. */
  take(row: number, flow: number, isFirst: boolean, at: number, end: number, isCut: boolean, isQuic: boolean): boolean {
    const long = longHeaderAt(this.readers.bytes, at, end);
    let known = this.#byFlow.get(flow);
    if (long && known) known = this.#anew(known, row, flow, isFirst, at, end) ?? known;
    known ??= this.#moved(row, flow, isFirst, at, long?.destinationAt ?? at + 1, long?.destinationEnd ?? -1, end);
    if (!known) {
      if (!isQuic || this.found.length >= MOST) {
        this.#strangers.add(flow);
        return false;
      }
      known = this.#start(row, flow, this.#isClient(flow, isFirst, at, end) === isFirst);
    }
    known.found.connection.take(row, at, end, isFirst === known.path.isClientFirst, isCut);
    return true;
  }

  #start(row: number, flow: number, isClientFirst: boolean): { readonly found: Found; readonly path: Path } {
    const path = { flow, isClientFirst, row };
    const found = { connection: new Connection(this.readers), paths: [path] };
    this.found.push(found);
    this.#byConnection.set(found.connection, found);
    const known = { found, path };
    this.#byFlow.set(flow, known);
    return known;
  }

  /** Whether the sender of a connection's first datagram is its client: an Initial tells, else the ports. */
  #isClient(flow: number, isFirst: boolean, at: number, end: number): boolean {
    const read = readPacket(this.readers.bytes, at, end, 0);
    if (read.ok && read.value.kind === 'initial' && new Connection(this.readers).isFromClient(read.value)) return true;
    const ends = this.flows[flow];
    if (!ends) return true;
    const [own, other] = isFirst ? [ends.clientPort, ends.serverPort] : [ends.serverPort, ends.clientPort];
    return own >= SYSTEM_PORTS || own > other;
  }

  /** An Initial to an id that the connection of its ends does not know: another connection, or its sender is the client. */
  #anew(
    known: { readonly found: Found; readonly path: Path },
    row: number,
    flow: number,
    isFirst: boolean,
    at: number,
    end: number,
  ): { readonly found: Found; readonly path: Path } | null {
    const read = readPacket(this.readers.bytes, at, end, 0);
    if (!read.ok || read.value.kind !== 'initial') return null;
    const { connection } = known.found;
    const id = read.value.destination;
    if (connection.knows(id) || this.#byId.get(idKey(id, 0, id.length))?.connection === connection) return null;
    if (!connection.isFromClient(read.value)) return null;
    if (connection.isAnswered && connection.isOpened && this.found.length < MOST)
      return this.#start(row, flow, isFirst);
    if (isFirst === known.path.isClientFirst) return null;
    connection.flip();
    known.path.isClientFirst = isFirst;
    return null;
  }

  /** A connection whose client, or server, goes on from another address: known by its id (RFC 9000 §9). */
  #moved(
    row: number,
    flow: number,
    isFirst: boolean,
    at: number,
    idAt: number,
    idEnd: number,
    end: number,
  ): { readonly found: Found; readonly path: Path } | undefined {
    const { bytes } = this.readers;
    const lengths = idEnd < 0 ? [...this.#idLengths].sort((a, b) => b - a) : [idEnd - idAt];
    for (const length of lengths) {
      if (at >= end || idAt + length > end) continue;
      const named = this.#byId.get(idKey(bytes, idAt, idAt + length));
      const found = named && this.#byConnection.get(named.connection);
      if (!named || !found) continue;
      const path = { flow, isClientFirst: named.up === isFirst, row };
      found.paths.push(path);
      const known = { found, path };
      this.#byFlow.set(flow, known);
      return known;
    }
    return undefined;
  }
}
