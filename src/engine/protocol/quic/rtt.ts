import { NS_PER_MS } from '../../../base/time.ts';

/** Granularity of timers (RFC 9002 §6.1.2). */
export const GRANULARITY = NS_PER_MS;

/** Round-trip estimation (RFC 9002 §5). All in whole nanoseconds. */
export class RttEstimate {
  latest = 0;
  /** Zero before the first sample. */
  smoothed: number;
  variation: number;
  minimum = 0;
  hasSample = false;

  /** `initial`: taken before the first sample (RFC 9002 §6.2.2). */
  constructor(readonly initial: number) {
    this.smoothed = initial;
    this.variation = Math.floor(initial / 2);
  }

  /**
   * A sample. `ackDelay`: what the peer says that it held the ACK back; already bounded by max_ack_delay where the
   * handshake is confirmed (RFC 9002 §5.3).
   */
  sample(latest: number, ackDelay: number): void {
    this.latest = latest;
    if (!this.hasSample) {
      this.hasSample = true;
      this.minimum = latest;
      this.smoothed = latest;
      this.variation = Math.floor(latest / 2);
      return;
    }
    this.minimum = Math.min(this.minimum, latest);
    const adjusted = latest >= this.minimum + ackDelay ? latest - ackDelay : latest;
    this.variation = Math.floor((3 * this.variation + Math.abs(this.smoothed - adjusted)) / 4);
    this.smoothed = Math.floor((7 * this.smoothed + adjusted) / 8);
  }

  /** A new path knows nothing (RFC 9000 §9.4). */
  reset(): void {
    this.hasSample = false;
    this.latest = 0;
    this.minimum = 0;
    this.smoothed = this.initial;
    this.variation = Math.floor(this.initial / 2);
  }

  /** Probe time-out without backoff and without max_ack_delay (RFC 9002 §6.2.1). */
  get pto(): number {
    return this.smoothed + Math.max(4 * this.variation, GRANULARITY);
  }

  /** How long after a later packet's acknowledgment an earlier one is lost: 9/8 (RFC 9002 §6.1.2). */
  get lossDelay(): number {
    return Math.max(Math.floor((9 * Math.max(this.latest, this.smoothed)) / 8), GRANULARITY);
  }
}
