import { describe, expect, it } from 'vitest';
import { fromMs, nanos } from '../../src/base/time.ts';
import { layOut } from '../../src/figure/render.ts';
import { tipAt } from '../../src/figure/tip.ts';
import { traceIndex } from '../../src/trace/query/index.ts';
import { Fate } from '../../src/trace/types.ts';
import { send, twoHosts } from './randomTrace.ts';

const builder = twoHosts();
send(builder, { sent: fromMs(10), payload: 1448, offset: 0 });
send(builder, { sent: fromMs(60), payload: 1448, offset: 1448, fate: Fate.LostOnWire });
const cwnd = builder.addSeries('cwnd', 1, 0);
cwnd.push(fromMs(0), 10 * 1448);
cwnd.push(fromMs(50), 20 * 1448);
const trace = builder.finish({ source: 'simulated', title: 'Two', seed: 1, end: nanos(fromMs(100)) });
const index = traceIndex(trace);
const size = { theme: 'light', width: 900, height: 300 } as const;

describe('what lies under the pointer', () => {
  const sequence = layOut('sequence', trace, size);
  const at = (packet: number): string | null => {
    const mark = sequence.marks.find((m) => m.shape === 'line' && m.id?.kind === 'packet' && m.id.index === packet);
    return mark?.shape === 'line'
      ? tipAt(sequence, index, mark.x1 * 0.6 + mark.x2 * 0.4, mark.y1 * 0.6 + mark.y2 * 0.4)
      : 'not drawn as a line';
  };

  it('a packet: its name, when it was sent, when it arrived', () => {
    expect(at(0)).toBe('Segment #1 · 10.0 → 30.6 ms');
  });

  it('a lost packet: why it never arrived', () => {
    expect(at(1)).toBe('Segment #2 · sent 60.0 ms, lost on the wire');
  });

  it('a curve: its value there, with its unit', () => {
    const figure = layOut('window', trace, size);
    const line = figure.marks.find((m) => m.shape === 'path' && m.shows === 'cwnd');
    if (line?.shape !== 'path') throw new Error('The window is drawn as a path.');
    const [x, y] = [figure.time.toPixel(fromMs(25)), line.points[1] ?? 0];
    expect(tipAt(figure, index, x, y + 3)).toBe('cwnd 10 segments · 25.0 ms');
    expect(tipAt(figure, index, x, y - 30)).toBeNull();
  });

  it('nothing outside the plot', () => {
    expect(tipAt(sequence, index, 5, 100)).toBeNull();
  });
});
