import { concat } from '../../x509/der.ts';
import { handshakeLengthAt } from './decodeMessage.ts';

/** Bytes that tell a message's length: its type and three of length (RFC 8446 §4). */
const HEADER_SIZE = 4;

/** Puts handshake messages together from the records that hold them: parts of one, or several (RFC 8446 §5.1). Linear in the bytes. */
export class HandshakeAssembler {
  #chunks: Uint8Array[] = [];
  #size = 0;
  /** Bytes that the message under way needs, as far as is known. */
  #needed = HEADER_SIZE;

  /** The messages that end in `content`. */
  push(content: Uint8Array): Uint8Array[] {
    this.#chunks.push(content);
    this.#size += content.length;
    const messages: Uint8Array[] = [];
    // Nothing is joined before a whole message, or its length, is there.
    while (this.#size >= this.#needed) {
      const bytes = this.#chunks.length === 1 ? (this.#chunks[0] ?? content) : concat(this.#chunks);
      let at = 0;
      let size = handshakeLengthAt(bytes, at);
      for (; size !== null && at + size <= bytes.length; size = handshakeLengthAt(bytes, at)) {
        messages.push(bytes.slice(at, at + size));
        at += size;
      }
      this.#chunks = at < bytes.length ? [bytes.subarray(at)] : [];
      this.#size = bytes.length - at;
      this.#needed = size ?? HEADER_SIZE;
    }
    return messages;
  }

  /** Forgets the part of a message whose rest is missing. */
  clear(): void {
    this.#chunks = [];
    this.#size = 0;
    this.#needed = HEADER_SIZE;
  }
}
