/**
 * Congestion control, shared by TCP and QUIC. Windows are counted in segments, as in Linux; times in whole µs of the
 * simulation's clock. An algorithm reads and writes the sender's `Window`, and is told what happened.
 */

/** ssthresh before any loss. */
export const INFINITE_SSTHRESH = 0x7fffffff;

/** Loss-recovery state of a sender (Linux `enum tcp_ca_state`; RFC 5681, RFC 6675, RFC 8985). */
export const CaState = { Open: 0, Disorder: 1, Cwr: 2, Recovery: 3, Loss: 4 } as const;
export type CaState = (typeof CaState)[keyof typeof CaState];

/** The part of a sender that congestion control sees and steers. */
export interface Window {
  /** Congestion window, segments. */
  cwnd: number;
  /** Slow-start threshold, segments. */
  ssthresh: number;
  /** Fraction of a segment that congestion avoidance has earned: ACKed segments not yet turned into a step. */
  cwndCount: number;
  /** Was the window full at the last transmission, or the flight of this round? (RFC 7661's spirit.) */
  cwndLimited: boolean;
  /** Largest flight of the present round, segments. */
  maxPacketsOut: number;
  readonly mss: number;
  readonly caState: CaState;
  /** Positions in the sender's sequence space, for counting rounds. */
  readonly sndUna: number;
  readonly sndNxt: number;
  /** 8 × smoothed round-trip time, µs; 0 before the first sample. */
  readonly srtt8Us: number;
  /** Windowed minimum of the round-trip time, µs; `Infinity` before the first sample. */
  readonly minRttUs: number;
  /** Segments delivered and marked lost so far. */
  readonly delivered: number;
  readonly lostTotal: number;
  /** Delivery count at which the sender stops being limited by the application; 0: it is not. */
  appLimitedUntil: number;
  /** Time of the latest delivery, µs. */
  readonly deliveredUs: number;
  /** cwnd before the present reduction. */
  readonly priorCwnd: number;
  /** Does the sender space its packets? */
  readonly paced: boolean;
  /** Bytes per second at which it would (Linux `sk_pacing_rate`). */
  pacingRate: number;
  /** Time of the latest transmission of data, µs. */
  readonly lastSentUs: number;
  /** Earliest departure of the next packet, ns (pacing). */
  readonly nextDepartureNs: number;
  /** Segments believed to be in the network: sent, neither SACKed nor marked lost, plus retransmitted ones. */
  inFlight(): number;
}

/** Delivery-rate sample of one ACK (draft-cheng-iccrg-delivery-rate-estimation; Linux `struct rate_sample`). */
export interface RateSample {
  /** Segments delivered over the interval; −1: no valid sample. */
  delivered: number;
  /** Length of the interval, µs; −1: none. */
  intervalUs: number;
  /** `delivered` count when the sampled packet left; 0: no packet was newly delivered. */
  priorDelivered: number;
  priorDeliveredUs: number;
  /** Round-trip time of the last packet (S)ACKed, µs; −1: none. */
  rttUs: number;
  /** Segments newly ACKed or SACKed by this ACK. */
  ackedSacked: number;
  /** Segments newly marked lost by this ACK. */
  losses: number;
  priorInFlight: number;
  appLimited: boolean;
  isRetransmission: boolean;
  ackDelayed: boolean;
  /** End position of the sampled packet. */
  lastEnd: number;
}

export interface CongestionControl {
  readonly name: 'reno' | 'cubic' | 'bbr';
  /** True: sets cwnd itself in every state; false: the sender reduces it by PRR in recovery. */
  readonly ownsRecovery: boolean;
  /** Does it require pacing? */
  readonly needsPacing: boolean;
  /** Called once the handshake is done. */
  start(window: Window, nowUs: number): void;
  /** New data leaves after the flight was empty. */
  onIdleRestart(window: Window, nowUs: number): void;
  /** A round-trip sample came with an ACK (before the window is changed). */
  onRtt(window: Window, rttUs: number, nowUs: number): void;
  /** An ACK in a state that may raise the window (or any ACK, where `ownsRecovery`). */
  onAck(window: Window, sample: RateSample, nowUs: number): void;
  /** Loss was found: the new ssthresh, segments. */
  onLoss(window: Window, nowUs: number): number;
  /** The sender's recovery state changed; a timeout arrives here as `Loss`. */
  onState(window: Window, state: CaState, nowUs: number): void;
  /** Segments have another size from now on: one of before is `factor` of one now. The window is scaled already. */
  onSize(factor: number): void;
  /** The reduction was spurious: the window to go back to, segments. */
  undo(window: Window): number;
  /** What slow start ended by, once, for the trace; null: nothing to tell. */
  takeNote(): string | null;
}

/** Slow start (RFC 5681 §3.1): grows by what was ACKed, up to ssthresh; returns what is left over. */
export const slowStart = (window: Window, acked: number): number => {
  const grown = Math.min(window.cwnd + acked, window.ssthresh);
  const left = acked - (grown - window.cwnd);
  window.cwnd = grown;
  return left;
};

/** Additive increase (RFC 5681 §3.1): one segment for each `perStep` ACKed (Linux `tcp_cong_avoid_ai`). */
export const additiveIncrease = (window: Window, perStep: number, acked: number): void => {
  if (window.cwndCount >= perStep) {
    window.cwndCount = 0;
    window.cwnd++;
  }
  window.cwndCount += acked;
  if (window.cwndCount >= perStep) {
    const steps = Math.floor(window.cwndCount / perStep);
    window.cwndCount -= steps * perStep;
    window.cwnd += steps;
  }
};

/** May the window grow? Only what is used is worth raising (RFC 7661; Linux `tcp_is_cwnd_limited`). */
export const mayGrow = (window: Window): boolean =>
  window.cwndLimited || (window.cwnd < window.ssthresh && window.cwnd < 2 * window.maxPacketsOut);
