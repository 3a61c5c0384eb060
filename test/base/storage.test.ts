import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resized, table } from '../../src/base/columns.ts';
import { ContentHash, hashString, hashWords, mix32, toUnit } from '../../src/base/hash.ts';
import { TimeHeap } from '../../src/base/heap.ts';

describe('the heap of events', () => {
  it('gives them back by time, then by insertion, the late ones last', () => {
    const entries = fc.array(fc.record({ time: fc.integer({ min: 0, max: 12 }), late: fc.boolean() }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(entries, (list) => {
        const heap = new TimeHeap();
        list.forEach(({ time, late }, i) => heap.push(time, i, late));
        expect(heap.size).toBe(list.length);
        const wanted = list
          .map((entry, i) => ({ ...entry, i }))
          .sort((a, b) => a.time - b.time || Number(a.late) - Number(b.late) || a.i - b.i)
          .map(({ i }) => i);
        const got: number[] = [];
        while (heap.size > 0) {
          const time = heap.firstTime;
          const item = heap.pop();
          expect(list[item]?.time).toBe(time);
          got.push(item);
        }
        expect(got).toEqual(wanted);
        expect([heap.pop(), heap.firstTime]).toEqual([-1, Infinity]);
      }),
    );
  });

  it('holds its order while it is pushed and popped in turns', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(1000)), { maxLength: 300 }), (steps) => {
        const heap = new TimeHeap();
        const model: [number, number][] = [];
        steps.forEach((time, i) => {
          if (time !== null) {
            heap.push(time, i);
            model.push([time, i]);
            return;
          }
          model.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
          expect(heap.pop()).toBe(model.shift()?.[1] ?? -1);
        });
        expect(heap.size).toBe(model.length);
      }),
    );
  });

  it('a first item that gives way is popped, and the other pushed', () => {
    const entry = fc.record({ time: fc.nat(20), late: fc.boolean() });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 40 }), fc.array(fc.nat(20)), (list, later) => {
        const [one, two] = [new TimeHeap(), new TimeHeap()];
        list.forEach(({ time, late }, i) => {
          one.push(time, i, late);
          two.push(time, i, late);
        });
        later.forEach((time, i) => {
          expect(one.firstItem).toBe(two.pop());
          one.replaceFirst(time, 1000 + i);
          two.push(time, 1000 + i);
        });
        while (two.size > 0) expect([one.firstTime, one.pop()]).toEqual([two.firstTime, two.pop()]);
        expect([one.size, one.firstItem]).toEqual([0, -1]);
      }),
    );
  });
});

describe('hashes', () => {
  it('tell words, their order and their number apart', () => {
    const seen = new Set([
      hashWords(1, 2, 3),
      hashWords(1, 3, 2),
      hashWords(2, 2, 3),
      hashWords(1, 2),
      hashWords(1, 2, 3, 0),
      hashString(1, 'ab'),
      hashString(1, 'ba'),
    ]);
    expect(seen.size).toBe(7);
  });

  it('one changed bit changes half of the bits', () => {
    let changed = 0;
    for (let i = 0; i < 1000; i++) {
      for (let bit = 0; bit < 32; bit++) {
        let difference = mix32(i) ^ mix32(i ^ (1 << bit));
        for (; difference !== 0; difference &= difference - 1) changed++;
      }
    }
    expect(changed / 32_000).toBeGreaterThan(15.5);
    expect(changed / 32_000).toBeLessThan(16.5);
  });

  it('are uniform as fractions', () => {
    let sum = 0;
    for (let i = 0; i < 20_000; i++) {
      const u = toUnit(hashWords(5, i));
      expect(u >= 0 && u < 1).toBe(true);
      sum += u;
    }
    expect(Math.abs(sum / 20_000 - 0.5)).toBeLessThan(0.01);
  });

  it('of content depends on every byte and on where it stands, not on how it lies in memory', () => {
    const bytes = Uint8Array.from({ length: 64 }, (_, i) => i * 7);
    const hash = (view: ArrayBufferView): string => new ContentHash().add(view).hex();
    const shifted = new Uint8Array(67);
    shifted.set(bytes, 3);
    expect(hash(shifted.subarray(3))).toBe(hash(bytes));
    expect(hash(bytes)).toMatch(/^[0-9a-f]{16}$/);
    const all = new Set([hash(bytes)]);
    for (let i = 0; i < 64; i++) {
      const other = bytes.slice();
      other[i] = (other[i] ?? 0) ^ 1;
      all.add(hash(other));
    }
    for (let n = 0; n < 64; n++) all.add(hash(bytes.subarray(0, n)));
    expect(all.size).toBe(129);
  });
});

describe('columns', () => {
  const shape = { time: 'f64', kind: 'u8', row: 'i32' } as const;

  it('keep their rows when they grow, and are cut when they shrink', () => {
    const small = table(shape, 2);
    small.time.set([1.5, 2.5]);
    small.row.set([-1, 7]);
    const large = resized(small, shape, 5);
    expect([...large.time]).toEqual([1.5, 2.5, 0, 0, 0]);
    expect([...large.row]).toEqual([-1, 7, 0, 0, 0]);
    expect(large.kind).toBeInstanceOf(Uint8Array);
    expect([...resized(large, shape, 1).time]).toEqual([1.5]);
  });
});
