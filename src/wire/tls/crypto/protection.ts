import { fail, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import { putU16, putU32, u8 } from '../../bytes.ts';
import { ContentType, Version } from '../codes.ts';
import { encodeRecordHeader, EXPLICIT_NONCE_SIZE, expansion, RECORD_HEADER_SIZE, TAG_SIZE } from '../record.ts';
import type { TrafficKeys } from './schedule13.ts';
import type { Suite } from './suites.ts';
import type { Aead, Crypto } from './types.ts';

/** What is in an opened record. */
export interface Opened {
  readonly type: number;
  readonly content: Uint8Array;
  /** Zeros behind the content (RFC 8446 §5.4). */
  readonly padding: number;
}

/** A sequence number of 64 bits, big-endian; it stays below 2^53 here. */
const putSequence = (bytes: Uint8Array, at: number, sequence: number): void => {
  putU32(bytes, at, Math.floor(sequence / 0x1_0000_0000));
  putU32(bytes, at + 4, sequence % 0x1_0000_0000);
};

/** One direction of one key: seals or opens records in order (RFC 8446 §5.2; RFC 5246 §6.2.3.3, 5288, 7905). */
export class RecordProtector {
  readonly #aead: Aead;
  readonly #iv: Uint8Array;
  readonly #suite: Suite;
  #sequence = 0;

  constructor(crypto: Crypto, suite: Suite, keys: TrafficKeys) {
    this.#aead = crypto.aead(suite.aead, keys.key);
    this.#iv = keys.iv;
    this.#suite = suite;
  }

  /** Records sealed or opened so far under this key. */
  get sequence(): number {
    return this.#sequence;
  }

  /** The sequence number, exclusive-ored into the IV (RFC 8446 §5.3, RFC 7905 §2). */
  #mixedNonce(): Uint8Array {
    const nonce = new Uint8Array(12);
    putSequence(nonce, 4, this.#sequence);
    for (let i = 0; i < 12; i++) nonce[i] = u8(nonce, i) ^ u8(this.#iv, i);
    return nonce;
  }

  /** Salt and the part that is sent along (RFC 5288 §3). */
  #sentNonce(explicit: Uint8Array): Uint8Array {
    const nonce = new Uint8Array(12);
    nonce.set(this.#iv.subarray(0, 4));
    nonce.set(explicit, 4);
    return nonce;
  }

  /** RFC 5246 §6.2.3.3. */
  #additional12(type: number, length: number): Uint8Array {
    const additional = new Uint8Array(13);
    putSequence(additional, 0, this.#sequence);
    additional[8] = type;
    putU16(additional, 9, Version.Tls12);
    putU16(additional, 11, length);
    return additional;
  }

  /** The whole record, header included. `sequence`: which record under this key it is; the next one where it is not said. */
  seal(type: number, content: Uint8Array, padding = 0, sequence = this.#sequence): Uint8Array {
    this.#sequence = sequence;
    const { protection } = this.#suite;
    const is13 = protection === 'aead13';
    const length = content.length + (is13 ? padding : 0) + expansion(protection);
    const record = new Uint8Array(RECORD_HEADER_SIZE + length);
    const outer = is13 ? ContentType.ApplicationData : type;
    encodeRecordHeader({ type: outer, version: Version.Tls12, length }, record, 0);
    if (is13) {
      const inner = new Uint8Array(content.length + 1 + padding);
      inner.set(content);
      inner[content.length] = type;
      record.set(this.#aead.seal(this.#mixedNonce(), inner, record.slice(0, RECORD_HEADER_SIZE)), RECORD_HEADER_SIZE);
    } else if (protection === 'gcm12') {
      const explicit = new Uint8Array(EXPLICIT_NONCE_SIZE);
      putSequence(explicit, 0, this.#sequence);
      record.set(explicit, RECORD_HEADER_SIZE);
      record.set(
        this.#aead.seal(this.#sentNonce(explicit), content, this.#additional12(type, content.length)),
        RECORD_HEADER_SIZE + EXPLICIT_NONCE_SIZE,
      );
    } else {
      record.set(
        this.#aead.seal(this.#mixedNonce(), content, this.#additional12(type, content.length)),
        RECORD_HEADER_SIZE,
      );
    }
    this.#sequence++;
    return record;
  }

  /** Opens a whole record. Fails, and does not count it, where the tag is wrong or the inside has no content type. */
  open(record: Uint8Array): Result<Opened> {
    const where = `record ${String(this.#sequence)}`;
    const { protection } = this.#suite;
    const fragment = record.subarray(RECORD_HEADER_SIZE);
    if (fragment.length < expansion(protection)) {
      return fail({ where, what: `${String(fragment.length)} bytes are too few for a protected record` });
    }
    const type = u8(record, 0);
    const explicit = protection === 'gcm12' ? EXPLICIT_NONCE_SIZE : 0;
    const plain =
      protection === 'aead13'
        ? this.#aead.open(this.#mixedNonce(), fragment, record.subarray(0, RECORD_HEADER_SIZE))
        : this.#aead.open(
            explicit > 0 ? this.#sentNonce(fragment.subarray(0, explicit)) : this.#mixedNonce(),
            fragment.subarray(explicit),
            this.#additional12(type, fragment.length - explicit - TAG_SIZE),
          );
    if (plain === null) return fail({ where, what: 'the authentication tag is wrong: another key, or changed bytes' });
    if (protection !== 'aead13') {
      this.#sequence++;
      return ok({ type, content: plain, padding: 0 });
    }
    let end = plain.length;
    while (end > 0 && plain[end - 1] === 0) end--;
    if (end === 0) return fail({ where, what: 'nothing but padding is inside' });
    this.#sequence++;
    return ok({ type: u8(plain, end - 1), content: plain.slice(0, end - 1), padding: plain.length - end });
  }
}
