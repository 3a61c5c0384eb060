import { isProtected } from '../../packet/protected.ts';
import { isUpward } from '../../trace/direction.ts';
import { emptyRoundTrip } from '../../trace/query/phases.ts';
import { isLost, PacketKind } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import { Secure } from '../sequence/secure.ts';
import { cut, cutPolygon } from '../sequence/space.ts';
import { Layer } from '../types.ts';
import type { LayoutInput, Mark, Stroke, TimeScale } from '../types.ts';
import type { Row } from './row.ts';

/** A ✕ stands a good third down the way, as in the sequence diagram. */
const DEATH = 0.36;
/** Lines closer than this many of their widths are seen as one area, and drawn as one: a run has a thousand of them. */
const TOUCHING = 1.5;

/** Packets of one look and way, each so close behind the one before that no ground is seen between them. Times in ns. */
interface Band {
  readonly layer: Layer;
  readonly stroke: Stroke;
  /** Lifelines where they leave and arrive, px. */
  readonly y1: number;
  readonly y2: number;
  readonly sent: number;
  readonly arrived: number;
  lastSent: number;
  lastArrived: number;
}

const push = ({ layer, stroke, y1, y2, ...band }: Band, time: TimeScale, marks: Mark[]): void => {
  if (band.sent === band.lastSent && band.arrived === band.lastArrived) {
    const seen = cut(band.sent, y1, band.arrived, y2, time.from, time.to);
    if (!seen) return;
    const [x1, x2] = [time.toPixel(seen[0]), time.toPixel(seen[2])];
    marks.push({ shape: 'line', id: null, layer, x1, y1: seen[1], x2, y2: seen[3], stroke });
    return;
  }
  const corners = cutPolygon(
    [band.sent, y1, band.lastSent, y1, band.lastArrived, y2, band.arrived, y2],
    time.from,
    time.to,
  );
  if (corners.length < 6) return;
  const points = corners.map((value, k) => (k % 2 === 0 ? time.toPixel(value) : value));
  const { color, width, opacity = 1 } = stroke;
  marks.push({
    shape: 'path',
    id: null,
    layer,
    points,
    closed: true,
    fill: { color, opacity },
    stroke: { color, width },
  });
};

/** Whether a packet's line touches the band's last one all along its way. */
const touches = (band: Band, sent: number, arrived: number, time: TimeScale): boolean => {
  const gap = TOUCHING * band.stroke.width;
  const apart = (before: number, after: number): number => time.toPixel(after) - time.toPixel(before);
  const [above, below] = [apart(band.lastSent, sent), apart(band.lastArrived, arrived)];
  return above >= 0 && above <= gap && below >= 0 && below <= gap;
};

/** Each packet as a line between the two lifelines; where they stand as close as their width, as an area. */
export const drawWays = (row: Row, input: LayoutInput, time: TimeScale, marks: Mark[]): void => {
  const { trace } = row.run;
  const { theme } = input;
  const s = theme.scale;
  const secure = trace.tls ? new Secure(trace, trace.tls, theme, input.filter.observer === true) : null;
  const p = trace.packets;
  const half = emptyRoundTrip(trace, 0) / 2;
  const bands = new Map<string, Band>();
  for (let i = 0; i < trace.packetCount; i++) {
    const sent = p.sent[i] as number;
    const lost = isLost(p.fate[i] as number);
    const arrived = lost ? sent + half * DEATH : (p.arrived[i] as number);
    if (arrived < time.from || sent > time.to) continue;
    const isHidden = input.filter.observer === true && isProtected(trace, i);
    const isAck = p.kind[i] === PacketKind.Ack && !isHidden;
    if (isAck && !input.filter.acks) continue;
    const up = isUpward(trace, i);
    const [y1, y2] = up ? [row.client, row.server] : [row.server, row.client];
    if (lost) {
      drawLost(sent, arrived, y1, y1 + (y2 - y1) * DEATH, input, time, marks);
      continue;
    }
    const color = isAck ? theme.ack : isHidden ? theme.mute : colorOf(trace, i, secure, input);
    const key = `${up ? 'up' : 'down'} ${isAck ? 'ack' : color}`;
    const band = bands.get(key);
    if (band && touches(band, sent, arrived, time)) {
      band.lastSent = sent;
      band.lastArrived = arrived;
      continue;
    }
    if (band) push(band, time, marks);
    const [layer, stroke] = isAck
      ? [Layer.Ack, { color, width: 0.7 * s, opacity: 0.7 }]
      : [Layer.Data, { color, width: 1.2 * s }];
    bands.set(key, { layer, stroke, y1, y2, sent, arrived, lastSent: sent, lastArrived: arrived });
  }
  for (const band of bands.values()) push(band, time, marks);
};

const drawLost = (
  sent: number,
  died: number,
  y1: number,
  y2: number,
  { theme }: LayoutInput,
  time: TimeScale,
  marks: Mark[],
): void => {
  const s = theme.scale;
  const seen = cut(sent, y1, died, y2, time.from, time.to);
  if (!seen) return;
  marks.push({
    shape: 'line',
    id: null,
    layer: Layer.Event,
    x1: time.toPixel(seen[0]),
    y1: seen[1],
    x2: time.toPixel(seen[2]),
    y2: seen[3],
    stroke: { color: theme.lost, width: 1.6 * s },
  });
  if (died > time.to) return;
  marks.push({
    shape: 'glyph',
    glyph: 'cross',
    id: null,
    layer: Layer.Event,
    x: time.toPixel(died),
    y: y2,
    size: 8 * s,
    color: theme.lost,
    lineWidth: 1.8 * s,
  });
};

const colorOf = (trace: Trace, i: number, secure: Secure | null, { theme }: LayoutInput): string => {
  if (trace.packets.kind[i] !== PacketKind.Data) return theme.control;
  const epoch = secure?.epochOf(i) ?? null;
  return epoch === null || !secure ? theme.data : secure.color(epoch);
};
