import { Layer } from '../types.ts';
import type { SemanticId, Stroke } from '../types.ts';
import { journey, lookOf, lookSeen } from './journey.ts';
import type { Journey, Look } from './journey.ts';
import { layerOf } from './sheet.ts';
import type { Sheet } from './sheet.ts';
import { cut, cutPolygon, toPixels } from './space.ts';

/** A packet whose serialization takes at least so many px is drawn as a parallelogram. */
const BAND_FROM = 3;
/** … and with both its edges from here on. */
const BOTH_EDGES_FROM = 9;

/** A packet that is drawn so thick, px, shows the records that lie in it. */
const PIECES_FROM = 12;

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
  const tDeath = depart + (arrive - depart) * death;
  const aDeath = a1 + (a2 - a1) * death;

  const thick = length / space.time.perPixel;
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
  if (thick >= PIECES_FROM * s) sheet.inside?.drawPieces(sheet, i, way, [a1, aDeath], layer, stroke.opacity ?? 1);
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
        size: (sheet.crowded ? 8 : 12) * s,
        color: theme.lost,
        lineWidth: (sheet.crowded ? 1.6 : 2.2) * s,
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
    stroke = {
      color: sheet.theme.lost,
      width: sheet.s,
      dash: [3 * sheet.s, 3 * sheet.s],
      opacity: sheet.crowded ? 0.22 : 0.55,
    };
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
  const halo = (color: string, width: number, opacity: number): void => {
    piece(
      sheet,
      id,
      Layer.Selection,
      { color, width: width * s, opacity },
      way.depart - way.length / 2,
      a1,
      way.arrive - way.length / 2,
      a2,
    );
  };
  if (strong) {
    halo(theme.accent, 9, 1);
    halo(theme.selection, 6.6, 1);
  } else halo(theme.accent, 5, 0.22);
};

/** A selected packet, over all others. */
export const drawSelected = (sheet: Sheet, i: number): void => {
  drawHalo(sheet, i, true);
  drawPacket(sheet, i, lookSeen(lookOf(sheet.input.index, i), sheet.secure?.hides(i) === true), true, Layer.Selection);
};

/** Where the middle of packet `i` can be seen: x and y in px at share `f` of its way, or null. */
export const pointOn = (sheet: Sheet, i: number, f: number): { x: number; y: number } | null => {
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
