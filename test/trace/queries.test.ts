import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Extremes } from '../../src/trace/query/extremes.ts';
import { Intervals } from '../../src/trace/query/intervals.ts';
import { arrivedBy } from '../../src/trace/query/arrivals.ts';
import { traceIndex } from '../../src/trace/query/index.ts';
import { Fate } from '../../src/trace/types.ts';
import { dataDown, download, rows, simulate } from '../engine/support/scenarios.ts';

describe('intervals', () => {
  const list = fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 1000 }),
      fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 2000 }), fc.constant(NaN)),
    ),
    { maxLength: 400 },
  );

  it('finds what a linear search finds, in order', () => {
    fc.assert(
      fc.property(list, fc.integer({ min: -10, max: 1100 }), fc.integer({ min: 0, max: 300 }), (items, from, width) => {
        const sorted = items.map(([start, length]) => [start, start + length] as const).sort((a, b) => a[0] - b[0]);
        const starts = Float64Array.from(sorted, ([start]) => start);
        const ends = Float64Array.from(sorted, ([, end]) => end);
        const found: number[] = [];
        new Intervals(starts, ends).visit(from, from + width, (i) => void found.push(i));
        expect(found).toEqual(sorted.flatMap(([start, end], i) => (start <= from + width && end >= from ? [i] : [])));
      }),
    );
  });

  it('stops when it is told to', () => {
    const found: number[] = [];
    new Intervals([0, 1, 2, 3], [9, 9, 9, 9]).visit(0, 10, (i) => {
      found.push(i);
      return found.length < 2;
    });
    expect(found).toEqual([0, 1]);
  });
});

describe('extremes', () => {
  it('are those of the run that is asked for', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 1000 });
    fc.assert(
      fc.property(values, fc.nat(), fc.nat(), (all, x, y) => {
        const [first, stop] = [x % (all.length + 1), y % (all.length + 1)].sort((a, b) => a - b) as [number, number];
        const part = all.slice(first, stop);
        expect(new Extremes(all).of(first, stop)).toEqual([Math.min(...part), Math.max(...part)]);
      }),
    );
  });
});

describe('questions to a simulated trace', () => {
  const trace = simulate(
    download(600_000, { rttMs: 40, mbps: 10, queuePackets: 20, jitterMs: 2, loss: [{ dir: 'down', rate: 0.01 }] }),
  );
  const { packets: p } = trace;
  const index = traceIndex(trace);

  it('is one index for each trace', () => {
    expect(traceIndex(trace)).toBe(index);
  });

  it('the queue holds who was sent and has not begun, and never more than it may', () => {
    const { time, value } = index.queue(1);
    const waits = rows(trace, (i) => p.link[i] === 1 && p.fate[i] !== Fate.QueueFull);
    for (let k = 0; k < time.length; k += 7) {
      const t = time[k] ?? 0;
      const waiting = waits.filter((i) => (p.sent[i] ?? 0) <= t && (p.start[i] ?? 0) > t).length;
      expect(value[k]).toBe(waiting);
    }
    expect(Math.max(...value)).toBeLessThanOrEqual(20);
    expect(Math.max(...value)).toBeGreaterThan(10);
  });

  it('arrivals are sums in order of time, jitter or not', () => {
    const arrivals = index.arrivals(1, null);
    const delivered = rows(trace, (i) => p.link[i] === 1 && p.fate[i] === Fate.Delivered);
    expect(arrivals.bytes[arrivals.bytes.length - 1]).toBe(delivered.reduce((sum, i) => sum + (p.size[i] ?? 0), 0));
    for (let k = 1; k < arrivals.time.length; k++)
      expect(arrivals.time[k]).toBeGreaterThanOrEqual(arrivals.time[k - 1] ?? 0);
    for (const t of [0, 100e6, 333e6, trace.end]) {
      const whole = delivered.filter((i) => (p.arrived[i] ?? 0) <= t).reduce((sum, i) => sum + (p.size[i] ?? 0), 0);
      expect(arrivedBy(arrivals, t)).toBeGreaterThanOrEqual(whole);
      expect(arrivedBy(arrivals, t)).toBeLessThanOrEqual(whole + 1500);
    }
  });

  it('numbers the data packets of each link from 1', () => {
    expect(dataDown(trace).map((row) => index.dataNumbers[row])).toEqual(dataDown(trace).map((_, i) => i + 1));
  });

  it('the segment size is that of the flow', () => {
    expect(index.segmentSize(0)).toBe(1448);
  });

  it('the busiest link is the one of the answers', () => {
    expect(index.busiestLink(0)).toBe(1);
  });
});
