import { emptyRoundTrip, phasesOf } from '../../trace/query/phases.ts';
import type { Phases } from '../../trace/query/phases.ts';
import { isUpward } from '../../trace/direction.ts';
import { isLost, PacketKind } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import { Secure } from '../sequence/secure.ts';
import { cut } from '../sequence/space.ts';
import { Layer } from '../types.ts';
import type { Compared, LayoutInput, Mark, TimeScale } from '../types.ts';

/** One run of a comparison, and where it stands in the picture. */
export interface Row {
  readonly run: Compared;
  readonly phases: Phases;
  /** Round trips of an empty path until the first byte; NaN where it never came. */
  readonly roundTrips: number;
  /** Lifelines of server and client, and the bar of phases below them, px. */
  readonly server: number;
  readonly client: number;
  readonly bar: number;
  readonly barHeight: number;
}

export const rowOf = (run: Compared, top: number, height: number, s: number): Row => {
  const phases = phasesOf(run.trace, 0);
  const rtt = emptyRoundTrip(run.trace, 0);
  // A waterfall needs a line for each resource, a budget one bar.
  const many = run.trace.requests.length > 1;
  const barHeight = many ? height * 0.45 : Math.min(18 * s, height * 0.2);
  return {
    run,
    phases,
    roundTrips: rtt > 0 ? (phases.firstByte - phases.began) / rtt : NaN,
    server: top + 8 * s,
    client: top + height - barHeight - 22 * s,
    bar: top + height - barHeight - 14 * s,
    barHeight,
  };
};

/** Round trips as people count them: what serialization and the hosts' work add stays below a seventh. */
export const roundTripText = (n: number): string => {
  if (Number.isNaN(n)) return 'no answer';
  const whole = Math.floor(n + 1e-9);
  return `${n - whole < 1 / 7 ? String(whole) : n.toFixed(1)} RTT`;
};

/** Each packet as a line between the two lifelines. */
export const drawWays = (row: Row, input: LayoutInput, time: TimeScale, marks: Mark[]): void => {
  const { trace } = row.run;
  const { theme } = input;
  const s = theme.scale;
  const secure = trace.tls ? new Secure(trace, trace.tls, theme, input.filter.observer === true) : null;
  const p = trace.packets;
  for (let i = 0; i < trace.packetCount; i++) {
    const sent = p.sent[i] as number;
    const lost = isLost(p.fate[i] as number);
    const arrived = lost ? sent + (emptyRoundTrip(trace, 0) / 2) * DEATH : (p.arrived[i] as number);
    if (arrived < time.from || sent > time.to) continue;
    const isAck = p.kind[i] === PacketKind.Ack;
    if (isAck && !input.filter.acks) continue;
    const up = isUpward(trace, i);
    const [y1, y2] = up ? [row.client, row.server] : [row.server, row.client];
    const seen = cut(sent, y1, arrived, lost ? y1 + (y2 - y1) * DEATH : y2, time.from, time.to);
    if (!seen) continue;
    marks.push({
      shape: 'line',
      id: null,
      layer: isAck ? Layer.Ack : lost ? Layer.Event : Layer.Data,
      x1: time.toPixel(seen[0]),
      y1: seen[1],
      x2: time.toPixel(seen[2]),
      y2: seen[3],
      stroke: lost
        ? { color: theme.lost, width: 1.6 * s }
        : isAck
          ? { color: theme.ack, width: 0.7 * s, opacity: 0.7 }
          : { color: colorOf(trace, i, secure, input), width: 1.2 * s },
    });
    if (lost && arrived <= time.to)
      marks.push({
        shape: 'glyph',
        glyph: 'cross',
        id: null,
        layer: Layer.Event,
        x: time.toPixel(arrived),
        y: y1 + (y2 - y1) * DEATH,
        size: 8 * s,
        color: theme.lost,
        lineWidth: 1.8 * s,
      });
  }
};

/** A ✕ stands a good third down the way, as in the sequence diagram. */
const DEATH = 0.36;

const colorOf = (trace: Trace, i: number, secure: Secure | null, { theme }: LayoutInput): string => {
  if (trace.packets.kind[i] !== PacketKind.Data) return theme.control;
  const epoch = secure?.epochOf(i) ?? null;
  return epoch === null || !secure ? theme.data : secure.color(epoch);
};
