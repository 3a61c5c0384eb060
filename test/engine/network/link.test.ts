import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Link } from '../../../src/engine/network/link.ts';
import { Segment } from '../../../src/engine/protocol/tcp/segment.ts';
import type { LinkSpec } from '../../../src/scenario/expand.ts';
import { Fate } from '../../../src/trace/types.ts';
import { dataDown, download, rows, simulate } from '../support/scenarios.ts';

const spec: LinkSpec = {
  from: 0,
  to: 1,
  direction: 'up',
  mbps: 12,
  delayMs: 20,
  queuePackets: 3,
  jitterMs: 0,
  mtu: 1500,
  ecnThreshold: 0,
  loss: [],
};
/** 1500 bytes at 12 Mbit/s: 1 ms. */
const MS = 1e6;

describe('a link', () => {
  it('sends the first at once and queues the others behind it, one after another', () => {
    const link = new Link(spec);
    expect([0, 1, 2].map(() => link.serialize(0, 1500))).toEqual([0, MS, 2 * MS]);
    expect(link.freeAt).toBe(3 * MS);
    expect(link.serialize(10 * MS, 750)).toBe(10 * MS);
    expect(link.freeAt).toBe(10.5 * MS);
  });

  it('counts who waits, not the one that is on the wire', () => {
    const link = new Link(spec);
    for (let i = 0; i < 4; i++) link.serialize(0, 1500);
    expect([0, 0.999, 1.001, 1.5, 2.5, 3.5, 4].map((ms) => link.waiting(ms * MS))).toEqual([3, 3, 2, 2, 1, 0, 0]);
  });

  it('still counts one that leaves the queue at this very instant, so that an arrival finds a full queue full', () => {
    const link = new Link(spec);
    for (let i = 0; i < 4; i++) link.serialize(0, 1500);
    expect(link.waiting(1 * MS)).toBe(3);
    expect(link.hasRoom(1 * MS)).toBe(false);
    expect(link.hasRoom(1 * MS + 1)).toBe(true);
  });

  it('has room for as many as may wait, and for one on the wire', () => {
    const link = new Link(spec);
    let taken = 0;
    while (link.hasRoom(0)) {
      link.serialize(0, 1500);
      taken++;
    }
    expect(taken).toBe(4);
    expect(link.hasRoom(1 * MS + 1)).toBe(true);
  });

  it('with a queue of none takes one while it is idle', () => {
    const link = new Link({ ...spec, queuePackets: 0 });
    expect(link.hasRoom(0)).toBe(true);
    link.serialize(0, 1500);
    expect(link.hasRoom(0.5 * MS)).toBe(false);
    expect(link.hasRoom(1 * MS)).toBe(true);
  });

  it('is never busy with two at once, and never idle while one waits', () => {
    const arrivals = fc.array(
      fc.record({ gap: fc.integer({ min: 0, max: 3_000_000 }), size: fc.integer({ min: 40, max: 9000 }) }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(arrivals, (list) => {
        const link = new Link(spec);
        let now = 0;
        let before = 0;
        for (const { gap, size } of list) {
          now += gap;
          const start = link.serialize(now, size);
          expect(start).toBe(Math.max(now, before));
          before = link.freeAt;
          expect(before - start).toBe(Math.round((size * 8000) / 12));
        }
      }),
    );
  });

  it('gives back what flies in the order in which it lands', () => {
    const link = new Link(spec);
    const all = Array.from({ length: 300 }, () => new Segment());
    all.forEach((segment, i) => expect(link.fly(segment, i * 10)).toBe(i === 0));
    expect(link.inOrder(2980)).toBe(false);
    expect(link.inOrder(2990)).toBe(true);
    all.forEach((segment, i) => {
      expect(link.nextArrival).toBe(i * 10);
      expect(link.land()).toBe(segment);
    });
    expect(link.nextArrival).toBeNaN();
  });
});

describe('a path', () => {
  it('sent, start, end and arrival are queue, serialization and propagation', () => {
    const trace = simulate(download(200_000, { rttMs: 40, mbps: 20 }));
    const { packets: p } = trace;
    const free = [0, 0];
    for (const row of rows(trace)) {
      const link = p.link[row] ?? 0;
      expect(p.start[row]).toBe(Math.max(p.sent[row] ?? 0, free[link] ?? 0));
      expect((p.end[row] ?? 0) - (p.start[row] ?? 0)).toBe(Math.round(((p.size[row] ?? 0) * 8000) / 20));
      expect(p.arrived[row]).toBe((p.end[row] ?? 0) + 20 * MS);
      free[link] = p.end[row] ?? 0;
    }
  });

  it('each direction has its own rate, delay and queue', () => {
    const trace = simulate(
      download(20_000, { rttMs: 40, mbps: 20, down: { mbps: 5, delayMs: 7 }, up: { delayMs: 33 } }),
    );
    const { packets: p } = trace;
    for (const row of rows(trace)) {
      const down = p.link[row] === 1;
      expect((p.end[row] ?? 0) - (p.start[row] ?? 0)).toBe(Math.round(((p.size[row] ?? 0) * 8000) / (down ? 5 : 20)));
      expect((p.arrived[row] ?? 0) - (p.end[row] ?? 0)).toBe((down ? 7 : 33) * MS);
    }
  });

  it('drops from the tail exactly what finds the queue full', () => {
    const trace = simulate(download(500_000, { rttMs: 40, mbps: 10, queuePackets: 12 }));
    const { packets: p } = trace;
    const waiting: number[] = [];
    let dropped = 0;
    for (const row of rows(trace, (i) => p.link[i] === 1)) {
      const now = p.sent[row] ?? 0;
      while ((waiting[0] ?? Infinity) < now) waiting.shift();
      expect(waiting.length).toBeLessThanOrEqual(12);
      if (p.fate[row] === Fate.QueueFull) {
        dropped++;
        expect(waiting.length).toBe(12);
        expect([p.start[row], p.end[row], p.arrived[row]]).toEqual([now, now, now]);
      } else if ((p.start[row] ?? 0) > now) waiting.push(p.start[row] ?? 0);
    }
    expect(dropped).toBeGreaterThan(5);
  });

  it('jitter adds up to its bound, evenly, and may reorder', () => {
    const trace = simulate(download(2_000_000, { rttMs: 40, mbps: 100, jitterMs: 10 }));
    const { packets: p } = trace;
    const data = dataDown(trace);
    const extra = data.map((row) => ((p.arrived[row] ?? 0) - (p.end[row] ?? 0)) / MS - 20);
    expect(Math.min(...extra)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...extra)).toBeLessThanOrEqual(10);
    const mean = extra.reduce((a, b) => a + b, 0) / extra.length;
    expect(Math.abs(mean - 5)).toBeLessThan(0.4);
    const overtaken = data.filter((row, i) => i > 0 && (p.arrived[row] ?? 0) < (p.arrived[data[i - 1] ?? 0] ?? 0));
    expect(overtaken.length).toBeGreaterThan(50);
  });

  it('marks instead of dropping from its threshold on, where both ends speak ECN', () => {
    const path = { rttMs: 40, mbps: 10, queuePackets: 100, ecnThreshold: 20 };
    const marked = (ecn: boolean): number => {
      const trace = simulate(download(1_000_000, path, { tcp: { congestion: 'reno', ecn } }));
      return rows(trace, (i) => trace.packets.ecn[i] === 3).length;
    };
    expect(marked(false)).toBe(0);
    const trace = simulate(download(1_000_000, path, { tcp: { congestion: 'reno', ecn: true } }));
    expect(marked(true)).toBeGreaterThan(5);
    expect(
      rows(trace, (i) => trace.packets.fate[i] !== Fate.Delivered && trace.packets.fate[i] !== Fate.InFlight),
    ).toEqual([]);
  });
});
