import { CipherSuite, NamedGroup, Version } from '../../../src/wire/tls/codes.ts';
import { opensslClient, opensslServer } from '../../../src/engine/protocol/tls/config.ts';
import type { ClientConfig, ServerConfig, StoredSession } from '../../../src/engine/protocol/tls/config.ts';
import { chainOf } from '../../../src/wire/x509/chain.ts';
import type { Chain, ChainOptions } from '../../../src/wire/x509/chain.ts';

export const serverChain = (key: 'ecdsa' | 'rsa', changes: Partial<ChainOptions> = {}): Chain =>
  chainOf({
    key,
    names: ['www.oracle.test', '*.oracle.test'],
    use: 'server',
    from: '20250601000000Z',
    until: '20270601000000Z',
    intermediates: 1,
    ...changes,
  });
export const clientChain = (key: 'ecdsa' | 'rsa'): Chain =>
  chainOf({ key, names: [], use: 'client', from: '20250601000000Z', until: '20270601000000Z', intermediates: 1 });

export const stored13: StoredSession = {
  id: 'earlier',
  version: Version.Tls13,
  suite: CipherSuite.Aes256GcmSha384,
  ticketSize: 240,
  maxEarly: 0,
  alpn: null,
};
export const stored12: StoredSession = {
  ...stored13,
  version: Version.Tls12,
  suite: CipherSuite.EcdheEcdsaAes128GcmSha256,
  ticketSize: 208,
};

export interface Variant {
  readonly name: string;
  readonly client: ClientConfig;
  readonly server: ServerConfig;
  /** Whether the request is expected to be answered. */
  readonly works: boolean;
}

const V13 = [Version.Tls13];
const V12 = [Version.Tls12];
const of = (
  name: string,
  client: ClientConfig,
  server: Partial<ServerConfig> & { readonly chain?: Chain } = {},
  works = true,
): Variant => ({ name, client, server: opensslServer(server.chain ?? serverChain('ecdsa'), server), works });

const hybrid = [NamedGroup.X25519MlKem768, NamedGroup.X25519, NamedGroup.Secp256r1];
const early = { ...stored13, maxEarly: 16384 };

/** Every handshake that the house knows. */
export const variants: readonly Variant[] = [
  of('1.3 full', opensslClient(V13)),
  of('1.3 full, RSA', opensslClient(V13), { chain: serverChain('rsa') }),
  of('1.3 HelloRetryRequest', opensslClient(V13, { groups: [NamedGroup.X25519, NamedGroup.Secp384r1] }), {
    groups: [NamedGroup.Secp384r1],
  }),
  of('1.3 PSK', opensslClient(V13, { stored: stored13 })),
  of('1.3 PSK forgotten', opensslClient(V13, { stored: stored13 }), { remembers: false }),
  of('1.3 0-RTT accepted', opensslClient(V13, { stored: early, early: true }), { maxEarly: 16384 }),
  of('1.3 0-RTT rejected', opensslClient(V13, { stored: early, early: true }), { maxEarly: 16384, takesEarly: false }),
  of('1.3 0-RTT forgotten', opensslClient(V13, { stored: early, early: true }), { remembers: false }),
  of('1.3 0-RTT and HelloRetryRequest', opensslClient(V13, { stored: early, early: true }), {
    groups: [NamedGroup.Secp256r1],
    maxEarly: 16384,
  }),
  of('1.3 mutual', opensslClient(V13, { chain: clientChain('ecdsa') }), { clientAuth: 'require' }),
  of('1.3 mutual, none shown', opensslClient(V13), { clientAuth: 'request' }),
  of('1.3 mutual, refused', opensslClient(V13), { clientAuth: 'require' }, false),
  of('1.3 ALPN, padded', opensslClient(V13, { alpn: ['h2', 'http/1.1'], padTo: 512, wantsTicket: false }), {
    alpn: ['h2'],
  }),
  of(
    '1.3 hybrid',
    opensslClient(V13, { groups: hybrid, shares: hybrid.slice(0, 2), suites: [0x1301, 0x1302, 0x1303] }),
  ),
  of('1.3 ChaCha20', opensslClient(V13, { suites: [CipherSuite.ChaCha20Poly1305Sha256] })),
  of('1.3 without compatibility', opensslClient(V13, { compatibility: false }), { compatibility: false }),
  of('1.3 small records', opensslClient(V13, { recordSizeLimit: 512 }), { recordSizeLimit: 256 }),
  of('1.3 long chain', opensslClient(V13), { chain: serverChain('rsa', { intermediates: 14 }) }),
  of('1.2 full', opensslClient(V12)),
  of('1.2 full, RSA', opensslClient(V12), { chain: serverChain('rsa') }),
  of('1.2 AES-256', opensslClient(V12), { suites: [CipherSuite.EcdheEcdsaAes256GcmSha384] }),
  of('1.2 ChaCha20', opensslClient(V12), { suites: [CipherSuite.EcdheEcdsaChaCha20Poly1305] }),
  of('1.2 by ticket', opensslClient(V12, { stored: stored12 })),
  of('1.2 by session id', opensslClient(V12, { stored: { ...stored12, ticketSize: 0 }, wantsTicket: false })),
  of('1.2 ticket forgotten', opensslClient(V12, { stored: stored12 }), { remembers: false }),
  of('1.2 mutual', opensslClient(V12, { chain: clientChain('ecdsa') }), { clientAuth: 'require' }),
  of('1.2 mutual, none shown', opensslClient(V12), { clientAuth: 'request' }),
  of('1.2 without extended master secret', opensslClient(V12, { extendedMasterSecret: false })),
  of('1.2 ALPN, no ticket', opensslClient(V12, { alpn: ['http/1.1'], wantsTicket: false }), { alpn: ['http/1.1'] }),
  of('1.2 at a client of both', opensslClient([Version.Tls13, Version.Tls12]), { versions: V12 }),
  of('1.3 at a client of both', opensslClient([Version.Tls13, Version.Tls12])),
  of('unknown CA', opensslClient(V13, { roots: [] }), {}, false),
  of('expired', opensslClient(V13), { chain: serverChain('ecdsa', { until: '20251231000000Z' }) }, false),
  of('expired, 1.2', opensslClient(V12), { chain: serverChain('ecdsa', { until: '20251231000000Z' }) }, false),
  of('wrong name', opensslClient(V13, { serverName: 'www.example.com' }), {}, false),
  of('no common version', opensslClient(V13), { versions: V12 }, false),
  of('no common cipher', opensslClient(V13, { suites: [0x1301] }), { suites: [0x1303] }, false),
  of('no common ALPN', opensslClient(V13, { alpn: ['h3'] }), { alpn: ['h2'] }, false),
];

export const variant = (name: string): Variant => {
  const found = variants.find((v) => v.name === name);
  if (!found) throw new Error(`no variant is called ${name}`);
  return found;
};
