import { hashString, hashWords } from '../../../base/hash.ts';
import type { Side } from '../../../wire/tls/make/session.ts';

/** Bytes of a stateless reset token (RFC 9000 §10.3). */
const TOKEN_SIZE = 16;

const drawn = (seed: number, id: string, what: string, sequence: number, length: number): Uint8Array => {
  const base = hashWords(hashString(seed, id), hashString(seed, what), sequence);
  return Uint8Array.from({ length }, (_, i) => hashWords(base, i) & 0xff);
};

/** An id that one end gave out, by which the other names the connection (RFC 9000 §5.1). */
export interface IssuedId {
  readonly sequence: number;
  readonly id: Uint8Array;
  readonly resetToken: Uint8Array;
}

/** How a client calls the server first; another one for each attempt (RFC 9000 §7.2). */
export const originalId = (seed: number, id: string, length: number, attempt = 0): Uint8Array =>
  drawn(seed, id, 'original', attempt, length);
export const retryId = (seed: number, id: string, length: number): Uint8Array => drawn(seed, id, 'retry', 0, length);
export const issuedId = (seed: number, id: string, side: Side, sequence: number, length: number): IssuedId => ({
  sequence,
  id: drawn(seed, id, side, sequence, length),
  resetToken: drawn(seed, id, `${side} token`, sequence, TOKEN_SIZE),
});
export const tokenOf = (seed: number, id: string, what: 'retry token' | 'new token', length: number): Uint8Array =>
  drawn(seed, id, what, 0, length);
/** Eight bytes that only someone on the path can echo (RFC 9000 §8.2.1). */
export const challengeOf = (seed: number, id: string, side: Side, n: number): Uint8Array =>
  drawn(seed, id, `${side} challenge`, n, 8);

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
