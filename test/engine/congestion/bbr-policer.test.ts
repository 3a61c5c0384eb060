import { describe, expect, it } from 'vitest';
import { LongTermBandwidth } from '../../../src/engine/protocol/congestion/bbr-policer.ts';
import type { Series } from '../../../src/trace/types.ts';
import { download, simulate } from '../support/scenarios.ts';
import { Sender } from '../support/window.ts';
import { Reno } from '../../../src/engine/protocol/congestion/reno.ts';

const ROUND_MS = 100;

/** The detector beside a sender whose deliveries and losses a test dictates, round by round. */
class Watched {
  readonly detector = new LongTermBandwidth();
  readonly #sender = new Sender(new Reno());

  constructor() {
    this.detector.reset(this.#sender);
  }

  /** One round trip with so many segments delivered and lost, the losses with its last ACK. */
  round(delivered: number, lost: number, { appLimited = false, probing = true } = {}): this {
    const window = this.#sender;
    window.advance(ROUND_MS);
    window.deliveredUs = window.now;
    window.delivered += delivered;
    window.lostTotal += lost;
    this.detector.update(window, lost, appLimited, true, probing);
    return this;
  }

  /** Four rounds alike: the first interval, with the loss that begins it, or another. */
  interval(delivered: number, lost: number): this {
    for (let i = 0; i < 4; i++) this.round(delivered, lost);
    return this;
  }
}

describe('BBR’s detector of policers (Linux bbr_lt_bw_sampling)', () => {
  it('two lossy intervals of one bandwidth: the path is policed to it', () => {
    const watched = new Watched().interval(100, 30);
    expect([watched.detector.inUse, watched.detector.bandwidth * 1e6]).toEqual([false, 1000]);
    watched.interval(104, 30);
    expect(watched.detector.inUse).toBe(true);
    // Segments a µs: the mean of the two.
    expect(watched.detector.bandwidth * 1e6).toBeCloseTo(1020, 6);
  });

  it('two of different bandwidth are no policer; the later one is remembered', () => {
    const watched = new Watched().interval(100, 30).interval(120, 30);
    expect(watched.detector.inUse).toBe(false);
    expect(watched.detector.bandwidth * 1e6).toBeCloseTo(1200, 6);
    expect(watched.interval(120, 30).detector.inUse).toBe(true);
  });

  it('less than a fifth lost is the ordinary loss of a path', () => {
    const watched = new Watched().interval(100, 19).interval(100, 19).interval(100, 19);
    expect([watched.detector.inUse, watched.detector.bandwidth]).toEqual([false, 0]);
  });

  it('an application that has nothing to send says nothing of the path: the search begins anew', () => {
    const watched = new Watched().interval(100, 30).round(50, 0, { appLimited: true });
    expect(watched.detector.bandwidth).toBe(0);
    expect(watched.interval(100, 30).detector.inUse).toBe(false);
  });

  it('an interval without a loss at its end for sixteen rounds is given up', () => {
    const watched = new Watched().round(100, 60);
    for (let i = 0; i < 17; i++) watched.round(100, 0);
    watched.interval(100, 60);
    // Only the second of the two counts.
    expect([watched.detector.inUse, watched.detector.bandwidth * 1e6]).toEqual([false, 1000]);
  });

  it('after 48 rounds of probing bandwidth the path is looked at afresh; rounds in other states do not count', () => {
    const policed = new Watched().interval(100, 30).interval(100, 30);
    for (let i = 0; i < 100; i++) policed.round(100, 0, { probing: false });
    for (let i = 0; i < 47; i++) policed.round(100, 0);
    expect(policed.detector.inUse).toBe(true);
    policed.round(100, 0);
    expect([policed.detector.inUse, policed.detector.bandwidth]).toEqual([false, 0]);
  });
});

describe('a run over a path that loses a third', () => {
  /** Rates at which the server paced in [from, to) ms, one for each change. */
  const paced = (rate: number, from: number, to: number): number[] => {
    const trace = simulate({
      ...download(
        20_000_000,
        { rttMs: 40, mbps: 10, queuePackets: 1000, loss: [{ dir: 'down', rate }] },
        { tcp: { congestion: 'bbr' } },
      ),
      durationMs: to,
    });
    expect([...trace.packets.sent].filter((sent) => sent >= from * 1e6).length).toBeGreaterThan(150);
    const series = trace.series.find((s) => s.name === 'pacing' && s.node === trace.flows[0]?.server.node) as Series;
    return [...series.value].filter((_, i) => (series.time[i] ?? 0) >= from * 1e6);
  };

  it('paces at one rate, without probing for more, where a path with little loss is probed', () => {
    const few = paced(0.33, 2000, 3000);
    const many = paced(0.01, 2000, 3000);
    expect(new Set(few).size).toBeLessThanOrEqual(1);
    expect(new Set(many).size).toBeGreaterThan(3);
    expect(Math.max(...many) / Math.min(...many)).toBeGreaterThan(1.5);
  });
});
