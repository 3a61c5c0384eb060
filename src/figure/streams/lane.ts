import { isBlocked } from '../../trace/query/streams/blockings.ts';
import type { Blocking } from '../../trace/query/streams/blockings.ts';
import type { Steps } from '../../trace/query/queue.ts';
import { placeTag } from '../label/tag.ts';
import type { Placer } from '../label/place.ts';
import { Layer } from '../types.ts';
import type { LayoutInput, Mark, SemanticId, TimeScale } from '../types.ts';
import { resourceColor } from '../waterfall/bars.ts';
import { blockLook } from './look.ts';
import { wordsOf } from './rows.ts';
import type { Row } from './rows.ts';

/** Lanes lower than this have no words on their hatches, px. */
const NAMED_FROM = 11;
/** Where there are more stretches than these, only the wide ones are named. */
const MOST_NAMED = 40;
/** Share of a lane that its stair fills at its highest. */
const STAIR = 0.86;
/** Who stands by without bytes of its own is hatched along the foot of its lane, px. */
const FOOT = 5;

/** A stair over the visible time, x and y in px; what changes within half a pixel is one step. */
const stair = (steps: Steps, total: number, row: Row, time: TimeScale): number[] => {
  const bottom = row.top + row.height;
  const rise = (row.height * STAIR) / Math.max(1, total);
  const points: number[] = [];
  let level = bottom;
  let last = -Infinity;
  for (let k = 0; k < steps.time.length; k++) {
    const at = steps.time[k] as number;
    if (at > time.to) break;
    const y = bottom - (steps.value[k] as number) * rise;
    const x = at < time.from ? time.start : time.toPixel(at);
    if (points.length === 0) points.push(x, level);
    if (x - last < 0.5 && points.length > 2) points[points.length - 1] = y;
    else {
      points.push(x, level, x, y);
      last = x;
    }
    level = y;
  }
  return points;
};

/** What had arrived as a line, what HTTP had got as the ground under it: the gap between them waits. */
export const drawStairs = (row: Row, input: LayoutInput, time: TimeScale, marks: Mark[]): void => {
  const color = resourceColor(input.theme, row.lane.request);
  const s = input.theme.scale;
  const bottom = row.top + row.height;
  const { sent, completion } = row.request;
  const end = time.toPixel(Math.min(time.to, completion ?? time.to));
  const isOver = completion !== null && completion < time.from;
  if (isOver || sent === null || sent > time.to) return;
  marks.push({
    shape: 'line',
    id: null,
    layer: Layer.Area,
    x1: time.toPixel(Math.max(sent, time.from)),
    y1: bottom,
    x2: Math.max(end, time.start),
    y2: bottom,
    stroke: { color, width: 1.2 * s, opacity: 0.5 },
  });
  const closed = (points: readonly number[]): number[] => {
    const x = Math.max(points.at(-2) ?? 0, end);
    return [...points, x, points.at(-1) ?? bottom, x, bottom, points[0] ?? 0, bottom];
  };
  const arrived = stair(row.lane.arrived, row.lane.bytes, row, time);
  const delivered = stair(row.lane.delivered, row.lane.bytes, row, time);
  if (arrived.length > 0)
    marks.push(
      {
        shape: 'path',
        id: null,
        layer: Layer.Area,
        points: closed(arrived),
        closed: true,
        fill: { color, opacity: 0.16 },
      },
      {
        shape: 'path',
        id: null,
        layer: Layer.Data,
        points: arrived,
        closed: false,
        stroke: { color, width: 1.3 * s },
      },
    );
  if (delivered.length > 0)
    marks.push({
      shape: 'path',
      id: null,
      layer: Layer.Area,
      points: closed(delivered),
      closed: true,
      fill: { color, opacity: 0.6 },
    });
};

/** Where a stretch lies, px; null: out of sight. */
export const seen = (
  one: Pick<Blocking, 'start' | 'end'>,
  time: TimeScale,
): readonly [x: number, width: number] | null => {
  if (one.end <= time.from || one.start >= time.to) return null;
  const x = time.toPixel(Math.max(one.start, time.from));
  return [x, Math.max(1, time.toPixel(Math.min(one.end, time.to)) - x)];
};

/** A record that is being sent is in hand within ms: too little for words and for the whole lane. */
const isLow = (one: Blocking): boolean => !isBlocked(one) || one.layer === 'tls';

export const boxOf = (one: Blocking, row: Row, s: number): readonly [y: number, height: number] => {
  const foot = Math.min(FOOT * s, row.height / 3);
  return isLow(one) ? [row.top + row.height - foot, foot] : [row.top, row.height];
};

/** Hatches of standing still, each in the pattern of its layer. */
export const drawBlocked = (row: Row, input: LayoutInput, time: TimeScale, marks: Mark[]): void => {
  const { theme, selection } = input;
  const s = theme.scale;
  for (const one of row.blocked) {
    const place = seen(one, time);
    if (!place) continue;
    const look = blockLook(one.layer, theme);
    const [y, height] = boxOf(one, row, s);
    const low = isLow(one);
    const id: SemanticId = { kind: 'span', trace: 0, index: one.span };
    marks.push({
      shape: 'hatch',
      id,
      layer: low ? Layer.Control : Layer.Event,
      x: place[0],
      width: place[1],
      y,
      height,
      pattern: look.pattern,
      color: look.color,
      spacing: low ? Math.min(look.spacing, 3.5 * s) : look.spacing,
      lineWidth: (low ? 0.8 : 1.1) * s,
      fill: { color: look.color, opacity: low ? 0.06 : 0.1 },
    });
    const chosen = selection?.trace === 0 && selection.kind === 'span' && selection.index === one.span;
    const isCulprit = selection?.trace === 0 && selection.kind === 'packet' && selection.index === one.packet;
    if (chosen || isCulprit)
      marks.push({
        shape: 'rect',
        id,
        layer: Layer.Selection,
        x: place[0],
        width: place[1],
        y,
        height,
        stroke: { color: theme.accent, width: 1.6 * s },
      });
  }
};

/** Words on the hatches: the longest that fit, the loudest first. Who only stands by is named where it is wide enough. */
export const nameBlocked = (
  rows: readonly Row[],
  input: LayoutInput,
  time: TimeScale,
  placer: Placer,
  marks: Mark[],
): void => {
  const { theme, measure, trace } = input;
  const s = theme.scale;
  const size = 11;
  const all = rows.flatMap((row) => row.blocked.map((one) => ({ one, row })));
  const rank = (one: Blocking): number => (isLow(one) ? 1 : 0);
  const length = (one: Blocking): number => one.end - one.start;
  all.sort((a, b) => rank(a.one) - rank(b.one) || length(b.one) - length(a.one));
  for (const { one, row } of all) {
    if (one.layer === 'tls' || row.height < NAMED_FROM * s) continue;
    const place = seen(one, time);
    if (!place || place[1] < (all.length > MOST_NAMED ? 24 : 3) * s) continue;
    const look = blockLook(one.layer, theme);
    const [x, width] = place;
    const y = row.top + row.height / 2;
    const style = {
      color: isBlocked(one) ? look.color : theme.mute,
      plain: true,
      size,
      weight: isBlocked(one) ? 600 : 500,
    } as const;
    /** Beside it, but not on a hatch that another sentence is about. */
    const isClear = (from: number, to: number): boolean =>
      !row.blocked.some((other) => {
        const spot = other === one || other.layer === 'tls' ? null : seen(other, time);
        return spot !== null && spot[0] < to && from < spot[0] + spot[1];
      });
    // Inside where it fits; beside it, where there is room, before words are left out.
    for (const text of wordsOf(trace, one)) {
      const fits = measure(text, 'sans', size * s, 600) + 6 * s <= width;
      const placed = placeTag(
        {
          text,
          id: { kind: 'span', trace: 0, index: one.span },
          style,
          x: x + width / 2,
          y,
          places: (w, h) => [
            ...(fits ? ([[x + (width - w) / 2, y - h / 2]] as const) : []),
            ...[x - w - 4 * s, x + width + 4 * s]
              .filter((left) => isClear(left, left + w))
              .map((left) => [left, y - h / 2] as const),
          ],
        },
        placer,
        theme,
        measure,
        marks,
      );
      if (placed) break;
    }
  }
};
