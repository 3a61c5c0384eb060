import { WindowedBest } from '../../../base/minmax.ts';

/** Linux `sysctl_tcp_min_rtt_wlen`: the minimum is kept for five minutes. */
const MIN_RTT_WINDOW_US = 300_000_000;
/** Largest RTO (Linux `TCP_RTO_MAX`; RFC 6298 §2.5 allows a bound of at least 60 s). */
export const MAX_RTO_US = 120_000_000;
/** What the probe's and the reordering timer add for hosts that are late, µs, before rounding to ticks (Linux `TCP_TIMEOUT_MIN_US`; two whole ticks before 6.7). */
export const TIMEOUT_MIN_US = 2000;

/**
 * Round-trip estimator and retransmission time-out (RFC 6298; the arithmetic of Linux `tcp_rtt_estimator`, which smooths
 * the variation asymmetrically and keeps the largest of each round). All in µs; `srtt8` is 8 × SRTT.
 */
export class RttEstimator {
  srtt8 = 0;
  rttvar = 0;
  /** RTO without backoff. */
  rtoUs: number;
  /** Exponential backoff in force, as a shift. */
  backoff = 0;
  readonly #min = new WindowedBest('min', Infinity);
  #seen = false;
  #mdev = 0;
  #mdevMax = 0;
  /** Position that ends the round in which `mdevMax` is gathered. */
  #roundEnd = 0;

  constructor(
    initialRtoUs: number,
    readonly minRtoUs: number,
    /** Linux bounds the variation from below, RFC 6298 §2.4 the sum. */
    readonly floor: 'variation' | 'sum',
  ) {
    this.rtoUs = initialRtoUs;
  }

  /** Windowed minimum; `Infinity` before the first sample. */
  get minUs(): number {
    return this.#seen ? this.#min.best : Infinity;
  }

  /** Offers a sample to the minimum only. */
  noteMinimum(sampleUs: number, nowUs: number): void {
    if (this.#seen) this.#min.update(MIN_RTT_WINDOW_US, nowUs, sampleUs);
    else this.#min.reset(nowUs, sampleUs);
    this.#seen = true;
  }

  /** One sample (RFC 6298 §2.2, §2.3), `sndUna` and `sndNxt` bounding the round. Resets the backoff. */
  sample(sampleUs: number, sndUna: number, sndNxt: number): void {
    let m = Math.max(sampleUs, 1);
    if (this.floor === 'sum') this.#sampleRfc(m);
    else if (this.srtt8 === 0) {
      this.srtt8 = m * 8;
      this.#mdev = m * 2;
      this.rttvar = Math.max(this.#mdev, this.minRtoUs);
      this.#mdevMax = this.rttvar;
      this.#roundEnd = sndNxt;
    } else {
      m -= this.srtt8 >> 3;
      this.srtt8 += m;
      if (m < 0) {
        m = -m - (this.#mdev >> 2);
        // A falling RTT raises the variation an eighth as fast (Eifel).
        if (m > 0) m >>= 3;
      } else m -= this.#mdev >> 2;
      this.#mdev += m;
      if (this.#mdev > this.#mdevMax) {
        this.#mdevMax = this.#mdev;
        if (this.#mdevMax > this.rttvar) this.rttvar = this.#mdevMax;
      }
      if (sndUna > this.#roundEnd) {
        if (this.#mdevMax < this.rttvar) this.rttvar -= (this.rttvar - this.#mdevMax) >> 2;
        this.#roundEnd = sndNxt;
        this.#mdevMax = this.minRtoUs;
      }
    }
    const rto =
      this.floor === 'sum' ? Math.max((this.srtt8 >> 3) + this.rttvar, this.minRtoUs) : (this.srtt8 >> 3) + this.rttvar;
    this.rtoUs = Math.min(rto, MAX_RTO_US);
    this.backoff = 0;
  }

  /** Here `rttvar` is 4 × RTTVAR, as in the other branch. */
  #sampleRfc(m: number): void {
    if (this.srtt8 === 0) {
      this.srtt8 = m * 8;
      this.rttvar = m * 2;
      return;
    }
    const srtt = this.srtt8 / 8;
    this.rttvar = Math.round(0.75 * this.rttvar + Math.abs(srtt - m));
    this.srtt8 = Math.round(this.srtt8 - srtt + m);
  }
}
