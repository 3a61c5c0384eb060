import { bytes } from '../format.ts';
import type { Wanted } from '../label/tag.ts';
import { Layer } from '../types.ts';
import type { SemanticId, Stroke } from '../types.ts';
import { journey, lookOf, original, shortLabel } from './journey.ts';
import type { Journey, Look } from './journey.ts';
import { layerOf, Rank } from './sheet.ts';
import type { Sheet } from './sheet.ts';
import { cut, cutPolygon, toPixels } from './space.ts';

/** A packet whose serialization takes at least so many px is drawn as a parallelogram. */
const BAND_FROM = 3;
/** … and with both its edges from here on. */
const BOTH_EDGES_FROM = 9;

const way: Journey = { depart: 0, arrive: 0, length: 0, death: 1 };

/** A straight piece of a packet's way, from share `f1` to share `f2`. */
const piece = (
  sheet: Sheet,
  id: SemanticId,
  layer: Layer,
  stroke: Stroke,
  t1: number,
  a1: number,
  t2: number,
  a2: number,
): void => {
  const { space, input } = sheet;
  const seen = cut(t1, a1, t2, a2, input.viewport.from, input.viewport.to);
  if (!seen) return;
  sheet.marks.push({
    shape: 'line',
    id,
    layer,
    x1: space.x(seen[0], seen[1]),
    y1: space.y(seen[0], seen[1]),
    x2: space.x(seen[2], seen[3]),
    y2: space.y(seen[2], seen[3]),
    stroke,
  });
};

/** Draws packet `i` alone: arrow or parallelogram, ✕ where it died, dashed onward. */
export const drawPacket = (sheet: Sheet, i: number, look: Look, heads: boolean, raised?: Layer): void => {
  const { space, input, theme, s } = sheet;
  const { trace, index, viewport } = input;
  const link = trace.links[trace.packets.link[i] as number];
  if (!link) return;
  const a1 = space.lane[link.from] as number;
  const a2 = space.lane[link.to] as number;
  const id: SemanticId = { kind: 'packet', trace: 0, index: i };
  const layer = raised ?? layerOf[look];
  const stroke = sheet.stroke(i, look);
  journey(index, i, way);
  const { depart, arrive, length, death } = way;
  const perNano = Math.abs(space.time.end - space.time.start) / Math.max(1, viewport.to - viewport.from);
  const tDeath = depart + (arrive - depart) * death;
  const aDeath = a1 + (a2 - a1) * death;

  const thick = length * perNano;
  if (thick >= BAND_FROM * s) {
    const band = cutPolygon(
      [depart - length, a1, depart, a1, tDeath, aDeath, tDeath - length, aDeath],
      viewport.from,
      viewport.to,
    );
    if (band.length >= 6)
      sheet.marks.push({
        shape: 'path',
        id,
        layer,
        points: toPixels(space, band),
        closed: true,
        fill: { color: stroke.color, opacity: (stroke.opacity ?? 1) * 0.22 },
      });
  }
  if (thick >= BOTH_EDGES_FROM * s) {
    piece(sheet, id, layer, stroke, depart - length, a1, tDeath - length, aDeath);
    piece(sheet, id, layer, stroke, depart, a1, tDeath, aDeath);
  } else {
    // Narrow bands back to back would be all edges: one line down the middle of each keeps them apart.
    const middle = thick >= BAND_FROM * s ? length / 2 : 0;
    piece(sheet, id, layer, stroke, depart - middle, a1, tDeath - middle, aDeath);
  }

  if (death < 1) {
    piece(sheet, id, Layer.Ghost, onward(sheet), tDeath, aDeath, arrive, a2);
    const cross = tDeath - length / 2;
    if (cross >= viewport.from && cross <= viewport.to)
      sheet.marks.push({
        shape: 'glyph',
        glyph: 'cross',
        id,
        layer: Layer.Event,
        x: space.x(cross, aDeath),
        y: space.y(cross, aDeath),
        size: 12 * s,
        color: theme.lost,
        lineWidth: 2.2 * s,
      });
  } else if (heads && arrive >= viewport.from && arrive <= viewport.to) {
    const dx = space.x(arrive, a2) - space.x(depart, a1);
    const dy = space.y(arrive, a2) - space.y(depart, a1);
    sheet.marks.push({
      shape: 'glyph',
      glyph: 'arrowhead',
      id,
      layer,
      x: space.x(arrive, a2),
      y: space.y(arrive, a2),
      size: (look === 'ack' ? 5 : 7) * s,
      turn: (Math.atan2(dy, dx) * 180) / Math.PI + 90,
      color: stroke.color,
      ...(stroke.opacity === undefined ? {} : { opacity: stroke.opacity }),
    });
  }
};

const dashes = new WeakMap<Sheet, Stroke>();
const onward = (sheet: Sheet): Stroke => {
  let stroke = dashes.get(sheet);
  if (!stroke) {
    stroke = { color: sheet.theme.lost, width: sheet.s, dash: [3 * sheet.s, 3 * sheet.s], opacity: 0.55 };
    dashes.set(sheet, stroke);
  }
  return stroke;
};

/** Halo under a selected packet, or under those of a chain of causes. */
export const drawHalo = (sheet: Sheet, i: number, strong: boolean): void => {
  const { space, input, theme, s } = sheet;
  const link = input.trace.links[input.trace.packets.link[i] as number];
  if (!link) return;
  journey(input.index, i, way);
  const a1 = space.lane[link.from] as number;
  const a2 = space.lane[link.to] as number;
  const id: SemanticId = { kind: 'packet', trace: 0, index: i };
  piece(
    sheet,
    id,
    Layer.Selection,
    { color: strong ? theme.selection : theme.accent, width: (strong ? 10 : 5) * s, opacity: strong ? 0.95 : 0.2 },
    way.depart - way.length / 2,
    a1,
    way.arrive - way.length / 2,
    a2,
  );
};

/** A selected packet, over all others. */
export const drawSelected = (sheet: Sheet, i: number): void => {
  drawHalo(sheet, i, true);
  drawPacket(sheet, i, lookOf(sheet.input.index, i), true, Layer.Selection);
};

/** Where the middle of packet `i` can be seen: x and y in px at share `f` of its way, or null. */
const pointOn = (sheet: Sheet, i: number, f: number): { x: number; y: number } | null => {
  const { space, input } = sheet;
  const link = input.trace.links[input.trace.packets.link[i] as number];
  if (!link) return null;
  journey(input.index, i, way);
  const t = way.depart - way.length / 2 + (way.arrive - way.depart) * f;
  if (t < input.viewport.from || t > input.viewport.to) return null;
  const a1 = space.lane[link.from] as number;
  const a2 = space.lane[link.to] as number;
  const a = a1 + (a2 - a1) * f;
  return { x: space.x(t, a), y: space.y(t, a) };
};

/** Beside the ✕, and where that is full further away with a leader. */
export const wantLost = (sheet: Sheet, i: number): void => {
  const { s, theme, input } = sheet;
  journey(input.index, i, way);
  const at = pointOn(sheet, i, way.death);
  if (!at) return;
  const text = `${shortLabel(input.index, i)} lost`;
  sheet.want(Rank.Lost, {
    text,
    id: { kind: 'packet', trace: 0, index: i },
    style: { color: theme.lost },
    x: at.x,
    y: at.y,
    places: (w, h) => [
      [at.x + 13 * s, at.y - h / 2],
      [at.x - 13 * s - w, at.y - h / 2],
      [at.x + 9 * s, at.y + 9 * s],
      [at.x - w - 9 * s, at.y + 9 * s],
      [at.x + 30 * s, at.y - h - 8 * s, true],
      [at.x + 30 * s, at.y + 16 * s, true],
      [at.x - 30 * s - w, at.y + 16 * s, true],
      [at.x + 44 * s, at.y + 36 * s, true],
    ],
  });
};

/** At the sender's lifeline, outside the band: "R #30 again". */
export const wantRepair = (sheet: Sheet, i: number): void => {
  const { s, theme, input, space } = sheet;
  const p = input.trace.packets;
  const link = input.trace.links[p.link[i] as number];
  if (!link) return;
  journey(input.index, i, way);
  const t = way.depart - way.length;
  if (t < input.viewport.from || t > input.viewport.to) return;
  const out = space.out[link.from] || -1;
  const across = space.lane[link.from] as number;
  const x = space.x(t, across);
  const y = space.y(t, across);
  const nth = p.nth[i] as number;
  const text = `R ${shortLabel(input.index, original(input.index, i))} again${nth > 2 ? ` (${String(nth)})` : ''}`;
  const places: Wanted['places'] = space.lying
    ? (w, h) => {
        const row = (k: number): number => (out < 0 ? y - (13 + 18 * k) * s - h : y + (13 + 18 * k) * s);
        return [
          [x + 4 * s, row(0)],
          [x - w - 4 * s, row(0)],
          [x + 20 * s, row(0), true],
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
};

/** On the line: what a packet is, where few are to be seen. */
export const wantName = (sheet: Sheet, i: number, look: Look, selected: boolean): void => {
  const { s, theme, input } = sheet;
  const p = input.trace.packets;
  const payload = p.payload[i] as number;
  const name = shortLabel(input.index, i);
  const text = payload > 0 && (selected || look === 'data') ? `${name} · ${bytes(payload)}` : name;
  const color =
    look === 'ack'
      ? theme.mute
      : look === 'control'
        ? theme.control
        : look === 'repair'
          ? theme.repair
          : sheet.stroke(i, 'data').color;
  const spots = [0.5, 0.36, 0.64, 0.22, 0.78].map((f) => pointOn(sheet, i, f)).filter((spot) => spot !== null);
  const first = spots[0];
  if (!first) return;
  const rank = selected ? Rank.Selection : look === 'control' ? Rank.Control : look === 'ack' ? Rank.Ack : Rank.Data;
  sheet.want(rank, {
    text,
    id: { kind: 'packet', trace: 0, index: i },
    style: selected ? { color: theme.accent } : { color, plain: true, weight: look === 'ack' ? 500 : 600, size: 11 },
    x: first.x,
    y: first.y,
    places: (w, h) => [
      ...spots.map(({ x, y }) => [x - w / 2, y - h / 2] as const),
      ...spots.map(({ x, y }) => [x + 8 * s, y - h / 2] as const),
    ],
  });
};
