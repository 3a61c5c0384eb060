import { packetLabel, packetName } from '../../packet/label.ts';
import { PacketKind } from '../../trace/types.ts';
import { axisHeight, timeAxis } from '../axis/timeAxis.ts';
import { decimal, duration, plural } from '../format.ts';
import { inOrder, lyingTime } from '../frame.ts';
import { Placer } from '../label/place.ts';
import { placeTag } from '../label/tag.ts';
import { Layer } from '../types.ts';
import type { Box, Figure, HitIndex, Layout, LayoutInput, Mark, TimeScale } from '../types.ts';

/** A column of the strip: the packet of it that matters most. */
interface Column {
  readonly packet: number;
  readonly x: number;
  readonly later: number;
}

/** px of a column. */
const COLUMN = 2;
/** So many of the worst are named, as far as there is room. */
const NAMED = 5;
/** ns: less is no difference that anybody sees. */
const NOTHING = 50_000;

const columnsOf = ({ trace, matters }: LayoutInput, time: TimeScale, s: number): Column[] => {
  if (!matters) return [];
  // A burst enters its link at one instant, and goes out one by one: so do the arrows.
  const { start } = trace.packets;
  const best = new Map<number, Column>();
  for (let i = 0; i < trace.packetCount; i++) {
    const later = matters.later[i] ?? NaN;
    const at = start[i] as number;
    if (Number.isNaN(later) || at < time.from || at > time.to) continue;
    const slot = Math.floor(time.toPixel(at) / (COLUMN * s));
    const known = best.get(slot);
    if (!known || Math.abs(later) > Math.abs(known.later))
      best.set(slot, { packet: i, x: (slot + 0.5) * COLUMN * s, later });
  }
  return [...best.values()];
};

/** The largest finite delay of all packets: the scale stays as one moves through time. */
const mostOf = (later: Float64Array | undefined): number => {
  let most = NOTHING;
  for (const ns of later ?? []) if (Number.isFinite(ns)) most = Math.max(most, Math.abs(ns));
  return most;
};

const colorOf = ({ trace, theme }: LayoutInput, { packet, later }: Column): string => {
  if (later < 0) return theme.delivered;
  const kind = trace.packets.kind[packet];
  return kind === PacketKind.Data ? theme.data : kind === PacketKind.Ack ? theme.ack : theme.control;
};

export const laterText = (ns: number): string =>
  !Number.isFinite(ns)
    ? 'never done'
    : Math.abs(ns) < NOTHING
      ? 'no difference'
      : `${ns > 0 ? '+' : '−'}${duration(Math.abs(ns))}`;

const write = (input: LayoutInput, plot: Box, marks: Mark[]): void => {
  const { theme, matters } = input;
  const s = theme.scale;
  const line = (y: number, text: string, size: number, weight: 400 | 600, color: string): void => {
    marks.push({
      shape: 'text',
      id: null,
      layer: Layer.Tag,
      x: plot.x - 10 * s,
      y,
      text,
      face: 'sans',
      size: size * s,
      weight,
      anchor: 'end',
      color,
    });
  };
  line(plot.y + 8 * s, 'If lost', 12.5, 600, theme.ink);
  line(plot.y + 23 * s, 'done later', 10.5, 400, theme.mute);
  if (matters && matters.done < matters.all)
    line(plot.y + 38 * s, `${String(matters.done)} of ${String(matters.all)}`, 10.5, 400, theme.mute);
};

const hitsOf = (columns: readonly Column[], plot: Box): HitIndex => ({
  at(x, y, tolerance = 6) {
    if (y < plot.y - tolerance || y > plot.y + plot.height + tolerance) return null;
    let best: Column | null = null;
    let nearest = tolerance;
    for (const column of columns) {
      const distance = Math.abs(column.x - x);
      if (distance > nearest) continue;
      nearest = distance;
      best = column;
    }
    return best && { id: { kind: 'packet', trace: 0, index: best.packet }, distance: nearest };
  },
});

/** For each packet, by how much all would be done later were that one lost: bars at the instants at which they go out. */
export const matters: Layout = (input): Figure => {
  const { viewport, theme, measure, trace } = input;
  const s = theme.scale;
  const marks: Mark[] = [];
  const time = lyingTime(viewport, theme);
  const numbers = viewport.axis === 'numbers';
  const top = (numbers ? axisHeight(theme) : 0) + 6 * s;
  const plot = {
    x: time.start,
    y: top,
    width: time.end - time.start,
    height: Math.max(1, viewport.height - top - 4 * s),
  };
  const axis = timeAxis(time, plot, theme, measure, numbers, marks);
  const most = mostOf(input.matters?.later);
  const columns = columnsOf(input, time, s);
  const hasEarlier = columns.some(({ later }) => later < -NOTHING);
  // Room for the words of the worst above the bars; below the ground line only where something comes earlier.
  const ground = top + plot.height * (hasEarlier ? 0.8 : 1);
  const rise = (ground - top - 16 * s) / most;
  for (const column of columns) {
    const { x, later, packet } = column;
    const height = Number.isFinite(later) ? Math.max(1, Math.abs(later) * rise) : ground - top;
    marks.push({
      shape: 'rect',
      id: { kind: 'packet', trace: 0, index: packet },
      layer: Layer.Data,
      x: x - (COLUMN / 2) * s,
      y: later < 0 ? ground : ground - height,
      width: COLUMN * s,
      height: later < 0 ? Math.min(height, top + plot.height - ground) : height,
      fill: { color: Number.isFinite(later) ? colorOf(input, column) : theme.lost },
    });
  }
  marks.push({
    shape: 'line',
    id: null,
    layer: Layer.Grid,
    x1: plot.x,
    y1: ground,
    x2: plot.x + plot.width,
    y2: ground,
    stroke: { color: theme.faint, width: s },
  });
  const worst = [...columns].filter(({ later }) => later > NOTHING).sort((a, b) => b.later - a.later);
  const placer = new Placer({ x: plot.x, y: top, width: plot.width + 20 * s, height: plot.height }, 4);
  for (const column of worst.slice(0, NAMED)) {
    const height = Number.isFinite(column.later) ? column.later * rise : ground - top - 16 * s;
    placeTag(
      {
        text: `${packetName(trace, column.packet, input.filter.observer)} ${laterText(column.later)}`,
        id: { kind: 'packet', trace: 0, index: column.packet },
        style: { color: colorOf(input, column), plain: true, size: 10.5 },
        x: column.x,
        y: ground - height,
        places: (w, h) => [
          [column.x - w / 2, ground - height - h],
          [column.x + 3 * s, ground - height - h / 2],
          [column.x - w - 3 * s, ground - height - h / 2],
        ],
      },
      placer,
      theme,
      measure,
      marks,
    );
  }
  write(input, plot, marks);
  const { selection } = input;
  const chosen = selection?.kind === 'packet' && selection.trace === 0 ? selection.index : -1;
  const mark = columns.find(({ packet }) => packet === chosen);
  if (mark)
    marks.push({
      shape: 'rect',
      id: { kind: 'packet', trace: 0, index: chosen },
      layer: Layer.Selection,
      x: mark.x - 3 * s,
      y: top,
      width: 6 * s,
      height: plot.height,
      stroke: { color: theme.accent, width: 1.4 * s },
    });
  const hits = hitsOf(columns, plot);
  return {
    name: 'matters',
    width: viewport.width,
    height: viewport.height,
    marks: inOrder(marks),
    plot,
    time,
    hits,
    axes: [axis],
    counted: null,
    title: 'What matters',
    tell: (x, y) => {
      const packet = hits.at(x, y)?.id.index;
      if (packet === undefined) return null;
      return `${packetLabel(trace, packet, input.filter.observer)} lost: ${laterText(input.matters?.later[packet] ?? NaN)} · click to lose it`;
    },
    get summary() {
      const { matters: known } = input;
      if (!known) return 'Nothing is known yet of what each packet’s loss would cost.';
      const head = `${plural(known.done, 'loss', 'losses')} of ${decimal(known.all)} tried.`;
      const named = worst
        .slice(0, NAMED)
        .map(({ packet, later }) => `${packetLabel(trace, packet, input.filter.observer)}: ${laterText(later)}`);
      return `${head} ${named.length > 0 ? `Those that matter most here: ${named.join('; ')}.` : 'None here makes a difference.'}`;
    },
  };
};
