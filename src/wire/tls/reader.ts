import { u16, u8 } from '../bytes.ts';

/**
 * Reads untrusted bytes front to back. The first thing that does not fit is kept as a sentence in `problem`; from then on
 * everything reads as zero or empty, so that a decoder is written straight down and asks once, at its end.
 */
export class Reader {
  readonly #bytes: Uint8Array;
  #at: number;
  #end: number;
  #problem: string | null = null;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = Math.min(end, bytes.length);
  }

  get at(): number {
    return this.#at;
  }
  get left(): number {
    return this.#problem === null ? this.#end - this.#at : 0;
  }
  get problem(): string | null {
    return this.#problem;
  }

  fail(what: string): void {
    this.#problem ??= what;
  }

  #take(length: number, what: string): number {
    if (this.#problem !== null) return -1;
    if (this.#at + length > this.#end) {
      this.fail(
        `${what} needs ${String(length)} bytes at byte ${String(this.#at)}, ${String(this.#end - this.#at)} are there`,
      );
      return -1;
    }
    const at = this.#at;
    this.#at += length;
    return at;
  }

  u8(what: string): number {
    const at = this.#take(1, what);
    return at < 0 ? 0 : u8(this.#bytes, at);
  }
  u16(what: string): number {
    const at = this.#take(2, what);
    return at < 0 ? 0 : u16(this.#bytes, at);
  }
  u24(what: string): number {
    const at = this.#take(3, what);
    return at < 0 ? 0 : (u8(this.#bytes, at) << 16) | u16(this.#bytes, at + 1);
  }
  u32(what: string): number {
    const at = this.#take(4, what);
    return at < 0 ? 0 : ((u16(this.#bytes, at) << 16) | u16(this.#bytes, at + 2)) >>> 0;
  }
  bytes(length: number, what: string): Uint8Array {
    const at = this.#take(length, what);
    return at < 0 ? new Uint8Array(0) : this.#bytes.slice(at, at + length);
  }
  rest(): Uint8Array {
    return this.bytes(this.left, 'rest');
  }

  /** The length in front of a vector. */
  length(width: 1 | 2 | 3, what: string): number {
    return width === 1 ? this.u8(what) : width === 2 ? this.u16(what) : this.u24(what);
  }

  /** A vector of bytes behind its length. */
  opaque(width: 1 | 2 | 3, what: string): Uint8Array {
    return this.bytes(this.length(width, `${what}'s length`), what);
  }

  /** A vector whose inside `body` reads; what `body` leaves unread is a problem. */
  vector(width: 1 | 2 | 3, what: string, body: () => void): void {
    const length = this.length(width, `${what}'s length`);
    const at = this.#take(length, what);
    if (at < 0) return;
    const [end, behind] = [this.#end, this.#at];
    this.#at = at;
    this.#end = at + length;
    body();
    if (this.#problem === null && this.#at !== this.#end)
      this.fail(`${what} has ${String(this.#end - this.#at)} bytes too many at byte ${String(this.#at)}`);
    this.#end = end;
    this.#at = behind;
  }

  /** A vector of items: `one` is called until its bytes are used up. */
  list<T>(width: 1 | 2 | 3, what: string, one: () => T): T[] {
    const items: T[] = [];
    this.vector(width, what, () => {
      while (this.left > 0) {
        const before = this.#at;
        items.push(one());
        if (this.#at === before) this.fail(`${what} holds an empty item at byte ${String(before)}`);
      }
    });
    return items;
  }
}
