/** DER (X.690 §10): tag, length, content. Only what certificates need. */

export const Tag = {
  Boolean: 0x01,
  Integer: 0x02,
  BitString: 0x03,
  OctetString: 0x04,
  Null: 0x05,
  Oid: 0x06,
  Utf8: 0x0c,
  Sequence: 0x30,
  Set: 0x31,
  Printable: 0x13,
  Ia5: 0x16,
  UtcTime: 0x17,
  GeneralizedTime: 0x18,
} as const;

export const concat = (parts: readonly Uint8Array[]): Uint8Array => {
  let size = 0;
  for (const part of parts) size += part.length;
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

const lengthBytes = (length: number): number[] => {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  if (length < 0x10000) return [0x82, length >>> 8, length & 0xff];
  return [0x83, length >>> 16, (length >>> 8) & 0xff, length & 0xff];
};

/** One value of the shortest length form. */
export const tlv = (tag: number, ...content: readonly Uint8Array[]): Uint8Array => {
  const inside = concat(content);
  return concat([Uint8Array.of(tag, ...lengthBytes(inside.length)), inside]);
};

export const sequence = (...items: readonly Uint8Array[]): Uint8Array => tlv(Tag.Sequence, ...items);

/** A whole number ≥ 0 from its big-endian bytes: no leading zeros, but one where the first bit is set (X.690 §8.3). */
export const integer = (bytes: Uint8Array): Uint8Array => {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const digits = bytes.subarray(from);
  return (digits[0] ?? 0) >= 0x80 ? tlv(Tag.Integer, Uint8Array.of(0), digits) : tlv(Tag.Integer, digits);
};

/** An object identifier from its dotted form: first two numbers in one byte, the rest in groups of seven bits (X.690 §8.19). */
export const oid = (dotted: string): Uint8Array => {
  const [a = 0, b = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [a * 40 + b];
  for (const number of rest) {
    const groups = [number % 128];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift((left % 128) | 0x80);
    bytes.push(...groups);
  }
  return tlv(Tag.Oid, Uint8Array.from(bytes));
};

export const bitString = (bytes: Uint8Array, unused = 0): Uint8Array =>
  tlv(Tag.BitString, Uint8Array.of(unused), bytes);
export const text = (tag: number, value: string): Uint8Array => tlv(tag, new TextEncoder().encode(value));
export const TRUE = Uint8Array.of(Tag.Boolean, 1, 0xff);
export const NULL = Uint8Array.of(Tag.Null, 0);

/** A value found in bytes: `from` its content, `end` behind it. Constructed ones have what is inside. */
export interface DerNode {
  readonly tag: number;
  readonly at: number;
  readonly from: number;
  readonly end: number;
  readonly children: readonly DerNode[];
}

const DEEPEST = 24;

/** The value at `at`, with everything inside constructed ones; null where lengths do not fit. Never throws. */
export const readDer = (bytes: Uint8Array, at: number, limit: number, depth = 0): DerNode | null => {
  if (at + 2 > limit || limit > bytes.length || depth > DEEPEST) return null;
  const tag = bytes[at] as number;
  if ((tag & 0x1f) === 0x1f) return null; // tags of several bytes do not occur in certificates
  let from = at + 2;
  let length = bytes[at + 1] as number;
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 4 || from + count > limit) return null;
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[from + i] as number);
    from += count;
  }
  const end = from + length;
  if (end > limit) return null;
  const children: DerNode[] = [];
  if ((tag & 0x20) !== 0) {
    for (let place = from; place < end;) {
      const child = readDer(bytes, place, end, depth + 1);
      if (!child) return null;
      children.push(child);
      place = child.end;
    }
  }
  return { tag, at, from, end, children };
};

/** The dotted form of an object identifier's content. */
export const oidText = (bytes: Uint8Array, node: DerNode): string => {
  const numbers: number[] = [];
  let number = 0;
  for (let i = node.from; i < node.end; i++) {
    const byte = bytes[i] as number;
    number = number * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      numbers.push(number);
      number = 0;
    }
  }
  const [first = 0, ...rest] = numbers;
  const a = Math.min(2, Math.floor(first / 40));
  return [a, first - 40 * a, ...rest].join('.');
};
