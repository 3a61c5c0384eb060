import { mix32 } from './hash.ts';

/**
 * Seeded random numbers (SplitMix32): the same sequence on every platform. Used where a sequence is wanted (test
 * workloads); the fate of a packet is never drawn from a sequence but hashed from its identity.
 */
export class Rng {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** Next 32-bit unsigned integer. */
  uint32(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    return mix32(this.#state);
  }

  /** Next number in [0, 1). */
  unit(): number {
    return this.uint32() / 4294967296;
  }

  /** Whole number in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }
}
