import type { ScenarioInput } from '../../../src/scenario/schema.ts';
import { Alert } from '../../../src/wire/tls/codes.ts';

export type Flow = ScenarioInput['flows'][number];
export type Tls = NonNullable<Flow['tls']>;
type Path = NonNullable<ScenarioInput['path']>;

/** A handshake as a scenario says it, and what the RFCs promise of it. */
export interface SecureVariant {
  readonly name: string;
  readonly tls: Tls;
  /** Round trips from the SYN to the first byte of the answer: TCP 1, the handshake's own, the request 1. */
  readonly trips: number;
  /** Messages of both ends in order, as names with the side's first letter: c, s. */
  readonly messages: string;
}

/** A connection that is given up: who sends which alert, and how far the client had come. */
export interface FailingVariant {
  readonly name: string;
  readonly tls: Tls;
  readonly from: 'client' | 'server';
  readonly alert: number;
  /** The client had sent its Finished, and its request behind it, before it heard. */
  readonly late: boolean;
}

const v12 = (name: string, tls: Tls, trips: number, messages: string): SecureVariant => ({
  name: `1.2 ${name}`,
  tls: { ...tls, version: '1.2' },
  trips,
  messages,
});
const v13 = (name: string, tls: Tls, trips: number, messages: string): SecureVariant => ({
  name: `1.3 ${name}`,
  tls: { ...tls, version: '1.3' },
  trips,
  messages,
});

const FULL_12 =
  'c clientHello, s serverHello, s certificate12, s serverKeyExchange, s serverHelloDone, c clientKeyExchange, c finished, s ticket12, s finished';
const SHORT_12 = 'c clientHello, s serverHello, s finished, c finished';
const FULL_13 =
  'c clientHello, s serverHello, s encryptedExtensions, s certificate13, s certificateVerify, s finished, c finished, s ticket13, s ticket13';
const PSK_13 = 'c clientHello, s serverHello, s encryptedExtensions, s finished, c finished, s ticket13';
const EARLY_13 = 'c clientHello, s serverHello, s encryptedExtensions, s finished, c endOfEarlyData, c finished';
const RETRY = 'c clientHello, s serverHello, ';

/** RFC 8446 §2 and RFC 5246 §7.3 by their figures. A 1.2 handshake takes two round trips, one where resumed; 1.3 one, early data none. */
export const variants: readonly SecureVariant[] = [
  v12('full', {}, 4, FULL_12),
  v12('full, RSA', { certificate: 'rsa' }, 4, FULL_12),
  v12('AES-256', { suite: 'aes256' }, 4, FULL_12),
  v12('ChaCha20', { suite: 'chacha20' }, 4, FULL_12),
  v12('ChaCha20, RSA', { suite: 'chacha20', certificate: 'rsa' }, 4, FULL_12),
  v12('P-256', { group: 'p256' }, 4, FULL_12),
  v12('P-384', { group: 'p384' }, 4, FULL_12),
  v12('by session id', { resume: 'session' }, 3, SHORT_12),
  v12('by ticket', { resume: 'psk' }, 3, SHORT_12),
  v12('by ticket, ChaCha20', { resume: 'psk', suite: 'chacha20' }, 3, SHORT_12),
  v12('by ticket, AES-256, RSA', { resume: 'psk', suite: 'aes256', certificate: 'rsa' }, 3, SHORT_12),
  v12('ticket forgotten', { resume: 'psk', forgotten: true }, 4, FULL_12),
  v12('session id forgotten', { resume: 'session', forgotten: true }, 4, FULL_12.replace(' s ticket12,', '')),
  v12(
    'mutual',
    { clientAuth: true },
    4,
    'c clientHello, s serverHello, s certificate12, s serverKeyExchange, s certificateRequest12, s serverHelloDone, ' +
      'c certificate12, c clientKeyExchange, c certificateVerify, c finished, s ticket12, s finished',
  ),
  v12('without ticket', { tickets: 0 }, 4, FULL_12.replace(' s ticket12,', '')),
  v12('without extended master secret', { extendedMasterSecret: false }, 4, FULL_12),
  v12('ALPN', { alpn: ['h2', 'http/1.1'] }, 4, FULL_12),
  v12('small records', { recordSizeLimit: 512 }, 4, FULL_12),
  v12('no intermediate', { intermediates: 0 }, 4, FULL_12),
  v13('full', {}, 3, FULL_13),
  v13('full, RSA', { certificate: 'rsa' }, 3, FULL_13),
  v13('AES-128', { suite: 'aes128' }, 3, FULL_13),
  v13('ChaCha20', { suite: 'chacha20' }, 3, FULL_13),
  v13('P-256', { group: 'p256' }, 3, FULL_13),
  v13('P-384', { group: 'p384' }, 3, FULL_13),
  v13('hybrid', { group: 'x25519mlkem768' }, 3, FULL_13),
  v13('by PSK', { resume: 'psk' }, 3, PSK_13),
  v13('by PSK, AES-128', { resume: 'psk', suite: 'aes128' }, 3, PSK_13),
  v13('by PSK, ChaCha20', { resume: 'psk', suite: 'chacha20' }, 3, PSK_13),
  v13('PSK forgotten', { resume: 'psk', forgotten: true }, 3, FULL_13),
  v13('0-RTT', { resume: '0rtt' }, 2, EARLY_13),
  v13('0-RTT, ChaCha20', { resume: '0rtt', suite: 'chacha20' }, 2, EARLY_13),
  v13('0-RTT, hybrid', { resume: '0rtt', group: 'x25519mlkem768' }, 2, EARLY_13),
  v13('0-RTT rejected', { resume: '0rtt', earlyRejected: true }, 3, PSK_13),
  v13('0-RTT forgotten', { resume: '0rtt', forgotten: true }, 3, FULL_13),
  v13('0-RTT and HelloRetryRequest', { resume: '0rtt', retryRequest: true }, 4, RETRY + PSK_13),
  v13('HelloRetryRequest', { retryRequest: true }, 4, RETRY + FULL_13),
  v13('HelloRetryRequest, P-384', { retryRequest: true, group: 'p384' }, 4, RETRY + FULL_13),
  v13('HelloRetryRequest, hybrid', { retryRequest: true, group: 'x25519mlkem768' }, 4, RETRY + FULL_13),
  v13('HelloRetryRequest, PSK', { retryRequest: true, resume: 'psk' }, 4, RETRY + PSK_13),
  v13(
    'mutual',
    { clientAuth: true },
    3,
    'c clientHello, s serverHello, s encryptedExtensions, s certificateRequest13, s certificate13, s certificateVerify, ' +
      's finished, c certificate13, c certificateVerify, c finished, s ticket13, s ticket13',
  ),
  v13('mutual, by PSK', { clientAuth: true, resume: 'psk' }, 3, PSK_13),
  v13('without tickets', { tickets: 0 }, 3, FULL_13.replaceAll(', s ticket13', '')),
  v13('ALPN', { alpn: ['h2', 'http/1.1'] }, 3, FULL_13),
  v13('small records', { recordSizeLimit: 512 }, 3, FULL_13),
  v13('without compatibility', { compatibility: false }, 3, FULL_13),
  v13('three intermediates, RSA', { intermediates: 3, certificate: 'rsa' }, 3, FULL_13),
  v13('key update', { keyUpdateAfter: 2000 }, 3, `${FULL_13}, s keyUpdate, c keyUpdate`),
];

/** Each way to fail, in both versions. RFC 8446 §6.2, RFC 5246 §7.2.2: the alerts as OpenSSL maps them. */
export const failing: readonly FailingVariant[] = (['1.2', '1.3'] as const).flatMap((version) => {
  const one = (
    fault: NonNullable<Tls['fault']>,
    from: 'client' | 'server',
    alert: number,
    more: Tls = {},
    late = false,
  ): FailingVariant => ({
    name: `${version} ${fault}${more.certificate === 'rsa' ? ', RSA' : ''}`,
    tls: { version, fault, ...more },
    from,
    alert,
    late,
  });
  return [
    one('unknownCa', 'client', Alert.UnknownCa),
    one('expired', 'client', Alert.CertificateExpired),
    one('expired', 'client', Alert.CertificateExpired, { certificate: 'rsa' }),
    one('wrongName', 'client', Alert.BadCertificate),
    one('noVersion', 'server', Alert.ProtocolVersion),
    one('noCipher', 'server', Alert.HandshakeFailure),
    one('noAlpn', 'server', Alert.NoApplicationProtocol),
    one('badMac', 'client', Alert.BadRecordMac),
    version === '1.2'
      ? one('noClientCertificate', 'server', Alert.HandshakeFailure, { clientAuth: true })
      : one('noClientCertificate', 'server', Alert.CertificateRequired, { clientAuth: true }, true),
  ];
});

/** One flow that speaks TLS, asks with 67 bytes, and gets 4,000, so that no window is ever in the way. */
export const scenarioFor = (tls: Tls, path: Path = {}, flow: Partial<Flow> = {}): ScenarioInput => ({
  roundtrip: 1,
  path: { rttMs: 80, mbps: 1000, ...path },
  flows: [{ name: 'page', tls, requests: [{ id: 'all', requestBytes: 67, responseBytes: 4000 }], ...flow }],
});
