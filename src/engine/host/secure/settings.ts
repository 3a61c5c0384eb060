import { CipherSuite, NamedGroup, Version } from '../../../wire/tls/codes.ts';
import { suiteOf } from '../../../wire/tls/crypto/suites.ts';
import { chainOf } from '../../../wire/x509/chain.ts';
import type { Chain } from '../../../wire/x509/chain.ts';
import { defaultCosts, opensslClient, opensslServer } from '../../protocol/tls/config.ts';
import type { ClientConfig, Costs, ServerConfig, StoredSession } from '../../protocol/tls/config.ts';
import { ticketSize } from '../../protocol/tls/ticket.ts';

export type Fault =
  | 'none'
  | 'unknownCa'
  | 'expired'
  | 'wrongName'
  | 'noVersion'
  | 'noCipher'
  | 'noAlpn'
  | 'badMac'
  | 'noClientCertificate';

/** TLS of a flow as a scenario says it: see `scenario/schema.ts` for the meaning of each. */
export interface SecureSettings {
  readonly version: '1.2' | '1.3';
  readonly resume: 'none' | 'session' | 'psk' | '0rtt';
  readonly certificate: 'ecdsa' | 'rsa';
  readonly clientAuth: boolean;
  readonly group: 'x25519' | 'p256' | 'p384' | 'x25519mlkem768';
  readonly suite: 'aes128' | 'aes256' | 'chacha20' | 'default';
  readonly retryRequest: boolean;
  readonly fault: Fault;
  readonly forgotten: boolean;
  readonly earlyRejected: boolean;
  readonly serverName: string;
  readonly alpn: readonly string[];
  readonly intermediates: number;
  readonly tickets: number;
  readonly extendedMasterSecret: boolean;
  readonly compatibility: boolean;
  readonly recordSizeLimit?: number | undefined;
  readonly keyUpdateAfter: number;
  readonly signMs?: number | undefined;
  readonly verifyMs?: number | undefined;
}

const GROUPS = {
  x25519: NamedGroup.X25519,
  p256: NamedGroup.Secp256r1,
  p384: NamedGroup.Secp384r1,
  x25519mlkem768: NamedGroup.X25519MlKem768,
} as const;

const SUITES_13 = {
  aes128: CipherSuite.Aes128GcmSha256,
  aes256: CipherSuite.Aes256GcmSha384,
  chacha20: CipherSuite.ChaCha20Poly1305Sha256,
} as const;
const SUITES_12 = {
  ecdsa: {
    aes128: CipherSuite.EcdheEcdsaAes128GcmSha256,
    aes256: CipherSuite.EcdheEcdsaAes256GcmSha384,
    chacha20: CipherSuite.EcdheEcdsaChaCha20Poly1305,
  },
  rsa: {
    aes128: CipherSuite.EcdheRsaAes128GcmSha256,
    aes256: CipherSuite.EcdheRsaAes256GcmSha384,
    chacha20: CipherSuite.EcdheRsaChaCha20Poly1305,
  },
} as const;

/** Early bytes that a ticket allows: one full record, as OpenSSL's default. */
const MAX_EARLY = 16_384;
/** The life of the house's leaves; the calendar of both ends stands within it. */
const FROM = '20250601000000Z';
const UNTIL = '20270601000000Z';
const LONG_AGO = '20251231000000Z';

const suiteFor = (s: SecureSettings): number | null => {
  if (s.suite === 'default') return null;
  return s.version === '1.3' ? SUITES_13[s.suite] : SUITES_12[s.certificate][s.suite];
};

const storedFor = (s: SecureSettings, protocol: string | null, clientChain: Chain | null): StoredSession | null => {
  if (s.resume === 'none') return null;
  const is13 = s.version === '1.3';
  const suite = suiteFor(s) ?? (is13 ? CipherSuite.Aes256GcmSha384 : SUITES_12[s.certificate].aes128);
  return {
    id: 'earlier',
    version: is13 ? Version.Tls13 : Version.Tls12,
    suite: suiteOf(suite) ? suite : CipherSuite.Aes256GcmSha384,
    // TLS 1.2 may know a session by its id alone (RFC 5246 §7.3).
    ticketSize: !is13 && s.resume === 'session' ? 0 : ticketSize(is13, protocol, clientChain),
    maxEarly: s.resume === '0rtt' ? MAX_EARLY : 0,
    alpn: protocol,
    // TLS 1.3 counts the content type with it (RFC 8449 §4).
    ...(s.recordSizeLimit === undefined ? {} : { recordLimit: s.recordSizeLimit - 1 }),
  };
};

/** Both ends' configurations: OpenSSL's, with what the scenario changes. */
export const configsOf = (s: SecureSettings): { readonly client: ClientConfig; readonly server: ServerConfig } => {
  const is13 = s.version === '1.3';
  const version = is13 ? Version.Tls13 : Version.Tls12;
  const group = GROUPS[s.group];
  const costs: Costs = { ...defaultCosts(s.certificate) };
  const server: Costs = { ...costs, signMs: s.signMs ?? costs.signMs, verifyMs: s.verifyMs ?? costs.verifyMs };
  const client: Costs = { ...costs, verifyMs: s.verifyMs ?? costs.verifyMs };
  const chain = chainOf({
    key: s.certificate,
    names: [s.serverName],
    use: 'server',
    from: FROM,
    until: s.fault === 'expired' ? LONG_AGO : UNTIL,
    intermediates: s.intermediates,
  });
  const shows = s.clientAuth && s.fault !== 'noClientCertificate';
  const clientChain = shows
    ? chainOf({ key: s.certificate, names: [], use: 'client', from: FROM, until: UNTIL, intermediates: 1 })
    : null;
  const suite = suiteFor(s);
  const own = s.fault === 'noVersion' ? [is13 ? Version.Tls12 : Version.Tls13] : [version];
  const recordSizeLimit = s.recordSizeLimit ?? null;
  const stored = storedFor(s, s.alpn[0] ?? null, clientChain);
  // A client that has no share for the group that the server wants is asked for one (RFC 8446 §4.1.4).
  const other = group === NamedGroup.X25519 ? NamedGroup.Secp256r1 : NamedGroup.X25519;
  const groups = s.retryRequest
    ? [other, group]
    : group === NamedGroup.X25519MlKem768
      ? [group, NamedGroup.X25519]
      : [group];
  const cipher = s.fault === 'noCipher' ? noCommon(is13, s.certificate) : null;
  return {
    client: opensslClient([version], {
      groups,
      shares: s.retryRequest ? [other] : groups,
      serverName: s.fault === 'wrongName' ? `not.${s.serverName}` : s.serverName,
      alpn: s.fault === 'noAlpn' ? ['http/0.9'] : s.alpn,
      stored,
      early: s.resume === '0rtt',
      wantsTicket: !(s.version === '1.2' && s.resume === 'session'),
      chain: clientChain,
      roots: s.fault === 'unknownCa' ? [] : ['root ecdsa', 'root rsa'],
      compatibility: s.compatibility,
      extendedMasterSecret: s.extendedMasterSecret,
      recordSizeLimit,
      costs: client,
      ...(cipher ? { suites: [cipher.client, CipherSuite.EmptyRenegotiationInfo] } : {}),
    }),
    server: opensslServer(chain, {
      versions: own,
      ...(cipher ? { suites: [cipher.server] } : suite === null ? {} : { suites: [suite] }),
      groups: [group],
      alpn: s.fault === 'noAlpn' ? ['http/1.1'] : s.alpn,
      clientAuth: s.clientAuth ? 'require' : 'none',
      tickets: s.tickets,
      remembers: !s.forgotten,
      maxEarly: s.resume === '0rtt' ? MAX_EARLY : 0,
      takesEarly: !s.earlyRejected,
      compatibility: s.compatibility,
      extendedMasterSecret: s.extendedMasterSecret,
      recordSizeLimit,
      costs: server,
    }),
  };
};

const noCommon = (is13: boolean, key: 'ecdsa' | 'rsa'): { client: number; server: number } =>
  is13
    ? { client: SUITES_13.aes128, server: SUITES_13.chacha20 }
    : { client: SUITES_12[key].aes128, server: SUITES_12[key].chacha20 };
