import { expandLabel, hkdfExtract } from '../../tls/crypto/schedule13.ts';
import type { Aead, AeadName, Hash, HashName } from '../../tls/crypto/types.ts';
import type { HeaderMask, QuicCrypto } from './types.ts';
import type { VersionKeys } from './version.ts';

/** What a cipher suite of TLS 1.3 means here (RFC 9001 §5.3); `suiteOf` of TLS has these names. */
export interface QuicSuite {
  readonly hash: HashName;
  readonly aead: AeadName;
  readonly keySize: number;
}

/** Initial packets are always so (RFC 9001 §5.2). */
export const INITIAL_SUITE: QuicSuite = { hash: 'sha256', aead: 'aes128gcm', keySize: 16 };

const EMPTY = new Uint8Array(0);

/** The secrets of both ends' Initial packets, of the id to which the client sends its first one (RFC 9001 §5.2). */
export const initialSecrets = (
  crypto: QuicCrypto,
  version: VersionKeys,
  destination: Uint8Array,
): { readonly client: Uint8Array; readonly server: Uint8Array } => {
  const hash = crypto.hash('sha256');
  const secret = hkdfExtract(hash, version.salt, destination);
  return {
    client: expandLabel(hash, secret, 'client in', EMPTY, 32),
    server: expandLabel(hash, secret, 'server in', EMPTY, 32),
  };
};

/** The raw keys of a secret (RFC 9001 §5.1), as vectors show them. */
export interface RawKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly headerKey: Uint8Array;
}

export const rawKeys = (hash: Hash, suite: QuicSuite, version: VersionKeys, secret: Uint8Array): RawKeys => {
  const derive = (label: string, size: number): Uint8Array =>
    expandLabel(hash, secret, `${version.label} ${label}`, EMPTY, size);
  return { key: derive('key', suite.keySize), iv: derive('iv', 12), headerKey: derive('hp', suite.keySize) };
};

/** The keys of one direction, ready for use. */
export interface PacketKeys {
  readonly aead: Aead;
  readonly iv: Uint8Array;
  readonly mask: HeaderMask;
  /** What the next key phase is made of. */
  readonly secret: Uint8Array;
  readonly suite: QuicSuite;
  readonly version: VersionKeys;
}

export const packetKeys = (
  crypto: QuicCrypto,
  suite: QuicSuite,
  version: VersionKeys,
  secret: Uint8Array,
): PacketKeys => {
  const { key, iv, headerKey } = rawKeys(crypto.hash(suite.hash), suite, version, secret);
  const mask = crypto.headerMask(suite.aead, headerKey);
  return { aead: crypto.aead(suite.aead, key), iv, mask, secret, suite, version };
};

/** The keys of the next key phase: the header's protection stays (RFC 9001 §6.1). */
export const updatedKeys = (crypto: QuicCrypto, keys: PacketKeys): PacketKeys => {
  const hash = crypto.hash(keys.suite.hash);
  const secret = expandLabel(hash, keys.secret, `${keys.version.label} ku`, EMPTY, hash.size);
  const { key, iv } = rawKeys(hash, keys.suite, keys.version, secret);
  return { ...keys, aead: crypto.aead(keys.suite.aead, key), iv, secret };
};
