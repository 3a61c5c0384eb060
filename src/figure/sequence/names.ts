import { bytes, decimal } from '../format.ts';
import type { TagLine, Wanted } from '../label/tag.ts';
import { pointOn } from './arrows.ts';
import { journey, original, shortLabel } from './journey.ts';
import type { Journey, Look } from './journey.ts';
import { Rank } from './sheet.ts';
import type { Sheet } from './sheet.ts';

const way: Journey = { depart: 0, arrive: 0, length: 0, death: 1 };

/** Neighbours closer than this, px, share one tag. */
const NEAR_LOSSES = 26;
const NEAR_REPAIRS = 12;
/** A loss that the next follows so closely, px, is named at its left. */
const NEXT = 96;

/** Rows in order, cut where two neighbours lie further apart than `least` px, or more where rows are many. */
const clusters = (sheet: Sheet, rows: readonly number[], least: number, most: number): number[][] => {
  const { input, space, s } = sheet;
  // The more there are, the wider a neighbourhood, so that no frame is spent on placing words.
  const gap = rows.length > 60 ? Math.max(least, (space.plot.width / s) * 0.03) : least;
  const found: number[][] = [];
  let last = -Infinity;
  for (const i of rows) {
    journey(input.index, i, way);
    const pixel = space.time.toPixel(way.depart);
    const open = found[found.length - 1];
    if (open && pixel - last <= gap * s && rows.length > most) open.push(i);
    else found.push([i]);
    last = pixel;
  }
  return found;
};

/** "#30 lost" beside its ✕; "135 lost" beside a burst. Where it is full, further away with a leader. */
export const wantLosses = (sheet: Sheet, rows: readonly number[]): void => {
  const { s, theme, input, space } = sheet;
  const groups = clusters(sheet, rows, NEAR_LOSSES, 8);
  groups.forEach((group, k) => {
    const middle = group[Math.floor(group.length / 2)] as number;
    journey(input.index, middle, way);
    const at = pointOn(sheet, middle, way.death);
    if (!at) return;
    const one = group.length === 1;
    // Two side by side stand in their order: the first before its ✕, the second behind its own.
    const next = groups[k + 1]?.[0];
    const nextAt = next === undefined ? null : pointOn(sheet, next, way.death);
    const crowded = one && space.lying && nextAt !== null && nextAt.x - at.x < NEXT * s;
    // Beside a burst means beyond its ends.
    const ends = [group[0], group[group.length - 1]].map((i) => {
      journey(input.index, i as number, way);
      return space.time.toPixel(way.depart) - space.time.toPixel(input.trace.packets.sent[middle] as number);
    });
    const before = one || !space.lying ? 0 : Math.min(0, ends[0] as number);
    const after = one || !space.lying ? 0 : Math.max(0, ends[1] as number);
    sheet.want(Rank.Lost, {
      text: one
        ? `${sheet.secure?.hides(middle) === true ? 'protected,' : shortLabel(input, middle)} lost`
        : `${decimal(group.length)} lost`,
      id: { kind: 'packet', trace: 0, index: middle },
      style: { color: theme.lost },
      x: at.x,
      y: at.y,
      places: (w, h) => [
        ...(crowded ? [[at.x - 13 * s - w, at.y - h / 2] as const] : []),
        [at.x + after + 13 * s, at.y - h / 2],
        [at.x + before - 13 * s - w, at.y - h / 2],
        [at.x + 9 * s, at.y + 9 * s],
        [at.x - w - 9 * s, at.y + 9 * s],
        [at.x + 30 * s, at.y - h - 8 * s, true],
        [at.x + 30 * s, at.y + 16 * s, true],
        [at.x - 30 * s - w, at.y + 16 * s, true],
        [at.x + 44 * s, at.y + 36 * s, true],
      ],
    });
  });
};

/** At the sender's lifeline, outside the band: "R #30 again"; "135 sent again" where they follow closely. */
export const wantRepairs = (sheet: Sheet, rows: readonly number[]): void => {
  const { s, theme, input, space } = sheet;
  const p = input.trace.packets;
  for (const group of clusters(sheet, rows, NEAR_REPAIRS, 6)) {
    const i = group[0] as number;
    const link = input.trace.links[p.link[i] as number];
    if (!link) continue;
    journey(input.index, i, way);
    const t = way.depart - way.length;
    if (t < input.viewport.from || t > input.viewport.to) continue;
    const out = space.out[link.from] || -1;
    const across = space.lane[link.from] as number;
    const x = space.x(t, across);
    const y = space.y(t, across);
    const nth = p.nth[i] as number;
    const text =
      group.length > 1
        ? `R ${decimal(group.length)} sent again`
        : `R ${shortLabel(input, original(input.index, i))} again${nth > 2 ? ` (${String(nth)})` : ''}`;
    const places: Wanted['places'] = space.lying
      ? (w, h) => {
          const row = out < 0 ? y - 13 * s - h : y + 13 * s;
          const inside = out < 0 ? y + 10 * s : y - 10 * s - h;
          return [
            [x + 4 * s, row],
            [x - w - 4 * s, row],
            ...[24, 48, 72, 96, 120, 150].map((dx) => [x + dx * s, row, true] as const),
            [x + 22 * s, inside, true],
            [x + 60 * s, inside, true],
          ];
        }
      : (w, h) => [
          [x - w - 12 * s, y - h - 2 * s],
          [x - w - 12 * s, y + 6 * s],
          [x - w - 30 * s, y + 22 * s, true],
          [x - w - 30 * s, y - h - 20 * s, true],
        ];
    sheet.want(Rank.Repair, {
      text,
      id: { kind: 'packet', trace: 0, index: i },
      style: { color: theme.repair },
      x,
      y,
      places,
    });
  }
};

const colorOf = (sheet: Sheet, i: number, look: Look): string => {
  const { theme } = sheet;
  if (look === 'ack') return theme.mute;
  if (look === 'control') return theme.control;
  if (look === 'repair') return theme.repair;
  return look === 'lost' ? theme.lost : sheet.stroke(i, 'data').color;
};

/** On the line: what a packet is, where few are to be seen. */
export const wantName = (sheet: Sheet, i: number, look: Look, selected: boolean): void => {
  const payload = sheet.input.trace.packets.payload[i] as number;
  const name = shortLabel(sheet.input, i);
  // Of a packet that is hidden its length is all of its name.
  const isSized = payload > 0 && sheet.secure?.hides(i) !== true;
  wantOnLine(sheet, i, look, isSized ? `${name} · ${bytes(payload)}` : name, selected);
};

/** On the line where there is room, else beside it. */
const wantOnLine = (
  sheet: Sheet,
  i: number,
  look: Look,
  text: string,
  selected: boolean,
  lines: readonly TagLine[] | null = null,
): void => {
  const { s, theme } = sheet;
  const spots = [0.5, 0.36, 0.64, 0.22, 0.78].map((f) => pointOn(sheet, i, f)).filter((spot) => spot !== null);
  const first = spots[0];
  if (!first) return;
  const color = colorOf(sheet, i, look);
  const rank = selected ? Rank.Selection : look === 'control' ? Rank.Control : look === 'ack' ? Rank.Ack : Rank.Data;
  sheet.want(rank, {
    text,
    ...(lines && !selected ? { lines } : {}),
    id: { kind: 'packet', trace: 0, index: i },
    style: selected ? { color: theme.accent } : { color, plain: true, weight: look === 'ack' ? 500 : 600, size: 11 },
    x: first.x,
    y: first.y,
    // Beside the line where it is selected: the line itself is what was asked for.
    places: (w, h) => [
      ...(selected ? [] : spots.map(({ x, y }) => [x - w / 2, y - h / 2] as const)),
      ...spots.map(({ x, y }) => [x + 12 * s, y - h / 2] as const),
      ...spots.map(({ x, y }) => [x - w - 12 * s, y - h / 2] as const),
    ],
  });
};

/** In a corner that is free: what the colours and brackets of TLS mean. */
export const wantKeys = (sheet: Sheet, rows: ArrayLike<number>): void => {
  const { secure, space, s } = sheet;
  const lines = secure?.legend(rows) ?? [];
  if (lines.length === 0) return;
  const { plot } = space;
  const lanes = space.order.map((node) => space.lane[node] as number);
  const [low, high] = [Math.min(...lanes), Math.max(...lanes)];
  sheet.want(Rank.Data, {
    text: '',
    lines,
    id: null,
    style: { color: sheet.theme.mute, size: 10.5, weight: 500 },
    x: 0,
    y: 0,
    places: (w, h) =>
      space.lying
        ? [
            [plot.x + plot.width - w, low + 10 * s],
            [plot.x + plot.width - w, high - h - 10 * s],
            [plot.x + 6 * s, low + 10 * s],
            [plot.x + 6 * s, high - h - 10 * s],
          ]
        : [
            [low + 10 * s, plot.y + plot.height - h - 6 * s],
            [high - w - 10 * s, plot.y + plot.height - h - 6 * s],
            [low + 10 * s, plot.y + 6 * s],
          ],
  });
};

/** Lines that follow each other more closely than words are wide share one name: "#1 to #10 · 14.5 kB", "ACK ×5". */
const NEAR_NAMES = 46;

export const wantNames = (sheet: Sheet, rows: readonly number[], looks: readonly Look[]): void => {
  const { input, space, s } = sheet;
  const p = input.trace.packets;
  const open = new Map<string, { rows: number[]; last: number; look: Look; bytes: number }>();
  const done: { rows: number[]; look: Look; bytes: number }[] = [];
  rows.forEach((i, k) => {
    const look = looks[k] as Look;
    journey(input.index, i, way);
    const pixel = space.time.toPixel(way.depart);
    const key = `${String(p.link[i])} ${String(p.flow[i])} ${look}`;
    const group = open.get(key);
    const band = space.time.toPixel(way.depart) - space.time.toPixel(way.depart - way.length);
    if (group && pixel - group.last < NEAR_NAMES * s && band < NEAR_NAMES * s && look !== 'control') {
      group.rows.push(i);
      group.last = pixel;
      group.bytes += p.payload[i] as number;
      return;
    }
    const fresh = { rows: [i], last: pixel, look, bytes: p.payload[i] as number };
    open.set(key, fresh);
    done.push(fresh);
  });
  for (const group of done) {
    const middle = group.rows[Math.floor(group.rows.length / 2)] as number;
    const isTold = (group.look === 'ack' || group.look === 'control') && sheet.secure?.hides(middle) !== true;
    const flight = isTold ? null : (sheet.secure?.flight(group.rows) ?? null);
    if (flight) {
      wantOnLine(sheet, middle, group.look, '', false, flight);
      continue;
    }
    if (group.rows.length === 1) {
      wantName(sheet, middle, group.look, false);
      continue;
    }
    const [a, b] = [group.rows[0] as number, group.rows[group.rows.length - 1] as number];
    const text =
      group.look === 'ack'
        ? `ACK ×${decimal(group.rows.length)}`
        : `${shortLabel(input, a)} to ${shortLabel(input, b)} · ${bytes(group.bytes)}`;
    wantOnLine(sheet, middle, group.look, text, false);
  }
};
