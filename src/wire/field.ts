/** One field of a header: what the inspector shows, and the bits of the packet that it lights up. */
export interface Field {
  /** Stable name, protocol first: `tcp.seq`. */
  readonly id: string;
  readonly name: string;
  /** The value as people read it: `41,992`, `10.0.0.1`, `set`. */
  readonly value: string;
  /** What the value says, one short phrase; empty where the name says it all. */
  readonly meaning: string;
  /** First bit, counted from the first bit of the bytes that were handed in. */
  readonly bit: number;
  /** Length in bits. */
  readonly bits: number;
  /** Where the rule stands: `RFC 9293 §3.1`. */
  readonly rfc: string;
  /** Pieces of this field: single flags, the parts of an option. */
  readonly parts: readonly Field[];
}

/** Writes fields of one protocol at one place: bit positions are given relative to `at`. */
export class FieldWriter {
  readonly fields: Field[] = [];
  readonly #prefix: string;
  readonly #at: number;
  readonly #rfc: string;

  /** `prefix` goes before each id, `at` is the byte where the header starts, `rfc` the default section. */
  constructor(prefix: string, at: number, rfc: string) {
    this.#prefix = prefix;
    this.#at = at;
    this.#rfc = rfc;
  }

  /** Makes a field without adding it: for parts. `bit` counts from the header's first bit. */
  make(
    id: string,
    name: string,
    bit: number,
    bits: number,
    value: string,
    meaning = '',
    rfc = this.#rfc,
    parts: readonly Field[] = [],
  ): Field {
    return { id: `${this.#prefix}.${id}`, name, value, meaning, bit: this.#at * 8 + bit, bits, rfc, parts };
  }

  add(...field: Parameters<FieldWriter['make']>): void {
    this.fields.push(this.make(...field));
  }
}

/** A whole number with commas between thousands, the same on every platform. */
export const grouped = (value: number): string => {
  const sign = value < 0 ? '−' : '';
  let digits = Math.abs(value).toFixed(0);
  let out = '';
  while (digits.length > 3) {
    out = `,${digits.slice(-3)}${out}`;
    digits = digits.slice(0, -3);
  }
  return sign + digits + out;
};

/** Hexadecimal with `0x` and at least `digits` digits. */
export const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;

/** Bytes as hexadecimal pairs, cut after `limit` bytes with an ellipsis. */
export const hexBytes = (bytes: Uint8Array, limit = 16): string => {
  const pairs: string[] = [];
  for (const byte of bytes.subarray(0, limit)) pairs.push(byte.toString(16).padStart(2, '0'));
  return pairs.join(' ') + (bytes.length > limit ? ' …' : '');
};
