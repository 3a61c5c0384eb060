import { fromMs, nanos, NEVER, serializationTime } from '../../../src/base/time.ts';
import type { Nanos } from '../../../src/base/time.ts';
import { QuicConnection } from '../../../src/engine/protocol/quic/connection.ts';
import type { QuicCommand } from '../../../src/engine/protocol/quic/connection.ts';
import type { QuicNotice } from '../../../src/engine/protocol/quic/core.ts';
import { quicProfiles } from '../../../src/engine/protocol/quic/knobs.ts';
import type { QuicKnobs } from '../../../src/engine/protocol/quic/knobs.ts';
import { emptyLog } from '../../../src/engine/protocol/quic/log.ts';
import type { QuicLog } from '../../../src/engine/protocol/quic/log.ts';
import { limitsOf } from '../../../src/engine/protocol/quic/parameters.ts';
import type { Limits } from '../../../src/engine/protocol/quic/parameters.ts';
import type { Path, QuicDatagram } from '../../../src/engine/protocol/quic/pdu.ts';
import type { QuicProbe } from '../../../src/engine/protocol/quic/probe.ts';
import { opensslClient, opensslServer } from '../../../src/engine/protocol/tls/config.ts';
import type { ClientConfig, ServerConfig } from '../../../src/engine/protocol/tls/config.ts';
import { CipherSuite, NamedGroup, Version } from '../../../src/wire/tls/codes.ts';
import type { Side } from '../../../src/wire/tls/make/session.ts';
import { serverChain } from '../tls/variants.ts';

export type Heard = QuicNotice & { readonly at: number };

/** A datagram on the wire: when it left, and when it arrives; `null`: it was lost. */
export interface Crossing {
  readonly from: Side;
  /** The how-manieth of its direction, from 1. */
  readonly n: number;
  readonly sentAt: number;
  readonly arrivesAt: number | null;
  readonly datagram: QuicDatagram;
}

export interface PairOptions {
  readonly knobs?: Partial<QuicKnobs>;
  readonly serverKnobs?: Partial<QuicKnobs>;
  readonly profile?: 'rfc' | 'ngtcp2' | 'picoquic';
  readonly client?: Partial<ClientConfig>;
  readonly server?: Partial<ServerConfig>;
  readonly remembered?: Limits | null;
  readonly token?: Uint8Array | null;
  readonly delayMs?: number;
  readonly mbps?: number;
  /** Numbers of the datagrams of a direction that are lost, from 1. */
  readonly lose?: Partial<Record<Side, readonly number[]>>;
  /** How much later a datagram arrives than it would, ms, or that it arrives twice. */
  readonly fate?: (crossing: { from: Side; n: number; size: number; isShort: boolean }) => 'lose' | 'twice' | number;
  readonly seed?: number;
}

const HOME: Path = { address: 1, port: 50000 };
export const suites = [
  CipherSuite.Aes128GcmSha256,
  CipherSuite.Aes256GcmSha384,
  CipherSuite.ChaCha20Poly1305Sha256,
  0x1304,
];

/** Two QUIC endpoints over a link with a rate, a delay and a list of losses, on a virtual clock. */
export class QuicPair {
  readonly log: QuicLog;
  readonly ends: Readonly<Record<Side, QuicConnection>>;
  readonly heard: Record<Side, Heard[]> = { client: [], server: [] };
  readonly states: Record<Side, string[]> = { client: [], server: [] };
  readonly crossings: Crossing[] = [];
  /** As their sender made them, in order. */
  readonly datagrams: Record<Side, QuicDatagram[]> = { client: [], server: [] };
  readonly lost: { readonly by: string; readonly side: Side; readonly number: number; readonly at: number }[] = [];
  readonly timeouts: { readonly side: Side; readonly space: number; readonly count: number; readonly at: number }[] =
    [];
  /** Streams of which bytes waited at the client for earlier ones. */
  readonly stalled = new Set<number>();
  now = 0;
  /** Called for each notice: the applications. By default all that arrives is read at once. */
  onNotice: (side: Side, notice: QuicNotice, pair: QuicPair) => void = (side, notice, pair) => {
    pair.read(side, notice);
  };
  /** Changes the client's address on its way, as a NAT does. */
  nat: (path: Path) => Path = (path) => path;
  /** Which datagrams a router marks as having met congestion. */
  mark: (crossing: { from: Side; n: number }) => boolean = () => false;
  /** Called after each step. */
  check: (pair: QuicPair) => void = () => {};
  readonly #options: PairOptions;
  readonly #flying: {
    readonly at: number;
    readonly order: number;
    readonly to: Side;
    readonly datagram: QuicDatagram;
  }[] = [];
  readonly #free: Record<Side, number> = { client: 0, server: 0 };
  readonly #count: Record<Side, number> = { client: 0, server: 0 };
  #order = 0;
  #isTelling = false;

  constructor(options: PairOptions = {}) {
    this.#options = options;
    const base = { ...quicProfiles[options.profile ?? 'rfc'], ...options.knobs };
    const client = opensslClient([Version.Tls13], {
      suites,
      groups: [NamedGroup.X25519, NamedGroup.Secp256r1],
      shares: [NamedGroup.X25519, NamedGroup.Secp256r1],
      alpn: ['h3'],
      ...options.client,
    });
    const chain = serverChain('ecdsa');
    const server = opensslServer(chain, { suites, alpn: ['h3'], ...options.server });
    const { stored } = client;
    this.log = emptyLog(
      options.seed ?? 1,
      'pair',
      server.chain,
      client.chain,
      stored && { id: stored.id, suite: stored.suite },
    );
    const end = (side: Side): QuicConnection =>
      new QuicConnection({
        side,
        client: side === 'client' ? client : null,
        server: side === 'server' ? server : null,
        knobs: side === 'server' ? { ...base, ...options.serverKnobs } : base,
        log: this.log,
        probe: this.#probe(side),
        path: HOME,
        remembered: options.remembered ?? null,
        token: options.token ?? null,
      });
    this.ends = { client: end('client'), server: end('server') };
  }

  #probe(side: Side): QuicProbe {
    return {
      state: (_, name) => this.states[side].push(name),
      metric: () => {},
      sent: (_, datagram) => this.datagrams[side].push(datagram),
      acked: () => {},
      lost: (at, _, number, by) => this.lost.push({ by, side, number, at }),
      timeout: (at, space, count) => this.timeouts.push({ side, space, count, at }),
      recovery: () => {},
      blocked: (_, stream, offset) => {
        if (side === 'client' && offset >= 0) this.stalled.add(stream);
      },
      delivered: () => {},
    };
  }

  command(side: Side, command: QuicCommand): this {
    this.ends[side].command(command, nanos(this.now));
    this.#collect(side);
    return this;
  }

  /** A datagram that nobody sent arrives. */
  inject(to: Side, datagram: QuicDatagram): this {
    this.ends[to].receive(datagram, nanos(this.now));
    this.#collect(to);
    return this;
  }

  /** What the default application does: reads what it is told of. */
  read(side: Side, notice: QuicNotice): void {
    if (notice.type === 'readable') this.command(side, { type: 'read', stream: notice.stream, bytes: notice.bytes });
  }

  /** Applications act on all that they are told of before anything leaves, as a program does between read and write. */
  #collect(side: Side): void {
    if (this.#isTelling) return;
    const end = this.ends[side];
    this.#isTelling = true;
    for (let notice = end.pollEvent(); notice; notice = end.pollEvent()) {
      this.heard[side].push({ ...notice, at: this.now });
      this.onNotice(side, notice, this);
    }
    this.#isTelling = false;
    for (let sent = end.pollTransmit(nanos(this.now)); sent; sent = end.pollTransmit(nanos(this.now)))
      this.#launch(side, sent);
  }

  #launch(from: Side, sent: QuicDatagram): void {
    const { delayMs = 40, mbps = 50, lose, fate } = this.#options;
    const n = ++this.#count[from];
    const ecn = sent.ecn !== 0 && this.mark({ from, n }) ? 3 : sent.ecn;
    const datagram = { ...sent, ecn, path: from === 'client' ? this.nat(sent.path) : sent.path };
    const what = lose?.[from]?.includes(n)
      ? 'lose'
      : (fate?.({ from, n, size: sent.size, isShort: describe(sent).startsWith('oneRtt') }) ?? 0);
    if (what === 'lose') {
      this.crossings.push({ from, n, sentAt: this.now, arrivesAt: null, datagram });
      return;
    }
    // IPv4 and UDP headers: 28 bytes.
    const done = Math.max(this.now, this.#free[from]) + serializationTime(sent.size + 28, mbps);
    this.#free[from] = done;
    const at = done + fromMs(delayMs + (what === 'twice' ? 0 : what));
    this.crossings.push({ from, n, sentAt: this.now, arrivesAt: at, datagram });
    for (let copies = what === 'twice' ? 2 : 1; copies > 0; copies--)
      this.#flying.push({ at, order: this.#order++, to: from === 'client' ? 'server' : 'client', datagram });
    this.#flying.sort((a, b) => a.at - b.at || a.order - b.order);
  }

  get nextAt(): number {
    const { client, server } = this.ends;
    return Math.min(this.#flying[0]?.at ?? NEVER, client.nextTimeout(), server.nextTimeout());
  }

  /** One instant: what arrives, then the timers. */
  step(): boolean {
    const next = this.nextAt;
    if (next >= NEVER) return false;
    if (next < this.now) throw new Error(`a timer of ${String(next)} is in the past at ${String(this.now)}`);
    this.now = next;
    while ((this.#flying[0]?.at ?? NEVER) <= next) {
      const flying = this.#flying.shift();
      if (!flying) break;
      this.ends[flying.to].receive(flying.datagram, next as Nanos);
      this.#collect(flying.to);
    }
    for (const side of ['client', 'server'] as const) {
      if (this.ends[side].nextTimeout() <= next) {
        this.ends[side].onTimeout(next as Nanos);
        this.#collect(side);
      }
    }
    this.check(this);
    return true;
  }

  /** Goes on until `until`, or until nothing but the idle time is left. */
  run(untilMs = Infinity, steps = 200_000): this {
    while (steps-- > 0) {
      if (this.nextAt > untilMs * 1e6) {
        this.now = Math.max(this.now, untilMs * 1e6);
        return this;
      }
      if (!this.step()) return this;
    }
    throw new Error(`it does not end: ${String(this.now)}, ${this.ends.client.state}, ${this.ends.server.state}`);
  }

  /** Bytes and ends of streams that were handed to a side. */
  got(side: Side, stream: number): { bytes: number; fin: boolean; inOrder: boolean } {
    let bytes = 0;
    let fin = false;
    let inOrder = true;
    for (const one of this.heard[side]) {
      if (one.type !== 'readable' || one.stream !== stream) continue;
      inOrder &&= one.offset === bytes && !fin;
      bytes += one.bytes;
      fin ||= one.fin;
    }
    return { bytes, fin, inOrder };
  }

  at(side: Side, type: QuicNotice['type']): number {
    return this.heard[side].find((one) => one.type === type)?.at ?? -1;
  }

  /** Datagrams of one side as text: packet types with their sizes. */
  flights(side: Side): string[] {
    return this.crossings.filter((one) => one.from === side).map(({ datagram }) => describe(datagram));
  }
}

/** `initial 176 + handshake 1024`. */
export const describe = (datagram: QuicDatagram): string =>
  datagram.packets
    .map((packet) => `${packet.kind === 'frames' ? packet.header.kind : packet.kind} ${String(packet.size)}`)
    .join(' + ');

/** A client that asks with `request` bytes on each stream of `answers`, a server that answers with so many bytes. */
export const page = (pair: QuicPair, request: number, answers: ReadonlyMap<number, number>): QuicPair => {
  pair.onNotice = (side, notice, self) => {
    self.read(side, notice);
    if (side !== 'server' || notice.type !== 'readable' || !notice.fin) return;
    const bytes = answers.get(notice.stream) ?? 0;
    self.command('server', { type: 'write', stream: notice.stream, bytes, fin: true });
  };
  pair.command('client', { type: 'open' });
  for (const stream of answers.keys()) pair.command('client', { type: 'write', stream, bytes: request, fin: true });
  return pair;
};

/** The same with one stream. */
export const exchange = (pair: QuicPair, request: number, answer: number): QuicPair =>
  page(pair, request, new Map([[0, answer]]));

const stored = {
  id: 'earlier',
  version: Version.Tls13,
  suite: CipherSuite.Aes128GcmSha256,
  ticketSize: 192,
  maxEarly: 0xffff_ffff,
  alpn: 'h3',
};

/** A client that was here before and sends early data, under the limits of that time. */
export const early = (options: PairOptions = {}): QuicPair => {
  const { profile, knobs } = options;
  const before = new QuicPair({ ...(profile && { profile }), ...(knobs && { knobs: { ...knobs, retry: false } }) });
  return new QuicPair({
    remembered: limitsOf(exchange(before, 1, 1).run(1000).log.parameters.server),
    ...options,
    client: { stored, early: true },
    server: { maxEarly: 0xffff_ffff, ...options.server },
  });
};
