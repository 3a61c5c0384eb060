import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WindowedBest } from '../../src/base/minmax.ts';

describe('windowed maximum and minimum (Nichols)', () => {
  it('knows the best of the window, and forgets what has left it', () => {
    const max = new WindowedBest('max', 0);
    expect(max.update(10, 0, 5)).toBe(5);
    expect(max.update(10, 3, 4)).toBe(5);
    expect(max.update(10, 6, 3)).toBe(5);
    expect(max.update(10, 11, 1)).toBe(4);
    expect(max.update(10, 14, 1)).toBe(3);
    expect(max.update(10, 30, 2)).toBe(2);
  });

  it('takes a better one at once', () => {
    const min = new WindowedBest('min', Infinity);
    min.update(100, 0, 50);
    expect(min.update(100, 1, 40)).toBe(40);
    expect(min.update(100, 2, 60)).toBe(40);
  });

  const samples = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 1000 })), {
    minLength: 1,
    maxLength: 60,
  });

  it('never names a value that was not in the window, nor one worse than the newest', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 5, max: 50 }), (steps, window) => {
        const max = new WindowedBest('max', 0);
        const seen: [number, number][] = [];
        let now = 0;
        for (const [gap, value] of steps) {
          now += gap;
          if (seen.length === 0) max.reset(now, value);
          seen.push([now, value]);
          const best = max.update(window, now, value);
          expect(best).toBeGreaterThanOrEqual(value);
          expect(seen.some(([at, v]) => v === best && now - at <= window)).toBe(true);
        }
      }),
    );
  });

  it('is the true maximum while nothing has left the window', () => {
    fc.assert(
      fc.property(samples, (steps) => {
        const max = new WindowedBest('max', 0);
        let now = 0;
        let best = 0;
        for (const [gap, value] of steps) {
          now += gap;
          best = Math.max(best, value);
          expect(max.update(1e9, now, value)).toBe(best);
        }
      }),
    );
  });
});
