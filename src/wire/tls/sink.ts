import { putU16, putU32 } from '../bytes.ts';

/**
 * Where an encoder writes to. There are two: one counts, one fills bytes. Encoders are written once, so that the size
 * of a message and the length of its bytes cannot differ.
 */
export interface Sink {
  u8(value: number): void;
  u16(value: number): void;
  u24(value: number): void;
  u32(value: number): void;
  bytes(bytes: Uint8Array): void;
  /** A vector (RFC 8446 §3.4): what `body` writes, behind its length in `width` bytes. */
  vector(width: 1 | 2 | 3, body: () => void): void;
}

/** Counts bytes, writes none. */
export class CountingSink implements Sink {
  length = 0;
  u8(): void {
    this.length += 1;
  }
  u16(): void {
    this.length += 2;
  }
  u24(): void {
    this.length += 3;
  }
  u32(): void {
    this.length += 4;
  }
  bytes(bytes: Uint8Array): void {
    this.length += bytes.length;
  }
  vector(width: 1 | 2 | 3, body: () => void): void {
    this.length += width;
    body();
  }
}

/** Fills an array of the right size. */
export class ByteSink implements Sink {
  readonly #into: Uint8Array;
  #at = 0;

  constructor(size: number) {
    this.#into = new Uint8Array(size);
  }

  get done(): Uint8Array {
    return this.#into;
  }
  u8(value: number): void {
    this.#into[this.#at++] = value;
  }
  u16(value: number): void {
    putU16(this.#into, this.#at, value);
    this.#at += 2;
  }
  u24(value: number): void {
    this.u8(value >>> 16);
    this.u16(value & 0xffff);
  }
  u32(value: number): void {
    putU32(this.#into, this.#at, value);
    this.#at += 4;
  }
  bytes(bytes: Uint8Array): void {
    this.#into.set(bytes, this.#at);
    this.#at += bytes.length;
  }
  vector(width: 1 | 2 | 3, body: () => void): void {
    const start = this.#at;
    this.#at += width;
    body();
    const length = this.#at - start - width;
    for (let i = 0; i < width; i++) this.#into[start + i] = length >>> (8 * (width - 1 - i));
  }
}

/** Bytes that `write` writes, without writing them. */
export const measured = (write: (sink: Sink) => void): number => {
  const sink = new CountingSink();
  write(sink);
  return sink.length;
};

export const written = (write: (sink: Sink) => void): Uint8Array => {
  const sink = new ByteSink(measured(write));
  write(sink);
  return sink.done;
};
