import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromMs, nanos } from '../../src/base/time.ts';
import { fit, follow, frame, pan, reveal, whole, zoom } from '../../src/session/range.ts';

const end = fromMs(1000);
const range = (from: number, to: number) => ({ from: fromMs(from), to: fromMs(to) });

describe('the visible range', () => {
  test('zooming keeps the instant under the pointer where it is', () => {
    const before = range(100, 300);
    const around = fromMs(150);
    const after = zoom(before, 0.5, around, end);
    const part = (r: typeof before) => (around - r.from) / (r.to - r.from);
    expect(part(after)).toBeCloseTo(part(before), 6);
    expect(after.to - after.from).toBe(fromMs(100));
  });

  test('it stays on the run', () => {
    expect(pan(range(100, 300), fromMs(-5000), end).from).toBe(whole(end).from);
    expect(fit(range(-50_000, 50_000), end)).toEqual(whole(end));
  });

  test('an instant in sight moves nothing, one out of sight is brought in with the span kept', () => {
    const before = range(100, 300);
    expect(reveal(before, fromMs(200), end)).toBe(before);
    const after = reveal(before, fromMs(700), end);
    expect(after.from).toBeLessThan(fromMs(700));
    expect(after.to).toBeGreaterThan(fromMs(700));
    expect(after.to - after.from).toBe(fromMs(200));
  });

  test('while it plays the picture follows, and never runs away from the playhead', () => {
    expect(follow(range(100, 300), fromMs(200), end)).toEqual(range(100, 300));
    const after = follow(range(100, 300), fromMs(290), end);
    expect(after.from).toBe(fromMs(150));
  });

  test('framing leaves air at both sides', () => {
    const framed = frame(fromMs(100), fromMs(120), end);
    expect(framed).toEqual(range(90, 130));
  });

  test('whatever is done, the range is a range of whole nanoseconds on the run', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 1000, noNaN: true }),
        fc.integer({ min: -2e9, max: 2e9 }),
        (factor, by) => {
          const after = pan(zoom(range(100, 300), factor, fromMs(200), end), by, end);
          expect(after.to).toBeGreaterThan(after.from);
          expect(Number.isInteger(after.from) && Number.isInteger(after.to)).toBe(true);
          expect(after.from).toBeGreaterThanOrEqual(whole(end).from);
          expect(after.to).toBeLessThanOrEqual(nanos(whole(end).to + 1));
        },
      ),
    );
  });
});
