import type { CongestionControl, RateSample, Window } from './types.ts';
import { additiveIncrease, mayGrow, slowStart } from './types.ts';

/** Reno (RFC 5681): one segment a round in congestion avoidance, half on loss. */
export class Reno implements CongestionControl {
  readonly name = 'reno';
  readonly ownsRecovery = false;
  readonly needsPacing = false;

  start(): void {
    // Reno keeps no state of its own.
  }
  onIdleRestart(): void {
    // Nothing to shift: growth does not depend on time.
  }
  onRtt(): void {
    // Reno does not look at delay.
  }
  onSize(): void {
    // The window is all that Reno counts.
  }
  onState(): void {
    // Nothing to reset.
  }

  onAck(window: Window, sample: RateSample): void {
    if (!mayGrow(window)) return;
    let acked = sample.ackedSacked;
    if (window.cwnd < window.ssthresh) {
      acked = slowStart(window, acked);
      if (acked === 0) return;
    }
    additiveIncrease(window, window.cwnd, acked);
  }

  /** RFC 5681 §3.1, equation (4), of the window as Linux does (`tcp_reno_ssthresh`), not of the flight. */
  onLoss(window: Window): number {
    return Math.max(window.cwnd >> 1, 2);
  }

  undo(window: Window): number {
    return Math.max(window.cwnd, window.priorCwnd);
  }

  takeNote(): string | null {
    return null;
  }
}
