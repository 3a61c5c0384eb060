import { Alert, CipherSuite, Version } from '../../../wire/tls/codes.ts';
import { suiteOf } from '../../../wire/tls/crypto/suites.ts';
import type { ClientHello } from '../../../wire/tls/handshake/message.ts';
import type { KeyKind } from '../../../wire/x509/certificate.ts';
import { covers } from '../../../wire/x509/chain.ts';
import type { Chain } from '../../../wire/x509/chain.ts';
import type { ServerConfig } from './config.ts';
import { extensionOf } from './hello.ts';

/** What a server takes of what a client offers. A number below zero: nothing fits. */
const NOTHING = -1;

export const pickVersion = (config: ServerConfig, hello: ClientHello): number => {
  // Without supported_versions a hello speaks for its legacy version (RFC 8446 §4.2.1).
  const offered = extensionOf(hello.extensions, 'supportedVersions')?.versions ?? [
    Math.min(hello.version, Version.Tls12),
  ];
  return config.versions.find((version) => offered.includes(version)) ?? NOTHING;
};

const signers: ReadonlyMap<number, KeyKind> = new Map([
  [CipherSuite.EcdheEcdsaAes128GcmSha256, 'ecdsa'],
  [CipherSuite.EcdheEcdsaAes256GcmSha384, 'ecdsa'],
  [CipherSuite.EcdheEcdsaChaCha20Poly1305, 'ecdsa'],
  [CipherSuite.EcdheRsaAes128GcmSha256, 'rsa'],
  [CipherSuite.EcdheRsaAes256GcmSha384, 'rsa'],
  [CipherSuite.EcdheRsaChaCha20Poly1305, 'rsa'],
]);

/** The server's first choice among what both have; in TLS 1.2 its certificate must be of the suite's kind (RFC 5246 §7.4.2). */
export const pickSuite = (config: ServerConfig, hello: ClientHello, version: number): number =>
  config.suites.find(
    (code) =>
      hello.suites.includes(code) &&
      suiteOf(code)?.is13 === (version === Version.Tls13) &&
      (version === Version.Tls13 || signers.get(code) === config.chain.root.key),
  ) ?? NOTHING;

/** The group, and whether the client has sent a share for it. One with a share goes before one that costs a round trip. */
export const pickGroup = (
  config: ServerConfig,
  hello: ClientHello,
): { readonly group: number; readonly shared: boolean } => {
  const groups = extensionOf(hello.extensions, 'supportedGroups')?.groups ?? [];
  const shares = extensionOf(hello.extensions, 'keyShares')?.entries.map((entry) => entry.group) ?? [];
  const common = config.groups.filter((group) => groups.includes(group));
  const shared = common.find((group) => shares.includes(group));
  return shared === undefined ? { group: common[0] ?? NOTHING, shared: false } : { group: shared, shared: true };
};

/** Null: the client offered none, or this server speaks of none; `undefined`: none in common (RFC 7301 §3.2). */
export const pickAlpn = (config: ServerConfig, hello: ClientHello): string | null | undefined => {
  const offered = extensionOf(hello.extensions, 'alpn')?.protocols;
  if (offered === undefined || config.alpn.length === 0) return null;
  return config.alpn.find((protocol) => offered.includes(protocol));
};

/** Why a chain is refused, as an alert; null: it is good (RFC 5280 §6, RFC 9525; alerts as OpenSSL maps them). */
export const judgeChain = (
  chain: Chain,
  roots: readonly string[],
  today: string,
  host: string | null,
): number | null => {
  if (!roots.includes(chain.root.keyId)) return Alert.UnknownCa;
  if ([...chain.sent, chain.root].some((certificate) => today < certificate.from || today > certificate.until)) {
    return Alert.CertificateExpired;
  }
  const leaf = chain.sent[0];
  return host !== null && leaf !== undefined && !covers(leaf, host) ? Alert.BadCertificate : null;
};

/** What is wrong with what a client showed, as an alert; null: nothing. */
export const judgeClient = (config: ServerConfig, empty: boolean, chain: Chain | null): number | null => {
  if (empty) return config.clientAuth === 'require' ? Alert.CertificateRequired : null;
  return chain ? judgeChain(chain, config.roots, config.today, null) : Alert.DecodeError;
};
