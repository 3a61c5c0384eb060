import type { Result } from '../../base/result.ts';
import type { Opened, RecordProtector } from '../../wire/tls/crypto/protection.ts';
import type { OpenMany, ToOpen } from '../../wire/tls/direction.ts';

/** Records shorter than this cost the browser's cipher more to ask than they cost ours to open. */
const WORTH_ASKING = 300;

/**
 * Opens many records at once with the AES of the machine, where there is one: a page that came over plain HTTP has none
 * (`subtle` absent), and ChaCha20-Poly1305 is not among its ciphers. What it cannot do, ours does; the results are the same.
 */
export const openManyWith = (subtle: SubtleCrypto | undefined): OpenMany => {
  const keys = new WeakMap<RecordProtector, Promise<CryptoKey | null>>();
  const keyOf = (machine: SubtleCrypto, { key, aead }: RecordProtector): Promise<CryptoKey | null> =>
    aead === 'chacha20poly1305'
      ? Promise.resolve(null)
      : machine.importKey('raw', key.slice(), 'AES-GCM', false, ['decrypt']).catch(() => null);

  const openOne = async (machine: SubtleCrypto, one: ToOpen, key: CryptoKey): Promise<Result<Opened>> => {
    const sealed = one.key.sealed(one.record, one.sequence);
    if (sealed === null) return one.key.inside(null, null, one.sequence);
    const { nonce, bytes, additional } = sealed;
    const how = { name: 'AES-GCM', iv: nonce, additionalData: additional as BufferSource } as AesGcmParams;
    const plain = await machine.decrypt(how, key, bytes as BufferSource).then(
      (buffer) => new Uint8Array(buffer),
      () => null, // a wrong tag is said with an exception
    );
    return one.key.inside(sealed, plain, one.sequence);
  };

  return async (batch) => {
    const [first] = batch;
    let key: CryptoKey | null = null;
    // Most handshakes have no record worth it.
    if (first && subtle && batch.some(({ record }) => record.length >= WORTH_ASKING)) {
      let known = keys.get(first.key);
      if (!known) keys.set(first.key, (known = keyOf(subtle, first.key)));
      key = await known;
    }
    return Promise.all(
      batch.map((one): Promise<Result<Opened>> =>
        subtle && key && one.key === first?.key && one.record.length >= WORTH_ASKING
          ? openOne(subtle, one, key)
          : Promise.resolve(one.key.openAt(one.record, one.sequence)),
      ),
    );
  };
};
