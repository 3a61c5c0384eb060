import { fail, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import { HandshakeType, HELLO_RETRY_RANDOM } from '../codes.ts';
import { handshakeName } from '../names.ts';
import { Reader } from '../reader.ts';
import { readExtensions } from './decodeExtension.ts';
import type { HandshakeMessage, ServerHello } from './message.ts';

/** Length of a handshake message's header: type and length (RFC 8446 §4). */
export const HANDSHAKE_HEADER_SIZE = 4;

/** A HelloRetryRequest is a ServerHello with this random (RFC 8446 §4.1.3). */
export const isRetry = (random: Uint8Array): boolean =>
  random.length === 32 && HELLO_RETRY_RANDOM.every((byte, i) => random[i] === byte);

const serverHello = (r: Reader): ServerHello => {
  const version = r.u16('version');
  const random = r.bytes(32, 'random');
  return {
    type: 'serverHello',
    version,
    random,
    sessionId: r.opaque(1, 'session id'),
    suite: r.u16('cipher suite'),
    compression: r.u8('compression method'),
    extensions: r.left > 0 ? readExtensions(r, isRetry(random) ? 'helloRetry' : 'serverHello') : null,
  };
};

const serverKeyExchange = (r: Reader): HandshakeMessage => {
  const kind = r.u8('curve type');
  if (kind !== 3) r.fail(`curve type ${String(kind)} is not a named curve (3)`);
  return {
    type: 'serverKeyExchange',
    group: r.u16('named curve'),
    share: r.opaque(1, 'public key'),
    scheme: r.u16('signature algorithm'),
    signature: r.opaque(2, 'signature'),
  };
};

const keyUpdate = (r: Reader): HandshakeMessage => {
  const request = r.u8('request');
  if (request > 1) r.fail(`key update request ${String(request)} is neither 0 nor 1`);
  return { type: 'keyUpdate', request: request === 1 };
};

const certificateStatus = (r: Reader): HandshakeMessage => {
  const kind = r.u8('status type');
  if (kind !== 1) r.fail(`status type ${String(kind)} is not OCSP (1)`);
  return { type: 'certificateStatus', response: r.opaque(3, 'response') };
};

const body = (r: Reader, code: number, is13: boolean): HandshakeMessage => {
  switch (code) {
    case HandshakeType.HelloRequest:
      return { type: 'helloRequest' };
    case HandshakeType.ClientHello:
      return {
        type: 'clientHello',
        version: r.u16('version'),
        random: r.bytes(32, 'random'),
        sessionId: r.opaque(1, 'session id'),
        suites: r.list(2, 'cipher suites', () => r.u16('cipher suite')),
        compression: r.opaque(1, 'compression methods'),
        extensions: r.left > 0 ? readExtensions(r, 'clientHello') : null,
      };
    case HandshakeType.ServerHello:
      return serverHello(r);
    case HandshakeType.NewSessionTicket:
      return is13
        ? {
            type: 'ticket13',
            lifetime: r.u32('lifetime'),
            ageAdd: r.u32('age add'),
            nonce: r.opaque(1, 'nonce'),
            ticket: r.opaque(2, 'ticket'),
            extensions: readExtensions(r, 'ticket'),
          }
        : { type: 'ticket12', lifetime: r.u32('lifetime'), ticket: r.opaque(2, 'ticket') };
    case HandshakeType.EndOfEarlyData:
      return { type: 'endOfEarlyData' };
    case HandshakeType.EncryptedExtensions:
      return { type: 'encryptedExtensions', extensions: readExtensions(r, 'encrypted') };
    case HandshakeType.Certificate:
      return is13
        ? {
            type: 'certificate13',
            context: r.opaque(1, 'request context'),
            entries: r.list(3, 'certificates', () => ({
              der: r.opaque(3, 'certificate'),
              extensions: readExtensions(r, 'certificate'),
            })),
          }
        : { type: 'certificate12', certificates: r.list(3, 'certificates', () => r.opaque(3, 'certificate')) };
    case HandshakeType.ServerKeyExchange:
      return serverKeyExchange(r);
    case HandshakeType.CertificateRequest:
      return is13
        ? {
            type: 'certificateRequest13',
            context: r.opaque(1, 'request context'),
            extensions: readExtensions(r, 'certificateRequest'),
          }
        : {
            type: 'certificateRequest12',
            certificateTypes: r.opaque(1, 'certificate types'),
            schemes: r.list(2, 'signature algorithms', () => r.u16('signature algorithm')),
            authorities: r.list(2, 'authorities', () => r.opaque(2, 'name')),
          };
    case HandshakeType.ServerHelloDone:
      return { type: 'serverHelloDone' };
    case HandshakeType.CertificateVerify:
      return { type: 'certificateVerify', scheme: r.u16('signature algorithm'), signature: r.opaque(2, 'signature') };
    case HandshakeType.ClientKeyExchange:
      return { type: 'clientKeyExchange', share: r.opaque(1, 'public key') };
    case HandshakeType.Finished:
      return { type: 'finished', verify: r.rest() };
    case HandshakeType.CertificateStatus:
      return certificateStatus(r);
    case HandshakeType.KeyUpdate:
      return keyUpdate(r);
    case HandshakeType.MessageHash:
      return { type: 'messageHash', hash: r.rest() };
    default:
      return { type: 'raw', code, body: r.rest() };
  }
};

/** Length of the message at `at`, header included; null where its header is not whole. */
export const handshakeLengthAt = (bytes: Uint8Array, at: number, end = bytes.length): number | null => {
  const r = new Reader(bytes, at, end);
  r.u8('type');
  const length = r.u24('length');
  return r.problem === null ? HANDSHAKE_HEADER_SIZE + length : null;
};

/** With RSA or finite-field key exchange, and before TLS 1.2, these have other forms (RFC 5246 §7.4.3, §7.4.7): kept as bytes. */
const dependsOnSuite: ReadonlySet<number> = new Set([
  HandshakeType.ServerKeyExchange,
  HandshakeType.ClientKeyExchange,
  HandshakeType.CertificateVerify,
  HandshakeType.CertificateRequest,
]);

/** Reads the message at `at`. `is13` says whether tickets and certificates have their TLS 1.3 form. */
export const decodeHandshake = (
  bytes: Uint8Array,
  is13: boolean,
  at = 0,
  end = bytes.length,
): Result<HandshakeMessage> => {
  const header = new Reader(bytes, at, end);
  const code = header.u8('handshake type');
  const length = header.u24('handshake length');
  if (header.problem === null && length > header.left) {
    header.fail(`${handshakeName(code)} says ${String(length)} bytes, ${String(header.left)} are there`);
  }
  if (header.problem !== null) return fail({ where: `byte ${String(at)}`, what: header.problem });
  const r = new Reader(bytes, header.at, header.at + length);
  const message = body(r, code, is13);
  if ((r.problem !== null || r.left > 0) && dependsOnSuite.has(code)) {
    const whole = new Reader(bytes, header.at, header.at + length);
    return ok({ type: 'raw', code, body: whole.rest() });
  }
  if (r.problem === null && r.left > 0) r.fail(`${String(r.left)} bytes too many at byte ${String(r.at)}`);
  return r.problem === null ? ok(message) : fail({ where: handshakeName(code), what: r.problem });
};
