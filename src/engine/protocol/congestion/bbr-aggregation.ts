import type { RateSample, Window } from './types.ts';

/** Linux `bbr_extra_acked_win_rtts`, `bbr_ack_epoch_acked_reset_thresh`, `bbr_extra_acked_max_us`. */
const WINDOW_ROUNDS = 5;
const EPOCH_LIMIT = 1_048_576;
const MAX_EXTRA_US = 100_000;

/** How many more segments were ACKed at once than the bandwidth explains: BBR's room for aggregated ACKs. */
export class AckAggregation {
  #epochAt = 0;
  #epochAcked = 0;
  #rounds = 0;
  #index = 0;
  readonly #extra = [0, 0];

  restart(nowUs: number): void {
    this.#epochAt = nowUs;
    this.#epochAcked = 0;
  }

  update(window: Window, sample: RateSample, bandwidth: number, roundStart: boolean): void {
    if (sample.ackedSacked <= 0 || sample.delivered < 0 || sample.intervalUs <= 0) return;
    if (roundStart && ++this.#rounds >= WINDOW_ROUNDS) {
      this.#rounds = 0;
      this.#index = 1 - this.#index;
      this.#extra[this.#index] = 0;
    }
    let expected = Math.floor(bandwidth * (window.deliveredUs - this.#epochAt));
    if (this.#epochAcked <= expected || this.#epochAcked + sample.ackedSacked >= EPOCH_LIMIT) {
      this.restart(window.deliveredUs);
      expected = 0;
    }
    this.#epochAcked += sample.ackedSacked;
    const extra = Math.min(this.#epochAcked - expected, window.cwnd);
    if (extra > (this.#extra[this.#index] as number)) this.#extra[this.#index] = extra;
  }

  /** Segments to add to the window. */
  cwnd(bandwidth: number, pipeFull: boolean): number {
    if (!pipeFull) return 0;
    return Math.min(Math.max(this.#extra[0] as number, this.#extra[1] as number), Math.floor(bandwidth * MAX_EXTRA_US));
  }
}
