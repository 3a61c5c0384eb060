import { u16, u32, u8 } from '../bytes.ts';
import { FieldWriter, grouped, hexBytes } from '../field.ts';
import type { Field } from '../field.ts';
import { textOf } from '../hpack/huffman.ts';
import { varintSizeAt } from '../varint.ts';
import type { Varint } from '../varint.ts';

/** A number as people read it, however large. */
export const groupedVarint = (value: Varint): string =>
  typeof value === 'number' ? grouped(value) : value.toString().replace(/\B(?=(\d{3})+$)/g, ',');

/** What a number says: its value, and what that means. */
export interface VarintSaying {
  readonly value?: (value: Varint) => string;
  readonly meaning?: (value: Varint) => string;
  readonly rfc?: string;
}

/**
 * Walks over bytes that hold QUIC's numbers, and writes a field for each piece. Where bytes are missing it stops and
 * says so in a last field; what was read before stays.
 */
export class VarintCursor {
  readonly w: FieldWriter;
  #at: number;
  readonly #end: number;
  #isCut = false;

  constructor(
    readonly bytes: Uint8Array,
    at: number,
    end: number,
    readonly prefix: string,
    readonly rfc: string,
  ) {
    this.w = new FieldWriter(prefix, 0, rfc);
    this.#at = at;
    this.#end = Math.min(end, bytes.length);
  }

  get fields(): Field[] {
    return this.w.fields;
  }
  get at(): number {
    return this.#at;
  }
  get left(): number {
    return this.#isCut ? 0 : this.#end - this.#at;
  }

  /** Moves over bytes that are there; −1 where they are not, which ends the walk. */
  #take(length: number, name: string): number {
    if (this.#isCut) return -1;
    if (length <= this.left) {
      this.#at += length;
      return this.#at - length;
    }
    const { left } = this;
    this.#isCut = true;
    const what = `${grouped(length)} bytes are needed, ${grouped(left)} are there`;
    this.w.add('cut', name, this.#at * 8, left * 8, 'cut off', what);
    this.#at = this.#end;
    return -1;
  }

  /** Passes over bytes that are there, without a field. */
  skip(length: number): void {
    this.#at += length;
  }

  /** The number ahead, without moving; 0 where it is not whole. */
  peek(): Varint {
    const size = varintSizeAt(this.bytes, this.#at);
    return this.left < size ? 0 : this.#value(this.#at, size);
  }

  #value(at: number, size: 1 | 2 | 4 | 8): Varint {
    const { bytes } = this;
    if (size === 1) return u8(bytes, at) & 0x3f;
    if (size === 2) return u16(bytes, at) & 0x3fff;
    if (size === 4) return u32(bytes, at) & 0x3fff_ffff;
    const high = u32(bytes, at) & 0x3fff_ffff;
    const low = u32(bytes, at + 4);
    return high < 0x20_0000 ? high * 0x1_0000_0000 + low : (BigInt(high) << 32n) | BigInt(low);
  }

  varint(id: string, name: string, say: VarintSaying = {}): Varint {
    const size = this.left > 0 ? varintSizeAt(this.bytes, this.#at) : 1;
    const at = this.#take(size, name);
    if (at < 0) return 0;
    const value = this.#value(at, size);
    this.w.add(id, name, at * 8, size * 8, (say.value ?? groupedVarint)(value), say.meaning?.(value) ?? '', say.rfc);
    return value;
  }

  /** A number of one byte or four. */
  number(width: 1 | 4, id: string, name: string, say: (value: number) => readonly [string, string]): number {
    const at = this.#take(width, name);
    if (at < 0) return 0;
    const value = width === 1 ? u8(this.bytes, at) : u32(this.bytes, at);
    this.w.add(id, name, at * 8, width * 8, ...say(value));
    return value;
  }

  /** Bytes without inner form; `length` as it was read, so that too large a one ends the walk. */
  opaque(length: Varint, id: string, name: string, meaning = '', rfc = this.rfc): void {
    const at = this.#take(Number(length), name);
    if (at < 0) return;
    const value = length === 0 ? 'empty' : hexBytes(this.bytes.subarray(at, this.#at));
    this.w.add(id, name, at * 8, (this.#at - at) * 8, value, meaning, rfc);
  }

  text(length: Varint, id: string, name: string, say: (text: string) => string = () => ''): void {
    const at = this.#take(Number(length), name);
    if (at < 0) return;
    const value = textOf(this.bytes, at, this.#at);
    this.w.add(id, name, at * 8, (this.#at - at) * 8, value, say(value));
  }

  /** Fields of another map over the next bytes. */
  inside(length: Varint, name: string, map: (bytes: Uint8Array, at: number, end: number) => readonly Field[]): void {
    const at = this.#take(Number(length), name);
    if (at >= 0) this.w.fields.push(...map(this.bytes, at, this.#at));
  }

  /** One field over all that `body` reads, its pieces as parts. `body` gives name, value and meaning. */
  group(id: string, rfc: string, body: (inner: VarintCursor) => readonly [string, string, string]): void {
    const at = this.#at;
    const inner = new VarintCursor(this.bytes, at, this.#end, `${this.prefix}.${id}`, rfc);
    const [name, value, meaning] = body(inner);
    this.#at = inner.at;
    this.#isCut = inner.#isCut;
    this.w.add(id, name, at * 8, (this.#at - at) * 8, value, meaning, rfc, inner.fields);
  }
}
