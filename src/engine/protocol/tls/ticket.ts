import type { Chain } from '../../../wire/x509/chain.ts';
import { blankCertificate } from '../../../wire/x509/certificate.ts';

/**
 * A ticket as OpenSSL makes one: key name 16, IV 16, the session in ASN.1 encrypted with AES-256-CBC, HMAC-SHA-256 32
 * (RFC 5077 §4 recommends this form). The session holds the secrets, the agreed protocol and the client's certificate.
 */
const ENVELOPE = 64;
const BLOCK = 16;
/** The session without the parts below, by the tickets that OpenSSL 3.0 sent: 208 bytes in TLS 1.2, 240 in 1.3. */
const SESSION_12 = 133;
const SESSION_13 = 165;

export const ticketSize = (is13: boolean, alpn: string | null, client: Chain | null): number => {
  const leaf = client?.sent[0];
  const session =
    (is13 ? SESSION_13 : SESSION_12) +
    (alpn === null || !is13 ? 0 : 4 + alpn.length) +
    (leaf ? 4 + blankCertificate(leaf).length : 0);
  // CBC pads with 1 to 16 bytes.
  return ENVELOPE + (Math.floor(session / BLOCK) + 1) * BLOCK;
};
