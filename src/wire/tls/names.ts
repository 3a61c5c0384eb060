import { Alert, CipherSuite, ContentType, ExtensionType, HandshakeType, NamedGroup, SignatureScheme } from './codes.ts';

/** Names of numbers, as the registries and the RFCs write them. */

const turned = (
  codes: Readonly<Record<string, number>>,
  names: Readonly<Record<string, string>>,
): Map<number, string> => new Map(Object.entries(codes).map(([key, code]) => [code, names[key] ?? key]));

const snake = (text: string): string => text.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
const snaked = (codes: Readonly<Record<string, number>>): Map<number, string> =>
  new Map(Object.entries(codes).map(([key, code]) => [code, snake(key)]));

const contentTypes = snaked(ContentType);
const extensions = snaked(ExtensionType);
extensions.set(ExtensionType.Alpn, 'application_layer_protocol_negotiation');
const alerts = snaked(Alert);
const handshakes = turned(HandshakeType, {});
const suites = turned(CipherSuite, {
  Aes128GcmSha256: 'TLS_AES_128_GCM_SHA256',
  Aes256GcmSha384: 'TLS_AES_256_GCM_SHA384',
  ChaCha20Poly1305Sha256: 'TLS_CHACHA20_POLY1305_SHA256',
  EcdheEcdsaAes128GcmSha256: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  EcdheEcdsaAes256GcmSha384: 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  EcdheRsaAes128GcmSha256: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  EcdheRsaAes256GcmSha384: 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  EcdheRsaChaCha20Poly1305: 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  EcdheEcdsaChaCha20Poly1305: 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  EmptyRenegotiationInfo: 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV',
});
const groups = turned(NamedGroup, {
  Secp256r1: 'secp256r1',
  Secp384r1: 'secp384r1',
  Secp521r1: 'secp521r1',
  X25519: 'x25519',
  X448: 'x448',
  X25519MlKem768: 'X25519MLKEM768',
});
for (const [code, bits] of [
  [0x100, 2048],
  [0x101, 3072],
  [0x102, 4096],
  [0x103, 6144],
  [0x104, 8192],
] as const)
  groups.set(code, `ffdhe${String(bits)}`);
const schemes = turned(SignatureScheme, {
  RsaPkcs1Sha256: 'rsa_pkcs1_sha256',
  EcdsaSecp256r1Sha256: 'ecdsa_secp256r1_sha256',
  RsaPssRsaeSha256: 'rsa_pss_rsae_sha256',
});
for (const [code, name] of [
  [0x0501, 'rsa_pkcs1_sha384'],
  [0x0601, 'rsa_pkcs1_sha512'],
  [0x0503, 'ecdsa_secp384r1_sha384'],
  [0x0603, 'ecdsa_secp521r1_sha512'],
  [0x0805, 'rsa_pss_rsae_sha384'],
  [0x0806, 'rsa_pss_rsae_sha512'],
  [0x0807, 'ed25519'],
  [0x0808, 'ed448'],
  [0x0809, 'rsa_pss_pss_sha256'],
  [0x080a, 'rsa_pss_pss_sha384'],
  [0x080b, 'rsa_pss_pss_sha512'],
] as const)
  schemes.set(code, name);

const hex4 = (code: number): string => `0x${code.toString(16).padStart(4, '0')}`;
/** GREASE values (RFC 8701 §2): 0x0a0a, 0x1a1a … 0xfafa. */
const isGrease = (code: number): boolean => (code & 0x0f0f) === 0x0a0a && code >>> 8 === (code & 0xff);
const named = (names: Map<number, string>, code: number): string =>
  names.get(code) ?? (isGrease(code) ? 'GREASE' : hex4(code));

export const contentTypeName = (code: number): string => contentTypes.get(code) ?? `content type ${String(code)}`;
export const handshakeName = (code: number): string => handshakes.get(code) ?? `handshake type ${String(code)}`;
export const extensionName = (code: number): string => named(extensions, code);
export const alertName = (code: number): string => alerts.get(code) ?? `alert ${String(code)}`;
export const suiteName = (code: number): string => named(suites, code);
export const groupName = (code: number): string => named(groups, code);
export const schemeName = (code: number): string => named(schemes, code);
export const versionName = (code: number): string =>
  code === 0x0300
    ? 'SSL 3.0'
    : code >= 0x0301 && code <= 0x0304
      ? `TLS 1.${String(code - 0x0301)}`
      : isGrease(code)
        ? 'GREASE'
        : hex4(code);
