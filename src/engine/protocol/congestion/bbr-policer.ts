import type { Window } from './types.ts';

/** Linux `bbr_lt_intvl_min_rtts`, `bbr_lt_loss_thresh` (50/256), `bbr_lt_bw_ratio`, `bbr_lt_bw_diff` (bytes/s), `bbr_lt_bw_max_rtts`. */
const MIN_ROUNDS = 4;
const LOSS_SHARE = 50 / 256;
const SAME_RATIO = 1 / 8;
const SAME_BYTES_PER_S = 500;
const MAX_ROUNDS_IN_USE = 48;

/** BBR's detector of token-bucket policers: two lossy intervals of like bandwidth mean that the path is policed to it. */
export class LongTermBandwidth {
  /** Segments per µs. */
  bandwidth = 0;
  inUse = false;
  #sampling = false;
  #rounds = 0;
  #deliveredAtStart = 0;
  #lostAtStart = 0;
  #startMs = 0;

  reset(window: Window): void {
    this.bandwidth = 0;
    this.inUse = false;
    this.#sampling = false;
    this.#begin(window);
  }

  update(window: Window, losses: number, appLimited: boolean, roundStart: boolean, probingBandwidth: boolean): void {
    if (this.inUse) {
      if (probingBandwidth && roundStart && ++this.#rounds >= MAX_ROUNDS_IN_USE) this.reset(window);
      return;
    }
    if (!this.#sampling) {
      if (losses === 0) return;
      this.#begin(window);
      this.#sampling = true;
    }
    if (appLimited) {
      this.reset(window);
      return;
    }
    if (roundStart) this.#rounds++;
    if (this.#rounds < MIN_ROUNDS) return;
    if (this.#rounds > 4 * MIN_ROUNDS) {
      this.reset(window);
      return;
    }
    // An interval ends with a loss: then the policer's tokens are spent.
    if (losses === 0) return;
    const lost = window.lostTotal - this.#lostAtStart;
    const delivered = window.delivered - this.#deliveredAtStart;
    if (delivered === 0 || lost < LOSS_SHARE * delivered) return;
    const ms = Math.floor(window.deliveredUs / 1000) - this.#startMs;
    if (ms >= 1) this.#endInterval(window, delivered / (ms * 1000));
  }

  #endInterval(window: Window, bandwidth: number): void {
    if (this.bandwidth > 0) {
      const difference = Math.abs(bandwidth - this.bandwidth);
      if (difference <= SAME_RATIO * this.bandwidth || difference * window.mss * 1e6 <= SAME_BYTES_PER_S) {
        this.bandwidth = (bandwidth + this.bandwidth) / 2;
        this.inUse = true;
        this.#rounds = 0;
        return;
      }
    }
    this.bandwidth = bandwidth;
    this.#begin(window);
  }

  #begin(window: Window): void {
    this.#startMs = Math.floor(window.deliveredUs / 1000);
    this.#deliveredAtStart = window.delivered;
    this.#lostAtStart = window.lostTotal;
    this.#rounds = 0;
  }
}
