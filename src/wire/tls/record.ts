import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { putU16, u16, u8 } from '../bytes.ts';
import { ContentType } from './codes.ts';

/** The header in front of each record: type, version, length (RFC 8446 §5.1). */
export interface RecordHeader {
  readonly type: number;
  readonly version: number;
  /** Bytes that follow. */
  readonly length: number;
}

export const RECORD_HEADER_SIZE = 5;
/** Content that a record may carry: 2^14 bytes (RFC 8446 §5.1). */
export const RECORD_LIMIT = 16384;
/** Authentication tag of AES-GCM and of ChaCha20-Poly1305. */
export const TAG_SIZE = 16;
/** Part of the nonce that AES-GCM sends along in TLS 1.2 (RFC 5288 §3). */
export const EXPLICIT_NONCE_SIZE = 8;

/** How a record is protected; each adds its own number of bytes. */
export type Protection = 'none' | 'gcm12' | 'chacha12' | 'aead13';

/** Bytes that protection adds to the content of a record, padding aside. */
export const expansion = (protection: Protection): number => {
  switch (protection) {
    case 'none':
      return 0;
    case 'gcm12':
      return EXPLICIT_NONCE_SIZE + TAG_SIZE;
    case 'chacha12':
      return TAG_SIZE; // RFC 7905 §2: the nonce is not sent
    case 'aead13':
      return 1 + TAG_SIZE; // RFC 8446 §5.2: the true content type is inside
  }
};

/** Bytes of a record on the wire, header included. */
export const recordSize = (content: number, protection: Protection, padding = 0): number =>
  RECORD_HEADER_SIZE + content + padding + expansion(protection);

/** Most bytes that may follow a header: what a reader has to accept (RFC 8446 §5.2, RFC 5246 §6.2.3). */
export const maximumLength = (is13: boolean): number => RECORD_LIMIT + (is13 ? 256 : 2048);

export const encodeRecordHeader = (header: RecordHeader, bytes: Uint8Array, at: number): number => {
  bytes[at] = header.type;
  putU16(bytes, at + 1, header.version);
  putU16(bytes, at + 3, header.length);
  return at + RECORD_HEADER_SIZE;
};

/** Reads a record header. Fails where it is cut, of no known type, or announces more than any version allows. */
export const decodeRecordHeader = (bytes: Uint8Array, at: number, end = bytes.length): Result<RecordHeader> => {
  const where = `byte ${String(at)}`;
  if (end - at < RECORD_HEADER_SIZE) {
    return fail({ where, what: `a record header needs 5 bytes, ${String(Math.max(0, end - at))} are there` });
  }
  const header = { type: u8(bytes, at), version: u16(bytes, at + 1), length: u16(bytes, at + 3) };
  if (header.type < ContentType.ChangeCipherSpec || header.type > 24 || header.version >>> 8 !== 3) {
    return fail({ where, what: `no TLS record starts here: type ${String(header.type)}` });
  }
  if (header.length > maximumLength(false)) {
    return fail({ where, what: `record of ${String(header.length)} bytes is longer than 18,432` });
  }
  return ok(header);
};

/** A record in a stream of bytes: `at` its header, `from` its fragment, `end` behind it. */
export interface RecordPlace extends RecordHeader {
  readonly at: number;
  readonly from: number;
  readonly end: number;
}

/** The whole records of a stream in order; ends at the first that is cut or is none. */
export const recordsOf = (bytes: Uint8Array): RecordPlace[] => {
  const places: RecordPlace[] = [];
  let at = 0;
  for (;;) {
    const header = decodeRecordHeader(bytes, at);
    if (!header.ok) return places;
    const from = at + RECORD_HEADER_SIZE;
    const end = from + header.value.length;
    if (end > bytes.length) return places;
    places.push({ ...header.value, at, from, end });
    at = end;
  }
};
