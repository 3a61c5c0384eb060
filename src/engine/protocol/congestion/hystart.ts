import type { Window } from './types.ts';

/** Window below which HyStart does not act, segments (Linux `hystart_low_window`). */
const LOW_WINDOW = 16;
/** ACKs closer than this belong to one train, µs (Linux `hystart_ack_delta_us`). */
const ACK_DELTA_US = 2000;
/** Samples of delay before a round is judged (Linux `HYSTART_MIN_SAMPLES`). */
const MIN_SAMPLES = 8;
/** Bounds of the delay increase that ends slow start, µs (Linux `HYSTART_DELAY_MIN`, `HYSTART_DELAY_MAX`). */
const DELAY_MIN_US = 4000;
const DELAY_MAX_US = 16000;
/** Bytes of the largest segment that the host may hand to its device (Linux `sk_gso_max_size`). */
const GSO_MAX_SIZE = 65536;

/**
 * HyStart (Ha & Rhee 2008, as in Linux `hystart_update`; not the HyStart++ of RFC 9406): ends slow start when a train
 * of ACKs has grown longer than half the smallest round trip, or when the round trip itself has grown.
 */
export class HyStart {
  found = false;
  #roundStartUs = 0;
  #lastAckUs = 0;
  #roundEnd = 0;
  #roundMinRttUs = Infinity;
  #samples = 0;

  reset(window: Window, nowUs: number): void {
    this.#roundStartUs = nowUs;
    this.#lastAckUs = nowUs;
    this.#roundEnd = window.sndNxt;
    this.#roundMinRttUs = Infinity;
    this.#samples = 0;
  }

  /** One delay sample in slow start; returns why slow start ends, or null. */
  update(window: Window, rttUs: number, minDelayUs: number, nowUs: number): 'train' | 'delay' | null {
    if (window.sndUna > this.#roundEnd) this.reset(window, nowUs);
    if (window.cwnd < LOW_WINDOW) return null;
    let reason: 'train' | 'delay' | null = null;
    if (nowUs - this.#lastAckUs <= ACK_DELTA_US) {
      this.#lastAckUs = nowUs;
      const threshold = minDelayUs + ackDelayUs(window.pacingRate);
      // Pacing may have spread the flight over half a round trip already.
      if (nowUs - this.#roundStartUs > (window.paced ? threshold : threshold >> 1)) reason = 'train';
    }
    if (this.#roundMinRttUs > rttUs) this.#roundMinRttUs = rttUs;
    if (this.#samples < MIN_SAMPLES) this.#samples++;
    else {
      const rise = Math.min(Math.max(minDelayUs >> 3, DELAY_MIN_US), DELAY_MAX_US);
      if (this.#roundMinRttUs > minDelayUs + rise) reason ??= 'delay';
    }
    if (reason !== null) this.found = true;
    return reason;
  }
}

/** Room for hosts that aggregate, µs, at most 1 ms (Linux `hystart_ack_delay`). */
const ackDelayUs = (pacingRate: number): number =>
  pacingRate === 0 ? 0 : Math.min(1000, Math.floor((GSO_MAX_SIZE * 4 * 1e6) / pacingRate));
