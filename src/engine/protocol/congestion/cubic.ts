import { icbrt } from '../../../base/icbrt.ts';
import { HyStart } from './hystart.ts';
import { additiveIncrease, CaState, mayGrow, slowStart } from './types.ts';
import type { CongestionControl, RateSample, Window } from './types.ts';

/** Decrease factor β in 1/1024 (RFC 9438 §4.6: 0.7; Linux `beta` = 717). */
const BETA = 717;
const BETA_SCALE = 1024;
/** C = 0.4 (RFC 9438 §5) as Linux holds it: `bic_scale` 41 × 10 / 1024. */
const CUBE_RTT_SCALE = 410;
/** Time in the cubic is counted in 1/1024 s (Linux `BICTCP_HZ`). */
const TICKS_PER_SECOND = 1024;
/** 8·(1024 + β) / 3 / (1024 − β): the Reno-friendly region's α (RFC 9438 §4.3; Linux `beta_scale`). */
const RENO_SCALE = Math.floor(Math.floor((8 * (BETA_SCALE + BETA)) / 3) / (BETA_SCALE - BETA));

export interface CubicOptions {
  readonly hystart: boolean;
  /** Granularity of the host's coarse clock, µs (Linux: a jiffy, 4000 at HZ = 250). */
  readonly jiffyUs: number;
}

/** CUBIC (RFC 9438) in Linux's integer arithmetic (`tcp_cubic.c`), with HyStart. */
export class Cubic implements CongestionControl {
  readonly name = 'cubic';
  readonly ownsRecovery = false;
  readonly needsPacing = false;

  readonly #hystart = new HyStart();
  readonly #options: CubicOptions;
  readonly #jiffiesPerSecond: number;
  #note: string | null = null;
  /** One more segment for each so many ACKed. */
  #ackedPerStep = 0;
  #lastMaxCwnd = 0;
  #lastCwnd = 0;
  #lastTime = -1;
  #origin = 0;
  /** Time from the epoch's start to the origin, 1/1024 s. */
  #k = 0;
  #minDelayUs = 0;
  /** Start of the epoch, jiffies; −1: none. */
  #epochStart = -1;
  #ackCount = 0;
  #renoCwnd = 0;

  constructor(options: CubicOptions) {
    this.#options = options;
    this.#jiffiesPerSecond = 1e6 / options.jiffyUs;
  }

  start(window: Window, nowUs: number): void {
    this.#hystart.reset(window, nowUs);
  }

  /** Idle time does not count: the curve waits (RFC 9438 §5.8; Linux `cubictcp_cwnd_event`). */
  onIdleRestart(window: Window, nowUs: number): void {
    const now = this.#jiffies(nowUs);
    const idle = now - this.#jiffies(window.lastSentUs);
    if (this.#epochStart >= 0 && idle > 0) this.#epochStart = Math.min(this.#epochStart + idle, now);
  }

  onRtt(window: Window, rttUs: number, nowUs: number): void {
    // Delay right after fast recovery says nothing about the path (Linux `cubictcp_acked`).
    if (this.#epochStart >= 0 && this.#jiffies(nowUs) - this.#epochStart < this.#jiffiesPerSecond) return;
    const delay = Math.max(rttUs, 1);
    if (this.#minDelayUs === 0 || this.#minDelayUs > delay) this.#minDelayUs = delay;
    if (!this.#options.hystart || this.#hystart.found || window.cwnd >= window.ssthresh) return;
    const reason = this.#hystart.update(window, delay, this.#minDelayUs, nowUs);
    if (reason !== null) {
      window.ssthresh = window.cwnd;
      this.#note = reason;
    }
  }

  onAck(window: Window, sample: RateSample, nowUs: number): void {
    if (!mayGrow(window)) return;
    let acked = sample.ackedSacked;
    if (window.cwnd < window.ssthresh) {
      acked = slowStart(window, acked);
      if (acked === 0) return;
    }
    this.#update(window.cwnd, acked, this.#jiffies(nowUs));
    additiveIncrease(window, this.#ackedPerStep, acked);
  }

  /** RFC 9438 §4.6 and §4.7 (fast convergence). */
  onLoss(window: Window): number {
    this.#epochStart = -1;
    this.#lastMaxCwnd =
      window.cwnd < this.#lastMaxCwnd
        ? Math.floor((window.cwnd * (BETA_SCALE + BETA)) / (2 * BETA_SCALE))
        : window.cwnd;
    return Math.max(Math.floor((window.cwnd * BETA) / BETA_SCALE), 2);
  }

  onState(window: Window, state: CaState, nowUs: number): void {
    if (state !== CaState.Loss) return;
    // After a timeout nothing that was learnt holds (RFC 9438 §4.8; Linux `bictcp_reset`).
    this.#ackedPerStep = 0;
    this.#lastMaxCwnd = 0;
    this.#lastCwnd = 0;
    this.#lastTime = -1;
    this.#origin = 0;
    this.#k = 0;
    this.#minDelayUs = 0;
    this.#epochStart = -1;
    this.#ackCount = 0;
    this.#renoCwnd = 0;
    this.#hystart.found = false;
    this.#hystart.reset(window, nowUs);
  }

  onSize(factor: number): void {
    this.#lastMaxCwnd = Math.floor(this.#lastMaxCwnd * factor);
    this.#origin = Math.floor(this.#origin * factor);
    this.#renoCwnd = Math.floor(this.#renoCwnd * factor);
  }

  undo(window: Window): number {
    return Math.max(window.cwnd, window.priorCwnd);
  }

  takeNote(): string | null {
    const note = this.#note;
    this.#note = null;
    return note;
  }

  #jiffies(us: number): number {
    return Math.floor(us / this.#options.jiffyUs);
  }

  /** How many ACKed segments one step costs now (Linux `bictcp_update`; RFC 9438 §4.2–4.5). */
  #update(cwnd: number, acked: number, now: number): void {
    this.#ackCount += acked;
    if (
      this.#lastCwnd === cwnd &&
      this.#lastTime >= 0 &&
      now - this.#lastTime <= Math.floor(this.#jiffiesPerSecond / 32)
    )
      return;
    // The curve is looked at once a jiffy at most; the Reno-friendly region at each ACK.
    if (!(this.#epochStart >= 0 && now === this.#lastTime)) this.#followCurve(cwnd, acked, now);
    const renoStep = Math.floor((cwnd * RENO_SCALE) / 8);
    while (this.#ackCount > renoStep) {
      this.#ackCount -= renoStep;
      this.#renoCwnd++;
    }
    if (this.#renoCwnd > cwnd) {
      this.#ackedPerStep = Math.min(this.#ackedPerStep, Math.floor(cwnd / (this.#renoCwnd - cwnd)));
    }
    // At most one segment for two ACKed: 1.5 × a round.
    this.#ackedPerStep = Math.max(this.#ackedPerStep, 2);
  }

  #followCurve(cwnd: number, acked: number, now: number): void {
    this.#lastCwnd = cwnd;
    this.#lastTime = now;
    if (this.#epochStart < 0) {
      this.#epochStart = now;
      this.#ackCount = acked;
      this.#renoCwnd = cwnd;
      if (this.#lastMaxCwnd <= cwnd) {
        this.#k = 0;
        this.#origin = cwnd;
      } else {
        // K³ = (Wmax − cwnd) / C, in 1/1024 s (RFC 9438 §4.2, figure 2): 2^40 / 410 · distance.
        this.#k = icbrt(Math.floor((this.#lastMaxCwnd - cwnd) * CUBE_FACTOR));
        this.#origin = this.#lastMaxCwnd;
      }
    }
    const sinceJiffies = now - this.#epochStart + Math.ceil(this.#minDelayUs / this.#options.jiffyUs);
    const t = Math.floor((sinceJiffies * TICKS_PER_SECOND) / this.#jiffiesPerSecond);
    const offset = Math.abs(t - this.#k);
    const delta = Math.floor((CUBE_RTT_SCALE * offset * offset * offset) / CUBE_UNIT);
    const target = t < this.#k ? this.#origin - delta : this.#origin + delta;
    this.#ackedPerStep = target > cwnd ? Math.floor(cwnd / (target - cwnd)) : 100 * cwnd;
    // Without a loss yet, at least 5 % a round.
    if (this.#lastMaxCwnd === 0 && this.#ackedPerStep > 20) this.#ackedPerStep = 20;
  }
}

/** 2^(10 + 3·10): one segment in the unit of C·t³ with t in 1/1024 s. */
const CUBE_UNIT = 1_099_511_627_776;
const CUBE_FACTOR = Math.floor(CUBE_UNIT / CUBE_RTT_SCALE);
