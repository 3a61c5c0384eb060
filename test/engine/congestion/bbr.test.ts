import { describe, expect, it } from 'vitest';
import { EventKind } from '../../../src/trace/types.ts';
import type { Series, Trace } from '../../../src/trace/types.ts';
import { download, simulate } from '../support/scenarios.ts';

const MODES = ['startup', 'drain', 'probe-bw', 'probe-rtt'] as const;

/** Changes of state at the server, [ms, mode]. */
const modes = (trace: Trace): [number, string][] => {
  const { events: e } = trace;
  const found: [number, string][] = [];
  for (let i = 0; i < trace.eventCount; i++) {
    if (e.kind[i] === EventKind.CongestionState) found.push([(e.time[i] ?? 0) / 1e6, MODES[e.a[i] ?? 0] ?? '']);
  }
  return found;
};

const series = (trace: Trace, name: string): Series => {
  const found = trace.series.find((s) => s.name === name && s.node === trace.flows[0]?.server.node);
  if (!found) throw new Error(`no series ${name}`);
  return found;
};

/** Values of a series within [from, to) ms. */
const between = (s: Series, from: number, to: number): number[] =>
  [...s.value].filter((_, i) => (s.time[i] ?? 0) >= from * 1e6 && (s.time[i] ?? 0) < to * 1e6);

const MSS = 1448;
const bbr = { tcp: { congestion: 'bbr' as const } };
const long = simulate(download(32_000_000, { rttMs: 40, mbps: 20, queuePackets: 1000 }, bbr));

describe('BBR version 1', () => {
  it('leaves STARTUP for DRAIN and DRAIN for PROBE_BW within a few round trips', () => {
    const [first, second] = modes(long);
    expect(first?.[1]).toBe('drain');
    expect(second?.[1]).toBe('probe-bw');
    expect(first?.[0]).toBeLessThan(800);
    expect((second?.[0] ?? 0) - (first?.[0] ?? 0)).toBeLessThan(400);
  });

  it('goes to PROBE_RTT ten seconds after the smallest round trip was last seen, and back', () => {
    const cycle = modes(long).slice(2);
    expect(cycle.map(([, mode]) => mode).slice(0, 2)).toEqual(['probe-rtt', 'probe-bw']);
    const [enter, leave] = cycle;
    expect(enter?.[0]).toBeGreaterThan(10_000);
    expect(enter?.[0]).toBeLessThan(11_000);
    // 200 ms with the small flight, a round trip at least, and the time to get there.
    expect((leave?.[0] ?? 0) - (enter?.[0] ?? 0)).toBeGreaterThanOrEqual(200);
    expect((leave?.[0] ?? 0) - (enter?.[0] ?? 0)).toBeLessThan(500);
  });

  it('in PROBE_RTT holds four segments, and restores its window after it', () => {
    const [enter, leave] = modes(long).slice(2);
    const [from, to] = [enter?.[0] ?? 0, leave?.[0] ?? 0];
    expect(Math.min(...between(series(long, 'cwnd'), from, to))).toBe(4 * MSS);
    const before = between(series(long, 'cwnd'), from - 1000, from).pop() ?? 0;
    const after = between(series(long, 'cwnd'), to, to + 500).pop() ?? 0;
    expect(after / before).toBeGreaterThan(0.9);
  });

  it('in PROBE_BW keeps about two bandwidth-delay products as window and paces at 1.25, 0.75 and 1 of its estimate', () => {
    const cwnd = between(series(long, 'cwnd'), 5000, 9000);
    const bdp = (20e6 / 8) * 0.04;
    for (const value of cwnd) {
      expect(value).toBeGreaterThan(1.5 * bdp);
      expect(value).toBeLessThan(3.2 * bdp);
    }
    const pacing = between(series(long, 'pacing'), 5000, 9000);
    const goodput = (20e6 * MSS) / 1500;
    const gains = pacing.map((rate) => rate / goodput / 0.99);
    for (const gain of [1.25, 0.75, 1])
      expect(
        gains.some((g) => Math.abs(g - gain) < 0.06),
        `a phase at ${gain}`,
      ).toBe(true);
    expect(Math.max(...gains)).toBeLessThan(1.4);
  });

  it('fills the bottleneck with a small queue, where CUBIC fills the queue', () => {
    const path = { rttMs: 40, mbps: 20, queuePackets: 200 };
    const rtt = (congestion: 'bbr' | 'cubic'): number => {
      const trace = simulate(download(10_000_000, path, { tcp: { congestion } }));
      const samples = between(series(trace, 'rtt'), 2000, 4000).sort((a, b) => a - b);
      return (samples[samples.length >> 1] ?? 0) / 1e6;
    };
    expect(rtt('bbr')).toBeLessThan(65);
    expect(rtt('cubic')).toBeGreaterThan(90);
  });

  it('is hardly slowed by random loss that halves Reno again and again', () => {
    const lossy = { rttMs: 40, mbps: 20, queuePackets: 1000, loss: [{ dir: 'down' as const, rate: 0.01 }] };
    const seconds = (congestion: 'bbr' | 'reno'): number =>
      (simulate(download(4_000_000, lossy, { tcp: { congestion } })).requests[0]?.completion ?? Infinity) / 1e9;
    expect(seconds('bbr')).toBeLessThan(2.6);
    expect(seconds('reno')).toBeGreaterThan(2 * seconds('bbr'));
  });

  it('sends the first ten segments at once and paces all others', () => {
    const trace = simulate(download(300_000, { rttMs: 40, mbps: 1000 }, bbr));
    const { packets: p } = trace;
    const sent: number[] = [];
    for (let i = 0; i < trace.packetCount; i++) if (p.payload[i] === MSS) sent.push(p.sent[i] ?? 0);
    expect(new Set(sent.slice(0, 10)).size).toBe(1);
    const paced = sent.slice(10, 20);
    expect(new Set(paced).size).toBe(paced.length);
  });
});
