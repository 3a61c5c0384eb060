import { u8 } from '../bytes.ts';
import type { Reader } from '../tls/reader.ts';
import { huffmanSize, putHuffman, readHuffman, textOf } from './huffman.ts';

/** A text with the form in which it is sent. */
export interface Text {
  readonly text: string;
  readonly huffman: boolean;
}

/** When text is sent in the Huffman code: where that is shorter, always, or not at all. */
export type HuffmanUse = 'shorter' | 'always' | 'never';

export const asText = (text: string, use: HuffmanUse): Text => ({
  text,
  huffman: use === 'always' || (use === 'shorter' && huffmanSize(text) < text.length),
});

/** Bytes of an integer behind a prefix of `bits` bits (RFC 7541 §5.1). */
export const prefixedSize = (value: number, bits: number): number => {
  const full = (1 << bits) - 1;
  if (value < full) return 1;
  let size = 2;
  for (let rest = value - full; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
};

/** Writes an integer; `flags` are the bits of the first byte above the prefix. */
export const putPrefixed = (bytes: Uint8Array, at: number, flags: number, bits: number, value: number): number => {
  const full = (1 << bits) - 1;
  if (value < full) {
    bytes[at] = flags | value;
    return at + 1;
  }
  bytes[at++] = flags | full;
  let rest = value - full;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[at++] = 128 | (rest % 128);
  bytes[at] = rest;
  return at + 1;
};

/** Eight continuation bytes hold 56 bits: more than any index, length or stream id here may be. */
const LONGEST = 8;

/** The rest of an integer whose first byte is already read. Values above 2^53 − 1 are refused (RFC 7541 §5.1). */
export const readPrefixed = (reader: Reader, first: number, bits: number, what: string): number => {
  const full = (1 << bits) - 1;
  let value = first & full;
  if (value < full) return value;
  let scale = 1;
  for (let i = 0; ; i++, scale *= 128) {
    const { at } = reader;
    const byte = reader.u8(what);
    value += (byte & 127) * scale;
    if (reader.problem !== null) return 0;
    if (byte < 128 && value <= Number.MAX_SAFE_INTEGER) return value;
    if (i + 1 >= LONGEST || value > Number.MAX_SAFE_INTEGER) {
      reader.fail(`${what} is an integer too large to be meant, at byte ${String(at)}`);
      return 0;
    }
  }
};

const bodySize = ({ text, huffman }: Text): number => (huffman ? huffmanSize(text) : text.length);

/** Bytes of a string literal whose length has a prefix of `bits` bits (RFC 7541 §5.2; RFC 9204 §4.1.2). */
export const textSize = (text: Text, bits = 7): number => {
  const body = bodySize(text);
  return prefixedSize(body, bits) + body;
};

/** Writes a string literal; the flag of the Huffman code is the bit above the prefix. */
export const putText = (bytes: Uint8Array, at: number, value: Text, flags = 0, bits = 7): number => {
  const { text, huffman } = value;
  at = putPrefixed(bytes, at, flags | (huffman ? 1 << bits : 0), bits, bodySize(value));
  if (huffman) return putHuffman(bytes, at, text);
  for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i) & 0xff;
  return at;
};

/** Reads a string literal whose first byte is already read. */
export const readText = (reader: Reader, first: number, bits: number, what: string): Text => {
  const huffman = ((first >>> bits) & 1) === 1;
  const length = readPrefixed(reader, first, bits, `${what}'s length`);
  const start = reader.at;
  const bytes = reader.bytes(length, what);
  if (!huffman || reader.problem !== null) return { text: textOf(bytes, 0, bytes.length), huffman };
  const read = readHuffman(bytes, 0, bytes.length);
  if ('text' in read) return { text: read.text, huffman };
  reader.fail(`${what} at byte ${String(start)} ${read.wrong}`);
  return { text: '', huffman };
};

/** The place behind the integer that starts at `at`; −1 where it is not whole before `end`. */
export const prefixedEnd = (bytes: Uint8Array, at: number, end: number, bits: number): number => {
  if (at >= end) return -1;
  const full = (1 << bits) - 1;
  if ((u8(bytes, at) & full) < full) return at + 1;
  for (let i = at + 1; i < end; i++) if (u8(bytes, i) < 128 || i - at >= LONGEST) return i + 1;
  return -1;
};
