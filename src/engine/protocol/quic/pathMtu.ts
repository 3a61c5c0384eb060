import { NEVER } from '../../../base/time.ts';
import type { Nanos } from '../../../base/time.ts';
import type { MtuSearch } from './knobs.ts';

/** A search by halves ends where what is left between the two sides is less, bytes (RFC 8899 §5.3.1 leaves the steps open). */
const LEAST_STEP = 20;

/**
 * Search for the largest datagram that a path takes, by trying (Datagram Packetization Layer PMTU Discovery, RFC 8899;
 * RFC 9000 §14.3). Sizes are bytes of UDP payload. One probe is under way at a time. A path does not change its mind here,
 * so that nothing is tried again once the search is complete: there is no PMTU_RAISE_TIMER (RFC 8899 §5.1.1).
 */
export class PathMtu {
  /** PLPMTU: what is known to get through. It begins at what the handshake has proven (BASE_PLPMTU, RFC 9000 §14.3). */
  size: number;
  /** When the probe under way counts as lost, though nothing says so (PROBE_TIMER, RFC 8899 §5.1.1). */
  until: Nanos = NEVER;
  readonly #search: MtuSearch | null;
  /** The smallest that did not get through. */
  #failed = Infinity;
  /** The size that is tried, and how often it was (PROBE_COUNT, RFC 8899 §5.1.3). */
  #tried = 0;
  #count = 0;
  /** Packet number of the probe under way; −1: none. */
  #probe = -1;

  /** `search` null: this end does not look, `base` it is. */
  constructor(base: number, search: MtuSearch | null) {
    this.size = base;
    this.#search = search;
  }

  /** Size of the probe that may go now; 0: one is under way, or there is nothing to look for. `limit`: what the peer takes. */
  next(limit: number): number {
    if (this.#search === null || this.#probe >= 0) return 0;
    const size = this.#count > 0 ? this.#tried : this.#candidate(this.#search, limit);
    return size <= limit ? size : 0;
  }

  #candidate({ sizes, most }: MtuSearch, limit: number): number {
    if (sizes.length > 0) return sizes.find((size) => size > this.size && size < this.#failed && size <= limit) ?? 0;
    const top = Math.min(most, limit);
    // The largest first: most paths take it (RFC 8899 §5.3.2).
    if (this.#failed > top) return top > this.size ? top : 0;
    return this.#failed - this.size < LEAST_STEP ? 0 : this.size + ((this.#failed - this.size) >> 1);
  }

  /** PTOs that the next probe is waited for. */
  get wait(): number {
    return this.#search?.waits[this.#count] ?? 1;
  }

  onSent(probe: number, size: number, until: Nanos): void {
    this.#probe = probe;
    this.#tried = size;
    this.#count++;
    this.until = until;
  }

  /** True: it was the probe, and what gets through has grown. */
  onAcked(packet: number): boolean {
    if (packet !== this.#probe) return false;
    this.size = this.#tried;
    this.#over();
    this.#count = 0;
    return true;
  }

  /** After so many the size counts as too large (MAX_PROBES, RFC 8899 §5.1.2). */
  onLost(packet: number): void {
    if (packet !== this.#probe) return;
    this.#over();
    if (this.#count < (this.#search?.waits.length ?? 0)) return;
    this.#failed = this.#tried;
    this.#count = 0;
  }

  /** Packet number of the probe under way; −1: none. */
  get underWay(): number {
    return this.#probe;
  }

  #over(): void {
    this.#probe = -1;
    this.until = NEVER;
  }
}
