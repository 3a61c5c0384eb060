import { u8 } from '../bytes.ts';

/**
 * Lengths of the codes of symbols 0 to 255 (RFC 7541 appendix B). The code is canonical: in order of length, then of
 * symbol, each code is the last one plus one. So the lengths are all there is to know; codes and trees are derived.
 */
const LENGTHS = `
13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28 28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28
 6 10 10 12 13  6  8 11 10 10  8 11  8  6  6  6  5  5  5  6  6  6  6  6  6  6  7  8 15  6 12 10
13  6  7  7  7  7  7  7  7  7  7  7  7  7  7  7  7  7  7  7  7  7  7  7  8  7  8 13 19 13 14  6
15  5  6  5  6  5  6  6  6  5  7  7  6  6  6  5  6  7  6  5  5  6  7  7  7  7  7 15 11 14 13 28
20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23 24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24
22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23 21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23
26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25 19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27
20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23 26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26`;
/** EOS, symbol 256, is never sent: its first bits pad the last byte. */
const EOS = 256;
const EOS_LENGTH = 30;

const lengths = Uint8Array.from([...LENGTHS.trim().split(/\s+/).map(Number), EOS_LENGTH]);

/** Codes by symbol, in the lower bits. */
const codes = ((): Uint32Array => {
  const out = new Uint32Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= EOS_LENGTH; length++) {
    code *= 2;
    for (let symbol = 0; symbol < lengths.length; symbol++) if (lengths[symbol] === length) out[symbol] = code++;
  }
  return out;
})();

/** Inner nodes of the code's tree; a child is a node's number, or −1 − symbol. */
const children = ((): Int16Array => {
  const tree = new Int16Array(2 * EOS);
  let nodes = 1;
  lengths.forEach((length, symbol) => {
    let node = 0;
    for (let bit = length - 1; bit > 0; bit--) {
      const side = 2 * node + ((codes[symbol]! >>> bit) & 1);
      if (tree[side] === 0) tree[side] = nodes++;
      node = tree[side]!;
    }
    tree[2 * node + (codes[symbol]! & 1)] = -1 - symbol;
  });
  return tree;
})();

const FAILS = -2;
const NOTHING = -1;
/** Where four bits lead from a node, and the symbol that they end: no code is shorter than five, so it is one at most. */
const nextNode = new Uint8Array(EOS * 16);
const endsSymbol = new Int16Array(EOS * 16).fill(NOTHING);
for (let state = 0; state < EOS * 16; state++) {
  let node = state >>> 4;
  for (let bit = 3; bit >= 0 && endsSymbol[state] !== FAILS; bit--) {
    const child = children[2 * node + ((state >>> bit) & 1)]!;
    if (child >= 0) node = child;
    else {
      endsSymbol[state] = -1 - child === EOS ? FAILS : -1 - child;
      node = 0;
    }
  }
  nextNode[state] = node;
}

/** Nodes at which text may end: up to seven ones, the first bits of EOS, are padding (RFC 7541 §5.2). */
const mayEnd = ((): Uint8Array => {
  const out = new Uint8Array(EOS);
  for (let depth = 0, node = 0; depth < 8; depth++) {
    out[node] = 1;
    node = children[2 * node + 1]!;
  }
  return out;
})();

const letters = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));

/** Text of one character a byte. */
export const textOf = (bytes: Uint8Array, at: number, end: number): string => {
  let out = '';
  for (let i = at; i < end; i++) out += letters[u8(bytes, i)]!;
  return out;
};

/** Bytes that a text takes in the Huffman code. */
export const huffmanSize = (text: string): number => {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += lengths[text.charCodeAt(i) & 0xff]!;
  return (bits + 7) >>> 3;
};

/** Writes a text in the Huffman code at `at`; returns the place behind it. */
export const putHuffman = (bytes: Uint8Array, at: number, text: string): number => {
  let hold = 0;
  let held = 0;
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i) & 0xff;
    const code = codes[symbol]!;
    // In pieces of at most 16 bits, since 7 held and 30 new ones do not fit 32.
    for (let left = lengths[symbol]!; left > 0;) {
      const piece = Math.min(left, 16);
      left -= piece;
      hold = (hold << piece) | ((code >>> left) & ((1 << piece) - 1));
      for (held += piece; held >= 8; held -= 8) bytes[at++] = hold >>> (held - 8);
      hold &= 0xff;
    }
  }
  if (held > 0) bytes[at++] = (hold << (8 - held)) | (0xff >>> held);
  return at;
};

/** Text of the Huffman code, or what is wrong with it (RFC 7541 §5.2). */
export const readHuffman = (
  bytes: Uint8Array,
  at: number,
  end: number,
): { readonly text: string } | { readonly wrong: string } => {
  let text = '';
  let node = 0;
  for (let i = at; i < end; i++) {
    const byte = u8(bytes, i);
    for (const nibble of [byte >>> 4, byte & 15]) {
      const state = node * 16 + nibble;
      const symbol = endsSymbol[state]!;
      if (symbol >= 0) text += letters[symbol]!;
      else if (symbol === FAILS) return { wrong: 'holds the end-of-string symbol of the Huffman code' };
      node = nextNode[state]!;
    }
  }
  return mayEnd[node] === 1 ? { text } : { wrong: 'ends with padding that is not up to seven ones' };
};
