import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixture, fixtures } from '../../support/fixturesFolder.ts';
import { CipherSuite, NamedGroup, Version } from '../../../src/wire/tls/codes.ts';
import { loadCrypto } from '../../../src/wire/tls/crypto/load.ts';
import { encodeHandshake, handshakeSize } from '../../../src/wire/tls/handshake/message.ts';
import type { HandshakeMessage } from '../../../src/wire/tls/handshake/message.ts';
import { KeyLog } from '../../../src/wire/tls/keylog.ts';
import { openSession } from '../../../src/wire/tls/open.ts';
import { opensslClient, opensslServer } from '../../../src/engine/protocol/tls/config.ts';
import type { ClientConfig, ServerConfig } from '../../../src/engine/protocol/tls/config.ts';
import { streamsOf } from '../../wire/tls/runs.ts';
import { exchange, TlsPair } from './pair.ts';
import { clientChain, serverChain, stored12, stored13 } from './variants.ts';

interface Run {
  readonly name: string;
  readonly connection: number;
  readonly client: ClientConfig;
  readonly server?: Partial<ServerConfig>;
}

const V12 = [Version.Tls12];
const V13 = [Version.Tls13];
// nginx prefers AES-256 here, which changes no size but the suite's number.
const server12 = { suites: [CipherSuite.EcdheEcdsaAes256GcmSha384] };
const curl = { alpn: ['http/1.1'], wantsTicket: false };
const hrr = { groups: [NamedGroup.X25519, NamedGroup.Secp384r1] };
const runs: readonly Run[] = [
  { name: 'T-tls13-full-ecdsa', connection: 0, client: opensslClient(V13) },
  {
    name: 'T-tls13-curl-ecdsa',
    connection: 0,
    client: opensslClient(V13, { ...curl, postHandshakeAuth: true, padTo: 512 }),
    server: { alpn: ['http/1.1'] },
  },
  {
    name: 'T-tls13-hrr-ecdsa',
    connection: 0,
    client: opensslClient(V13, hrr),
    server: { groups: [NamedGroup.Secp384r1] },
  },
  {
    name: 'T-tls13-mtls-ecdsa',
    connection: 0,
    client: opensslClient(V13, { chain: clientChain('ecdsa') }),
    server: { clientAuth: 'require' },
  },
  { name: 'T-tls13-early-ecdsa', connection: 0, client: opensslClient(V13), server: { maxEarly: 16384 } },
  {
    name: 'T-tls13-early-ecdsa',
    connection: 1,
    client: opensslClient(V13, { stored: { ...stored13, maxEarly: 16384 }, early: true }),
    server: { maxEarly: 16384 },
  },
  { name: 'T-tls13-resume-ecdsa', connection: 1, client: opensslClient(V13, { stored: stored13 }) },
  { name: 'T-tls12-full-ecdsa', connection: 0, client: opensslClient(V12), server: server12 },
  {
    name: 'T-tls12-curl-ecdsa',
    connection: 0,
    client: opensslClient(V12, curl),
    server: { ...server12, alpn: ['http/1.1'] },
  },
  {
    name: 'T-tls12-mtls-ecdsa',
    connection: 0,
    client: opensslClient(V12, { chain: clientChain('ecdsa') }),
    server: { ...server12, clientAuth: 'require', schemes: opensslClient(V12).schemes },
  },
  {
    name: 'T-tls12-resume-ecdsa',
    connection: 1,
    client: opensslClient(V12, { stored: { ...stored12, suite: 0xc02c } }),
    server: server12,
  },
];

/** A message with what differs from one handshake to the next left out. */
const outline = (message: HandshakeMessage | null): unknown =>
  JSON.parse(
    JSON.stringify(message, (key, value: unknown) =>
      value instanceof Uint8Array
        ? // ECDSA signatures have 70 to 72 bytes: ours always 71.
          key === 'signature'
          ? 'signature'
          : `${String(value.length)} bytes`
        : key === 'ageAdd' || key === 'age'
          ? 0
          : value,
    ),
  );

describe.skipIf(fixtures === null)('what OpenSSL and nginx sent', () => {
  it.each(runs)('$name, connection $connection', async ({ name, connection, client, server }) => {
    const crypto = await loadCrypto();
    const stream = streamsOf(fixture('linux', name, 'client.pcap'))[connection];
    if (!stream) throw new Error('no such connection');
    const real = openSession(
      stream.client,
      stream.server,
      new KeyLog(readFileSync(fixture('linux', name, 'keys.log'), 'utf8')),
      crypto,
    );
    if (!real) throw new Error('not opened');
    const request = real.client.records
      .filter((r) => r.inner === 23)
      .reduce((sum, r) => sum + (r.content?.length ?? 0), 0);
    const pair = exchange(new TlsPair(client, opensslServer(serverChain('ecdsa'), server)), request, 10251);
    for (const side of ['client', 'server'] as const) {
      for (const message of real[side].messages) {
        expect(message.problem).toBeNull();
        if (!message.message) continue;
        expect(Buffer.compare(encodeHandshake(message.message), message.bytes)).toBe(0);
        expect(handshakeSize(message.message)).toBe(message.bytes.length);
      }
      const ours = pair.log.messages.filter((m) => m.from === side).map((m) => outline(m.message));
      expect(ours).toEqual(real[side].messages.map((m) => outline(m.message)));
      // Order and size of all records; a signature's one byte aside, nothing may differ.
      const near = (r: { inner?: number; type: number; epoch: number; length: number }, length: number): string =>
        `${r.inner ?? r.type}@${r.epoch}:${length}`;
      const signatures = [79, 80, 78, 114, 115, 116];
      const rounded = (length: number): number => (signatures.includes(length) ? (length < 100 ? 79 : 115) : length);
      expect(pair.log.records[side].map((r) => near(r, rounded(r.length)))).toEqual(
        real[side].records.map((r) => near(r, rounded(r.content?.length ?? -1))),
      );
    }
  });
});
