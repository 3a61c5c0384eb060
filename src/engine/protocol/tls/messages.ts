import { SignatureScheme } from '../../../wire/tls/codes.ts';
import { VERIFY_SIZE_12 } from '../../../wire/tls/crypto/schedule12.ts';
import { suiteOf } from '../../../wire/tls/crypto/suites.ts';
import type { HandshakeMessage } from '../../../wire/tls/handshake/message.ts';
import { blankCertificate, encodeName, signatureSize } from '../../../wire/x509/certificate.ts';
import type { KeyKind } from '../../../wire/x509/certificate.ts';
import type { Chain } from '../../../wire/x509/chain.ts';
import { blank } from './hello.ts';

/** Messages as they are simulated: of their true sizes, with blanks for what only cryptography can give. */

/** The scheme of a key: PSS for RSA, in TLS 1.2 as well, where both ends list it first (RFC 8446 §4.2.3). */
export const schemeOf = (key: KeyKind): number =>
  key === 'ecdsa' ? SignatureScheme.EcdsaSecp256r1Sha256 : SignatureScheme.RsaPssRsaeSha256;

const signed = (key: KeyKind): { scheme: number; signature: Uint8Array } => ({
  scheme: schemeOf(key),
  signature: blank(signatureSize(key)),
});

const NO_CONTEXT = blank(0);

export const certificate13 = (chain: Chain | null): HandshakeMessage => ({
  type: 'certificate13',
  context: NO_CONTEXT,
  entries: (chain?.sent ?? []).map((spec) => ({ der: blankCertificate(spec), extensions: [] })),
});

export const certificate12 = (chain: Chain | null): HandshakeMessage => ({
  type: 'certificate12',
  certificates: (chain?.sent ?? []).map(blankCertificate),
});

export const certificateVerify = (chain: Chain): HandshakeMessage => ({
  type: 'certificateVerify',
  ...signed(chain.root.key),
});

export const finished13 = (suite: number): HandshakeMessage => ({
  type: 'finished',
  verify: blank(suiteOf(suite)?.hashSize ?? 32),
});

export const finished12 = (): HandshakeMessage => ({ type: 'finished', verify: blank(VERIFY_SIZE_12) });

export const certificateRequest13 = (schemes: readonly number[], chain: Chain): HandshakeMessage => ({
  type: 'certificateRequest13',
  context: NO_CONTEXT,
  extensions: [
    { kind: 'signatureAlgorithms', schemes },
    { kind: 'certificateAuthorities', names: [encodeName(chain.root.subject)] },
  ],
});

/** rsa_sign, dss_sign, ecdsa_sign: as OpenSSL lists them (RFC 5246 §7.4.4, RFC 8422 §5.5). */
const CERTIFICATE_TYPES = Uint8Array.of(1, 2, 64);

export const certificateRequest12 = (schemes: readonly number[], chain: Chain): HandshakeMessage => ({
  type: 'certificateRequest12',
  certificateTypes: CERTIFICATE_TYPES,
  schemes,
  authorities: [encodeName(chain.root.subject)],
});

export const serverKeyExchange = (group: number, share: number, key: KeyKind): HandshakeMessage => ({
  type: 'serverKeyExchange',
  group,
  share: blank(share),
  ...signed(key),
});

/** Seconds that a ticket holds: OpenSSL's default. */
const LIFETIME = 300;

/** The nonce is the ticket's number in 8 bytes, as OpenSSL makes it. */
export const ticket13 = (size: number, number: number, maxEarly: number): HandshakeMessage => ({
  type: 'ticket13',
  lifetime: LIFETIME,
  ageAdd: 0,
  nonce: blank(8).fill(number, 7),
  ticket: blank(size),
  extensions: maxEarly > 0 ? [{ kind: 'earlyData', maximum: maxEarly }] : [],
});

export const ticket12 = (size: number): HandshakeMessage => ({
  type: 'ticket12',
  lifetime: LIFETIME,
  ticket: blank(size),
});
