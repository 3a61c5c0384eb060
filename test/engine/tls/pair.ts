import { nanos, NEVER } from '../../../src/base/time.ts';
import type { Nanos } from '../../../src/base/time.ts';
import type { ClientConfig, ServerConfig } from '../../../src/engine/protocol/tls/config.ts';
import { TlsConnection } from '../../../src/engine/protocol/tls/connection.ts';
import type { TlsCommand, TlsNotice } from '../../../src/engine/protocol/tls/connection.ts';
import type { SessionLog, Side } from '../../../src/wire/tls/make/session.ts';

/** A notice and when it came. */
export type Heard = TlsNotice & { readonly at: number };

const DELAY = 40e6;

/** Two ends of TLS over streams that deliver in order after 40 ms: no TCP, so that only TLS is looked at. */
export class TlsPair {
  readonly log: SessionLog;
  readonly ends: Readonly<Record<Side, TlsConnection>>;
  readonly heard: Record<Side, Heard[]> = { client: [], server: [] };
  readonly states: Record<Side, string[]> = { client: [], server: [] };
  /** Sizes of the writes of each side, in order. */
  readonly writes: Record<Side, { readonly at: number; readonly bytes: number }[]> = { client: [], server: [] };
  readonly #flying: { readonly at: number; readonly to: Side; readonly bytes: number }[] = [];
  now = 0;
  /** Called for each notice: the applications. */
  onNotice: (side: Side, notice: TlsNotice, pair: TlsPair) => void = () => {};
  /** Bytes of each delivery: a write arrives in pieces of this size. */
  piece = 1448;

  constructor(client: ClientConfig, server: ServerConfig, damage: Partial<Record<Side, number>> = {}, seed = 1) {
    const { stored } = client;
    this.log = {
      seed,
      id: 'pair',
      serverChain: server.chain,
      clientChain: client.chain,
      resumed: stored && { id: stored.id, suite: stored.suite },
      messages: [],
      records: { client: [], server: [] },
    };
    const end = (side: Side): TlsConnection =>
      new TlsConnection({
        side,
        client: side === 'client' ? client : null,
        server: side === 'server' ? server : null,
        log: this.log,
        onState: (_, state) => this.states[side].push(state),
        damage: damage[side] ?? 0,
      });
    this.ends = { client: end('client'), server: end('server') };
  }

  command(side: Side, command: TlsCommand): void {
    this.ends[side].command(command, nanos(this.now));
    this.#collect(side);
  }

  #collect(side: Side): void {
    const end = this.ends[side];
    for (let write = end.pollTransmit(); write; write = end.pollTransmit()) {
      this.writes[side].push({ at: this.now, bytes: write.bytes });
      for (let left = write.bytes; left > 0; left -= this.piece) {
        this.#flying.push({
          at: this.now + DELAY,
          to: side === 'client' ? 'server' : 'client',
          bytes: Math.min(left, this.piece),
        });
      }
    }
    for (let notice = end.pollEvent(); notice; notice = end.pollEvent()) {
      this.heard[side].push({ ...notice, at: this.now });
      this.onNotice(side, notice, this);
    }
  }

  /** Goes on until nothing is left to happen. */
  run(): this {
    for (let steps = 0; steps < 10_000; steps++) {
      const arrival = this.#flying[0]?.at ?? NEVER;
      const next = Math.min(arrival, this.ends.client.nextTimeout(), this.ends.server.nextTimeout());
      if (next === NEVER) return this;
      this.now = next;
      for (const side of ['client', 'server'] as const) {
        if (this.ends[side].nextTimeout() <= next) {
          this.ends[side].onTimeout(next as Nanos);
          this.#collect(side);
        }
      }
      while ((this.#flying[0]?.at ?? NEVER) <= next) {
        const piece = this.#flying.shift();
        if (!piece) break;
        this.ends[piece.to].receive({ bytes: piece.bytes }, next as Nanos);
        this.#collect(piece.to);
      }
    }
    throw new Error('it does not end');
  }

  /** Records as text: type, content length, epoch. */
  flight(side: Side): string {
    return this.log.records[side].map((r) => `${r.type}:${r.length}@${r.epoch}`).join(' ');
  }
}

/** A client that asks with `request` bytes, a server that answers each with `answer`, and closes. */
export const exchange = (pair: TlsPair, request: number, answer: number): TlsPair => {
  let asked = 0;
  let got = 0;
  pair.onNotice = (side, notice, { ends }) => {
    if (side === 'server' && notice.type === 'readable') {
      asked += notice.bytes;
      if (asked >= request) {
        pair.command('server', { type: 'write', bytes: answer });
        pair.command('server', { type: 'close' });
      }
    }
    if (side === 'client' && notice.type === 'readable') got += notice.bytes;
    if (side === 'client' && notice.type === 'peer-closed' && got === answer && !ends.client.handshake.isOver) {
      pair.command('client', { type: 'close' });
    }
  };
  pair.command('client', { type: 'write', bytes: request });
  pair.command('client', { type: 'open' });
  return pair.run();
};
