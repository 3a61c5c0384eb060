import { u16, u8 } from '../../bytes.ts';
import { grouped, hexBytes } from '../../field.ts';
import type { Field } from '../../field.ts';

/** What a number says: as value, and as meaning. */
export interface Saying {
  readonly value?: (value: number) => string;
  readonly meaning?: (value: number) => string;
  readonly rfc?: string;
}

/**
 * Walks over bytes and writes a field for each piece. Where bytes are missing it stops, and says so in a last field;
 * what was read before stays.
 */
export class FieldCursor {
  readonly fields: Field[] = [];
  #at: number;
  #failed = false;

  constructor(
    private readonly bytes: Uint8Array,
    at: number,
    private readonly end: number,
    private readonly prefix: string,
    readonly rfc: string,
  ) {
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }
  get left(): number {
    return this.#failed ? 0 : this.end - this.#at;
  }

  #push(
    id: string,
    name: string,
    from: number,
    length: number,
    value: string,
    meaning: string,
    rfc: string,
    parts: readonly Field[],
  ): void {
    this.fields.push({ id: `${this.prefix}.${id}`, name, value, meaning, bit: from * 8, bits: length * 8, rfc, parts });
  }

  #take(length: number, name: string): number {
    if (this.#failed) return -1;
    if (this.#at + length <= this.end) {
      this.#at += length;
      return this.#at - length;
    }
    this.#failed = true;
    const left = this.end - this.#at;
    this.#push(
      'cut',
      name,
      this.#at,
      left,
      'cut off',
      `${grouped(length)} bytes are needed, ${grouped(left)} are there`,
      this.rfc,
      [],
    );
    return -1;
  }

  #number(at: number, width: number): number {
    return width === 1
      ? u8(this.bytes, at)
      : width === 2
        ? u16(this.bytes, at)
        : width === 3
          ? u8(this.bytes, at) * 0x10000 + u16(this.bytes, at + 1)
          : u16(this.bytes, at) * 0x10000 + u16(this.bytes, at + 2);
  }

  /** The 16-bit number at an offset ahead, without moving; 0 where there is none. */
  peek16(offset: number): number {
    return this.left >= offset + 2 ? u16(this.bytes, this.#at + offset) : 0;
  }
  /** A byte ahead. */
  peek8(offset: number): number {
    return this.left > offset ? u8(this.bytes, this.#at + offset) : 0;
  }

  /** A number of 1 to 4 bytes. */
  number(width: 1 | 2 | 3 | 4, id: string, name: string, say: Saying = {}): number {
    const at = this.#take(width, name);
    if (at < 0) return 0;
    const value = this.#number(at, width);
    this.#push(
      id,
      name,
      at,
      width,
      say.value?.(value) ?? grouped(value),
      say.meaning?.(value) ?? '',
      say.rfc ?? this.rfc,
      [],
    );
    return value;
  }

  /** Bytes without inner form. */
  opaque(length: number, id: string, name: string, meaning = '', rfc = this.rfc): void {
    const at = this.#take(length, name);
    if (at < 0) return;
    const value = length === 0 ? 'empty' : hexBytes(this.bytes.subarray(at, at + length));
    this.#push(id, name, at, length, value, meaning, rfc, []);
  }

  /** Text of one character a byte. */
  text(length: number, id: string, name: string): string {
    const at = this.#take(length, name);
    if (at < 0) return '';
    const value = Array.from(this.bytes.subarray(at, at + length), (b) =>
      b >= 32 && b < 127 ? String.fromCharCode(b) : '·',
    ).join('');
    this.#push(id, name, at, length, value, '', this.rfc, []);
    return value;
  }

  /** Hands the rest to another map of fields; its first fields' values make the value. Without fields: bytes. */
  nested(fields: (bytes: Uint8Array, at: number, end: number) => readonly Field[]): string {
    const inner = fields(this.bytes, this.#at, this.end);
    if (this.#failed || inner.length === 0) {
      const { left } = this;
      this.rest('bytes', 'Bytes');
      return `${grouped(left)} bytes`;
    }
    this.fields.push(...inner);
    const length = this.left;
    this.#at = this.end;
    return `${grouped(length)} bytes`;
  }

  rest(id: string, name: string, meaning = ''): void {
    if (this.left > 0) this.opaque(this.left, id, name, meaning);
  }

  /** A group of fields as one; `body` returns its value. */
  group(
    length: number,
    id: string,
    name: string,
    body: (inner: FieldCursor) => string,
    meaning = '',
    rfc = this.rfc,
  ): void {
    const at = this.#take(length, name);
    if (at < 0) return;
    const inner = new FieldCursor(this.bytes, at, at + length, `${this.prefix}.${id}`, rfc);
    const value = body(inner);
    inner.rest('unread', 'Not understood');
    this.#push(id, name, at, length, value, meaning, rfc, inner.fields);
  }

  /** A vector behind its length, the length being its first part (RFC 8446 §3.4). */
  vector(
    width: 1 | 2 | 3,
    id: string,
    name: string,
    body: (inner: FieldCursor) => string,
    meaning = '',
    rfc = this.rfc,
  ): void {
    if (this.#failed) return;
    const there = this.left >= width;
    const length = there ? this.#number(this.#at, width) : 0;
    const whole = width + length;
    // A length that says too much still shows what is there.
    this.group(
      there ? Math.min(whole, this.left) : whole,
      id,
      name,
      (inner) => {
        inner.number(width, 'length', 'Length', { meaning: () => 'bytes' });
        return body(inner);
      },
      meaning,
      rfc,
    );
  }

  /** A vector of numbers with names. */
  numbers(
    width: 1 | 2,
    each: 1 | 2,
    id: string,
    name: string,
    one: string,
    say: (value: number) => string,
    rfc = this.rfc,
  ): void {
    this.vector(
      width,
      id,
      name,
      (inner) => {
        const values: string[] = [];
        while (inner.left >= each) values.push(say(inner.number(each, String(values.length), one, { value: say })));
        return values.join(', ');
      },
      '',
      rfc,
    );
  }
}
