import type { AeadName, Crypto } from '../../tls/crypto/types.ts';

/** Five bytes that hide the first byte and the packet number, made of a sample of the payload (RFC 9001 §5.4). */
export type HeaderMask = (sample: Uint8Array) => Uint8Array;

/** The cryptography of QUIC: TLS's, and the bare ciphers of header protection. */
export interface QuicCrypto extends Crypto {
  headerMask(aead: AeadName, key: Uint8Array): HeaderMask;
}

/** Bytes of payload that make the mask. */
export const SAMPLE_SIZE = 16;
