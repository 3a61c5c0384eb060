import { describe, expect, it } from 'vitest';
import { nanos } from '../../src/base/time.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { traceHash } from '../../src/trace/hash.ts';
import { transferables } from '../../src/trace/transfer.ts';
import { Fate, NONE, SpanKind } from '../../src/trace/types.ts';
import type { Trace } from '../../src/trace/types.ts';

const finish = (builder: TraceBuilder, end = 1000): Trace =>
  builder.finish({ source: 'simulated', title: '', seed: 1, end: nanos(end) });

describe('writing a trace', () => {
  it('a fresh packet refers to nothing, is the first of its kind and on its way; also where the table has grown', () => {
    const builder = new TraceBuilder();
    for (let i = 0; i < 5000; i++) {
      const row = builder.addPacket();
      expect(row).toBe(i);
      builder.packets.sent[row] = i;
    }
    const { packets: p, packetCount } = finish(builder);
    expect(packetCount).toBe(5000);
    expect(p.sent).toHaveLength(5000);
    for (const row of [0, 1023, 1024, 4999]) {
      expect([p.sent[row], p.cause[row], p.retransmissionOf[row], p.sack[row], p.nth[row], p.fate[row]]).toEqual([
        row,
        NONE,
        NONE,
        NONE,
        1,
        Fate.InFlight,
      ]);
    }
  });

  it('a span that never ended ends with the run', () => {
    const builder = new TraceBuilder();
    const closed = builder.addSpan(nanos(10), SpanKind.State, 0, 0, 'ESTABLISHED', NONE, 0, NONE);
    builder.endSpan(closed, nanos(20));
    builder.addSpan(nanos(20), SpanKind.State, 0, 0, 'CLOSE-WAIT', NONE, 0, NONE);
    const { spans, labels } = finish(builder, 99);
    expect([...spans.end]).toEqual([20, 99]);
    expect([...spans.label].map((label) => labels[label])).toEqual(['ESTABLISHED', 'CLOSE-WAIT']);
  });

  it('a label is stored once', () => {
    const builder = new TraceBuilder();
    expect([builder.label('a'), builder.label('b'), builder.label('a')]).toEqual([0, 1, 0]);
  });

  it('a series stores a change once, and the last value of an instant', () => {
    const builder = new TraceBuilder();
    const series = builder.addSeries('cwnd', 0, 0);
    const points: [number, number][] = [
      [0, 10],
      [1, 10],
      [2, 20],
      [2, 30],
      [3, 40],
      [3, 30],
      [5, 30],
      [6, 10],
    ];
    for (const [time, value] of points) series.push(nanos(time), value);
    const [made] = finish(builder).series;
    expect([...(made?.time ?? [])].map((time, i) => [time, made?.value[i]])).toEqual([
      [0, 10],
      [2, 30],
      [6, 10],
    ]);
  });

  it('SACK blocks are kept with their number, however many', () => {
    const builder = new TraceBuilder();
    const at = Array.from({ length: 300 }, (_, i) => builder.addSack([i, i + 1, 4_000_000_000, 5], 2));
    const words = finish(builder).optionWords;
    for (const [i, start] of at.entries())
      expect([...words.subarray(start, start + 5)]).toEqual([2, i, i + 1, 4_000_000_000, 5]);
  });
});

describe('the hash of a trace', () => {
  const make = (change: (builder: TraceBuilder) => void = () => undefined): string => {
    const builder = new TraceBuilder();
    const row = builder.addPacket();
    builder.packets.sent[row] = 5;
    builder.addEvent(nanos(7), 1, 0, 0, NONE, 0, NONE, 3, 4);
    builder.addSeries('cwnd', 0, 0).push(nanos(1), 10);
    builder.addDelivery(nanos(9), 0, 0, 0, 0, 100, row);
    change(builder);
    return traceHash(finish(builder));
  };

  it('is the same for the same rows', () => {
    expect(make()).toBe(make());
  });

  it.each<[string, (builder: TraceBuilder) => void]>([
    [
      'a time',
      (b) => {
        b.packets.sent[0] = 6;
      },
    ],
    [
      'a flag',
      (b) => {
        b.packets.flags[0] = 1;
      },
    ],
    [
      'a cause',
      (b) => {
        b.packets.cause[0] = 0;
      },
    ],
    [
      'one more packet',
      (b) => {
        b.addPacket();
      },
    ],
    [
      'one more event',
      (b) => {
        b.addEvent(nanos(8), 1, 0, 0, NONE, 0, NONE);
      },
    ],
    [
      'a node',
      (b) => {
        b.nodes.push({ name: 'x', role: 'router', address: '' });
      },
    ],
    [
      'a SACK block',
      (b) => {
        b.addSack([1, 2], 1);
      },
    ],
    [
      'a value of a series',
      (b) => {
        b.addSeries('rtt', 0, 0).push(nanos(1), 1);
      },
    ],
    [
      'a delivery',
      (b) => {
        b.deliveries.bytes[0] = 99;
      },
    ],
  ])('sees %s', (_, change) => {
    expect(make(change)).not.toBe(make());
  });
});

describe('crossing from the worker', () => {
  it('hands over every buffer once', () => {
    const builder = new TraceBuilder();
    builder.addPacket();
    builder.addSeries('cwnd', 0, 0).push(nanos(1), 10);
    const trace = finish(builder);
    const hash = traceHash(trace);
    const buffers = transferables(trace);
    expect(new Set(buffers).size).toBe(buffers.length);
    const crossed = structuredClone(trace, { transfer: buffers });
    expect(trace.packets.sent.byteLength).toBe(0);
    expect(traceHash(crossed)).toBe(hash);
  });
});
