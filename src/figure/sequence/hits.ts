import { lowerBound } from '../../base/bisect.ts';
import { SpanKind } from '../../trace/types.ts';
import type { Hit, HitIndex, LayoutInput, SemanticId } from '../types.ts';
import { heldOf } from './held.ts';
import { journey, lookOf } from './journey.ts';
import type { Journey, Look } from './journey.ts';
import type { Space } from './space.ts';
import { passes } from './visible.ts';

const way: Journey = { depart: 0, arrive: 0, length: 0, death: 1 };

/** What is rarer wins where arrows cross: it counts as so many px nearer. */
const bonus: Readonly<Record<Look, number>> = { lost: 4, repair: 4, control: 2.5, blocked: 1, data: 1, ack: 0 };

const distanceTo = (x: number, y: number, x1: number, y1: number, x2: number, y2: number): number => {
  const dx = x2 - x1;
  const dy = y2 - y1;
  const length = dx * dx + dy * dy;
  const f = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / length));
  return Math.hypot(x - x1 - f * dx, y - y1 - f * dy);
};

/**
 * Finds what lies under a point straight from the trace: every packet can be hit, also inside bundles and ribbons, and
 * drawing pays nothing for it.
 */
export const hitIndex = (input: LayoutInput, space: Space): HitIndex => ({
  at(x, y, tolerance = 6) {
    const { trace, index } = input;
    const along = space.lying ? x : y;
    const across = space.lying ? y : x;
    const low = Math.min(space.time.start, space.time.end) - tolerance;
    const high = Math.max(space.time.start, space.time.end) + tolerance;
    if (along < low || along > high) return null;
    const time = space.time.toTime(along);
    const slack = tolerance * space.time.perPixel;
    const hit = packetAt(input, space, x, y, time, slack, tolerance);
    const spans = trace.spans;
    let best: Hit | null = hit;
    const offer = (id: SemanticId, distance: number): void => {
      if (distance <= tolerance && (best === null || distance < best.distance)) best = { id, distance };
    };
    for (const lane of space.apps) {
      const [a1, a2] = lane.wait;
      if (across >= a1 - 2 && across <= a2 + 2) {
        const { rows, intervals } = index.spans(SpanKind.Blocked);
        intervals.visit(time, time, (k) => {
          const row = rows[k] as number;
          if (spans.node[row] === lane.node) offer({ kind: 'span', trace: 0, index: row }, 1);
        });
      }
      if (Math.abs(across - lane.at) <= 9 + tolerance) {
        const d = trace.deliveries;
        const near = lowerBound(d.time, time, trace.deliveryCount);
        for (const i of [near - 1, near]) {
          if (i < 0 || i >= trace.deliveryCount || d.node[i] !== lane.node) continue;
          offer(
            { kind: 'delivery', trace: 0, index: i },
            Math.max(0, Math.abs(space.time.toPixel(d.time[i] as number) - along) - 4),
          );
        }
      }
    }
    if (best === null) {
      for (const node of space.order) {
        const off = Math.abs(across - (space.lane[node] as number));
        const outward = (across - (space.lane[node] as number)) * (space.out[node] || -1);
        if (outward > 0 && outward < 10 + tolerance) {
          const recovery = index.spans(SpanKind.Recovery);
          recovery.intervals.visit(time, time, (k) => {
            const row = recovery.rows[k] as number;
            if (spans.node[row] === node) offer({ kind: 'span', trace: 0, index: row }, Math.max(0, outward - 8));
          });
          for (const held of heldOf(trace))
            if (held.node === node && time >= held.from && time <= held.to)
              offer({ kind: 'event', trace: 0, index: held.event }, Math.max(0, outward - 10));
          if (best !== null) break;
        }
        if (off > tolerance + 12) continue;
        const { rows, intervals } = index.spans(SpanKind.State);
        intervals.visit(time, time, (k) => {
          const row = rows[k] as number;
          if (spans.node[row] === node && (input.filter.flow === null || spans.flow[row] === input.filter.flow))
            offer({ kind: 'span', trace: 0, index: row }, Math.max(0, off - 12));
        });
      }
    }
    return best;
  },
});

const packetAt = (
  input: LayoutInput,
  space: Space,
  x: number,
  y: number,
  time: number,
  slack: number,
  tolerance: number,
): Hit | null => {
  const { trace, index } = input;
  let best = -1;
  let bestScore = Infinity;
  let bestDistance = 0;
  const consider = (i: number): void => {
    if (!passes(input, i)) return;
    const link = trace.links[trace.packets.link[i] as number];
    if (!link) return;
    journey(index, i, way);
    const a1 = space.lane[link.from] as number;
    const a2 = space.lane[link.to] as number;
    // Nearest of the way of the first bit and the way of the last; between the two is inside.
    const d1 = distanceTo(
      x,
      y,
      space.x(way.depart, a1),
      space.y(way.depart, a1),
      space.x(way.arrive, a2),
      space.y(way.arrive, a2),
    );
    let distance = d1;
    if (way.length > 0) {
      const t1 = way.depart - way.length;
      const t2 = way.arrive - way.length;
      const d2 = distanceTo(x, y, space.x(t1, a1), space.y(t1, a1), space.x(t2, a2), space.y(t2, a2));
      const across = space.lying ? y : x;
      const f = a2 === a1 ? 0 : (across - a1) / (a2 - a1);
      const first = t1 + (way.arrive - way.depart) * f;
      distance = f >= 0 && f <= 1 && time >= first && time <= first + way.length ? 0 : Math.min(d1, d2);
    }
    if (distance > tolerance) return;
    const score = distance - bonus[lookOf(index, i)];
    if (score < bestScore) {
      best = i;
      bestScore = score;
      bestDistance = distance;
    }
  };
  index.pyramid.underway.visit(time - slack, time + slack, consider);
  // A lost packet's dashed way goes on after its death.
  const { lost } = index.rare;
  const longest = trace.links.reduce((most, _, l) => Math.max(most, index.linkDelay(l)), 0);
  const sent = trace.packets.sent;
  let k = lowerBoundBy(lost, (i) => sent[i] as number, time - slack - longest * 2);
  for (; k < lost.length && (sent[lost[k] as number] as number) <= time + slack; k++) consider(lost[k] as number);
  return best < 0 ? null : { id: { kind: 'packet', trace: 0, index: best }, distance: bestDistance };
};

const lowerBoundBy = (rows: Int32Array, key: (row: number) => number, least: number): number => {
  let lo = 0;
  let hi = rows.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (key(rows[mid] as number) < least) lo = mid + 1;
    else hi = mid;
  }
  return lo;
};
