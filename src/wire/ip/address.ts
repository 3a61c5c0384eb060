import { u16, u8 } from '../bytes.ts';

/** Address text from 4 or 16 bytes: dotted decimals, or RFC 5952's form of IPv6 (lower case, longest run of zeros as `::`). */
export const addressText = (bytes: Uint8Array, at: number, length: number): string => {
  if (length === 4) {
    return `${String(u8(bytes, at))}.${String(u8(bytes, at + 1))}.${String(u8(bytes, at + 2))}.${String(u8(bytes, at + 3))}`;
  }
  const words: number[] = [];
  for (let k = 0; k < 8; k++) words.push(u16(bytes, at + 2 * k));
  let best = -1;
  let bestLength = 1; // a single zero word is not shortened (RFC 5952 §4.2.2)
  for (let k = 0; k < 8;) {
    let run = 0;
    while (k + run < 8 && words[k + run] === 0) run++;
    if (run > bestLength) {
      best = k;
      bestLength = run;
    }
    k += Math.max(run, 1);
  }
  const text = (part: readonly number[]): string => part.map((w) => w.toString(16)).join(':');
  if (best < 0) return text(words);
  return `${text(words.slice(0, best))}::${text(words.slice(best + bestLength))}`;
};

const parseV4 = (text: string): Uint8Array | null => {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  const bytes = new Uint8Array(4);
  for (const [k, part] of parts.entries()) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null;
    bytes[k] = Number(part);
  }
  return bytes;
};

const parseWords = (text: string): number[] | null => {
  if (text === '') return [];
  const words: number[] = [];
  for (const part of text.split(':')) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null;
    words.push(parseInt(part, 16));
  }
  return words;
};

/** The 4 or 16 bytes of an address text; null where it is neither (RFC 4291 §2.2, embedded IPv4 included). */
export const parseAddress = (text: string): Uint8Array | null => {
  if (!text.includes(':')) return parseV4(text);
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  let source = text;
  if (dotted) {
    const tail = parseV4(dotted[2] as string);
    if (!tail) return null;
    source = `${dotted[1] as string}${u16(tail, 0).toString(16)}:${u16(tail, 2).toString(16)}`;
  }
  const halves = source.split('::');
  if (halves.length > 2) return null;
  const head = parseWords(halves[0] as string);
  const tail = halves.length === 2 ? parseWords(halves[1] as string) : [];
  if (!head || !tail) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const words = [...head, ...new Array<number>(missing).fill(0), ...tail];
  const bytes = new Uint8Array(16);
  for (const [k, word] of words.entries()) {
    bytes[2 * k] = word >>> 8;
    bytes[2 * k + 1] = word;
  }
  return bytes;
};
