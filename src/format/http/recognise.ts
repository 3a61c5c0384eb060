import { textOf } from '../../wire/hpack/huffman.ts';
import { u8 } from '../../wire/bytes.ts';
import { isPreface } from './http2.ts';

/** Bytes that are looked at for a start line. */
const LOOKED_AT = 2048;
const REQUEST = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20} \S{1,1900}(?: HTTP\/1\.[01])\r?\n/;
const RESPONSE = /^HTTP\/1\.[01] \d{3}(?: |\r?\n)/;

/** What begins at byte `at`: a request or an answer of HTTP/1, the preface of HTTP/2; null: none of them. */
export const looksHttp = (
  bytes: Uint8Array,
  at: number,
  end = bytes.length,
): 'request' | 'response' | 'preface' | null => {
  // Most bytes are none: what begins with a letter or none of its kind is told at once.
  const first = u8(bytes, at);
  if (first < 0x21 || first > 0x7a) return null;
  const text = textOf(bytes, at, Math.min(bytes.length, end, at + LOOKED_AT));
  if (text.startsWith('HTTP/')) return RESPONSE.test(text) ? 'response' : null;
  if (isPreface(bytes, at)) return 'preface';
  return REQUEST.test(text) ? 'request' : null;
};
