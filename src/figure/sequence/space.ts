import { axisHeight } from '../axis/timeAxis.ts';
import { gutterOf, rightMargin, timeScale } from '../frame.ts';
import type { Box, LayoutInput, TimeScale } from '../types.ts';

/** A lane in which an application takes its bytes. */
export interface AppLane {
  readonly node: number;
  /** null: all flows. */
  readonly flow: number | null;
  readonly name: string;
  /** Across, px: the middle of its triangles. */
  readonly at: number;
  /** Across, px: where hatching for waiting bytes begins and ends. */
  readonly wait: readonly [number, number];
}

/**
 * Where things lie. A point is (time, across): lying, time is x and across is y, the server above; upright, time is y
 * and across is x, the client left. Everything that draws goes through `x` and `y`, so that it need not know which.
 */
export interface Space {
  readonly lying: boolean;
  readonly time: TimeScale;
  readonly plot: Box;
  /** Across of each node's lifeline. */
  readonly lane: readonly number[];
  /** Which way across leads out of the picture at a node: −1, +1, or 0 for nodes between others. */
  readonly out: readonly number[];
  readonly apps: readonly AppLane[];
  /** Nodes in order across. */
  readonly order: readonly number[];
  x(time: number, across: number): number;
  y(time: number, across: number): number;
}

const rank = { server: 0, unknown: 1, router: 2, client: 3 } as const;

/** Flows that a figure shows: the filter's, else all. */
export const shownFlows = (input: LayoutInput): number[] =>
  input.filter.flow === null ? input.trace.flows.map((_, i) => i) : [input.filter.flow];

const MOST_LANES = 4;

export const makeSpace = (input: LayoutInput): Space => {
  const { trace, viewport, theme } = input;
  const s = theme.scale;
  const lying = viewport.orientation === 'lying';
  const order = trace.nodes
    .map((_, i) => i)
    .sort((a, b) => rank[trace.nodes[a]?.role ?? 'unknown'] - rank[trace.nodes[b]?.role ?? 'unknown'] || a - b);
  if (!lying) order.reverse();
  const last = (lying ? order[order.length - 1] : order[0]) ?? 0;
  const flows = shownFlows(input).filter((f) => trace.flows[f]?.client.node === last);
  const split = flows.length > 1 && flows.length <= MOST_LANES && lying;
  const laneCount = split ? flows.length : 1;

  const numbers = viewport.axis !== 'rules';
  const low = viewport.height < 260 * s;
  const top = (numbers ? axisHeight(theme) : 6 * s) + (low ? 30 : 46) * s;
  const waitHeight = (low ? 22 : 34) * s;
  const below = split ? laneCount * 24 * s + 20 * s : waitHeight + (low ? 20 : 28) * s;

  const plot: Box = lying
    ? {
        x: gutterOf(viewport, theme),
        y: numbers ? axisHeight(theme) : 0,
        width: Math.max(1, viewport.width - gutterOf(viewport, theme) - rightMargin(viewport, theme)),
        height: Math.max(1, viewport.height - (numbers ? axisHeight(theme) : 0)),
      }
    : {
        x: gutterOf(viewport, theme),
        y: 48 * s,
        width: Math.max(1, viewport.width - gutterOf(viewport, theme) - 6 * s),
        height: Math.max(1, viewport.height - 48 * s - 8 * s),
      };
  // A narrow upright picture, as on a phone, leaves the room to the arrows.
  const slim = !lying && viewport.width < 320 * s;
  const first = lying ? top : plot.x + (slim ? 50 : 62) * s;
  const end = lying ? viewport.height - below - 10 * s : viewport.width - (slim ? 28 : 44) * s;
  const lane: number[] = [];
  const out: number[] = [];
  order.forEach((node, k) => {
    const share = order.length > 1 ? k / (order.length - 1) : 0;
    lane[node] = Math.round(first + (end - first) * share) + 0.5;
    out[node] = k === 0 ? -1 : k === order.length - 1 ? 1 : 0;
  });
  const clientAt = lane[last] ?? 0;
  const apps: AppLane[] = [];
  const names = (flow: number): string => trace.flows[flow]?.name ?? 'App';
  if (lying) {
    for (let k = 0; k < laneCount; k++) {
      const flow = split ? (flows[k] as number) : null;
      const at = split ? clientAt + (33 + 24 * k) * s : clientAt + waitHeight + 14 * s;
      apps.push({
        node: last,
        flow,
        name: flow === null ? 'App' : names(flow),
        at,
        wait: split ? [at - 9 * s, at + 9 * s] : [clientAt + 3 * s, clientAt + 3 * s + waitHeight],
      });
    }
  } else {
    apps.push({ node: last, flow: null, name: 'App', at: plot.x + 14 * s, wait: [plot.x + 27 * s, clientAt - 3 * s] });
  }
  const time = lying
    ? timeScale('lying', plot.x, plot.x + plot.width, viewport)
    : timeScale('upright', plot.y, plot.y + plot.height, viewport);
  return {
    lying,
    time,
    plot,
    lane,
    out,
    apps,
    order,
    x: lying ? (t) => time.toPixel(t) : (_, across) => across,
    y: lying ? (_, across) => across : (t) => time.toPixel(t),
  };
};

/** A straight way cut to the visible range: [time, across, time, across], or null where nothing is left. */
export const cut = (
  t1: number,
  a1: number,
  t2: number,
  a2: number,
  from: number,
  to: number,
): readonly [number, number, number, number] | null => {
  if (t1 > t2) return cut(t2, a2, t1, a1, from, to);
  if (t2 < from || t1 > to) return null;
  const at = (t: number): number => (t2 === t1 ? a1 : a1 + ((a2 - a1) * (t - t1)) / (t2 - t1));
  const u1 = Math.max(t1, from);
  const u2 = Math.min(t2, to);
  return [u1, t1 === t2 ? a1 : at(u1), u2, t1 === t2 ? a2 : at(u2)];
};

/** A polygon of (time, across) pairs cut to the visible range (Sutherland–Hodgman on two half-planes). */
export const cutPolygon = (points: readonly number[], from: number, to: number): number[] => {
  const clip = (input: readonly number[], limit: number, keepAbove: boolean): number[] => {
    const result: number[] = [];
    const n = input.length / 2;
    for (let k = 0; k < n; k++) {
      const t1 = input[2 * k] as number;
      const a1 = input[2 * k + 1] as number;
      const t2 = input[(2 * k + 2) % (2 * n)] as number;
      const a2 = input[(2 * k + 3) % (2 * n)] as number;
      const in1 = keepAbove ? t1 >= limit : t1 <= limit;
      const in2 = keepAbove ? t2 >= limit : t2 <= limit;
      if (in1) result.push(t1, a1);
      if (in1 !== in2) result.push(limit, a1 + ((a2 - a1) * (limit - t1)) / (t2 - t1));
    }
    return result;
  };
  return clip(clip(points, from, true), to, false);
};

/** (time, across) pairs to px, in place of a new array. */
export const toPixels = (space: Space, points: readonly number[]): number[] => {
  const result = new Array<number>(points.length);
  for (let k = 0; k < points.length; k += 2) {
    const t = points[k] as number;
    const a = points[k + 1] as number;
    result[k] = space.x(t, a);
    result[k + 1] = space.y(t, a);
  }
  return result;
};
