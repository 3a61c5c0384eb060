import { describe, expect, it } from 'vitest';
import { fromMs, nanos } from '../../src/base/time.ts';
import { layOut } from '../../src/figure/render.ts';
import { overlaps } from '../../src/figure/label/place.ts';
import { Layer } from '../../src/figure/types.ts';
import type { Figure } from '../../src/figure/types.ts';
import { Fate } from '../../src/trace/types.ts';
import type { SeriesName, Trace } from '../../src/trace/types.ts';
import { send, twoHosts } from './randomTrace.ts';

type Steps = readonly (readonly [ms: number, segments: number])[];

const traceWith = (series: Partial<Record<SeriesName, Steps>>, fate: Fate = Fate.Delivered): Trace => {
  const builder = twoHosts();
  for (const t of [0, 40, 80, 120]) send(builder, { sent: fromMs(t), payload: 1448, offset: t * 36.2, fate });
  for (const [name, steps] of Object.entries(series)) {
    const column = builder.addSeries(name as SeriesName, 1, 0, 'inferred');
    for (const [ms, segments] of steps) column.push(fromMs(ms), segments * 1448);
  }
  return builder.finish({ source: 'imported', title: 'Some', seed: 1, end: nanos(fromMs(200)) });
};
const size = { theme: 'light', width: 900, height: 160 } as const;
const words = (figure: Figure): string[] => figure.marks.flatMap((mark) => (mark.shape === 'text' ? [mark.text] : []));

describe('the window of a capture', () => {
  it('is the bytes in flight, said to be inferred, where no congestion window is known', () => {
    const figure = layOut(
      'window',
      traceWith({
        inflight: [
          [0, 1],
          [60, 10],
        ],
      }),
      size,
    );
    expect(words(figure)).toContain('bytes in flight (inferred)');
    expect(words(figure)).toContain('kB');
    expect(figure.marks.some((mark) => mark.id?.kind === 'series' && mark.shape === 'path')).toBe(true);
    expect(figure.summary).toContain('at most 14 kB');
  });

  it('is a sentence and nothing that lies under it where nothing is known', () => {
    const figure = layOut('window', traceWith({}), size);
    expect(words(figure)).toContain('Neither a congestion window nor bytes in flight are known.');
    expect(figure.axes).toHaveLength(1);
  });
});

describe('the window of the other future', () => {
  const ours = traceWith(
    {
      cwnd: [
        [0, 10],
        [100, 5],
      ],
    },
    Fate.LostOnWire,
  );
  const ghost = traceWith({
    cwnd: [
      [0, 10],
      [100, 20],
    ],
  });

  it('is named where it parts from ours, clear of the line and of the other names', () => {
    const figure = layOut('window', ours, { ...size, ghost });
    const name = figure.marks.find((mark) => mark.shape === 'text' && mark.text === 'without loss');
    expect(name?.id).toEqual({ kind: 'series', trace: 1, index: 0 });
    const boxes = figure.marks.flatMap((mark) => (mark.shape === 'rect' && mark.layer === Layer.Tag ? [mark] : []));
    boxes.forEach((a, k) => {
      for (const b of boxes.slice(k + 1)) expect(overlaps(a, b)).toBe(false);
    });
  });

  it('is called "before" where it lost packets too', () => {
    const lossy = traceWith({ cwnd: [[0, 20]] }, Fate.LostOnWire);
    expect(words(layOut('window', ours, { ...size, ghost: lossy }))).toContain('before');
  });
});
