import { rawKeys } from '../../wire/quic/crypto/keys.ts';
import type { PacketKeys } from '../../wire/quic/crypto/keys.ts';
import { packetNonce } from '../../wire/quic/crypto/protection.ts';
import type { QuicCrypto } from '../../wire/quic/crypto/types.ts';

/** A packet whose header is open: `header` is what its tag covers, [from, end) of `bytes` what is sealed. */
export interface Sealed {
  readonly keys: PacketKeys;
  readonly number: number;
  readonly header: Uint8Array;
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly end: number;
}

/** Payloads shorter than this cost the browser's cipher more to ask than they cost ours to open. */
const WORTH_ASKING = 300;

/** Opens many payloads at once; null where a tag is wrong. */
export type OpenPayloads = (batch: readonly Sealed[]) => Promise<(Uint8Array | null)[]>;

/** The machine's AES where it is there (`subtle`) and fits, else ours: the results are the same. */
export const openPayloadsWith = (crypto: QuicCrypto, subtle: SubtleCrypto | undefined): OpenPayloads => {
  const imported = new WeakMap<PacketKeys, CryptoKey | null>();
  const keyOf = async (machine: SubtleCrypto, keys: PacketKeys): Promise<CryptoKey | null> => {
    const known = imported.get(keys);
    if (known !== undefined) return known;
    const { key } = rawKeys(crypto.hash(keys.suite.hash), keys.suite, keys.version, keys.secret);
    const made =
      keys.suite.aead === 'chacha20poly1305'
        ? null
        : await machine.importKey('raw', key.slice(), 'AES-GCM', false, ['decrypt']).catch(() => null);
    imported.set(keys, made);
    return made;
  };
  const ours = (one: Sealed): Uint8Array | null =>
    one.keys.aead.open(
      packetNonce(one.keys.iv, one.number),
      new Uint8Array(one.bytes.subarray(one.from, one.end)),
      one.header,
    );
  const theirs = (machine: SubtleCrypto, key: CryptoKey, one: Sealed): Promise<Uint8Array | null> =>
    machine
      .decrypt(
        {
          name: 'AES-GCM',
          iv: packetNonce(one.keys.iv, one.number) as BufferSource,
          additionalData: one.header as BufferSource,
        },
        key,
        one.bytes.subarray(one.from, one.end) as BufferSource,
      )
      .then(
        (buffer) => new Uint8Array(buffer),
        () => null, // a wrong tag is said with an exception
      );
  return async (batch) => {
    if (!subtle) return batch.map(ours);
    const keys = new Map<PacketKeys, CryptoKey | null>();
    for (const one of batch)
      if (!keys.has(one.keys) && one.end - one.from >= WORTH_ASKING) keys.set(one.keys, await keyOf(subtle, one.keys));
    return Promise.all(
      batch.map((one) => {
        const key = one.end - one.from >= WORTH_ASKING ? keys.get(one.keys) : null;
        return key ? theirs(subtle, key, one) : Promise.resolve(ours(one));
      }),
    );
  };
};
