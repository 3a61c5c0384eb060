import { HandshakeAssembler } from '../../wire/tls/handshake/assembler.ts';

/** Pieces that are held for want of earlier ones at most: no handshake comes in more. */
const MAX_HELD = 1024;

/** The CRYPTO stream of one level and direction (RFC 9000 §7.5): pieces in any order become handshake messages. */
export class CryptoStream {
  #next = 0;
  readonly #held = new Map<number, Uint8Array>();
  readonly #assembler = new HandshakeAssembler();

  /** The messages that are whole now, headers included. */
  push(offset: number, data: Uint8Array): Uint8Array[] {
    if (offset + data.length <= this.#next) return [];
    if (offset > this.#next) {
      const known = this.#held.get(offset);
      if (this.#held.size < MAX_HELD && (known === undefined || known.length < data.length))
        this.#held.set(offset, data);
      return [];
    }
    const messages = this.#take(offset, data);
    for (let again = true; again;) {
      again = false;
      for (const [start, piece] of this.#held) {
        if (start > this.#next) continue;
        this.#held.delete(start);
        if (start + piece.length <= this.#next) continue;
        messages.push(...this.#take(start, piece));
        again = true;
      }
    }
    return messages;
  }

  #take(offset: number, data: Uint8Array): Uint8Array[] {
    const fresh = data.subarray(this.#next - offset);
    this.#next += fresh.length;
    return this.#assembler.push(fresh);
  }
}
