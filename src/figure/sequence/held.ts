import { lowerBound } from '../../base/bisect.ts';
import { EventKind, HoldReason } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import { bytes, duration } from '../format.ts';
import { Layer } from '../types.ts';
import type { SemanticId } from '../types.ts';
import { Rank } from './sheet.ts';
import type { Sheet } from './sheet.ts';

/** What an application wrote and TCP kept back: from the write to the sending. */
interface Held {
  readonly event: number;
  readonly node: number;
  readonly flow: number;
  readonly from: number;
  readonly to: number;
}

const known = new WeakMap<Trace, readonly Held[]>();

/** Each write that Nagle's algorithm (RFC 9293 §3.7.4) kept back, in order. */
export const heldOf = (trace: Trace): readonly Held[] => {
  let held = known.get(trace);
  if (!held) known.set(trace, (held = find(trace)));
  return held;
};

const find = (trace: Trace): Held[] => {
  const { events: e, packets: p } = trace;
  const found: Held[] = [];
  for (let event = 0; event < trace.eventCount; event++) {
    if (e.kind[event] !== EventKind.Held || e.b[event] !== HoldReason.Nagle) continue;
    const from = e.time[event] as number;
    const node = e.node[event] as number;
    const flow = e.flow[event] as number;
    let i = lowerBound(p.sent, from + 1, trace.packetCount);
    while (
      i < trace.packetCount &&
      !(p.flow[i] === flow && (p.payload[i] as number) > 0 && trace.links[p.link[i] as number]?.from === node)
    )
      i++;
    found.push({ event, node, flow, from, to: i < trace.packetCount ? (p.sent[i] as number) : trace.end });
  }
  return found;
};

/** A bar beside the writer's lifeline from the write to its sending: "20 B held · 62 ms". */
export const drawHeld = (sheet: Sheet): void => {
  const { input, space, theme, s } = sheet;
  const { trace, viewport, filter } = input;
  for (const held of heldOf(trace)) {
    if (held.to < viewport.from || held.from > viewport.to) continue;
    if (filter.flow !== null && held.flow !== filter.flow) continue;
    const across = space.lane[held.node];
    if (across === undefined) continue;
    const out = space.out[held.node] || -1;
    const p1 = space.time.toPixel(Math.max(held.from, viewport.from));
    const p2 = space.time.toPixel(Math.min(held.to, viewport.to));
    const id: SemanticId = { kind: 'event', trace: 0, index: held.event };
    const a = across + out * 6 * s - 3 * s;
    sheet.marks.push({
      shape: 'hatch',
      id,
      layer: Layer.Lifeline,
      x: space.lying ? p1 : a,
      y: space.lying ? a : p1,
      width: space.lying ? Math.max(1, p2 - p1) : 6 * s,
      height: space.lying ? 6 * s : Math.max(1, p2 - p1),
      color: theme.control,
      spacing: 5 * s,
      lineWidth: 1.1 * s,
      fill: { color: theme.control, opacity: 0.16 },
    });
    const size = bytes(trace.events.a[held.event] as number);
    sheet.want(Rank.Waiting, {
      text: `${size} held · ${duration(held.to - held.from)}`,
      id,
      style: { color: theme.control, plain: true, size: 10.5, weight: 600 },
      x: p1,
      y: across,
      places: (w, h) =>
        space.lying
          ? [out < 0 ? across - 10 * s - h : across + 10 * s].flatMap((y) => [
              [(p1 + p2 - w) / 2, y] as const,
              [p1, y] as const,
              [p2 - w, y] as const,
            ])
          : [
              [across + 12 * s, (p1 + p2 - h) / 2],
              [across + 12 * s, p1],
            ],
    });
  }
};
