import { fail, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import { putU16, putU32, u8 } from '../../bytes.ts';
import { ContentType, Version } from '../codes.ts';
import { encodeRecordHeader, EXPLICIT_NONCE_SIZE, expansion, RECORD_HEADER_SIZE, TAG_SIZE } from '../record.ts';
import type { TrafficKeys } from './schedule13.ts';
import type { Suite } from './suites.ts';
import type { Aead, AeadName, Crypto } from './types.ts';

/** What is in an opened record. */
export interface Opened {
  readonly type: number;
  readonly content: Uint8Array;
  /** Zeros behind the content (RFC 8446 §5.4). */
  readonly padding: number;
}

/** What an AEAD is given to open a record. */
export interface Sealed {
  readonly nonce: Uint8Array;
  /** Ciphertext and tag. */
  readonly bytes: Uint8Array;
  readonly additional: Uint8Array;
  /** Content type in clear. */
  readonly type: number;
}

/** A sequence number of 64 bits, big-endian; it stays below 2^53 here. */
const putSequence = (bytes: Uint8Array, at: number, sequence: number): void => {
  putU32(bytes, at, Math.floor(sequence / 0x1_0000_0000));
  putU32(bytes, at + 4, sequence % 0x1_0000_0000);
};

/** RFC 5246 §6.2.3.3. */
const additional12 = (sequence: number, type: number, length: number): Uint8Array => {
  const additional = new Uint8Array(13);
  putSequence(additional, 0, sequence);
  additional[8] = type;
  putU16(additional, 9, Version.Tls12);
  putU16(additional, 11, length);
  return additional;
};

/** One direction of one key: seals or opens records in order (RFC 8446 §5.2; RFC 5246 §6.2.3.3, 5288, 7905). */
export class RecordProtector {
  /** The cipher and its key: for whoever opens many records at once. */
  readonly aead: AeadName;
  readonly key: Uint8Array;
  readonly #aead: Aead;
  readonly #iv: Uint8Array;
  readonly #suite: Suite;
  #sequence = 0;

  constructor(crypto: Crypto, suite: Suite, keys: TrafficKeys) {
    this.aead = suite.aead;
    this.key = keys.key;
    this.#aead = crypto.aead(suite.aead, keys.key);
    this.#iv = keys.iv;
    this.#suite = suite;
  }

  /** Records sealed or opened so far under this key. */
  get sequence(): number {
    return this.#sequence;
  }

  /** The sequence number, exclusive-ored into the IV (RFC 8446 §5.3, RFC 7905 §2). */
  #mixedNonce(sequence: number): Uint8Array {
    const nonce = new Uint8Array(12);
    putSequence(nonce, 4, sequence);
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

  /** The whole record, header included. `sequence`: which record under this key it is; the next one where it is not said. */
  seal(type: number, content: Uint8Array, padding = 0, sequence = this.#sequence): Uint8Array {
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
      record.set(
        this.#aead.seal(this.#mixedNonce(sequence), inner, record.slice(0, RECORD_HEADER_SIZE)),
        RECORD_HEADER_SIZE,
      );
    } else if (protection === 'gcm12') {
      const explicit = new Uint8Array(EXPLICIT_NONCE_SIZE);
      putSequence(explicit, 0, sequence);
      record.set(explicit, RECORD_HEADER_SIZE);
      record.set(
        this.#aead.seal(this.#sentNonce(explicit), content, additional12(sequence, type, content.length)),
        RECORD_HEADER_SIZE + EXPLICIT_NONCE_SIZE,
      );
    } else {
      record.set(
        this.#aead.seal(this.#mixedNonce(sequence), content, additional12(sequence, type, content.length)),
        RECORD_HEADER_SIZE,
      );
    }
    this.#sequence = sequence + 1;
    return record;
  }

  /** What an AEAD needs to open a whole record as the `sequence`-th under this key; null where it is too short. */
  sealed(record: Uint8Array, sequence: number): Sealed | null {
    const { protection } = this.#suite;
    const fragment = record.subarray(RECORD_HEADER_SIZE);
    if (fragment.length < expansion(protection)) return null;
    const type = u8(record, 0);
    switch (protection) {
      case 'gcm12': {
        const bytes = fragment.subarray(EXPLICIT_NONCE_SIZE);
        const nonce = this.#sentNonce(fragment.subarray(0, EXPLICIT_NONCE_SIZE));
        return { nonce, bytes, additional: additional12(sequence, type, bytes.length - TAG_SIZE), type };
      }
      case 'chacha12': {
        const additional = additional12(sequence, type, fragment.length - TAG_SIZE);
        return { nonce: this.#mixedNonce(sequence), bytes: fragment, additional, type };
      }
      default:
        return {
          nonce: this.#mixedNonce(sequence),
          bytes: fragment,
          additional: record.subarray(0, RECORD_HEADER_SIZE),
          type,
        };
    }
  }

  /** What was in a record, once the AEAD has opened it; `plain` null: it found the tag wrong. */
  inside(sealed: Sealed | null, plain: Uint8Array | null, sequence: number): Result<Opened> {
    const where = `record ${String(sequence)}`;
    if (sealed === null) return fail({ where, what: 'its bytes are too few for a protected record' });
    if (plain === null) return fail({ where, what: 'the authentication tag is wrong: another key, or changed bytes' });
    if (this.#suite.protection !== 'aead13') return ok({ type: sealed.type, content: plain, padding: 0 });
    let end = plain.length;
    while (end > 0 && plain[end - 1] === 0) end--;
    if (end === 0) return fail({ where, what: 'nothing but padding is inside' });
    return ok({ type: u8(plain, end - 1), content: plain.subarray(0, end - 1), padding: plain.length - end });
  }

  /** Opens a whole record as the `sequence`-th under this key. */
  openAt(record: Uint8Array, sequence: number): Result<Opened> {
    const sealed = this.sealed(record, sequence);
    const plain = sealed && this.#aead.open(sealed.nonce, sealed.bytes, sealed.additional);
    return this.inside(sealed, plain, sequence);
  }

  /** Opens the next record. Fails, and does not count it, where the tag is wrong or the inside has no content type. */
  open(record: Uint8Array): Result<Opened> {
    const opened = this.openAt(record, this.#sequence);
    if (opened.ok) this.#sequence++;
    return opened;
  }
}
