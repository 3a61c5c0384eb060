import { gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { p256, p384 } from '@noble/curves/nist.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha384 } from '@noble/hashes/sha2.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { mgf1, PKCS1_SHA256 } from 'micro-rsa-dsa-dh/rsa.js';
import { pow } from 'micro-rsa-dsa-dh/utils.js';
import type { Aead, AeadName, Crypto, Curve, Hash, HashName, RsaKey } from './types.ts';

/**
 * The libraries, all by one author and audited where it matters: @noble for everything but RSA, for which @noble has
 * nothing and micro-rsa-dsa-dh is its small sister. This file is heavy: only `loadCrypto()` imports it.
 */
const EMPTY = new Uint8Array(0);

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  if (parts.length === 1) return parts[0] ?? EMPTY;
  let size = 0;
  for (const part of parts) size += part.length;
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

const hashOf = (name: HashName): Hash => {
  const algorithm = name === 'sha256' ? sha256 : sha384;
  return {
    name,
    size: algorithm.outputLen,
    digest: (...parts) => algorithm(joined(parts)),
    hmac: (key, ...parts) => hmac(algorithm, key, joined(parts)),
  };
};

const hashes: Readonly<Record<HashName, Hash>> = { sha256: hashOf('sha256'), sha384: hashOf('sha384') };

const aeadOf = (name: AeadName, key: Uint8Array): Aead => {
  const cipher = name === 'chacha20poly1305' ? chacha20poly1305 : gcm;
  return {
    seal: (nonce, plain, additional) => cipher(key, nonce, additional).encrypt(plain),
    open: (nonce, sealed, additional) => {
      try {
        return cipher(key, nonce, additional).decrypt(sealed);
      } catch {
        return null; // the library says a wrong tag with an exception
      }
    },
  };
};

const dhShared = (curve: Curve, secret: Uint8Array, share: Uint8Array): Uint8Array | null => {
  try {
    if (curve === 'x25519') return x25519.getSharedSecret(secret, share);
    // The shared secret is the x coordinate alone (RFC 8446 §7.4.2): the library puts a byte of sign before it.
    return (curve === 'secp256r1' ? p256 : p384).getSharedSecret(secret, share).slice(1);
  } catch {
    return null;
  }
};

const toBigInt = (bytes: Uint8Array): bigint => {
  let text = '0x';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return BigInt(text);
};

const fromBigInt = (value: bigint, size: number): Uint8Array => {
  const text = value.toString(16).padStart(size * 2, '0');
  return Uint8Array.from({ length: size }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
};

/** EMSA-PSS (RFC 8017 §9.1.1) with the salt handed in: the library would draw one, and bytes must come out the same. */
const pssEncode = (message: Uint8Array, salt: Uint8Array, size: number): Uint8Array => {
  const digest = sha256(joined([new Uint8Array(8), sha256(message), salt]));
  const block = new Uint8Array(size - digest.length - 1);
  block[block.length - salt.length - 1] = 1;
  block.set(salt, block.length - salt.length);
  const mask = mgf1(sha256)(digest, { dkLen: block.length });
  const masked = block.map((byte, i) => byte ^ (mask[i] ?? 0));
  masked[0] = (masked[0] ?? 0) & 0x7f; // the modulus has 8 × size bits, the encoded message one bit less
  return joined([masked, digest, Uint8Array.of(0xbc)]);
};

const rsaPssSign = (key: RsaKey, message: Uint8Array, salt: Uint8Array): Uint8Array => {
  const size = (key.modulus.toString(16).length + 1) >>> 1;
  return fromBigInt(pow(toBigInt(pssEncode(message, salt, size)), key.privateExponent, key.modulus), size);
};

export const nobleCrypto: Crypto = {
  hash: (name) => hashes[name],
  aead: aeadOf,
  dhPublic: (curve, secret) =>
    curve === 'x25519'
      ? x25519.getPublicKey(secret)
      : (curve === 'secp256r1' ? p256 : p384).getPublicKey(secret, false),
  dhShared,
  p256Sign: (secret, message, extra) => p256.sign(message, secret, { format: 'der', lowS: false, extraEntropy: extra }),
  p256Verify: (point, message, signature) => {
    try {
      return p256.verify(signature, message, point, { format: 'der', lowS: false });
    } catch {
      return false;
    }
  },
  mlKemKeys: (seed) => ml_kem768.keygen(seed),
  mlKemEncapsulate: (publicKey, random) => {
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(publicKey, random);
    return { ciphertext: cipherText, shared: sharedSecret };
  },
  mlKemDecapsulate: (secretKey, ciphertext) => ml_kem768.decapsulate(ciphertext, secretKey),
  rsaPkcs1Sign: (key, message) => PKCS1_SHA256.sign({ n: key.modulus, d: key.privateExponent }, message),
  rsaPssSign,
};
