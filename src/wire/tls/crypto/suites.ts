import { CipherSuite } from '../codes.ts';
import { TAG_SIZE } from '../record.ts';
import type { Protection } from '../record.ts';
import type { AeadName, HashName } from './types.ts';

/** What a cipher suite means for keys and records. */
export interface Suite {
  readonly code: number;
  readonly is13: boolean;
  readonly hash: HashName;
  /** Bytes of the hash. */
  readonly hashSize: number;
  readonly aead: AeadName;
  readonly keySize: number;
  /** Bytes of the nonce that keys give: 4 where TLS 1.2 sends the other 8 (RFC 5288 §3). */
  readonly ivSize: number;
  readonly protection: Protection;
  readonly tagSize: number;
}

const suite = (code: number, hash: HashName, aead: AeadName): Suite => {
  const is13 = code >>> 8 === 0x13;
  const chacha = aead === 'chacha20poly1305';
  return {
    code,
    is13,
    hash,
    hashSize: hash === 'sha256' ? 32 : 48,
    aead,
    keySize: aead === 'aes128gcm' ? 16 : 32,
    ivSize: is13 || chacha ? 12 : 4,
    protection: is13 ? 'aead13' : chacha ? 'chacha12' : 'gcm12',
    tagSize: TAG_SIZE,
  };
};

const suites: ReadonlyMap<number, Suite> = new Map(
  (
    [
      [CipherSuite.Aes128GcmSha256, 'sha256', 'aes128gcm'],
      [CipherSuite.Aes256GcmSha384, 'sha384', 'aes256gcm'],
      [CipherSuite.ChaCha20Poly1305Sha256, 'sha256', 'chacha20poly1305'],
      [CipherSuite.EcdheEcdsaAes128GcmSha256, 'sha256', 'aes128gcm'],
      [CipherSuite.EcdheRsaAes128GcmSha256, 'sha256', 'aes128gcm'],
      [CipherSuite.EcdheEcdsaAes256GcmSha384, 'sha384', 'aes256gcm'],
      [CipherSuite.EcdheRsaAes256GcmSha384, 'sha384', 'aes256gcm'],
      [CipherSuite.EcdheEcdsaChaCha20Poly1305, 'sha256', 'chacha20poly1305'],
      [CipherSuite.EcdheRsaChaCha20Poly1305, 'sha256', 'chacha20poly1305'],
      // Met in captures: static RSA and DHE with the same records.
      [0x009c, 'sha256', 'aes128gcm'],
      [0x009d, 'sha384', 'aes256gcm'],
      [0x009e, 'sha256', 'aes128gcm'],
      [0x009f, 'sha384', 'aes256gcm'],
      [0xccaa, 'sha256', 'chacha20poly1305'],
    ] as const
  ).map(([code, hash, aead]) => [code, suite(code, hash, aead)]),
);

/** The suite of a code; null where its records cannot be opened here. */
export const suiteOf = (code: number): Suite | null => suites.get(code) ?? null;
