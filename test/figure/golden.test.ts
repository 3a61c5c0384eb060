import { describe, expect, it } from 'vitest';
import { fromMs, nanos } from '../../src/base/time.ts';
import { layOut, renderFigure } from '../../src/figure/render.ts';
import { packetRow, textRows } from '../../src/figure/text.ts';
import { inputOf } from '../../src/figure/render.ts';
import { Layer } from '../../src/figure/types.ts';
import type { Figure, Mark } from '../../src/figure/types.ts';
import { traceIndex } from '../../src/trace/query/index.ts';
import { CauseKind, Fate, NONE, PacketKind, SpanKind, TcpFlag } from '../../src/trace/types.ts';
import type { Trace } from '../../src/trace/types.ts';
import { send, twoHosts } from './randomTrace.ts';

/** A handshake, a request, four segments, the second of them lost and sent again. */
const story = (): Trace => {
  const builder = twoHosts();
  const ms = (value: number): number => fromMs(value);
  send(builder, { up: true, sent: 0, kind: PacketKind.Syn, flags: TcpFlag.SYN });
  send(builder, { sent: ms(20.1), kind: PacketKind.Syn, flags: TcpFlag.SYN | TcpFlag.ACK });
  send(builder, { up: true, sent: ms(40.2), payload: 100, length: 60_000 });
  const rows = [0, 1, 2, 3].map((k) =>
    send(builder, {
      sent: ms(60.4 + 0.6 * k),
      payload: 1448,
      offset: 1448 * k,
      fate: k === 1 ? Fate.LostOnWire : Fate.Delivered,
    }),
  );
  const repair = send(builder, { sent: ms(104), payload: 1448, offset: 1448, again: rows[1] ?? 0 });
  builder.addDelivery(nanos(ms(81)), 0, 0, 0, 0, 1448, rows[0] ?? 0);
  builder.addDelivery(nanos(ms(124.6)), 0, 0, 0, 1448, 4344, repair);
  const waiting = builder.addSpan(fromMs(82.2), SpanKind.Blocked, 0, 0, 'blocked', rows[1] ?? 0, CauseKind.None, NONE);
  builder.endSpan(waiting, fromMs(124.6));
  builder.spans.a[waiting] = 1448;
  builder.addSpan(fromMs(0), SpanKind.State, 0, 0, 'SYN-SENT', NONE, CauseKind.None, NONE);
  builder.endSpan(0 + 1, fromMs(40.1));
  builder.addSpan(fromMs(40.1), SpanKind.State, 0, 0, 'ESTABLISHED', NONE, CauseKind.None, NONE);
  const cwnd = builder.addSeries('cwnd', 1, 0);
  cwnd.push(fromMs(60), 14_480);
  cwnd.push(fromMs(104), 7240);
  return builder.finish({ source: 'simulated', title: 'Story', seed: 1, end: fromMs(140) });
};

const layerNames = Object.entries(Layer);
const n = (value: number): string => String(Math.round(value * 10) / 10);
/** A mark as one line: what it is, what it stands for, where. */
const line = (mark: Mark): string => {
  const layer = layerNames.find(([, value]) => value === mark.layer)?.[0] ?? '?';
  const id = mark.id ? `${mark.id.kind} ${String(mark.id.index)}${mark.id.trace === 1 ? ' ghost' : ''}` : '-';
  const where = (): string => {
    switch (mark.shape) {
      case 'line':
        return `${n(mark.x1)},${n(mark.y1)} to ${n(mark.x2)},${n(mark.y2)} ${mark.stroke.color} ${n(mark.stroke.width)}`;
      case 'path':
        return `${String(mark.points.length / 2)} points from ${n(mark.points[0] ?? 0)},${n(mark.points[1] ?? 0)} ${mark.stroke?.color ?? mark.fill?.color ?? ''}`;
      case 'curve':
        return mark.points.map(n).join(' ');
      case 'text':
        return `${n(mark.x)},${n(mark.y)} ${mark.anchor} ${mark.color} “${mark.text}”`;
      case 'rect':
      case 'hatch':
        return `${n(mark.x)},${n(mark.y)} ${n(mark.width)}×${n(mark.height)}`;
      case 'glyph':
        return `${mark.glyph} ${n(mark.x)},${n(mark.y)} ${mark.color}`;
    }
  };
  return `${layer} ${mark.shape} ${id}: ${where()}`;
};
const lines = (figure: Figure): string => figure.marks.map(line).join('\n');

const options = { theme: 'light', width: 900, height: 320 };

describe('marks of a small story', () => {
  it.each(['sequence', 'window', 'throughput', 'rtt', 'queue', 'timesequence', 'overview'])('%s', (name) => {
    expect(lines(layOut(name, story(), options))).toMatchSnapshot();
  });
  it('sequence, upright', () => {
    expect(
      lines(layOut('sequence', story(), { ...options, width: 390, height: 700, orientation: 'upright' })),
    ).toMatchSnapshot();
  });
});

describe('hits', () => {
  const figure = layOut('sequence', story(), options);
  it('the lost packet is found at its ✕, its neighbours beside it', () => {
    const cross = figure.marks.find((mark) => mark.shape === 'glyph' && mark.glyph === 'cross');
    expect(cross?.shape).toBe('glyph');
    if (cross?.shape !== 'glyph') return;
    expect(figure.hits.at(cross.x, cross.y)?.id).toEqual({ kind: 'packet', trace: 0, index: 4 });
    expect(figure.hits.at(cross.x - 60, cross.y)).toBeNull();
    expect(figure.hits.at(cross.x - 9, cross.y + 1, 14)?.id.index).toBe(4);
  });
  it('waiting bytes and deliveries are found in their lanes', () => {
    const hatch = figure.marks.find((mark) => mark.shape === 'hatch');
    if (hatch?.shape !== 'hatch') throw new Error('no hatch');
    expect(figure.hits.at(hatch.x + 20, hatch.y + hatch.height / 2)?.id.kind).toBe('span');
    const triangles = figure.marks.filter((mark) => mark.shape === 'glyph' && mark.glyph === 'deliver');
    const last = triangles.at(-1);
    if (last?.shape !== 'glyph') throw new Error('no delivery');
    expect(figure.hits.at(last.x, last.y)?.id).toEqual({ kind: 'delivery', trace: 0, index: 1 });
  });
});

describe('the other future', () => {
  it('is drawn as a ghost, and the difference stands at the delivery', () => {
    const other = story();
    const { marks } = layOut('sequence', story(), { ...options, ghost: other });
    expect(marks.some((mark) => mark.id?.trace === 1 && mark.id.kind === 'packet')).toBe(false);
    const builder = twoHosts();
    send(builder, { up: true, sent: 0, kind: PacketKind.Syn, flags: TcpFlag.SYN });
    [0, 1, 2, 3].forEach((k) => {
      const i = send(builder, { sent: fromMs(60.4 + 0.6 * k), payload: 1448, offset: 1448 * k });
      builder.addDelivery(fromMs(81 + 0.6 * k), 0, 0, 0, 1448 * k, 1448, i);
    });
    const lossless = builder.finish({ source: 'simulated', title: '', seed: 1, end: fromMs(140) });
    const words = layOut('sequence', story(), { ...options, ghost: lossless }).marks.flatMap((mark) =>
      mark.shape === 'text' ? [mark.text] : [],
    );
    expect(words).toContain('+43 ms');
  });
});

describe('words', () => {
  it('say what is to be seen', () => {
    expect(layOut('sequence', story(), options).summary).toMatchInlineSnapshot(
      `"Between 0.0 ms and 140.0 ms: Client sends 2 packets with 100 B of payload, Server sends 6 packets with 7.2 kB of payload. Of these 1 is lost (#2), 1 is sent again. Bytes that arrived wait for #2: 42 ms. At the end of it: Client ESTABLISHED."`,
    );
    expect(textRows(inputOf(story(), options)).map((row) => Object.values(row).join(' | '))).toMatchSnapshot();
    expect(packetRow(traceIndex(story()), 4).effect).toBe('lost on the wire');
  });
});

describe('SVG', () => {
  it('carries title, description, text as text, and names of what is drawn', () => {
    const svg = renderFigure('scene', story(), { ...options, height: 600, at: fromMs(82), theme: 'dark' });
    expect(svg).toContain('<title id="title">Story</title>');
    expect(svg).toMatch(/<desc id="description">Between 0\.0 ms/);
    expect(svg).toContain('data-packet="4"');
    expect(svg).toContain('>#2 lost</text>');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
  it('escapes what people wrote', () => {
    const svg = renderFigure('sequence', { ...story(), title: '<b> & "c"\u0001' }, options);
    expect(svg).toContain('&lt;b&gt; &amp; &quot;c&quot;');
    expect(svg).not.toContain('\u0001');
  });
  it('leaves the ground out where the theme is transparent', () => {
    expect(renderFigure('window', story(), { ...options, theme: 'light-transparent' })).not.toContain(
      'width="900" height="320" fill="#FBFBFA"',
    );
  });
  it('an unknown figure is refused with the names of those that exist', () => {
    expect(() => renderFigure('sequnce', story(), options)).toThrow(/scene, sequence, window/);
  });
});
