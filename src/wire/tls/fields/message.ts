import { hex } from '../../field.ts';
import type { Field } from '../../field.ts';
import { HandshakeType } from '../codes.ts';
import { isRetry } from '../handshake/decodeMessage.ts';
import { groupName, handshakeName, schemeName, suiteName, versionName } from '../names.ts';
import { certificateFields } from '../../x509/fields.ts';
import { FieldCursor } from './cursor.ts';
import { extensionsFields } from './extension.ts';

const VERSION = { value: versionName, meaning: () => 'kept for old middleboxes; supported_versions counts' };
const HEADER = 'RFC 8446 §4';

const bytes16 = (c: FieldCursor, width: 1 | 2 | 3, id: string, name: string, meaning = '', rfc = c.rfc): void => {
  c.vector(
    width,
    id,
    name,
    (inner) => {
      const { left } = inner;
      inner.opaque(left, 'bytes', 'Bytes');
      return left === 0 ? 'none' : `${String(left)} bytes`;
    },
    meaning,
    rfc,
  );
};

const clientHello = (c: FieldCursor): void => {
  c.number(2, 'version', 'Legacy version', VERSION);
  c.opaque(32, 'random', 'Random', 'names this connection in key logs');
  bytes16(c, 1, 'sessionId', 'Session id', 'in TLS 1.3 only for middleboxes');
  c.numbers(2, 2, 'suites', 'Cipher suites', 'Suite', suiteName);
  c.numbers(1, 1, 'compression', 'Compression', 'Method', (v) => (v === 0 ? 'none' : String(v)));
  if (c.left > 0) extensionsFields(c, 'clientHello');
};

const serverHello = (c: FieldCursor, random: Uint8Array): void => {
  const retry = isRetry(random);
  c.number(2, 'version', 'Legacy version', VERSION);
  c.opaque(32, 'random', 'Random', retry ? 'this one says: HelloRetryRequest' : '', retry ? 'RFC 8446 §4.1.4' : c.rfc);
  bytes16(c, 1, 'sessionId', 'Session id', 'the client’s, or a new one');
  c.number(2, 'suite', 'Cipher suite', { value: suiteName });
  c.number(1, 'compression', 'Compression', { value: (v) => (v === 0 ? 'none' : String(v)) });
  if (c.left > 0) extensionsFields(c, retry ? 'helloRetry' : 'serverHello');
};

const signature = (c: FieldCursor): void => {
  c.number(2, 'scheme', 'Signature scheme', { value: schemeName, rfc: 'RFC 8446 §4.2.3' });
  bytes16(c, 2, 'signature', 'Signature');
};

const certificates = (c: FieldCursor, is13: boolean): void => {
  if (is13) bytes16(c, 1, 'context', 'Request context');
  c.vector(3, 'certificates', 'Certificates', (list) => {
    let count = 0;
    for (; list.left > 0; count++) {
      list.vector(3, String(count), count === 0 ? 'End certificate' : 'Issuer', (inner) =>
        inner.nested(certificateFields),
      );
      if (is13) extensionsFields(list, 'certificate');
    }
    return String(count);
  });
};

const ticket = (c: FieldCursor, is13: boolean): void => {
  c.number(4, 'lifetime', 'Lifetime', { meaning: () => 'seconds' });
  if (is13) {
    c.number(4, 'ageAdd', 'Age add', {
      value: (v) => hex(v, 8),
      meaning: () => 'hides the ticket’s age from observers',
    });
    bytes16(c, 1, 'nonce', 'Nonce', 'tells the tickets of one connection apart');
  }
  bytes16(c, 2, 'ticket', 'Ticket', 'only the server can read it');
  if (is13) extensionsFields(c, 'ticket');
};

const certificateRequest = (c: FieldCursor, is13: boolean): void => {
  if (is13) {
    bytes16(c, 1, 'context', 'Request context');
    extensionsFields(c, 'certificateRequest');
    return;
  }
  c.numbers(1, 1, 'types', 'Certificate types', 'Type', (v) =>
    v === 64 ? 'ecdsa_sign' : v === 1 ? 'rsa_sign' : String(v),
  );
  c.numbers(2, 2, 'schemes', 'Signature algorithms', 'Scheme', schemeName);
  bytes16(c, 2, 'authorities', 'Authorities');
};

/** Where each message's rule stands: TLS 1.3, TLS 1.2. */
const sections: ReadonlyMap<number, readonly [string, string]> = new Map([
  [HandshakeType.HelloRequest, ['RFC 5246 §7.4.1.1', 'RFC 5246 §7.4.1.1']],
  [HandshakeType.ClientHello, ['RFC 8446 §4.1.2', 'RFC 5246 §7.4.1.2']],
  [HandshakeType.ServerHello, ['RFC 8446 §4.1.3', 'RFC 5246 §7.4.1.3']],
  [HandshakeType.NewSessionTicket, ['RFC 8446 §4.6.1', 'RFC 5077 §3.3']],
  [HandshakeType.EndOfEarlyData, ['RFC 8446 §4.5', 'RFC 8446 §4.5']],
  [HandshakeType.EncryptedExtensions, ['RFC 8446 §4.3.1', 'RFC 8446 §4.3.1']],
  [HandshakeType.Certificate, ['RFC 8446 §4.4.2', 'RFC 5246 §7.4.2']],
  [HandshakeType.ServerKeyExchange, ['RFC 8422 §5.4', 'RFC 8422 §5.4']],
  [HandshakeType.CertificateRequest, ['RFC 8446 §4.3.2', 'RFC 5246 §7.4.4']],
  [HandshakeType.ServerHelloDone, ['RFC 5246 §7.4.5', 'RFC 5246 §7.4.5']],
  [HandshakeType.CertificateVerify, ['RFC 8446 §4.4.3', 'RFC 5246 §7.4.8']],
  [HandshakeType.ClientKeyExchange, ['RFC 8422 §5.7', 'RFC 8422 §5.7']],
  [HandshakeType.Finished, ['RFC 8446 §4.4.4', 'RFC 5246 §7.4.9']],
  [HandshakeType.CertificateStatus, ['RFC 6066 §8', 'RFC 6066 §8']],
  [HandshakeType.KeyUpdate, ['RFC 8446 §4.6.3', 'RFC 8446 §4.6.3']],
]);

export const handshakeSection = (code: number, is13: boolean): string => sections.get(code)?.[is13 ? 0 : 1] ?? HEADER;

/** The fields of the handshake message at `at`, cut at `end`: of any bytes, whole or not. */
export const messageFields = (bytes: Uint8Array, at: number, end: number, is13: boolean): Field[] => {
  const code = bytes[at] ?? 0;
  const c = new FieldCursor(bytes, at, Math.min(end, bytes.length), 'tls', handshakeSection(code, is13));
  c.number(1, 'type', 'Handshake type', { value: handshakeName, meaning: String, rfc: HEADER });
  c.number(3, 'length', 'Length', { meaning: () => 'bytes behind this header', rfc: HEADER });
  switch (code) {
    case HandshakeType.ClientHello:
      clientHello(c);
      break;
    case HandshakeType.ServerHello:
      serverHello(c, bytes.subarray(at + 6, at + 38));
      break;
    case HandshakeType.NewSessionTicket:
      ticket(c, is13);
      break;
    case HandshakeType.EncryptedExtensions:
      extensionsFields(c, 'encrypted');
      break;
    case HandshakeType.Certificate:
      certificates(c, is13);
      break;
    case HandshakeType.ServerKeyExchange:
      if (c.peek8(0) !== 3) break; // finite-field parameters, or none
      c.number(1, 'curveType', 'Curve type', { value: (v) => (v === 3 ? 'named curve' : String(v)) });
      c.number(2, 'group', 'Group', { value: groupName });
      bytes16(c, 1, 'share', 'Public value');
      signature(c);
      break;
    case HandshakeType.CertificateRequest:
      certificateRequest(c, is13);
      break;
    case HandshakeType.CertificateVerify:
      signature(c);
      break;
    case HandshakeType.ClientKeyExchange:
      if (c.peek8(0) + 1 !== c.left) break; // an RSA-encrypted secret, or a finite-field value
      bytes16(c, 1, 'share', 'Public value');
      break;
    case HandshakeType.Finished:
      c.rest('verify', 'Verify data', is13 ? 'HMAC over all messages so far' : 'PRF over all messages so far');
      break;
    case HandshakeType.KeyUpdate:
      c.number(1, 'request', 'Request update', { value: (v) => (v === 1 ? 'requested' : 'not requested') });
      break;
  }
  c.rest('rest', 'Rest');
  return c.fields;
};
