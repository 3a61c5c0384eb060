import { bytes, decimal } from '../format.ts';
import type { Fill } from '../types.ts';
import { journey, lookOf } from './journey.ts';
import type { Journey, Look } from './journey.ts';
import { layerOf, Rank } from './sheet.ts';
import type { Sheet } from './sheet.ts';
import { cutPolygon, toPixels } from './space.ts';
import { isRare } from './visible.ts';

/** Packets of one kind that follow each other so closely that they are drawn as one bundle. */
interface Train {
  readonly look: Look;
  readonly link: number;
  readonly flow: number;
  /** Its first packet stands for it when it is selected. */
  readonly first: number;
  last: number;
  count: number;
  bytes: number;
  /** Corners: first bit leaves, last bit leaves, last bit arrives, first bit arrives. */
  readonly leave: number;
  left: number;
  arrived: number;
  readonly arrive: number;
}

const way: Journey = { depart: 0, arrive: 0, length: 0, death: 1 };

/** A smaller train is drawn as single arrows while these are few. */
const LEAST = 3;

export interface Bundles {
  readonly trains: readonly Train[];
  /** Rows that are drawn alone. */
  readonly singles: readonly number[];
  readonly bundled: number;
}

/** Sorts packets into trains (gaps below `gap` ns) and single ones; at most `room` single ones, seldom ones first. */
export const bundle = (sheet: Sheet, rows: Int32Array, gap: number, room: number): Bundles => {
  const { input } = sheet;
  const { index, trace } = input;
  const p = trace.packets;
  const open = new Map<number, Train>();
  const trains: Train[] = [];
  const members = new Map<Train, number[]>();
  const singles: number[] = [];
  const selected = input.selection?.kind === 'packet' && input.selection.trace === 0 ? input.selection.index : -1;
  let rare = 0;
  for (const i of rows) {
    const alone = i === selected || (isRare(input, i) && rare < room);
    if (alone) {
      rare++;
      singles.push(i);
      continue;
    }
    const look = lookOf(index, i);
    const link = p.link[i] as number;
    const flow = p.flow[i] as number;
    journey(index, i, way);
    const leave = way.depart - way.length;
    const key = (link * 64 + (flow % 64)) * 8 + looks.indexOf(look);
    const train = open.get(key);
    if (train && leave - train.left <= gap) {
      train.last = i;
      train.count++;
      train.bytes += p.size[i] as number;
      train.left = way.depart;
      train.arrived = Math.max(train.arrived, way.arrive);
      const list = members.get(train);
      if (list && list.length < LEAST) list.push(i);
      continue;
    }
    const fresh: Train = {
      look,
      link,
      flow,
      first: i,
      last: i,
      count: 1,
      bytes: p.size[i] as number,
      leave,
      left: way.depart,
      arrived: way.arrive,
      arrive: way.arrive - way.length,
    };
    open.set(key, fresh);
    trains.push(fresh);
    members.set(fresh, [i]);
  }
  let left = room - singles.length;
  const kept: Train[] = [];
  let bundled = 0;
  for (const train of trains) {
    const list = members.get(train) as number[];
    if (train.count < LEAST && train.count <= left && list.length === train.count) {
      left -= train.count;
      singles.push(...list);
    } else {
      kept.push(train);
      bundled += train.count;
    }
  }
  return { trains: kept, singles, bundled };
};

const looks: readonly Look[] = ['data', 'blocked', 'ack', 'control', 'repair', 'lost'];

export const drawTrain = (sheet: Sheet, train: Train): void => {
  const { space, input, s, theme } = sheet;
  const { viewport } = input;
  const link = input.trace.links[train.link];
  if (!link) return;
  const a1 = space.lane[link.from] as number;
  const a2 = space.lane[link.to] as number;
  const stroke = sheet.stroke(train.first, train.look);
  const corners = cutPolygon(
    [train.leave, a1, train.left, a1, train.arrived, a2, train.arrive, a2],
    viewport.from,
    viewport.to,
  );
  if (corners.length < 6) return;
  const id = { kind: 'train', trace: 0, index: train.first } as const;
  const ack = train.look === 'ack';
  const opacity = (stroke.opacity ?? 1) * (ack ? 0.28 : train.look === 'blocked' ? 0.5 : 0.42);
  const fill: Fill = { color: stroke.color, opacity };
  sheet.marks.push({
    shape: 'path',
    id,
    layer: layerOf[train.look],
    points: toPixels(space, corners),
    closed: true,
    fill,
    stroke: { color: stroke.color, width: (ack ? 0.6 : 1) * s, opacity: ack ? 0.5 : (stroke.opacity ?? 1) * 0.9 },
  });
  const size = bytes(train.bytes);
  for (const [rank, text] of [
    [Rank.Train, `×${decimal(train.count)}, ${size}`],
    [Rank.Train + 0.5, `×${decimal(train.count)}`],
  ] as const) {
    if (ack && rank > Rank.Train) continue;
    const label = ack ? `×${decimal(train.count)}` : text;
    const spots = [0.5, 0.62, 0.38].flatMap((f) => {
      const t =
        (train.leave + train.left) / 2 + ((train.arrive + train.arrived) / 2 - (train.leave + train.left) / 2) * f;
      return t < viewport.from || t > viewport.to
        ? []
        : [{ x: space.x(t, a1 + (a2 - a1) * f), y: space.y(t, a1 + (a2 - a1) * f) }];
    });
    const spot = spots[0];
    if (!spot) return;
    // A label wider than its bundle would speak for its neighbours too.
    const width = input.measure(label, 'sans', 10.5 * s, 600) + 4 * s;
    const room = space.lying
      ? space.time.toPixel(Math.max(train.left, train.leave)) - space.time.toPixel(train.leave)
      : Math.abs(a2 - a1) * 0.5;
    if (width > room + 6 * s) continue;
    sheet.want(ack ? Rank.Ack : rank, {
      text: label,
      id,
      style: { color: ack ? theme.mute : sheet.stroke(train.first, 'data').color, plain: true, size: 10.5 },
      x: spot.x,
      y: spot.y,
      places: (w, h) => spots.map(({ x, y }) => [x - w / 2, y - h / 2] as const),
    });
    return;
  }
};
