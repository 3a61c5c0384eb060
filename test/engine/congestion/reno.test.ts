import { describe, expect, it } from 'vitest';
import { Reno } from '../../../src/engine/protocol/congestion/reno.ts';
import { Sender } from '../support/window.ts';

const reno = (cwnd = 10): Sender => new Sender(new Reno()).start(cwnd);

describe('Reno (RFC 5681)', () => {
  it('§3.1: slow start doubles the window each round trip', () => {
    const sender = reno();
    sender.round();
    expect(sender.cwnd).toBe(20);
    sender.round();
    expect(sender.cwnd).toBe(40);
  });

  it('§3.1: one ACK for several segments counts for all of them', () => {
    expect(reno().send().advance(100).ack(4).cwnd).toBe(14);
  });

  it('§3.1: at the threshold avoidance begins, one segment a round trip', () => {
    const sender = reno(8);
    sender.ssthresh = 16;
    sender.round();
    expect(sender.cwnd).toBe(16);
    for (let round = 1; round <= 5; round++) expect(sender.round().cwnd).toBe(16 + round);
  });

  it('§3.1: an ACK across the threshold spends the rest in avoidance', () => {
    const sender = reno(14);
    sender.ssthresh = 16;
    sender.send().advance(100).ack(14);
    expect(sender.cwnd).toBe(16);
    expect(sender.cwndCount).toBe(12);
  });

  it('§3.1 equation 4: a loss halves, two segments at least', () => {
    expect(reno(20).lose().cwnd).toBe(10);
    expect(reno(21).lose().cwnd).toBe(10);
    expect(reno(3).lose().cwnd).toBe(2);
  });

  it('RFC 7661: a window that is not used is not raised', () => {
    const sender = reno(10);
    sender.cwndLimited = false;
    sender.maxPacketsOut = 3;
    expect(sender.ack(3).cwnd).toBe(10);
  });

  it('takes a spurious reduction back', () => {
    expect(reno(30).lose().undo().cwnd).toBe(30);
  });

  it('draws the sawtooth: from W/2 to W in W/2 round trips', () => {
    const sender = reno(40).lose();
    let rounds = 0;
    while (sender.cwnd < 40) {
      sender.round();
      rounds++;
    }
    expect(rounds).toBe(20);
  });
});
