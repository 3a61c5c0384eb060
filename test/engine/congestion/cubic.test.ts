import { describe, expect, it } from 'vitest';
import { Cubic } from '../../../src/engine/protocol/congestion/cubic.ts';
import { Sender } from '../support/window.ts';

const C = 0.4;
const BETA = 717 / 1024;
const cubic = (cwnd: number): Sender => new Sender(new Cubic({ hystart: false, jiffyUs: 1000 })).start(cwnd);

/** RFC 9438 §4.2, figure 1, in floating point: the window `seconds` after the reduction from `max`. */
const curve = (max: number, from: number, seconds: number): number => {
  const k = Math.cbrt((max - from) / C);
  return C * (seconds - k) ** 3 + max;
};

/** Rounds of `rttMs` for `seconds`, with the window after each. */
const follow = (sender: Sender, seconds: number, rttMs: number): { at: number; cwnd: number }[] => {
  const begin = sender.now;
  const seen: { at: number; cwnd: number }[] = [];
  while (sender.now - begin < seconds * 1e6) {
    sender.round(rttMs);
    seen.push({ at: (sender.now - begin) / 1e6, cwnd: sender.cwnd });
  }
  return seen;
};

describe('CUBIC (RFC 9438)', () => {
  it('§4.6: a loss takes the window to 0.7', () => {
    expect(cubic(100).lose().cwnd).toBe(70);
    expect(cubic(1000).lose().cwnd).toBe(700);
    expect(cubic(2).lose().cwnd).toBe(2);
  });

  it.each([200, 500, 1000])(
    '§4.2: from 0.7 · %i it follows the cubic, concave to W_max at K and convex after it',
    (max) => {
      const sender = cubic(max).lose();
      const from = sender.cwnd;
      const k = Math.cbrt((max - from) / C);
      const rtt = 0.1;
      for (const { at, cwnd } of follow(sender, 1.6 * k, rtt * 1000)) {
        // The window that the curve has one round trip ahead is reached within the round; allow both ends of it.
        const low = Math.max(from, curve(max, from, at - 2 * rtt));
        const high = curve(max, from, at + 2 * rtt);
        expect(cwnd, `${at.toFixed(1)} s`).toBeGreaterThanOrEqual(Math.floor(low) - 2);
        expect(cwnd, `${at.toFixed(1)} s`).toBeLessThanOrEqual(Math.ceil(high) + 2);
      }
    },
  );

  it('§4.2: K is the cube root of (W_max − cwnd) / C: the plateau stands there', () => {
    const sender = cubic(1000).lose();
    const seen = follow(sender, 18, 50);
    const k = Math.cbrt(300 / C);
    const around = seen.filter(({ at }) => Math.abs(at - k) < 0.3).map(({ cwnd }) => cwnd);
    for (const cwnd of around) expect(Math.abs(cwnd - 1000)).toBeLessThanOrEqual(4);
  });

  it('§4.7: fast convergence gives way: a second loss below W_max remembers less', () => {
    const slow = cubic(500).lose();
    const same = cubic(500).lose();
    // One grows back to its old window, the other loses on the way there.
    slow.cwnd = 400;
    slow.lose();
    same.cwnd = 500;
    same.lose();
    const [plateauOfSlow, plateauOfSame] = [slow, same].map((sender) => {
      const seen = follow(sender, 12, 100).map(({ cwnd }) => cwnd);
      const growth = seen.map((cwnd, i) => cwnd - (seen[i - 1] ?? cwnd));
      const flattest = growth.indexOf(Math.min(...growth.slice(5)), 5);
      return seen[flattest] ?? 0;
    });
    // 400 · (1 + 0.7) / 2 = 340, not 400.
    expect(plateauOfSlow).toBeGreaterThan(325);
    expect(plateauOfSlow).toBeLessThan(352);
    expect(plateauOfSame).toBeGreaterThan(485);
  });

  it('§4.3: where Reno would be faster it grows as Reno with the same average: α = 3(1 − β)/(1 + β) a round trip', () => {
    // A short path and a small window: the cubic alone would need seconds for each segment.
    const sender = cubic(40).lose();
    const from = sender.cwnd;
    const alpha = (3 * (1 - BETA)) / (1 + BETA);
    const seen = follow(sender, 0.4, 10);
    const last = seen[seen.length - 1];
    const expected = from + alpha * seen.length;
    expect(Math.abs((last?.cwnd ?? 0) - expected)).toBeLessThanOrEqual(3);
  });

  it('§4.8: after a timeout nothing is remembered', () => {
    const sender = cubic(500).lose();
    sender.timeout();
    expect(sender.cwnd).toBe(1);
    sender.ssthresh = 50;
    for (let i = 0; i < 8; i++) sender.round();
    // Without a W_max it probes upwards at once instead of waiting for the old plateau.
    const before = sender.cwnd;
    sender.round();
    expect(sender.cwnd).toBeGreaterThan(before);
  });

  it('§5.8: an idle time does not move it along the curve', () => {
    const busy = cubic(500).lose();
    const idle = cubic(500).lose();
    for (let i = 0; i < 10; i++) {
      busy.round();
      idle.round();
    }
    expect(idle.cwnd).toBe(busy.cwnd);
    idle.advance(5000);
    idle.control.onIdleRestart(idle, idle.now);
    for (let i = 0; i < 10; i++) {
      busy.round();
      idle.round();
    }
    expect(Math.abs(idle.cwnd - busy.cwnd)).toBeLessThanOrEqual(4);
  });

  it('Linux bictcp_update: at most one segment for two acknowledged', () => {
    const sender = cubic(300).lose();
    for (let i = 0; i < 400; i++) {
      const before = sender.cwnd;
      sender.round(20);
      expect(sender.cwnd - before).toBeLessThanOrEqual(Math.ceil(before / 2) + 1);
    }
  });

  it('takes a spurious reduction back', () => {
    expect(cubic(300).lose().undo().cwnd).toBe(300);
  });
});
