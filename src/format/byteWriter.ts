import { grown } from '../base/columns.ts';

/** Bytes while they are written, little endian; room doubles. */
export class ByteWriter {
  #bytes = new Uint8Array(65536);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    let capacity = this.#bytes.length * 2;
    while (capacity < this.#length + more) capacity *= 2;
    this.#bytes = grown(this.#bytes, capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  u16(value: number): void {
    this.#room(2);
    this.#view.setUint16(this.#length, value, true);
    this.#length += 2;
  }

  u32(value: number): void {
    this.#room(4);
    this.#view.setUint32(this.#length, value >>> 0, true);
    this.#length += 4;
  }

  /** Raw bytes, then zeros up to a multiple of 4. */
  padded(bytes: Uint8Array): void {
    const size = (bytes.length + 3) & ~3;
    this.#room(size);
    this.#bytes.set(bytes, this.#length);
    this.#bytes.fill(0, this.#length + bytes.length, this.#length + size);
    this.#length += size;
  }

  /** Overwrites the 32-bit value at `at`. */
  patch32(at: number, value: number): void {
    this.#view.setUint32(at, value >>> 0, true);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
