import { WindowedBest } from '../../../base/minmax.ts';
import { AckAggregation } from './bbr-aggregation.ts';
import { LongTermBandwidth } from './bbr-policer.ts';
import { CaState, INFINITE_SSTHRESH } from './types.ts';
import type { CongestionControl, RateSample, Window } from './types.ts';

/** Gains (Linux `bbr_high_gain` 2885/1000 in 1/256, `bbr_drain_gain`, `bbr_cwnd_gain`, `bbr_pacing_gain[]`). */
const HIGH_GAIN = (Math.floor((256 * 2885) / 1000) + 1) / 256;
const DRAIN_GAIN = Math.floor((256 * 1000) / 2885) / 256;
const CWND_GAIN = 2;
const PACING_CYCLE = [5 / 4, 3 / 4, 1, 1, 1, 1, 1, 1] as const;
/** Starting phases to choose from (Linux `bbr_cycle_rand`). */
const CYCLE_CHOICES = 7;
/** Length of the bandwidth filter, rounds (Linux `bbr_bw_rtts`). */
const BANDWIDTH_ROUNDS = PACING_CYCLE.length + 2;
/** Length of the min-RTT filter, µs, and of PROBE_RTT (Linux `bbr_min_rtt_win_sec`, `bbr_probe_rtt_mode_ms`). */
const MIN_RTT_WINDOW_US = 10_000_000;
const PROBE_RTT_US = 200_000;
/** Linux `bbr_cwnd_min_target`, `TCP_INIT_CWND`. */
const MIN_CWND = 4;
const INITIAL_CWND = 10;
/** The pipe is full after three rounds without +25 % (Linux `bbr_full_bw_thresh`, `bbr_full_bw_cnt`). */
const FULL_GROWTH = 5 / 4;
const FULL_ROUNDS = 3;
/** Pace 1 % below the estimate (Linux `bbr_pacing_margin_percent`). */
const PACING_MARGIN = 0.99;
/** No segment aggregation below this, bytes/s (Linux `bbr_min_tso_rate`); largest aggregate, bytes. */
const MIN_TSO_RATE = 150_000;
const MAX_TSO_BYTES = 65_215;
/** Aggregates span about 1 ms (Linux `sk_pacing_shift` 10). */
const TSO_RATE_DIVISOR = 1024;

type Mode = 'startup' | 'drain' | 'probe-bw' | 'probe-rtt';

/** BBR version 1 as Linux runs it (`tcp_bbr.c`). Bandwidths are segments per µs. */
export class Bbr implements CongestionControl {
  readonly name = 'bbr';
  readonly ownsRecovery = true;
  readonly needsPacing = true;

  readonly #bandwidth = new WindowedBest('max', 0);
  readonly #longTerm = new LongTermBandwidth();
  readonly #aggregation = new AckAggregation();
  readonly #cycleStart: number;
  #note: string | null = null;
  #mode: Mode = 'startup';
  #pacingGain = HIGH_GAIN;
  #cwndGain = HIGH_GAIN;
  #minRttUs = Infinity;
  #minRttAt = 0;
  #probeRttDoneAt = 0;
  #probeRttRoundDone = false;
  #rounds = 0;
  #roundEnd = 0;
  #roundStart = false;
  #cycleIndex = 0;
  #cycleAt = 0;
  #priorState: CaState = CaState.Open;
  #conserving = false;
  #idleRestart = false;
  #seenRtt = false;
  #priorCwnd = 0;
  #fullBandwidth = 0;
  #fullCount = 0;
  #pipeFull = false;

  /** `choice` in [0, 1) picks the starting phase of the gain cycle (Linux draws it at random). */
  constructor(choice: number) {
    this.#cycleStart = PACING_CYCLE.length - 1 - Math.floor(choice * CYCLE_CHOICES);
  }

  start(window: Window, nowUs: number): void {
    window.ssthresh = INFINITE_SSTHRESH;
    this.#roundEnd = window.delivered;
    this.#minRttUs = window.minRttUs;
    this.#minRttAt = nowUs;
    this.#bandwidth.reset(0, 0);
    this.#initPacing(window);
    this.#longTerm.reset(window);
    this.#aggregation.restart(nowUs);
  }

  onIdleRestart(window: Window, nowUs: number): void {
    if (window.appLimitedUntil === 0) return;
    this.#idleRestart = true;
    this.#aggregation.restart(nowUs);
    if (this.#mode === 'probe-bw') this.#setPacing(window, 1);
    else if (this.#mode === 'probe-rtt') this.#leaveProbeRtt(window, nowUs);
  }

  onRtt(): void {
    // Round trips arrive with the rate sample.
  }

  onAck(window: Window, sample: RateSample, nowUs: number): void {
    this.#updateBandwidth(window, sample);
    this.#aggregation.update(window, sample, this.#estimate(), this.#roundStart);
    if (this.#mode === 'probe-bw' && this.#phaseOver(window, sample, nowUs)) this.#nextPhase(window);
    this.#checkPipeFull(sample);
    this.#checkDrain(window, nowUs);
    this.#updateMinRtt(window, sample, nowUs);
    this.#updateGains();
    this.#setPacing(window, this.#pacingGain);
    this.#setCwnd(window, sample);
  }

  /** BBR keeps its threshold: loss alone says nothing (Linux `bbr_ssthresh`). */
  onLoss(window: Window): number {
    this.#saveCwnd(window);
    return window.ssthresh;
  }

  onState(window: Window, state: CaState): void {
    if (state !== CaState.Loss) return;
    this.#priorState = CaState.Loss;
    this.#fullBandwidth = 0;
    this.#roundStart = true;
    this.#longTerm.update(window, 1, false, true, this.#mode === 'probe-bw');
  }

  onSize(factor: number): void {
    this.#bandwidth.scale(factor);
    this.#fullBandwidth *= factor;
    this.#priorCwnd = Math.floor(this.#priorCwnd * factor);
    this.#longTerm.bandwidth *= factor;
  }

  undo(window: Window): number {
    this.#fullBandwidth = 0;
    this.#fullCount = 0;
    this.#longTerm.reset(window);
    return window.cwnd;
  }

  takeNote(): string | null {
    const note = this.#note;
    this.#note = null;
    return note;
  }

  #enter(mode: Mode): void {
    if (this.#mode === mode) return;
    this.#mode = mode;
    this.#note = mode;
  }

  #estimate(): number {
    return this.#longTerm.inUse ? this.#longTerm.bandwidth : this.#bandwidth.best;
  }

  #initPacing(window: Window): void {
    let rttUs = 1000;
    if (window.srtt8Us > 0) {
      rttUs = Math.max(window.srtt8Us >> 3, 1);
      this.#seenRtt = true;
    }
    window.pacingRate = rateOf(window, window.cwnd / rttUs, HIGH_GAIN);
  }

  #setPacing(window: Window, gain: number): void {
    const rate = rateOf(window, this.#estimate(), gain);
    if (!this.#seenRtt && window.srtt8Us > 0) this.#initPacing(window);
    if (this.#pipeFull || rate > window.pacingRate) window.pacingRate = rate;
  }

  #updateBandwidth(window: Window, sample: RateSample): void {
    this.#roundStart = false;
    if (sample.delivered < 0 || sample.intervalUs <= 0) return;
    if (sample.priorDelivered >= this.#roundEnd) {
      this.#roundEnd = window.delivered;
      this.#rounds++;
      this.#roundStart = true;
      this.#conserving = false;
    }
    const wasPoliced = this.#longTerm.inUse;
    this.#longTerm.update(window, sample.losses, sample.appLimited, this.#roundStart, this.#mode === 'probe-bw');
    if (wasPoliced && !this.#longTerm.inUse) this.#enterProbeBandwidth(window);
    const bandwidth = sample.delivered / sample.intervalUs;
    // An application-limited sample tells of the application, unless it is as good as the model.
    if (!sample.appLimited || bandwidth >= this.#bandwidth.best) {
      this.#bandwidth.update(BANDWIDTH_ROUNDS, this.#rounds, bandwidth);
    }
  }

  #checkPipeFull(sample: RateSample): void {
    if (this.#pipeFull || !this.#roundStart || sample.appLimited) return;
    if (this.#bandwidth.best >= this.#fullBandwidth * FULL_GROWTH) {
      this.#fullBandwidth = this.#bandwidth.best;
      this.#fullCount = 0;
      return;
    }
    this.#pipeFull = ++this.#fullCount >= FULL_ROUNDS;
  }

  #checkDrain(window: Window, nowUs: number): void {
    if (this.#mode === 'startup' && this.#pipeFull) {
      this.#enter('drain');
      window.ssthresh = this.#inflight(window, this.#bandwidth.best, 1);
    }
    if (
      this.#mode === 'drain' &&
      this.#inNetworkAtDeparture(window, window.inFlight(), nowUs) <= this.#inflight(window, this.#bandwidth.best, 1)
    ) {
      this.#enterProbeBandwidth(window);
    }
  }

  #enterProbeBandwidth(window: Window): void {
    this.#enter('probe-bw');
    this.#cycleIndex = this.#cycleStart;
    this.#nextPhase(window);
  }

  #nextPhase(window: Window): void {
    this.#cycleIndex = (this.#cycleIndex + 1) % PACING_CYCLE.length;
    this.#cycleAt = window.deliveredUs;
  }

  #phaseOver(window: Window, sample: RateSample, nowUs: number): boolean {
    const fullLength = window.deliveredUs - this.#cycleAt > this.#minRttUs;
    if (this.#pacingGain === 1) return fullLength;
    const inflight = this.#inNetworkAtDeparture(window, sample.priorInFlight, nowUs);
    const bandwidth = this.#bandwidth.best;
    // Probing lasts until the flight is really raised, or something is lost; draining until the queue is gone.
    if (this.#pacingGain > 1) {
      return fullLength && (sample.losses > 0 || inflight >= this.#inflight(window, bandwidth, this.#pacingGain));
    }
    return fullLength || inflight <= this.#inflight(window, bandwidth, 1);
  }

  #leaveProbeRtt(window: Window, nowUs: number): void {
    if (this.#probeRttDoneAt === 0 || nowUs <= this.#probeRttDoneAt) return;
    this.#minRttAt = nowUs;
    window.cwnd = Math.max(window.cwnd, this.#priorCwnd);
    if (this.#pipeFull) this.#enterProbeBandwidth(window);
    else this.#enter('startup');
  }

  #updateMinRtt(window: Window, sample: RateSample, nowUs: number): void {
    const expired = nowUs > this.#minRttAt + MIN_RTT_WINDOW_US;
    if (sample.rttUs >= 0 && (sample.rttUs < this.#minRttUs || (expired && !sample.ackDelayed))) {
      this.#minRttUs = sample.rttUs;
      this.#minRttAt = nowUs;
    }
    if (expired && !this.#idleRestart && this.#mode !== 'probe-rtt') {
      this.#enter('probe-rtt');
      this.#saveCwnd(window);
      this.#probeRttDoneAt = 0;
    }
    if (this.#mode === 'probe-rtt') {
      window.appLimitedUntil = window.delivered + window.inFlight() || 1;
      if (this.#probeRttDoneAt === 0 && window.inFlight() <= MIN_CWND) {
        this.#probeRttDoneAt = nowUs + PROBE_RTT_US;
        this.#probeRttRoundDone = false;
        this.#roundEnd = window.delivered;
      } else if (this.#probeRttDoneAt !== 0) {
        if (this.#roundStart) this.#probeRttRoundDone = true;
        if (this.#probeRttRoundDone) this.#leaveProbeRtt(window, nowUs);
      }
    }
    if (sample.delivered > 0) this.#idleRestart = false;
  }

  #updateGains(): void {
    switch (this.#mode) {
      case 'startup':
        this.#pacingGain = HIGH_GAIN;
        this.#cwndGain = HIGH_GAIN;
        break;
      case 'drain':
        this.#pacingGain = DRAIN_GAIN;
        this.#cwndGain = HIGH_GAIN;
        break;
      case 'probe-bw':
        this.#pacingGain = this.#longTerm.inUse ? 1 : (PACING_CYCLE[this.#cycleIndex] as number);
        this.#cwndGain = CWND_GAIN;
        break;
      case 'probe-rtt':
        this.#pacingGain = 1;
        this.#cwndGain = 1;
        break;
    }
  }

  #saveCwnd(window: Window): void {
    const good = this.#priorState < CaState.Recovery && this.#mode !== 'probe-rtt';
    this.#priorCwnd = good ? window.cwnd : Math.max(this.#priorCwnd, window.cwnd);
  }

  #setCwnd(window: Window, sample: RateSample): void {
    const acked = sample.ackedSacked;
    let cwnd = window.cwnd;
    if (acked > 0) {
      cwnd = this.#recoverOrRestore(window, sample, acked);
      if (!this.#conserving) {
        const target = this.#quantized(
          window,
          this.#bdp(this.#estimate(), this.#cwndGain) + this.#aggregation.cwnd(this.#estimate(), this.#pipeFull),
        );
        if (this.#pipeFull) cwnd = Math.min(cwnd + acked, target);
        else if (cwnd < target || window.delivered < INITIAL_CWND) cwnd += acked;
        cwnd = Math.max(cwnd, MIN_CWND);
      }
    }
    window.cwnd = this.#mode === 'probe-rtt' ? Math.min(cwnd, MIN_CWND) : cwnd;
  }

  /** Packet conservation in the first round of recovery, the saved window after it. */
  #recoverOrRestore(window: Window, sample: RateSample, acked: number): number {
    let cwnd = sample.losses > 0 ? Math.max(window.cwnd - sample.losses, 1) : window.cwnd;
    const state = window.caState;
    if (state === CaState.Recovery && this.#priorState !== CaState.Recovery) {
      this.#conserving = true;
      this.#roundEnd = window.delivered;
      cwnd = window.inFlight() + acked;
    } else if (this.#priorState >= CaState.Recovery && state < CaState.Recovery) {
      cwnd = Math.max(cwnd, this.#priorCwnd);
      this.#conserving = false;
    }
    this.#priorState = state;
    return this.#conserving ? Math.max(cwnd, window.inFlight() + acked) : cwnd;
  }

  #bdp(bandwidth: number, gain: number): number {
    if (this.#minRttUs === Infinity) return INITIAL_CWND;
    return Math.ceil(bandwidth * this.#minRttUs * gain);
  }

  /** Room for whole aggregates in both hosts, an even number, and two more while probing. */
  #quantized(window: Window, cwnd: number): number {
    let result = cwnd + 3 * aggregateSegments(window);
    result += result % 2;
    return this.#mode === 'probe-bw' && this.#cycleIndex === 0 ? result + 2 : result;
  }

  #inflight(window: Window, bandwidth: number, gain: number): number {
    return this.#quantized(window, this.#bdp(bandwidth, gain));
  }

  /** Segments that will be in the network when the next paced one leaves. */
  #inNetworkAtDeparture(window: Window, inflight: number, nowUs: number): number {
    const waitUs = Math.max(0, Math.floor(window.nextDepartureNs / 1000) - nowUs);
    const delivered = Math.floor(this.#estimate() * waitUs);
    const then = inflight + (this.#pacingGain > 1 ? aggregateSegments(window) : 0);
    return Math.max(0, then - delivered);
  }
}

/** Pacing rate in bytes/s for a bandwidth in segments/µs. */
const rateOf = (window: Window, bandwidth: number, gain: number): number =>
  Math.floor(bandwidth * window.mss * gain * 1e6 * PACING_MARGIN);

const aggregateSegments = (window: Window): number => {
  const bytes = Math.min(Math.floor(window.pacingRate / TSO_RATE_DIVISOR), MAX_TSO_BYTES);
  return Math.min(Math.max(Math.floor(bytes / window.mss), window.pacingRate < MIN_TSO_RATE ? 1 : 2), 127);
};
