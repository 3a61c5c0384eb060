import { nanos } from '../../base/time.ts';
import { inOrder, timeScale } from '../frame.ts';
import { Placer } from '../label/place.ts';
import { placeTag } from '../label/tag.ts';
import type { Measure } from '../measure.ts';
import type { Theme } from '../theme.ts';
import { Layer } from '../types.ts';
import type { Figure, Mark, SemanticId } from '../types.ts';
import { places } from './places.ts';
import { Channels, route } from './route.ts';
import type { Grid, Node } from './route.ts';
import type { Chart, ChartEdge, ChartPosition } from './types.ts';

export interface ChartInput {
  readonly chart: Chart;
  readonly position: ChartPosition;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  readonly measure: Measure;
}

/** A state chart: the present state filled with the accent, the way taken in ink, the rest faint. */
export const stateChart = (input: ChartInput): Figure => {
  const { chart, position, width, height, theme, measure } = input;
  const s = theme.scale;
  const marks: Mark[] = [];
  const { nodes, grid, size } = arrange(input);
  const taken = new Set(position.taken);
  const steps = new Set(position.taken.slice(1).map((to, k) => `${position.taken[k] ?? ''}>${to}`));
  const channels = new Channels();
  const labels: { at: number[]; text: string; color: string; rank: number }[] = [];

  merged(chart, position).forEach((edge, k) => {
    const a = nodes.get(edge.from);
    const b = nodes.get(edge.to);
    if (!a || !b || edge.from === edge.to) return;
    const points = route(a, b, grid, channels, 5 * s);
    const passed = steps.has(`${edge.from}>${edge.to}`);
    const open = edge.from === position.present;
    const color = passed ? theme.ink : open ? theme.mute : theme.faint;
    const opacity = passed ? 1 : open ? 0.95 : 0.42;
    marks.push({
      shape: 'path',
      id: { kind: 'state', trace: 0, index: -1 - k },
      layer: passed ? Layer.Control : Layer.Ack,
      points,
      closed: false,
      stroke: { color, width: (passed ? 1.8 : 1) * s, opacity },
    });
    const n = points.length;
    const [x1, y1, x2, y2] = [points[n - 4], points[n - 3], points[n - 2], points[n - 1]] as [
      number,
      number,
      number,
      number,
    ];
    marks.push({
      shape: 'glyph',
      glyph: 'arrowhead',
      id: null,
      layer: passed ? Layer.Control : Layer.Ack,
      x: x2,
      y: y2,
      size: (passed ? 7.5 : 6) * s,
      turn: (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI + 90,
      color,
      opacity,
    });
    // Words where the reader is: on the way taken, and on what may come next.
    if (edge.label !== '' && (passed || open || width > 620 * s))
      labels.push({
        at: points,
        text: edge.label,
        color: passed ? theme.ink : theme.mute,
        rank: open ? 0 : passed ? 1 : 2,
      });
  });

  const placer = new Placer({ x: 0, y: 0, width, height }, 1);
  chart.states.forEach((state, k) => {
    const node = nodes.get(state.name);
    if (!node) return;
    placer.block(node.box);
    drawState(marks, node, state.name, k, size, {
      present: state.name === position.present,
      passed: taken.has(state.name),
      theme,
    });
  });
  for (const { at, text, color } of labels.sort((a, b) => a.rank - b.rank)) {
    const spots: [number, number][] = [];
    for (let k = 0; k + 3 < at.length; k += 2)
      spots.push([
        ((at[k] as number) + (at[k + 2] as number)) / 2,
        ((at[k + 1] as number) + (at[k + 3] as number)) / 2,
      ]);
    spots.sort((p, q) => Math.abs(p[0] - width / 2) - Math.abs(q[0] - width / 2));
    placeTag(
      {
        text,
        id: null,
        style: { color, plain: true, size: 9.5, weight: 500 },
        x: spots[0]?.[0] ?? 0,
        y: spots[0]?.[1] ?? 0,
        places: (w, h) =>
          spots.flatMap(([x, y]) => [
            [x - w / 2, y - h / 2] as const,
            [x + 3 * s, y - h / 2] as const,
            [x - w - 3 * s, y - h / 2] as const,
          ]),
      },
      placer,
      theme,
      measure,
      marks,
    );
  }
  const present = position.present ?? 'unknown';
  return {
    name: 'statechart',
    width,
    height,
    marks: inOrder(marks),
    plot: { x: 0, y: 0, width, height },
    time: timeScale('lying', 0, width, { from: nanos(0), to: nanos(1) }),
    hits: {
      at(x, y, tolerance = 6) {
        for (const [k, state] of chart.states.entries()) {
          const box = nodes.get(state.name)?.box;
          if (!box) continue;
          const dx = Math.max(box.x - x, 0, x - box.x - box.width);
          const dy = Math.max(box.y - y, 0, y - box.y - box.height);
          const distance = Math.hypot(dx, dy);
          if (distance <= tolerance) return { id: { kind: 'state', trace: 0, index: k }, distance };
        }
        return null;
      },
    },
    axes: [],
    counted: null,
    title: chart.title,
    summary: `${chart.title}: now ${present}. The way so far: ${position.taken.length > 0 ? position.taken.join(', ') : 'none'}.`,
  };
};

/** An event that leads from at least so many states to one and the same (a reset) is drawn only where it matters. */
const AMBIENT = 5;

/** One edge per pair of states, its words joined; what leads everywhere to one state only from the present one or where it was taken. */
const merged = (chart: Chart, position: ChartPosition): ChartEdge[] => {
  const times = new Map<string, number>();
  const key = (edge: ChartEdge): string => `${edge.label}>${edge.to}`;
  for (const edge of chart.edges) times.set(key(edge), (times.get(key(edge)) ?? 0) + 1);
  const steps = new Set(position.taken.slice(1).map((to, k) => `${position.taken[k] ?? ''}>${to}`));
  const byPair = new Map<string, ChartEdge>();
  for (const edge of chart.edges) {
    const pair = `${edge.from}>${edge.to}`;
    if ((times.get(key(edge)) ?? 0) >= AMBIENT && !steps.has(pair) && !byPair.has(pair)) continue;
    const before = byPair.get(pair);
    byPair.set(pair, before ? { ...before, label: `${before.label} or ${edge.label}` } : edge);
  }
  return [...byPair.values()];
};

const arrange = ({
  chart,
  width,
  height,
  theme,
  measure,
}: ChartInput): { nodes: Map<string, Node>; grid: Grid; size: number } => {
  const s = theme.scale;
  const at = places(chart);
  const columns = Math.max(...[...at.values()].map(([c]) => c)) + 1;
  const rows = Math.max(...[...at.values()].map(([, r]) => r)) + 1;
  const margin = 27 * s;
  const pitch = (width - 2 * margin) / columns;
  const rowPitch = (height - 12 * s) / rows;
  const longest = (size: number): number =>
    Math.max(...chart.states.map(({ name }) => measure(name, 'sans', size, 600)));
  // Names decide the size of the boxes, and the room there is decides the size of the names.
  let size = 12 * s;
  while (size > 8 * s && longest(size) + 14 * s > pitch - 10 * s) size -= 0.5 * s;
  const boxWidth = Math.min(pitch - 8 * s, longest(size) + 18 * s);
  const boxHeight = Math.min(28 * s, rowPitch * 0.62);
  const columnAt = (column: number): number => margin + (column + 0.5) * pitch;
  const nodes = new Map<string, Node>();
  for (const [name, [column, row]] of at) {
    nodes.set(name, {
      column,
      row,
      box: {
        x: columnAt(column) - boxWidth / 2,
        y: 6 * s + (row + 0.5) * rowPitch - boxHeight / 2,
        width: boxWidth,
        height: boxHeight,
      },
    });
  }
  return { nodes, size, grid: { columnAt, pitch, left: margin - 7 * s, right: width - margin + 7 * s } };
};

const drawState = (
  marks: Mark[],
  node: Node,
  name: string,
  k: number,
  size: number,
  { present, passed, theme }: { readonly present: boolean; readonly passed: boolean; readonly theme: Theme },
): void => {
  const s = theme.scale;
  const id: SemanticId = { kind: 'state', trace: 0, index: k };
  const { box } = node;
  marks.push(
    {
      shape: 'rect',
      id,
      layer: Layer.Lifeline,
      ...box,
      radius: 6 * s,
      fill: { color: present ? theme.accent : theme.ground },
      stroke: present
        ? { color: theme.accent, width: 1.5 * s }
        : { color: passed ? theme.ink : theme.faint, width: (passed ? 1.5 : 1) * s, opacity: passed ? 1 : 0.6 },
    },
    {
      shape: 'text',
      id,
      layer: Layer.Tag,
      x: box.x + box.width / 2,
      y: box.y + box.height / 2,
      text: name,
      face: 'sans',
      size,
      weight: present || passed ? 600 : 500,
      anchor: 'middle',
      color: present ? theme.ground : passed ? theme.ink : theme.mute,
    },
  );
};
