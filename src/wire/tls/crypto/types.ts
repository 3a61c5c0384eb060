/**
 * The cryptography that making and reading of TLS bytes needs, as plain synchronous functions. Nothing here runs while
 * a network is simulated. The one file that knows the libraries is `noble.ts`, loaded by `loadCrypto()`.
 */
export type HashName = 'sha256' | 'sha384';

export interface Hash {
  readonly name: HashName;
  /** Bytes of a digest. */
  readonly size: number;
  digest(...parts: readonly Uint8Array[]): Uint8Array;
  hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;
}

export type AeadName = 'aes128gcm' | 'aes256gcm' | 'chacha20poly1305';

/** An AEAD under one key (RFC 5116). `open` returns null where the tag is wrong. */
export interface Aead {
  seal(nonce: Uint8Array, plain: Uint8Array, additional: Uint8Array): Uint8Array;
  open(nonce: Uint8Array, sealed: Uint8Array, additional: Uint8Array): Uint8Array | null;
}

/** Curves of ECDHE, by their names in the registry. */
export type Curve = 'x25519' | 'secp256r1' | 'secp384r1';

export interface RsaKey {
  readonly modulus: bigint;
  readonly publicExponent: bigint;
  readonly privateExponent: bigint;
}

export interface Crypto {
  hash(name: HashName): Hash;
  aead(name: AeadName, key: Uint8Array): Aead;
  /** Public value (uncompressed for the NIST curves) of a secret as long as the group's field, for `Curve` groups. */
  dhPublic(curve: Curve, secret: Uint8Array): Uint8Array;
  /** The shared secret; null where the peer's value is no point, or x25519 gives zero (RFC 8446 §7.4.2). */
  dhShared(curve: Curve, secret: Uint8Array, share: Uint8Array): Uint8Array | null;
  /** DER signature over SHA-256 of `message`; the nonce by RFC 6979 with `extra` as additional data (§3.6). */
  p256Sign(secret: Uint8Array, message: Uint8Array, extra: Uint8Array): Uint8Array;
  p256Verify(point: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** `seed`: 64 bytes. */
  mlKemKeys(seed: Uint8Array): { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };
  /** `random`: 32 bytes. */
  mlKemEncapsulate(
    publicKey: Uint8Array,
    random: Uint8Array,
  ): { readonly ciphertext: Uint8Array; readonly shared: Uint8Array };
  mlKemDecapsulate(secretKey: Uint8Array, ciphertext: Uint8Array): Uint8Array;
  rsaPkcs1Sign(key: RsaKey, message: Uint8Array): Uint8Array;
  /** RSASSA-PSS with SHA-256 and a salt of 32 bytes (RFC 8446 §4.2.3). */
  rsaPssSign(key: RsaKey, message: Uint8Array, salt: Uint8Array): Uint8Array;
}
