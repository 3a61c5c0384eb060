import { QuicBit, QuicType } from '../../trace/quic/types.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import { brief } from '../format.ts';
import { Layer } from '../types.ts';
import type { Figure, LayoutInput } from '../types.ts';
import { noHits, Panel } from './panel.ts';
import { drawValues } from './values.ts';

/** Packets drawn one by one; of more, every n-th. */
const MOST = 1500;
/** Losses that are named. */
const MOST_NAMED = 12;

/** Rows of the packets of the application space that one end sent and that ask for an answer, sent or heard of in range. */
const rowsIn = (input: LayoutInput, quic: TraceQuic, flow: number, link: number): number[] => {
  const { packets: p } = input.trace;
  const { packets: q } = quic;
  const { from, to } = input.viewport;
  const rows: number[] = [];
  for (let row = 0; row < quic.packetCount; row++) {
    const datagram = q.datagram[row] as number;
    if (p.link[datagram] !== link || p.flow[datagram] !== flow) continue;
    if (q.type[row] !== QuicType.OneRtt && q.type[row] !== QuicType.ZeroRtt) continue;
    if (((q.bits[row] as number) & QuicBit.AckEliciting) === 0 || (q.number[row] as number) < 0) continue;
    const sent = p.sent[datagram] as number;
    const known = Math.max(sent, q.acked[row] || 0, q.lost[row] || 0);
    if (sent <= to && known >= from) rows.push(row);
  }
  return rows;
};

/**
 * Packet numbers over time (RFC 9000 §12.3): a dot where a packet was sent, one where its sender heard that it arrived,
 * a cross where it was declared lost. Numbers are never used twice: what is sent again has a new one.
 */
export const packetNumbers = (input: LayoutInput, quic: TraceQuic, flow: number, link: number): Figure => {
  const { theme, trace, viewport } = input;
  const panel = new Panel(input, 'timesequence', 'Packet numbers', 'Packets', 'number');
  const { s, marks, plot, time } = panel;
  const rows = rowsIn(input, quic, flow, link);
  const { packets: q } = quic;
  const { packets: p } = trace;
  const first = rows[0];
  if (first === undefined) {
    panel.nothing('No numbered packet is under way in this range.');
    return panel.finish(noHits, 'No numbered packet is under way in the visible range.');
  }
  let low = Infinity;
  let high = -Infinity;
  for (const row of rows) {
    low = Math.min(low, q.number[row] as number);
    high = Math.max(high, q.number[row] as number);
  }
  // Stacks that begin at a random number are read from there.
  const base = low > 1e6 ? low : 0;
  const room = (high - low) * 0.08 + 1;
  const [bottom, top] = [Math.max(0, low - base - room), high - base + room];
  const toY = (number: number): number => plot.y + plot.height * (1 - (number - base - bottom) / (top - bottom));
  drawValues(panel, bottom, top, 1, (value) => toY(value + base));

  const stride = Math.max(1, Math.ceil(rows.length / MOST));
  const lostRows = rows.filter((row) => !Number.isNaN(q.lost[row]));
  const isInside = (t: number): boolean => t >= viewport.from && t <= viewport.to;
  const dot = (row: number, t: number, color: string, size: number, layer: Layer): void => {
    if (!isInside(t)) return;
    marks.push({
      shape: 'glyph',
      glyph: 'dot',
      id: { kind: 'packet', trace: 0, index: q.datagram[row] as number },
      layer,
      x: time.toPixel(t),
      y: toY(q.number[row] as number),
      size: size * s,
      color,
    });
  };
  rows.forEach((row, k) => {
    const isLost = !Number.isNaN(q.lost[row]);
    if (!isLost && k % stride !== 0) return;
    dot(row, p.sent[q.datagram[row] as number] as number, isLost ? theme.lost : theme.data, 4, Layer.Data);
    if (!Number.isNaN(q.acked[row])) dot(row, q.acked[row] as number, theme.delivered, 3.4, Layer.Ack);
  });
  for (const row of lostRows) {
    const datagram = q.datagram[row] as number;
    const id = { kind: 'packet', trace: 0, index: datagram } as const;
    const sent = Math.max(p.sent[datagram] as number, viewport.from);
    const known = q.lost[row] as number;
    const y = toY(q.number[row] as number);
    marks.push({
      shape: 'line',
      id,
      layer: Layer.Event,
      x1: time.toPixel(sent),
      y1: y,
      x2: time.toPixel(Math.min(known, viewport.to)),
      y2: y,
      stroke: { color: theme.lost, width: 1.2 * s, dash: [3 * s, 3 * s] },
    });
    if (!isInside(known)) continue;
    const x = time.toPixel(known);
    marks.push({
      shape: 'glyph',
      glyph: 'cross',
      id,
      layer: Layer.Event,
      x,
      y,
      size: 8 * s,
      color: theme.lost,
      lineWidth: 1.7 * s,
    });
    if (lostRows.length <= MOST_NAMED)
      panel.want({
        text: `#${String(q.number[row])} declared lost`,
        id,
        style: { color: theme.lost },
        x,
        y,
        places: (w, h) => [
          [x + 10 * s, y - h / 2],
          [x + 10 * s, y + 4 * s],
          [x - w - 10 * s, y - h / 2],
        ],
      });
  }
  panel.wantEnd('sent', toY(high), theme.data);
  const acked = rows.filter((row) => (q.acked[row] as number) <= viewport.to);
  const heard = acked.reduce((most, row) => Math.max(most, q.number[row] as number), low);
  if (acked.length > 0 && heard < high) panel.wantEnd('acknowledged', toY(heard), theme.delivered);
  return panel.finish(
    noHits,
    `Packet numbers of ${trace.flows[flow]?.name ?? 'the flow'}: ${String(low)} to ${String(high)} between ${brief(viewport.from / 1e6)} and ${brief(viewport.to / 1e6)} ms, ${String(acked.length)} acknowledged, ${String(lostRows.length)} declared lost.`,
  );
};
