import { describe, expect, it } from 'vitest';
import { Cubic } from '../../../src/engine/protocol/congestion/cubic.ts';
import { INFINITE_SSTHRESH } from '../../../src/engine/protocol/congestion/types.ts';
import { Sender } from '../support/window.ts';

const cubic = (cwnd: number): Sender => new Sender(new Cubic({ hystart: true, jiffyUs: 1000 })).start(cwnd);

describe('HyStart (Linux hystart_update)', () => {
  it('a train of ACKs longer than half the smallest round trip ends slow start', () => {
    const sender = cubic(64);
    sender.round(100);
    expect(sender.notes).toEqual([]);
    // 1 ms between the ACKs: 50 ms are reached within the next round.
    sender.round(100, 1);
    expect(sender.notes).toEqual(['train']);
    // 128 segments after the first round, and one more for each ACK of half a round trip.
    expect(Math.abs(sender.ssthresh - (128 + 51))).toBeLessThanOrEqual(3);
  });

  it('ACKs further apart than 2 ms are no train', () => {
    const sender = cubic(64);
    sender.round(100);
    sender.round(100, 2.5);
    expect(sender.notes).toEqual([]);
  });

  it('a round trip grown by an eighth, 4 ms at least, ends it', () => {
    const sender = cubic(32);
    sender.round(100);
    sender.round(100);
    sender.send().advance(113);
    for (let i = 0; i < 12; i++) sender.ack(1, 113);
    expect(sender.notes).toEqual(['delay']);
    expect(sender.ssthresh).toBeLessThan(INFINITE_SSTHRESH);
  });

  it('a smaller growth does not', () => {
    const sender = cubic(32);
    sender.round(100);
    sender.round(100);
    sender.send().advance(111);
    for (let i = 0; i < 30; i++) sender.ack(1, 111);
    expect(sender.notes).toEqual([]);
  });

  it('eight samples are needed, and one short round trip among them is enough to go on', () => {
    const sender = cubic(32);
    sender.round(100);
    sender.round(100);
    sender.send().advance(120);
    for (let i = 0; i < 8; i++) sender.ack(1, 120);
    expect(sender.notes).toEqual([]);
    sender.ack(1, 101);
    for (let i = 0; i < 10; i++) sender.ack(1, 120);
    expect(sender.notes).toEqual([]);
  });

  it('below sixteen segments it does not look', () => {
    const sender = cubic(4);
    sender.round(100);
    sender.send().advance(200);
    for (let i = 0; i < 7; i++) sender.ack(1, 200);
    expect(sender.cwnd).toBeLessThan(16);
    expect(sender.notes).toEqual([]);
  });

  it('speaks once', () => {
    const sender = cubic(64);
    sender.round(100);
    sender.round(100, 1);
    sender.round(100, 1);
    sender.round(100, 1);
    expect(sender.notes).toEqual(['train']);
  });
});
