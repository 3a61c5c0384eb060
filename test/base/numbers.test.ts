import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowerBound, upperBound } from '../../src/base/bisect.ts';
import { icbrt } from '../../src/base/icbrt.ts';
import { Rng } from '../../src/base/rng.ts';
import { seq32, seqAdd, seqDiff, seqGe, seqGt, seqLe, seqLt, seqMax } from '../../src/base/seq32.ts';
import { fromMs, fromUs, serializationTime, toMs } from '../../src/base/time.ts';

describe('integer cube root', () => {
  it('is exact: r³ ≤ n < (r + 1)³', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeNat(), fc.nat(1000), fc.nat(2 ** 31)), (n) => {
        const r = BigInt(icbrt(n));
        expect(r ** 3n <= BigInt(n)).toBe(true);
        expect((r + 1n) ** 3n > BigInt(n)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('is exact at the cubes and one below them', () => {
    for (const r of [1, 2, 3, 7, 10, 100, 1024, 9999, 100_000, 208_063]) {
      expect(icbrt(r ** 3)).toBe(r);
      expect(icbrt(r ** 3 - 1)).toBe(r - 1);
    }
    expect(icbrt(0)).toBe(0);
    expect(icbrt(Number.MAX_SAFE_INTEGER)).toBe(208_063);
  });
});

describe('sequence numbers (RFC 9293 §3.4)', () => {
  const seq = fc.nat(2 ** 32 - 1).map(seq32);
  const step = fc.integer({ min: 1, max: 2 ** 31 - 1 });

  it('order holds over the wrap', () => {
    fc.assert(
      fc.property(seq, step, (a, n) => {
        const b = seqAdd(a, n);
        expect(b).toBeGreaterThanOrEqual(0);
        expect(b).toBeLessThan(2 ** 32);
        expect([seqLt(a, b), seqLe(a, b), seqGt(b, a), seqGe(b, a), seqLt(b, a)]).toEqual([
          true,
          true,
          true,
          true,
          false,
        ]);
        expect(seqDiff(b, a)).toBe(n);
        expect(seqMax(a, b)).toBe(b);
        expect([seqLe(a, a), seqLt(a, a)]).toEqual([true, false]);
      }),
    );
  });
});

describe('time', () => {
  it('is whole nanoseconds, rounded once', () => {
    expect(fromMs(0.0000004)).toBe(0);
    expect(fromMs(0.1) + fromMs(0.2)).toBe(fromMs(0.3));
    expect(fromUs(12.3456)).toBe(12_346);
    expect(toMs(fromMs(1234.567))).toBe(1234.567);
  });

  it('a link of 20 Mbit/s takes 600 µs for 1500 bytes', () => {
    expect(serializationTime(1500, 20)).toBe(600_000);
    expect(serializationTime(52, 1000)).toBe(416);
    expect(serializationTime(1, 3)).toBe(2667);
  });
});

describe('bisection', () => {
  it('agrees with a linear search', () => {
    const sorted = fc.array(fc.integer({ min: 0, max: 30 })).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(sorted, fc.integer({ min: -1, max: 31 }), (list, x) => {
        const firstAbove = list.findIndex((v) => v > x);
        const firstFrom = list.findIndex((v) => v >= x);
        expect(upperBound(list, x)).toBe(firstAbove < 0 ? list.length : firstAbove);
        expect(lowerBound(list, x)).toBe(firstFrom < 0 ? list.length : firstFrom);
      }),
    );
  });

  it('looks only at the first so many', () => {
    expect(upperBound(Float64Array.of(1, 2, 3, 0, 0), 2, 3)).toBe(2);
    expect(upperBound(Float64Array.of(1, 2, 3, 0, 0), 9, 3)).toBe(3);
  });
});

describe('random numbers', () => {
  it('are the same for the same seed, on every machine', () => {
    const rng = new Rng(1);
    expect([rng.uint32(), rng.uint32(), rng.uint32()]).toMatchInlineSnapshot(`
      [
        2527132011,
        314344336,
        2535364964,
      ]
    `);
  });

  it('are spread evenly', () => {
    const rng = new Rng(7);
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) buckets[rng.below(10)] = (buckets[rng.below(10)] ?? 0) + 1;
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});
