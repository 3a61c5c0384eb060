/** Small, seeded, portable hashes: the same in Node and in every browser (32-bit integer arithmetic only). */

/** Final mix of MurmurHash3 (public domain, A. Appleby): every input bit reaches every output bit. */
export const mix32 = (input: number): number => {
  let h = input | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

/** Folds one 32-bit word into a running hash. */
export const fold32 = (hash: number, word: number): number => {
  let k = Math.imul(word | 0, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  k = Math.imul(k, 0x1b873593);
  let h = (hash ^ k) | 0;
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
};

/** Hash of a list of 32-bit words under a seed, in [0, 2^32). */
export const hashWords = (seed: number, ...words: readonly number[]): number => {
  let h = seed | 0;
  for (const word of words) h = fold32(h, word);
  return mix32(h ^ words.length);
};

/** Hash of a string's UTF-16 units, in [0, 2^32). */
export const hashString = (seed: number, text: string): number => {
  let h = seed | 0;
  for (let i = 0; i < text.length; i++) h = fold32(h, text.charCodeAt(i));
  return mix32(h ^ text.length);
};

/** A hash as a number in [0, 1), 32 bits fine. */
export const toUnit = (hash: number): number => (hash >>> 0) / 4294967296;

/** 64-bit content hash of raw bytes, as 16 hex digits; two independent 32-bit lanes. */
export class ContentHash {
  #a = 0x9747b28c | 0;
  #b = 0x3c6ef372 | 0;
  #length = 0;

  /** Adds the memory of a typed array, little-endian as all supported platforms are. */
  add(view: ArrayBufferView): this {
    const whole = view.byteLength >>> 2;
    const aligned = view.byteOffset % 4 === 0;
    const words = aligned
      ? new Uint32Array(view.buffer, view.byteOffset, whole)
      : new Uint32Array(view.buffer.slice(view.byteOffset, view.byteOffset + whole * 4));
    let a = this.#a;
    let b = this.#b;
    for (let i = 0; i < words.length; i++) {
      const word = words[i] as number;
      a = fold32(a, word);
      b = Math.imul(b ^ word, 0x01000193) ^ (b >>> 15);
    }
    const rest = new Uint8Array(view.buffer, view.byteOffset + whole * 4, view.byteLength - whole * 4);
    for (const byte of rest) {
      a = fold32(a, byte);
      b = Math.imul(b ^ byte, 0x01000193) ^ (b >>> 15);
    }
    this.#a = a;
    this.#b = b;
    this.#length += view.byteLength;
    return this;
  }

  addText(text: string): this {
    const units = new Uint16Array(text.length);
    for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
    return this.add(units);
  }

  hex(): string {
    const part = (h: number): string =>
      mix32(h ^ this.#length)
        .toString(16)
        .padStart(8, '0');
    return part(this.#a) + part(this.#b);
  }
}
