import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pyramid, noCounts } from '../../src/trace/pyramid.ts';
import { Extremes } from '../../src/trace/query/extremes.ts';
import { Intervals } from '../../src/trace/query/intervals.ts';
import { queueDepth } from '../../src/trace/query/queue.ts';
import { traceIndex } from '../../src/trace/query/index.ts';
import { arrivedBy } from '../../src/trace/query/arrivals.ts';
import { isLost } from '../../src/trace/types.ts';
import { randomTrace } from '../figure/randomTrace.ts';

const range = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));

describe('range counts', () => {
  it('are those of counting row by row, for any range, link and flow', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 700 }),
        fc.integer({ min: 1, max: 3 }),
        range,
        (seed, n, flows, [x, y]) => {
          const trace = randomTrace(seed, n, flows);
          const pyramid = new Pyramid(trace);
          const [first, stop] = pyramid.rows(Math.min(x, y) * trace.end, Math.max(x, y) * trace.end);
          const p = trace.packets;
          for (let link = 0; link < 2; link++)
            for (const flow of [null, 0, flows - 1]) {
              const wanted = noCounts();
              for (let i = first; i < stop; i++) {
                if (p.link[i] !== link || (flow !== null && p.flow[i] !== flow)) continue;
                wanted.packets++;
                wanted.bytes += p.size[i] ?? 0;
                wanted.payload += p.payload[i] ?? 0;
                if (p.payload[i]) wanted.data++;
                if (isLost(p.fate[i] ?? 0)) wanted.lost++;
                if (p.payload[i] && p.retransmissionOf[i] !== -1) wanted.retransmitted++;
              }
              expect(pyramid.count(link, first, stop, undefined, flow)).toEqual(wanted);
            }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('intervals', () => {
  it('finds what touches a range, in order, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 900 })), { maxLength: 9000 }),
        fc.integer({ min: -10, max: 2100 }),
        fc.integer({ min: 0, max: 400 }),
        (pairs, from, length) => {
          const sorted = [...pairs].sort((a, b) => a[0] - b[0]);
          const starts = sorted.map(([s]) => s);
          const ends = sorted.map(([s, l]) => s + (l % 50 === 0 ? l : l % 7));
          const found: number[] = [];
          new Intervals(starts, ends).visit(from, from + length, (i) => {
            found.push(i);
          });
          const wanted = starts.flatMap((s, i) => (s <= from + length && (ends[i] ?? 0) >= from ? [i] : []));
          expect(found).toEqual(wanted);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('extremes', () => {
  it('are the smallest and largest of any run', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 5000 }), range, (values, [x, y]) => {
        const first = Math.floor(Math.min(x, y) * values.length);
        const stop = Math.ceil(Math.max(x, y) * values.length);
        const part = values.slice(first, stop);
        expect(new Extremes(values).of(first, stop)).toEqual([
          part.reduce((a, b) => Math.min(a, b), Infinity),
          part.reduce((a, b) => Math.max(a, b), -Infinity),
        ]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('queries', () => {
  it('a rate never exceeds what came in, and all that came in is counted', () => {
    const trace = randomTrace(7, 900);
    const arrivals = traceIndex(trace).arrivals(1, null);
    expect(arrivedBy(arrivals, trace.end)).toBe(arrivals.bytes.at(-1));
    expect(arrivedBy(arrivals, 0)).toBe(0);
    let last = 0;
    for (let t = 0; t <= trace.end; t += trace.end / 500) {
      const now = arrivedBy(arrivals, t);
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
  });

  it('a queue is never less than empty and ends empty', () => {
    const { value } = queueDepth(randomTrace(3, 500), 1);
    expect(Math.min(...value)).toBeGreaterThanOrEqual(0);
    expect(value.at(-1)).toBe(0);
  });
});
