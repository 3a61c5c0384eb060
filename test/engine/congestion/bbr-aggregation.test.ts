import { describe, expect, it } from 'vitest';
import { AckAggregation } from '../../../src/engine/protocol/congestion/bbr-aggregation.ts';
import { Bbr } from '../../../src/engine/protocol/congestion/bbr.ts';
import { Reno } from '../../../src/engine/protocol/congestion/reno.ts';
import { Sender } from '../support/window.ts';

/** Segments a µs: one a millisecond. */
const BANDWIDTH = 0.001;

class Watched {
  readonly aggregation = new AckAggregation();
  readonly #sender = new Sender(new Reno());

  constructor(cwnd = 1000) {
    this.#sender.cwnd = cwnd;
    this.aggregation.restart(0);
  }

  /** An ACK for `n` segments, `ms` after the one before. */
  ack(n: number, ms: number, roundStart = false): this {
    const window = this.#sender;
    window.advance(ms);
    window.deliveredUs = window.now;
    const sample = {
      delivered: n,
      intervalUs: 100_000,
      priorDelivered: 0,
      priorDeliveredUs: 0,
      rttUs: 100_000,
      ackedSacked: n,
      losses: 0,
      priorInFlight: 100,
      appLimited: false,
      isRetransmission: false,
      ackDelayed: false,
      lastEnd: 0,
    };
    this.aggregation.update(window, sample, BANDWIDTH, roundStart);
    return this;
  }

  get room(): number {
    return this.aggregation.cwnd(BANDWIDTH, true);
  }
}

describe('BBR’s room for aggregated ACKs (Linux bbr_update_ack_aggregation)', () => {
  it('ACKs in step with the bandwidth need none but their own segment', () => {
    const watched = new Watched();
    for (let i = 0; i < 500; i++) watched.ack(1, 1);
    expect(watched.room).toBe(1);
  });

  it('as many at once as come in 30 ms need as much', () => {
    expect(new Watched().ack(1, 1).ack(30, 0).room).toBe(31);
    // After 30 ms of silence they are what was to be expected; an epoch ends with them.
    expect(new Watched().ack(1, 1).ack(30, 30).room).toBe(30);
  });

  it('several bursts within what the bandwidth explains add up, past it they begin anew', () => {
    expect(new Watched().ack(20, 0).ack(20, 10).room).toBe(30);
    expect(new Watched().ack(20, 0).ack(20, 20).room).toBe(20);
  });

  it('the most is remembered for five to ten rounds', () => {
    const watched = new Watched().ack(40, 0);
    const rounds = (n: number): number => {
      for (let i = 0; i < n; i++) watched.ack(1, 1000, true);
      return watched.room;
    };
    expect(rounds(5)).toBe(40);
    expect(rounds(4)).toBe(40);
    expect(rounds(1)).toBe(1);
  });

  it('never more than the window, nor than 100 ms of the bandwidth, and nothing before the pipe is full', () => {
    expect(new Watched(25).ack(40, 0).room).toBe(25);
    const watched = new Watched().ack(400, 0);
    expect(watched.room).toBe(100);
    expect(watched.aggregation.cwnd(BANDWIDTH, false)).toBe(0);
  });
});

describe('BBR behind a path that aggregates ACKs', () => {
  const PER_ROUND = 50;
  /** Window after three seconds at 500 segments a second, whose ACKs come one by one, or those of a round trip at once. */
  const windowAfter = (atOnce: boolean): number => {
    const sender = new Sender(new Bbr(0)).start();
    const n = atOnce ? PER_ROUND : 1;
    for (let ms = 0; ms < 3000; ms += 2 * n) {
      const priorDelivered = Math.max(0, sender.delivered - PER_ROUND);
      sender.send().advance(2 * n);
      sender.ack(n, 100, { delivered: PER_ROUND, intervalUs: 100_000, priorDelivered, ackedSacked: n });
    }
    return sender.cwnd;
  };

  it('has a larger window than where they come one by one, so that it does not stall between them', () => {
    const [apart, atOnce] = [windowAfter(false), windowAfter(true)];
    expect(apart).toBeGreaterThanOrEqual(2 * PER_ROUND);
    expect(atOnce - apart).toBeGreaterThan(0.9 * PER_ROUND);
  });
});
