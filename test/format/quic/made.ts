import { keyLogLine } from '../../../src/wire/tls/keylog.ts';
import { initialSecrets, INITIAL_SUITE, packetKeys, updatedKeys } from '../../../src/wire/quic/crypto/keys.ts';
import type { PacketKeys } from '../../../src/wire/quic/crypto/keys.ts';
import { sealPacket } from '../../../src/wire/quic/crypto/protection.ts';
import type { QuicCrypto } from '../../../src/wire/quic/crypto/types.ts';
import { versionKeys } from '../../../src/wire/quic/crypto/version.ts';
import { encodeFrames } from '../../../src/wire/quic/frame/encode.ts';
import type { QuicFrame } from '../../../src/wire/quic/frame/frame.ts';
import type { PacketHeader } from '../../../src/wire/quic/packet/header.ts';
import { suiteOf } from '../../../src/wire/tls/crypto/suites.ts';
import { encodeHandshake } from '../../../src/wire/tls/handshake/message.ts';

export interface Sent {
  /** µs. */
  readonly time: number;
  readonly up: boolean;
  readonly payload: Uint8Array;
  /** The client's port; 40000 where it is left out. */
  readonly port?: number;
}

/** A pcap of raw IPv4 with these datagrams, between 10.0.0.1 and 10.0.0.2:443. */
export const pcapOf = (datagrams: readonly Sent[]): Uint8Array => {
  const size = datagrams.reduce((sum, { payload }) => sum + 16 + 28 + payload.length, 24);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  [0xa1b2c3d4, 0x00020004, 0, 0, 65_535, 101].forEach((word, i) => {
    view.setUint32(4 * i, word);
  });
  let at = 24;
  for (const { time, up, payload, port = 40_000 } of datagrams) {
    const length = 28 + payload.length;
    [Math.floor(time / 1e6), time % 1e6, length, length].forEach((word, i) => {
      view.setUint32(at + 4 * i, word);
    });
    at += 16;
    bytes[at] = 0x45;
    view.setUint16(at + 2, length);
    bytes.set([64, 17], at + 8);
    bytes.set([10, 0, 0, up ? 1 : 2], at + 12);
    bytes.set([10, 0, 0, up ? 2 : 1], at + 16);
    view.setUint16(at + 20, up ? port : 443);
    view.setUint16(at + 22, up ? 443 : port);
    view.setUint16(at + 24, 8 + payload.length);
    bytes.set(payload, at + 28);
    at += length;
  }
  return bytes;
};

const fill = (value: number, length: number): Uint8Array => new Uint8Array(length).fill(value);

/** A connection whose packets are sealed by hand; `seed` makes its ids and secrets its own. */
export class MadeConnection {
  readonly random: Uint8Array;
  /** Ids of the server and of the client. */
  readonly ids: { readonly server: Uint8Array; readonly client: Uint8Array; readonly first: Uint8Array };
  readonly #numbers = { initialUp: 0, initialDown: 0, up: 0, down: 0 };
  readonly #phases = { up: 0, down: 0 };
  readonly #keys: { up: PacketKeys; down: PacketKeys };
  readonly #secrets: { readonly up: Uint8Array; readonly down: Uint8Array };

  constructor(
    private readonly crypto: QuicCrypto,
    seed = 1,
    private readonly suite = 0x1301,
    private readonly version = 1,
  ) {
    this.random = fill(seed, 32);
    this.ids = { server: fill(0x50 + seed, 8), client: fill(0x30 + seed, 5), first: fill(0x10 + seed, 8) };
    const { hashSize } = suiteOf(suite)!;
    this.#secrets = { up: fill(seed + 1, hashSize), down: fill(seed + 2, hashSize) };
    const of = (secret: Uint8Array): PacketKeys => packetKeys(crypto, suiteOf(suite)!, versionKeys(version)!, secret);
    this.#keys = { up: of(this.#secrets.up), down: of(this.#secrets.down) };
  }

  /** The key log of its 1-RTT packets. */
  get log(): string {
    const line = (label: string, secret: Uint8Array): string =>
      keyLogLine({ label, clientRandom: this.random, secret });
    return `${line('CLIENT_TRAFFIC_SECRET_0', this.#secrets.up)}\n${line('SERVER_TRAFFIC_SECRET_0', this.#secrets.down)}\n`;
  }

  #seal(header: PacketHeader, frames: readonly QuicFrame[], keys: PacketKeys): Uint8Array {
    const sealed = sealPacket(header, encodeFrames(frames), keys);
    if (!sealed.ok) throw new Error(sealed.problems[0]?.what);
    return sealed.value;
  }

  /** An Initial with a hello: the client's, or the server's answer. */
  initial(up: boolean): Uint8Array {
    const hello = encodeHandshake(
      up
        ? {
            type: 'clientHello',
            version: 0x0303,
            random: this.random,
            sessionId: new Uint8Array(0),
            suites: [this.suite],
            compression: Uint8Array.of(0),
            extensions: [{ kind: 'serverName', host: 'made.test' }],
          }
        : {
            type: 'serverHello',
            version: 0x0303,
            random: fill(9, 32),
            sessionId: new Uint8Array(0),
            suite: this.suite,
            compression: 0,
            extensions: [{ kind: 'selectedVersion', version: 0x0304 }],
          },
    );
    const rules = versionKeys(this.version)!;
    const secrets = initialSecrets(this.crypto, rules, this.ids.first);
    const number = up ? this.#numbers.initialUp++ : this.#numbers.initialDown++;
    const ack: QuicFrame = { kind: 'ack', ranges: [{ smallest: 0, largest: 0 }], delay: 0, ecn: null };
    return this.#seal(
      {
        kind: 'initial',
        version: this.version,
        destination: up ? (number === 0 ? this.ids.first : this.ids.server) : this.ids.client,
        source: up ? this.ids.client : this.ids.server,
        token: new Uint8Array(0),
        number,
        numberLength: 1,
      },
      [...(up ? [] : [ack]), { kind: 'crypto', offset: 0, data: hello }, { kind: 'padding', length: 1000 }],
      packetKeys(this.crypto, INITIAL_SUITE, rules, up ? secrets.client : secrets.server),
    );
  }

  /** A packet with a short header, to `destination` or the id of the one who gets it. */
  short(up: boolean, frames: readonly QuicFrame[], destination?: Uint8Array): Uint8Array {
    const way = up ? 'up' : 'down';
    return this.#seal(
      {
        kind: 'oneRtt',
        destination: destination ?? (up ? this.ids.server : this.ids.client),
        spin: false,
        keyPhase: (this.#phases[way] & 1) as 0 | 1,
        number: this.#numbers[way]++,
        numberLength: 2,
      },
      frames,
      this.#keys[way],
    );
  }

  /** Packet numbers that are sent and never seen. */
  skip(up: boolean, count: number): void {
    this.#numbers[up ? 'up' : 'down'] += count;
  }

  /** The next key phase of one direction. */
  update(up: boolean): void {
    const way = up ? 'up' : 'down';
    this.#keys[way] = updatedKeys(this.crypto, this.#keys[way]);
    this.#phases[way]++;
  }
}
