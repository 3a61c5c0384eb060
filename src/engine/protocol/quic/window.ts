import { Bbr } from '../congestion/bbr.ts';
import { Cubic } from '../congestion/cubic.ts';
import { Reno } from '../congestion/reno.ts';
import { CaState, INFINITE_SSTHRESH } from '../congestion/types.ts';
import type { CongestionControl, RateSample, Window } from '../congestion/types.ts';
import { hashWords, toUnit } from '../../../base/hash.ts';
import type { QuicKnobs } from './knobs.ts';
import type { RttEstimate } from './rtt.ts';

const US = 1000;
const PHASE = 0x71_75;

const make = (knobs: QuicKnobs, seed: number): CongestionControl => {
  if (knobs.congestion === 'reno') return new Reno();
  // No stack of QUIC in the profiles runs Linux's HyStart, and none has a coarse clock.
  return knobs.congestion === 'cubic'
    ? new Cubic({ hystart: false, jiffyUs: 1000 })
    : new Bbr(toUnit(hashWords(seed, PHASE)));
};

/** What a packet carries of the delivery state at its departure, for the rate sample. */
export interface DeliveryStamp {
  readonly delivered: number;
  readonly deliveredUs: number;
  readonly firstSentUs: number;
  readonly appLimited: boolean;
}

/**
 * Congestion window of a QUIC sender: the shared algorithms count segments of `mss` bytes, RFC 9002 §7 bytes. Bytes in
 * flight are exact; acknowledged bytes become segments as they add up.
 */
export class SendWindow implements Window {
  cwnd: number;
  ssthresh = INFINITE_SSTHRESH;
  cwndCount = 0;
  cwndLimited = false;
  maxPacketsOut = 0;
  /** Size of a full datagram. */
  mss: number;
  caState: CaState = CaState.Open;
  /** Positions: packets sent that count as in flight, of all spaces. */
  sndUna = 0;
  sndNxt = 0;
  delivered = 0;
  lostTotal = 0;
  appLimitedUntil = 0;
  deliveredUs = 0;
  priorCwnd = 0;
  readonly paced: boolean;
  pacingRate = 0;
  lastSentUs = 0;
  nextDepartureNs = 0;
  bytesInFlight = 0;
  readonly control: CongestionControl;
  /** Start of the latest reduction, ns; −1: none. Packets sent before it change nothing more (RFC 9002 §7.3.2). */
  #recoveryFrom = -1;
  /** Something was learnt of how much is too much. */
  #hasReduced = false;
  #restBytes = 0;
  #firstSentUs = 0;
  #roundEnd = 0;
  #burstAt = -1;
  #burstBytes = 0;
  readonly #knobs: QuicKnobs;
  readonly #rtt: RttEstimate;

  constructor(knobs: QuicKnobs, rtt: RttEstimate, seed: number) {
    this.#knobs = knobs;
    this.#rtt = rtt;
    this.mss = knobs.maxDatagram;
    this.cwnd = knobs.initialWindow;
    this.control = make(knobs, seed);
    this.paced = knobs.pacing || this.control.needsPacing;
    this.control.start(this, 0);
  }

  get srtt8Us(): number {
    return this.#rtt.hasSample ? Math.floor((8 * this.#rtt.smoothed) / US) : 0;
  }
  get minRttUs(): number {
    return this.#rtt.hasSample ? Math.floor(this.#rtt.minimum / US) : Infinity;
  }
  get isRecovering(): boolean {
    return this.caState !== CaState.Open;
  }
  get bytes(): number {
    return this.cwnd * this.mss;
  }
  inFlight(): number {
    return Math.ceil(this.bytesInFlight / this.mss);
  }
  /** A full datagram fits into the window (RFC 9002 §7). */
  get hasRoom(): boolean {
    return this.bytesInFlight + this.mss <= this.bytes;
  }

  /** Bytes per second at which packets leave (RFC 9002 §7.7). */
  get #rate(): number {
    if (this.control.ownsRecovery && this.pacingRate > 0) return this.pacingRate;
    return (this.#knobs.pacingGain * this.bytes * 1e9) / this.#rtt.smoothed;
  }
  /** When pacing lets the next packet go, ns; a time that is past: now. */
  mayLeaveAt(now: number): number {
    if (!this.paced) return now;
    if (this.#burstAt === now && this.#burstBytes < this.#knobs.pacingBurst * this.mss) return now;
    return Math.max(now, Math.ceil(this.nextDepartureNs));
  }

  onSent(size: number, now: number): DeliveryStamp {
    const nowUs = Math.floor(now / US);
    if (this.bytesInFlight === 0) {
      this.control.onIdleRestart(this, nowUs);
      this.#firstSentUs = nowUs;
      this.deliveredUs = nowUs;
    }
    this.bytesInFlight += size;
    this.sndNxt++;
    this.lastSentUs = nowUs;
    if (this.#burstAt !== now) {
      this.#burstAt = now;
      this.#burstBytes = 0;
    }
    this.#burstBytes += size;
    // Before the first round-trip time there is nothing to pace by (recorded: a server's second flight is not held back).
    this.nextDepartureNs = this.#rtt.hasSample ? now + (this.#burstBytes * 1e9) / this.#rate : now;
    const full = !this.hasRoom || this.#knobs.growsUnused;
    if (this.sndUna >= this.#roundEnd || full || this.inFlight() > this.maxPacketsOut) {
      this.cwndLimited = full;
      this.maxPacketsOut = this.inFlight();
      this.#roundEnd = this.sndNxt;
    }
    return {
      delivered: this.delivered,
      deliveredUs: this.deliveredUs,
      firstSentUs: this.#firstSentUs,
      appLimited: this.appLimitedUntil > 0,
    };
  }

  /** Only pacing holds back what the window would let go: that counts as a window in full use (RFC 9002 §7.8). */
  onPaced(): void {
    this.cwndLimited = true;
  }

  /** There was nothing to send though the window had room (draft-cheng-iccrg-delivery-rate-estimation §3.4). */
  onIdle(): void {
    if (this.hasRoom) this.appLimitedUntil = this.delivered + this.inFlight() || 1;
  }

  /** Leaves the flight without an effect: keys were discarded, or a new attempt began (RFC 9002 §6.4). */
  forget(size: number): void {
    this.bytesInFlight -= size;
  }

  /**
   * Packets were newly acknowledged. `newest`: stamp, position and time of the one sent last; `bytes` of all; `grows`: bytes
   * of those that were sent since the latest reduction.
   */
  onAck(
    newest: { readonly stamp: DeliveryStamp; readonly sentAt: number; readonly position: number },
    bytes: number,
    lost: number,
    rttNs: number,
    now: number,
    prior: number,
  ): void {
    const nowUs = Math.floor(now / US);
    const before = this.#restBytes + bytes;
    const segments = Math.floor(before / this.mss);
    this.#restBytes = before - segments * this.mss;
    this.delivered += segments;
    this.sndUna = Math.max(this.sndUna, newest.position);
    if (this.appLimitedUntil > 0 && this.delivered > this.appLimitedUntil) this.appLimitedUntil = 0;
    const sample = this.#sample(newest.stamp, Math.floor(newest.sentAt / US), nowUs, segments, lost, prior, rttNs);
    this.deliveredUs = nowUs;
    this.#firstSentUs = Math.floor(newest.sentAt / US);
    const inRecovery = newest.sentAt <= this.#recoveryFrom;
    if (!inRecovery && this.caState !== CaState.Open) this.#enter(CaState.Open, nowUs);
    if (rttNs >= 0) this.control.onRtt(this, Math.floor(rttNs / US), nowUs);
    if (this.control.ownsRecovery || (!inRecovery && segments > 0)) this.control.onAck(this, sample, nowUs);
  }

  #sample(
    stamp: DeliveryStamp,
    sentUs: number,
    nowUs: number,
    ackedSacked: number,
    losses: number,
    prior: number,
    rttNs: number,
  ): RateSample {
    const intervalUs = Math.max(sentUs - stamp.firstSentUs, nowUs - stamp.deliveredUs);
    const valid = intervalUs > 0 && this.#rtt.hasSample && intervalUs >= this.minRttUs;
    return {
      delivered: valid ? this.delivered - stamp.delivered : -1,
      intervalUs: valid ? intervalUs : -1,
      priorDelivered: stamp.delivered,
      priorDeliveredUs: stamp.deliveredUs,
      rttUs: rttNs < 0 ? -1 : Math.floor(rttNs / US),
      ackedSacked,
      losses,
      priorInFlight: Math.ceil(prior / this.mss),
      appLimited: stamp.appLimited,
      isRetransmission: false,
      ackDelayed: false,
      lastEnd: this.sndUna,
    };
  }

  #enter(state: CaState, nowUs: number): void {
    this.caState = state;
    this.control.onState(this, state, nowUs);
  }

  /** Loss, or a congestion mark, of a packet sent at `sentAt`: one reduction a round (RFC 9002 §7.3.2). True: reduced. */
  onCongestion(sentAt: number, now: number): boolean {
    if (sentAt <= this.#recoveryFrom) return false;
    const nowUs = Math.floor(now / US);
    this.#recoveryFrom = now;
    this.#hasReduced = true;
    this.priorCwnd = this.cwnd;
    const ssthresh = this.control.onLoss(this, nowUs);
    this.#enter(CaState.Recovery, nowUs);
    if (!this.control.ownsRecovery) {
      this.ssthresh = ssthresh;
      // RFC 9002 §7.2: the minimum is two packets.
      this.cwnd = Math.max(ssthresh, 2);
      this.cwndCount = 0;
    }
    return true;
  }

  /**
   * Full datagrams have another size from now on, bytes. The window stays what it is in bytes, as far as whole datagrams
   * allow; before its first reduction it is the initial one of that size at least (RFC 9002 §7.2).
   */
  resize(mss: number): void {
    const factor = this.mss / mss;
    const scaled = (segments: number): number => Math.max(2, Math.floor(segments * factor));
    this.mss = mss;
    this.cwnd = Math.max(scaled(this.cwnd), this.#hasReduced ? 2 : this.#knobs.initialWindow);
    if (this.ssthresh < INFINITE_SSTHRESH) this.ssthresh = scaled(this.ssthresh);
    this.priorCwnd = Math.floor(this.priorCwnd * factor);
    this.maxPacketsOut = Math.ceil(this.maxPacketsOut * factor);
    this.cwndCount = 0;
    this.control.onSize(factor);
  }

  /** Nothing came through for long: back to the minimum (RFC 9002 §7.6.2). */
  onPersistentCongestion(now: number): void {
    this.#enter(CaState.Loss, Math.floor(now / US));
    if (!this.control.ownsRecovery) this.cwnd = 2;
    this.cwndCount = 0;
    this.#recoveryFrom = -1;
  }
}
