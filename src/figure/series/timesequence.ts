import { lowerBound } from '../../base/bisect.ts';
import { packetLabel } from '../../packet/label.ts';
import { isQuic } from '../../packet/protected.ts';
import { isUpward } from '../../trace/direction.ts';
import { isLost, NONE, PacketKind } from '../../trace/types.ts';
import { brief, bytes } from '../format.ts';
import { shownFlows } from '../sequence/space.ts';
import { Layer } from '../types.ts';
import type { Figure, Layout, LayoutInput, Stroke } from '../types.ts';
import { unseen } from '../unseen.ts';
import { packetNumbers } from './packetnumbers.ts';
import { noHits, Panel } from './panel.ts';
import { drawValues } from './values.ts';

/** So many segments are bars of their own; more are their outline per column. */
const MOST_BARS = 900;
/** Losses that get a sign beside their colour. */
const MOST_SIGNS = 40;
/** Acknowledgements drawn as steps. */
const MOST_ACKS = 1200;

interface Sent {
  readonly rows: number[];
  readonly low: number;
  readonly high: number;
}

/** The flow's data packets sent in range over its busiest link, evenly thinned to `most`. */
const sentIn = (input: LayoutInput, flow: number, link: number, most: number): Sent => {
  const p = input.trace.packets;
  const [first, stop] = input.index.pyramid.rows(input.viewport.from, input.viewport.to);
  const stride = Math.max(1, Math.floor((stop - first) / (most * 4)));
  const rows: number[] = [];
  let low = Infinity;
  let high = 0;
  for (let i = first; i < stop; i += stride) {
    if (p.link[i] !== link || p.flow[i] !== flow || p.payload[i] === 0) continue;
    rows.push(i);
    const offset = p.offset[i] as number;
    if (offset < low) low = offset;
    if (offset + (p.payload[i] as number) > high) high = offset + (p.payload[i] as number);
  }
  return { rows, low: low === Infinity ? 0 : low, high };
};

/**
 * The time–sequence graph of Stevens and tcptrace: each segment a bar from its first byte to its last at the instant it
 * was sent, what is acknowledged a stair below, what the receiver allows a stair above. QUIC has packet numbers instead.
 */
export const timeSequence: Layout = (input): Figure => {
  const { theme, trace, index, viewport } = input;
  const flow = shownFlows(input)[0] ?? 0;
  const link = index.busiestLink(flow);
  if (trace.quic && isQuic(trace, flow))
    return input.filter.observer === true
      ? unseen(input, 'timesequence', 'Packet numbers')
      : packetNumbers(input, trace.quic, flow, link);
  const sent = sentIn(input, flow, link, MOST_BARS);
  const unit = sent.high >= 2e6 ? (['MB', 1e6] as const) : (['kB', 1e3] as const);
  const panel = new Panel(input, 'timesequence', 'Time–sequence graph', 'Sequence', unit[0]);
  const { s, marks, plot, time } = panel;
  if (sent.rows.length === 0) {
    panel.nothing('No payload is sent in this range.');
    return panel.finish(noHits, 'No payload is sent in the visible range.');
  }
  const room = (sent.high - sent.low) * 0.06 + 1;
  const low = Math.max(0, sent.low - room * 3);
  const high = sent.high + room;
  const toY = (offset: number): number => plot.y + plot.height * (1 - (offset - low) / (high - low));
  drawValues(panel, low, high, unit[1], toY);

  const single: Stroke = { color: theme.data, width: 2 * s };
  const repair: Stroke = { color: theme.repair, width: 2.6 * s };
  const lost: Stroke = { color: theme.lost, width: 2.6 * s };
  const p = trace.packets;
  const stride = Math.max(1, Math.ceil(sent.rows.length / MOST_BARS));
  const few = sent.rows.filter((i) => isLost(p.fate[i] as number)).length <= MOST_SIGNS;
  sent.rows.forEach((i, k) => {
    const gone = isLost(p.fate[i] as number);
    const again = p.retransmissionOf[i] !== NONE;
    if (!gone && !again && k % stride !== 0) return;
    const x = time.toPixel(p.sent[i] as number);
    const offset = p.offset[i] as number;
    const y2 = toY(offset);
    marks.push({
      shape: 'line',
      id: { kind: 'packet', trace: 0, index: i },
      layer: gone || again ? Layer.Event : Layer.Data,
      x1: x,
      y1: Math.min(toY(offset + (p.payload[i] as number)), y2 - 2 * s),
      x2: x,
      y2,
      stroke: gone ? lost : again ? repair : single,
    });
    if (again && !gone && few)
      marks.push({
        shape: 'glyph',
        glyph: 'dot',
        id: { kind: 'packet', trace: 0, index: i },
        layer: Layer.Event,
        x,
        y: y2,
        size: 6 * s,
        color: theme.repair,
      });
    if (gone && few)
      marks.push({
        shape: 'glyph',
        glyph: 'cross',
        id: { kind: 'packet', trace: 0, index: i },
        layer: Layer.Event,
        x,
        y: y2,
        size: 8 * s,
        color: theme.lost,
        lineWidth: 1.7 * s,
      });
  });
  if (few)
    for (const i of sent.rows) {
      const gone = isLost(p.fate[i] as number);
      if (!gone && p.retransmissionOf[i] === NONE) continue;
      const x = time.toPixel(p.sent[i] as number);
      const y = toY(p.offset[i] as number);
      panel.want({
        text: `${packetLabel(trace, i, input.filter.observer)}${gone ? ' lost' : ''}`,
        id: { kind: 'packet', trace: 0, index: i },
        style: { color: gone ? theme.lost : theme.repair },
        x,
        y,
        places: (w, h) => [
          [x + 10 * s, y - h / 2],
          [x + 10 * s, y + 4 * s],
          [x - w - 10 * s, y - h / 2],
          [x - w / 2, y + 10 * s],
        ],
      });
    }
  drawAcks(panel, flow, link, low, high, toY);
  return panel.finish(
    noHits,
    `Time–sequence graph of ${trace.flows[flow]?.name ?? 'the flow'}: bytes ${bytes(sent.low)} to ${bytes(sent.high)} are sent between ${brief(viewport.from / 1e6)} and ${brief(viewport.to / 1e6)} ms.`,
  );
};

/** What the receiver has acknowledged, and what it allows beyond, as they come in at the sender. */
const drawAcks = (
  panel: Panel,
  flow: number,
  link: number,
  low: number,
  high: number,
  toY: (v: number) => number,
): void => {
  const { input, marks, time, s } = panel;
  const { trace, theme, index, viewport } = input;
  const p = trace.packets;
  const about = trace.links[link];
  const ends = trace.flows[flow];
  if (!about || !ends) return;
  const sender = about.from === ends.client.node ? ends.client : ends.server;
  const receiver = about.from === ends.client.node ? ends.server : ends.client;
  if (sender.isn === null) return;
  const back = trace.links.findIndex((l) => l.from === about.to && l.to === about.from);
  if (back < 0) return;
  const delay = index.linkDelay(back);
  const first = lowerBound(p.sent, viewport.from - delay * 2, trace.packetCount);
  const stop = lowerBound(p.sent, viewport.to, trace.packetCount);
  const stride = Math.max(1, Math.floor((stop - first) / (MOST_ACKS * 2)));
  // RFC 7323 §2.2: the scale counts only where both ends offered one.
  const scale = sender.windowScale === null ? 1 : 2 ** (receiver.windowScale ?? 0);
  const acked: number[] = [];
  const allowed: number[] = [];
  let last = NaN;
  let lastAllowed = NaN;
  const clamp = (v: number): number => Math.max(low, Math.min(high, v));
  for (let i = first; i < stop; i += stride) {
    if (
      p.link[i] !== back ||
      p.flow[i] !== flow ||
      p.kind[i] === PacketKind.Syn ||
      isUpward(trace, i) === (about.from === ends.client.node)
    )
      continue;
    if (isLost(p.fate[i] as number)) continue;
    const t = p.arrived[i] as number;
    if (t < viewport.from || t > viewport.to) continue;
    const x = time.toPixel(t);
    const offset = ((p.ack[i] as number) - sender.isn - 1) >>> 0;
    const limit = offset + (p.window[i] as number) * scale;
    if (!Number.isNaN(last)) {
      acked.push(x, toY(clamp(last)));
      allowed.push(x, toY(clamp(lastAllowed)));
    }
    acked.push(x, toY(clamp(offset)));
    allowed.push(x, toY(clamp(limit)));
    last = offset;
    lastAllowed = limit;
  }
  const end = time.toPixel(Math.min(viewport.to, trace.end));
  acked.push(end, toY(clamp(last)));
  allowed.push(end, toY(clamp(lastAllowed)));
  if (acked.length < 6) return;
  marks.push({
    shape: 'path',
    id: null,
    layer: Layer.Control,
    points: acked,
    closed: false,
    stroke: { color: theme.delivered, width: 1.5 * s },
  });
  panel.wantEnd('acknowledged', toY(clamp(last)), theme.delivered);
  if (lastAllowed < high) {
    marks.push({
      shape: 'path',
      id: null,
      layer: Layer.Ack,
      points: allowed,
      closed: false,
      stroke: { color: theme.mute, width: 1.2 * s, dash: [4 * s, 3 * s] },
    });
    panel.wantEnd('allowed by the receiver', toY(clamp(lastAllowed)), theme.mute);
  }
};
