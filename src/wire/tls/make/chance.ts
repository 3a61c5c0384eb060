import type { Crypto } from '../crypto/types.ts';

/** Randoms, secrets and keys that look like chance and are none: each follows from the seed and from what it is for. */
export class Chance {
  readonly #crypto: Crypto;
  readonly #root: Uint8Array;

  /** `scope`: one connection, or empty for what all connections of a scenario share. */
  constructor(crypto: Crypto, seed: number, scope: string) {
    this.#crypto = crypto;
    this.#root = crypto.hash('sha256').digest(new TextEncoder().encode(`roundtrip ${String(seed)} ${scope}`));
  }

  bytes(purpose: string, size: number): Uint8Array {
    const hash = this.#crypto.hash('sha256');
    const label = new TextEncoder().encode(purpose);
    const out = new Uint8Array(Math.ceil(size / hash.size) * hash.size);
    for (let i = 0; i * hash.size < size; i++)
      out.set(hash.hmac(this.#root, Uint8Array.of(i >>> 8, i), label), i * hash.size);
    return out.slice(0, size);
  }

  /** A secret number for any of the curves: below each one's order, and not zero. */
  scalar(purpose: string, size: number): Uint8Array {
    const secret = this.bytes(purpose, size);
    secret[0] = ((secret[0] ?? 0) & 0x3f) | 0x40;
    return secret;
  }

  u32(purpose: string): number {
    return this.bytes(purpose, 4).reduce((value, byte) => value * 256 + byte, 0);
  }
}
