import { textOf } from '../../wire/hpack/huffman.ts';
import { isPreface } from './http2.ts';

/** Bytes that are looked at for a start line. */
const LOOKED_AT = 2048;
const REQUEST = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20} \S{1,1900}(?: HTTP\/1\.[01])\r?\n/;
const RESPONSE = /^HTTP\/1\.[01] \d{3}(?: |\r?\n)/;

/** What begins at byte `at`: a request or an answer of HTTP/1, the preface of HTTP/2; null: none of them. */
export const looksHttp = (bytes: Uint8Array, at: number): 'request' | 'response' | 'preface' | null => {
  const text = textOf(bytes, at, Math.min(bytes.length, at + LOOKED_AT));
  if (text.startsWith('HTTP/')) return RESPONSE.test(text) ? 'response' : null;
  if (isPreface(bytes, at)) return 'preface';
  return REQUEST.test(text) ? 'request' : null;
};
