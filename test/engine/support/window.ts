import type { RateSample, Window } from '../../../src/engine/protocol/congestion/types.ts';
import { CaState, INFINITE_SSTHRESH } from '../../../src/engine/protocol/congestion/types.ts';
import type { CongestionControl } from '../../../src/engine/protocol/congestion/types.ts';

/**
 * A sender that exists only as far as congestion control sees it: it sends as much as it may, one segment is one unit of
 * the sequence space, and what is not lost comes back after a round trip. Times in ms.
 */
export class Sender implements Window {
  cwnd = 10;
  ssthresh: number = INFINITE_SSTHRESH;
  cwndCount = 0;
  cwndLimited = true;
  maxPacketsOut = 10;
  readonly mss = 1000;
  caState: CaState = CaState.Open;
  sndUna = 0;
  sndNxt = 0;
  srtt8Us = 0;
  minRttUs = Infinity;
  delivered = 0;
  lostTotal = 0;
  appLimitedUntil = 0;
  deliveredUs = 0;
  priorCwnd = 0;
  paced = false;
  pacingRate = 0;
  lastSentUs = 0;
  nextDepartureNs = 0;
  /** The clock, µs. */
  now = 0;
  #flight = 0;
  readonly notes: string[] = [];

  constructor(readonly control: CongestionControl) {
    this.paced = control.needsPacing;
  }

  inFlight(): number {
    return this.#flight;
  }

  start(cwnd = 10): this {
    this.cwnd = cwnd;
    this.control.start(this, this.now);
    return this;
  }

  advance(ms: number): this {
    this.now += Math.round(ms * 1000);
    return this;
  }

  /** Fills the window. */
  send(): this {
    const room = Math.max(0, this.cwnd - this.#flight);
    this.sndNxt += room;
    this.#flight += room;
    this.maxPacketsOut = this.#flight;
    this.lastSentUs = this.now;
    return this;
  }

  /** An ACK for `n` segments whose round trip was `rttMs`. */
  ack(n = 1, rttMs = 100, sample: Partial<RateSample> = {}): this {
    const rttUs = Math.round(rttMs * 1000);
    this.srtt8Us = this.srtt8Us === 0 ? rttUs * 8 : this.srtt8Us + rttUs - (this.srtt8Us >> 3);
    this.minRttUs = Math.min(this.minRttUs, rttUs);
    const priorInFlight = this.#flight;
    this.sndUna += n;
    this.#flight = Math.max(0, this.#flight - n);
    const priorDelivered = sample.priorDelivered ?? this.delivered;
    this.delivered += n;
    this.deliveredUs = this.now;
    this.control.onRtt(this, rttUs, this.now);
    this.#note();
    this.control.onAck(
      this,
      {
        delivered: n,
        intervalUs: rttUs,
        priorDelivered,
        priorDeliveredUs: this.now - rttUs,
        rttUs,
        ackedSacked: n,
        losses: 0,
        priorInFlight,
        appLimited: false,
        isRetransmission: false,
        ackDelayed: false,
        lastEnd: this.sndUna,
        ...sample,
      },
      this.now,
    );
    this.#note();
    return this;
  }

  /** One round trip: the window is filled, the time passes, everything is acknowledged one by one. */
  round(rttMs = 100, spacingMs = 0): this {
    this.send();
    const flight = this.#flight;
    this.advance(rttMs);
    for (let i = 0; i < flight; i++) {
      if (i > 0) this.advance(spacingMs);
      this.ack(1, rttMs);
    }
    return this;
  }

  /** A loss is found and repaired: the window falls to the new threshold. */
  lose(): this {
    this.priorCwnd = this.cwnd;
    this.ssthresh = this.control.onLoss(this, this.now);
    this.cwnd = this.ssthresh;
    this.#flight = Math.min(this.#flight, this.cwnd);
    return this;
  }

  timeout(): this {
    this.priorCwnd = this.cwnd;
    this.ssthresh = this.control.onLoss(this, this.now);
    this.cwnd = 1;
    this.#flight = 0;
    this.caState = CaState.Loss;
    this.control.onState(this, CaState.Loss, this.now);
    this.caState = CaState.Open;
    return this;
  }

  undo(): this {
    this.cwnd = this.control.undo(this);
    return this;
  }

  #note(): void {
    const note = this.control.takeNote();
    if (note !== null) this.notes.push(note);
  }
}
