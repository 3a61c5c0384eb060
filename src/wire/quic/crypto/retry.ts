import type { QuicCrypto } from './types.ts';
import type { VersionKeys } from './version.ts';

const EMPTY = new Uint8Array(0);

/**
 * The tag at a Retry's end (RFC 9001 §5.8). `original`: the id to which the client sent its Initial; `retry`: the packet
 * without its tag.
 */
export const retryTag = (
  crypto: QuicCrypto,
  version: VersionKeys,
  original: Uint8Array,
  retry: Uint8Array,
): Uint8Array => {
  const pseudo = new Uint8Array(1 + original.length + retry.length);
  pseudo[0] = original.length;
  pseudo.set(original, 1);
  pseudo.set(retry, 1 + original.length);
  return crypto.aead('aes128gcm', version.retryKey).seal(version.retryNonce, EMPTY, pseudo);
};
