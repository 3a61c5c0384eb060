import type { Suite } from './suites.ts';
import type { TrafficKeys } from './schedule13.ts';
import type { Hash } from './types.ts';

/** Keys of TLS 1.2 (RFC 5246 §5, §6.3, §8.1; RFC 7627 §4). */

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** PRF: P_hash over label and seeds (RFC 5246 §5). */
export const prf = (
  hash: Hash,
  secret: Uint8Array,
  label: string,
  seeds: readonly Uint8Array[],
  size: number,
): Uint8Array => {
  const seed = [ascii(label), ...seeds];
  const out = new Uint8Array(Math.ceil(size / hash.size) * hash.size);
  let a = hash.hmac(secret, ...seed);
  for (let at = 0; at < size; at += hash.size) {
    out.set(hash.hmac(secret, a, ...seed), at);
    a = hash.hmac(secret, a);
  }
  return out.slice(0, size);
};

export const MASTER_SECRET_SIZE = 48;
/** Verify data of Finished (RFC 5246 §7.4.9). */
export const VERIFY_SIZE_12 = 12;

export const masterSecret12 = (
  hash: Hash,
  premaster: Uint8Array,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
): Uint8Array => prf(hash, premaster, 'master secret', [clientRandom, serverRandom], MASTER_SECRET_SIZE);

/** Bound to the handshake: `session` is the hash of the messages up to ClientKeyExchange (RFC 7627 §4). */
export const extendedMasterSecret = (hash: Hash, premaster: Uint8Array, session: Uint8Array): Uint8Array =>
  prf(hash, premaster, 'extended master secret', [session], MASTER_SECRET_SIZE);

export const finishedVerify12 = (
  hash: Hash,
  master: Uint8Array,
  from: 'client' | 'server',
  transcript: Uint8Array,
): Uint8Array => prf(hash, master, `${from} finished`, [transcript], VERIFY_SIZE_12);

/** Client's and server's keys from the key block (RFC 5246 §6.3); AEAD suites need no MAC keys. */
export const keyBlock = (
  hash: Hash,
  suite: Suite,
  master: Uint8Array,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
): { readonly client: TrafficKeys; readonly server: TrafficKeys } => {
  const { keySize, ivSize } = suite;
  const block = prf(hash, master, 'key expansion', [serverRandom, clientRandom], 2 * (keySize + ivSize));
  const ivs = 2 * keySize;
  return {
    client: { key: block.slice(0, keySize), iv: block.slice(ivs, ivs + ivSize) },
    server: { key: block.slice(keySize, ivs), iv: block.slice(ivs + ivSize) },
  };
};

/** What ServerKeyExchange signs: both randoms and the parameters (RFC 8422 §5.4). */
export const signedParameters = (
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
  group: number,
  share: Uint8Array,
): Uint8Array => Uint8Array.of(...clientRandom, ...serverRandom, 3, group >>> 8, group & 0xff, share.length, ...share);
