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
  /** Bytes between the record before and this one that are missing, or could not be told apart; absent: none. */
  readonly lost?: number;
}

/** Bytes of a stream that are missing: `lost` of them in front of byte `at` of what is there. */
export interface Gap {
  readonly at: number;
  readonly lost: number;
}

/** What a record that follows others looks like: no plain oddities, and never empty of bytes. */
const isLikely = (header: RecordHeader): boolean =>
  header.type <= ContentType.ApplicationData && header.version <= 0x0303 && header.length > 0;

/**
 * The first place in [from, to) at which a record can be trusted to begin: its header is likely, and behind it ends the
 * stretch or stands another likely header. By chance that happens once in some 10^10 bytes. −1: there is none.
 */
const trustedStart = (bytes: Uint8Array, from: number, to: number): number => {
  const headerAt = (at: number): RecordHeader | null => {
    const header = decodeRecordHeader(bytes, at, to);
    return header.ok && isLikely(header.value) ? header.value : null;
  };
  for (let at = from; at + RECORD_HEADER_SIZE <= to; at++) {
    // Read by hand first: a failed header is a sentence, and most bytes are none.
    if (bytes[at + 1] !== 3 || (bytes[at] ?? 0) < ContentType.ChangeCipherSpec) continue;
    const header = headerAt(at);
    if (header === null) continue;
    const next = at + RECORD_HEADER_SIZE + header.length;
    if (next === to || (next < to && headerAt(next) !== null)) return at;
  }
  return -1;
};

/** The whole records of a stretch, each behind the other; ends at the first that is cut or is none. */
const addRecords = (places: RecordPlace[], bytes: Uint8Array, start: number, to: number, lost: number): void => {
  for (let at = start; ;) {
    const header = decodeRecordHeader(bytes, at, to);
    if (!header.ok) return;
    const from = at + RECORD_HEADER_SIZE;
    const end = from + header.value.length;
    if (end > to) return;
    places.push(
      at === start && lost > 0 ? { ...header.value, at, from, end, lost } : { ...header.value, at, from, end },
    );
    at = end;
  }
};

/**
 * The whole records of a stream in order; ends at the first that is cut or is none. Behind a gap it goes on at the next
 * record whose beginning can be trusted.
 */
export const recordsOf = (bytes: Uint8Array, gaps: readonly Gap[] = []): RecordPlace[] => {
  const places: RecordPlace[] = [];
  addRecords(places, bytes, 0, gaps[0]?.at ?? bytes.length, 0);
  let missing = 0;
  gaps.forEach((gap, i) => {
    missing += gap.lost;
    const to = gaps[i + 1]?.at ?? bytes.length;
    const start = trustedStart(bytes, gap.at, to);
    if (start < 0) return;
    const reached = places.at(-1)?.end ?? 0;
    addRecords(places, bytes, start, to, missing + start - reached);
    missing = 0;
  });
  return places;
};
