import { QuicVersion } from '../../src/wire/quic/codes.ts';
import { CipherSuite } from '../../src/wire/tls/codes.ts';
import { early, exchange, page, QuicPair } from '../engine/quic/pair.ts';
import { clientChain, serverChain } from '../engine/tls/variants.ts';

export interface QuicVariant {
  readonly name: string;
  readonly run: () => QuicPair;
  /** What has to be among its packets or frames, so that the variant is what it says. */
  readonly has: RegExp;
}

const ask = (pair: QuicPair): QuicPair => exchange(pair, 300, 20_000);
const suite = (id: number): { client: { suites: number[] }; server: { suites: number[] } } => ({
  client: { suites: [id] },
  server: { suites: [id] },
});

const plain: readonly [string, () => QuicPair, RegExp][] = [
  ['1-RTT', () => ask(new QuicPair()).run(5000), /oneRtt/],
  ['1-RTT as ngtcp2 does it', () => ask(new QuicPair({ profile: 'ngtcp2' })).run(5000), /newConnectionId/],
  ['1-RTT as picoquic does it', () => ask(new QuicPair({ profile: 'picoquic' })).run(5000), /oneRtt/],
  ['with losses', () => ask(new QuicPair({ lose: { client: [1, 3], server: [2, 7] } })).run(20_000), /oneRtt/],
  [
    'many streams',
    () => page(new QuicPair(), 50, new Map([0, 4, 8, 12].map((stream) => [stream, 15_000]))).run(5000),
    /oneRtt/,
  ],
  ['0-RTT', () => ask(early()).run(5000), /zeroRtt/],
  ['0-RTT refused', () => ask(early({ server: { takesEarly: false } })).run(5000), /zeroRtt/],
  ['0-RTT and Retry', () => ask(early({ knobs: { retry: true } })).run(5000), /retry zeroRtt|retry .*zeroRtt/],
  ['Retry', () => ask(new QuicPair({ knobs: { retry: true } })).run(5000), /retry/],
  [
    'Retry, the first one lost',
    () => ask(new QuicPair({ knobs: { retry: true }, lose: { server: [1] } })).run(9000),
    /retry/,
  ],
  [
    'version negotiation',
    () =>
      ask(
        new QuicPair({
          knobs: { versions: [QuicVersion.V2, QuicVersion.V1] },
          serverKnobs: { versions: [QuicVersion.V1] },
        }),
      ).run(5000),
    /versionNegotiation/,
  ],
  ['version 2', () => ask(new QuicPair({ knobs: { versions: [QuicVersion.V2] } })).run(5000), /oneRtt/],
  [
    'version 2 and Retry',
    () => ask(new QuicPair({ knobs: { versions: [QuicVersion.V2], retry: true } })).run(5000),
    /retry/,
  ],
  ['AES-256', () => ask(new QuicPair(suite(CipherSuite.Aes256GcmSha384))).run(5000), /oneRtt/],
  ['ChaCha20', () => ask(new QuicPair(suite(CipherSuite.ChaCha20Poly1305Sha256))).run(5000), /oneRtt/],
  [
    'HelloRetryRequest',
    () => ask(new QuicPair({ client: { shares: [0x17] }, server: { groups: [0x1d] } })).run(5000),
    /oneRtt/,
  ],
  [
    'client certificate',
    () => ask(new QuicPair({ client: { chain: clientChain('ecdsa') }, server: { clientAuth: 'require' } })).run(5000),
    /oneRtt/,
  ],
  ['RSA chain', () => ask(new QuicPair({ server: { chain: serverChain('rsa') } })).run(5000), /oneRtt/],
  ['a handshake that fails', () => ask(new QuicPair({ client: { roots: [] } })).run(9000), /connectionClose/],
  [
    'close',
    () => {
      const pair = ask(new QuicPair()).run(1000);
      return pair.command('client', { type: 'close', code: 0x100, reason: 'done' }).run();
    },
    /connectionClose/,
  ],
  [
    'stateless reset',
    () => {
      const pair = ask(new QuicPair()).run(1000);
      pair.command('server', { type: 'forget' });
      return pair.command('client', { type: 'write', stream: 4, bytes: 100, fin: true }).run();
    },
    /statelessReset/,
  ],
  [
    'key updates',
    () => {
      const pair = exchange(new QuicPair(), 100, 150_000).run(250);
      pair.command('server', { type: 'keyUpdate' }).run(5000);
      pair.command('client', { type: 'write', stream: 4, bytes: 100, fin: true }).run(6000);
      pair.command('client', { type: 'keyUpdate' });
      return pair.command('client', { type: 'write', stream: 8, bytes: 100, fin: true }).run(7000);
    },
    /oneRtt/,
  ],
  [
    'migration',
    () => {
      const pair = exchange(new QuicPair({ profile: 'ngtcp2' }), 100, 200_000).run(250);
      return pair.command('client', { type: 'migrate', path: { address: 2, port: 4000 } }).run(9000);
    },
    /pathChallenge/,
  ],
];

/** Every kind of connection that the engine knows. */
export const quicVariants: readonly QuicVariant[] = plain.map(([name, run, has]) => ({ name, run, has }));

/** Kinds of packets and frames that a run sent, one after another. */
export const wordsOf = (pair: QuicPair): string =>
  pair.crossings
    .flatMap(({ datagram }) =>
      datagram.packets.flatMap((packet) =>
        packet.kind === 'frames' ? [packet.header.kind, ...packet.frames.map(({ kind }) => kind)] : [packet.kind],
      ),
    )
    .join(' ');
