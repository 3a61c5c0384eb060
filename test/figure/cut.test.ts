import { describe, expect, test } from 'vitest';
import { fromMs, nanos } from '../../src/base/time.ts';
import { timeTicks } from '../../src/figure/axis/ticks.ts';
import { timeScale } from '../../src/figure/frame.ts';
import { layOut } from '../../src/figure/render.ts';
import { toAxis } from '../../src/trace/cuts.ts';
import { PacketKind, TcpFlag } from '../../src/trace/types.ts';
import type { Trace } from '../../src/trace/types.ts';
import { send, twoHosts } from './randomTrace.ts';

/** Two packets at the start, two a second later. */
const pause = (): Trace => {
  const builder = twoHosts();
  send(builder, { up: true, sent: 0, kind: PacketKind.Syn, flags: TcpFlag.SYN });
  send(builder, { sent: fromMs(21), kind: PacketKind.Syn, flags: TcpFlag.SYN | TcpFlag.ACK });
  send(builder, { up: true, sent: fromMs(1041), payload: 100 });
  send(builder, { sent: fromMs(1062), payload: 1000 });
  return builder.finish({ source: 'simulated', title: 'Pause', seed: 1, end: fromMs(1100) });
};

const size = { theme: 'light', width: 1000, height: 500 };
const texts = (figure: ReturnType<typeof layOut>): string[] =>
  figure.marks.flatMap((mark) => (mark.shape === 'text' ? [mark.text] : []));

describe('cut idle time', () => {
  test('is a narrow band with its length, on every figure at the same place', () => {
    const trace = pause();
    const bands = ['sequence', 'window', 'throughput', 'rtt', 'queue'].map((name) => {
      const { time } = layOut(name, trace, size);
      const [cut] = time.cuts;
      return [time.toPixel(cut!.from), time.toPixel(cut!.to)];
    });
    expect(new Set(bands.map(String)).size).toBe(1);
    const [from, to] = bands[0]!;
    expect(to! - from!).toBeGreaterThan(30);
    expect(to! - from!).toBeLessThan(140);
    expect(texts(layOut('sequence', trace, size))).toContain('991 ms cut');
    expect(layOut('sequence', trace, size).summary).toContain('Nothing happens for 991 ms of it');
    expect(texts(layOut('sequence', trace, { ...size, cuts: [] })).join()).not.toContain('cut');
  });

  test('no tick stands in it, and ticks count on behind it', () => {
    const { time } = layOut('sequence', pause(), size);
    const [cut] = time.cuts;
    const values = timeTicks(time, 88).ticks.map((tick) => tick.value);
    expect(values.filter((value) => value > cut!.from && value < cut!.to)).toEqual([]);
    expect(values.some((value) => value < cut!.from)).toBe(true);
    expect(values.filter((value) => value > cut!.to).length).toBeGreaterThan(1);
  });

  test('pixel and time stay each other’s inverse, lying and upright', () => {
    const { time } = layOut('sequence', pause(), size);
    for (const orientation of ['lying', 'upright'] as const) {
      const scale = timeScale(orientation, 50, 850, { from: nanos(0), to: fromMs(1100), cuts: time.cuts });
      expect(scale.toPixel(0)).toBe(50);
      expect(scale.toPixel(fromMs(1100))).toBeCloseTo(850, 6);
      for (let pixel = 50; pixel <= 850; pixel += 7) expect(scale.toPixel(scale.toTime(pixel))).toBeCloseTo(pixel, 3);
      expect(scale.perPixel).toBeCloseTo(toAxis(time.cuts, fromMs(1100)) / 800, 6);
    }
  });

  test('an arrow behind it keeps its slope', () => {
    const [before, after] = [0, 2].map((packet) => {
      const line = layOut('sequence', pause(), size).marks.find(
        (mark) => mark.shape === 'line' && mark.id?.kind === 'packet' && mark.id.index === packet,
      );
      if (line?.shape !== 'line') throw new Error(`packet ${String(packet)} is not drawn`);
      return line.x2 - line.x1;
    });
    expect(after).toBeCloseTo(before!, 0);
  });
});
