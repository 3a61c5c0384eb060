import { NONE } from '../../trace/types.ts';
import { Layer } from '../types.ts';
import { journey, original } from './journey.ts';
import type { Journey } from './journey.ts';
import type { Sheet } from './sheet.ts';

/** So many arcs still tell which belongs to which. */
const MOST_ARCS = 16;
const STEPS = 32;
const way: Journey = { depart: 0, arrive: 0, length: 0, death: 1 };

/** Thin dotted arcs outside the sender's lifeline, from a lost packet to its repair. */
export const drawArcs = (sheet: Sheet, repairs: readonly number[]): void => {
  const { input, space, theme, s } = sheet;
  const { index, trace, viewport } = input;
  const stroke = { color: theme.repair, width: 1.3 * s, dash: [0.1, 3.4 * s], cap: 'round' as const };
  const height = (viewport.height < 260 * s ? 20 : 34) * s;
  for (const i of repairs.slice(0, MOST_ARCS)) {
    if (trace.packets.retransmissionOf[i] === NONE) continue;
    const link = trace.links[trace.packets.link[i] as number];
    if (!link) continue;
    const across = space.lane[link.from] as number;
    const out = space.out[link.from] || -1;
    journey(index, original(index, i), way);
    const t1 = way.depart - way.length;
    journey(index, i, way);
    const t2 = way.depart - way.length;
    if (t2 <= t1 || t2 < viewport.from || t1 > viewport.to) continue;
    const p1 = space.time.toPixel(t1);
    // Flat for a short way, so that neighbours nest.
    const pixels = space.time.toPixel(t2) - p1;
    const rise = Math.min(height, 8 * s + pixels * 0.35) * (space.lying ? 1 : 0.8);
    const points: number[] = [];
    for (let k = 0; k <= STEPS; k++) {
      const f = k / STEPS;
      const p = p1 + pixels * f;
      if (p < space.time.start || p > space.time.end) continue;
      // A parabola lifted to the fourth at its ends: leaves the lifeline steeply and runs flat above.
      const lift = 1 - Math.abs(2 * f - 1) ** 2.4;
      const q = across + out * rise * lift;
      points.push(space.lying ? p : q, space.lying ? q : p);
    }
    if (points.length < 4) continue;
    sheet.marks.push({
      shape: 'path',
      id: { kind: 'packet', trace: 0, index: i },
      layer: Layer.Event,
      points,
      closed: false,
      stroke,
    });
  }
};
