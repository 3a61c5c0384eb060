import { noCounts } from '../../trace/pyramid.ts';
import { isLost, NONE } from '../../trace/types.ts';
import { decimal } from '../format.ts';
import { inOrder } from '../frame.ts';
import { timeAxis } from '../axis/timeAxis.ts';
import { Placer } from '../label/place.ts';
import { areEndsHidden } from '../observer.ts';
import { Layer } from '../types.ts';
import type { Counted, Figure, Layout } from '../types.ts';
import { rangeSummary } from '../text.ts';
import { drawArcs } from './arcs.ts';
import { drawHalo, drawPacket, drawSelected } from './arrows.ts';
import { drawDensity } from './density.ts';
import { drawDifferences, drawGhost } from './ghost.ts';
import { drawHeld } from './held.ts';
import { hitIndex } from './hits.ts';
import { lookOf, lookSeen } from './journey.ts';
import type { Look } from './journey.ts';
import { drawLifelines, drawRecovery, drawStates, writeText } from './lifelines.ts';
import { wantKeys, wantLosses, wantName, wantNames, wantRepairs } from './names.ts';
import { Rank, Sheet } from './sheet.ts';
import type { Request } from './sheet.ts';
import { bundle, drawTrain } from './trains.ts';
import { findVisible, isRare, MOST_ARROWS, passes } from './visible.ts';
import { drawDeliveries, drawWaiting } from './waiting.ts';

/** Where single packets are so few, each carries its name and an arrowhead. */
const FEW = 44;
/** Losses and repairs are named and counted place by place up to so many; beyond, once for the range. */
const MOST_NAMED = 1500;
/** More losses or repairs than this are drawn thinner. */
const CROWDED = 30;
/** Bundles closer than this are one, px. */
const TRAIN_GAP = 5;
const MOST_TRAINS = 320;
/** Seldom packets drawn one by one at level density. */
const MOST_RARE = 160;

/** The sequence diagram. */
export const sequence: Layout = (input): Figure => {
  const sheet = new Sheet(input);
  const { space, theme, s, marks } = sheet;
  const { viewport, trace, ghost, selection, measure } = input;
  const axis = timeAxis(space.time, space.plot, theme, measure, viewport.axis !== 'rules', marks);

  const counted = drawPackets(sheet);
  if (ghost) drawGhost(sheet, ghost);
  for (const i of sheet.chain ?? []) if (i >= 0 && i < trace.packetCount) drawHalo(sheet, i, false);
  if (selection?.kind === 'packet' && selection.trace === 0 && selection.index < trace.packetCount)
    drawSelected(sheet, selection.index);

  drawLifelines(sheet);
  drawStates(sheet, counted.level === 'arrows');
  const isHidden = areEndsHidden(input);
  if (!isHidden) {
    drawHeld(sheet);
    drawRecovery(sheet);
  }
  for (const lane of space.apps) {
    drawLaneRule(sheet, lane.at, lane.name, lane.flow);
    if (isHidden) continue;
    drawWaiting(sheet, lane);
    sheet.inside?.drawRecords(sheet, lane);
    drawDeliveries(sheet, lane, lane.node);
  }
  const others = space.order.filter((node) => !space.apps.some((lane) => lane.node === node));
  for (const node of isHidden ? [] : others) drawDeliveries(sheet, null, node);
  if (ghost && !isHidden) drawDifferences(sheet, ghost);

  const placer = new Placer({
    x: space.lying ? space.plot.x : 2 * s,
    y: space.lying ? space.plot.y : space.plot.y,
    width: space.lying ? Math.min(space.plot.width + 22 * s, viewport.width - space.plot.x) : viewport.width - 4 * s,
    height: viewport.height - space.plot.y,
  });
  // Labels keep off the signs of loss and of cut time.
  const crosses = marks.filter((mark) => mark.shape === 'glyph' && (mark.glyph === 'cross' || mark.glyph === 'break'));
  for (const mark of crosses) {
    if (mark.shape === 'glyph')
      placer.block({ x: mark.x - mark.size / 2, y: mark.y - mark.size / 2, width: mark.size, height: mark.size });
  }
  const hidden = sheet.placeLabels(placer);
  noteHidden(sheet, placer, hidden);

  return {
    name: 'sequence',
    width: viewport.width,
    height: viewport.height,
    marks: inOrder(marks),
    plot: space.plot,
    time: space.time,
    hits: hitIndex(input, space),
    axes: [axis],
    counted,
    title: 'Sequence diagram',
    get summary() {
      return rangeSummary(input);
    },
  };
};

const drawLaneRule = (sheet: Sheet, at: number, name: string, flow: number | null): void => {
  const { space, theme, s } = sheet;
  const { plot, lying } = space;
  sheet.marks.push({
    shape: 'line',
    id: null,
    layer: Layer.Grid,
    x1: lying ? plot.x : at,
    y1: lying ? at : plot.y,
    x2: lying ? plot.x + plot.width : at,
    y2: lying ? at : plot.y + plot.height,
    stroke: { color: theme.hair, width: s },
  });
  const color = flow !== null && sheet.byFlow ? sheet.flowColor(flow) : theme.ink;
  if (lying) writeText(sheet, null, plot.x - 12 * s, at, name, 'sans', flow === null ? 13 : 11.5, 600, 'end', color);
  else writeText(sheet, null, at, 16 * s, name, 'sans', 12.5, 600, 'middle', color);
};

/** Draws all packets at the level of detail that fits, and counts them. */
const drawPackets = (sheet: Sheet): Counted => {
  const { input, s } = sheet;
  const visible = findVisible(input);
  if (visible.level === 'arrows') {
    drawSingles(sheet, visible.rows, visible.count <= (sheet.secure ? 3 : 1) * FEW);
    wantKeys(sheet, visible.rows);
    return { visible: visible.count, single: visible.count, bundled: 0, level: 'arrows' };
  }
  if (visible.level === 'trains') {
    const bundles = bundle(sheet, visible.rows, TRAIN_GAP * s * sheet.space.time.perPixel, MOST_ARROWS);
    if (bundles.trains.length <= MOST_TRAINS) {
      for (const train of bundles.trains) drawTrain(sheet, train);
      drawSingles(sheet, bundles.singles, false, visible.rows);
      return { visible: visible.count, single: bundles.singles.length, bundled: bundles.bundled, level: 'trains' };
    }
  }
  drawDensity(sheet);
  const rare = rareIn(sheet);
  drawSingles(sheet, rare, false, rareRows(sheet, ['lost', 'repairs'], MOST_NAMED));
  const total = visible.level === 'trains' ? visible.count : countDense(sheet);
  return { visible: total, single: rare.length, bundled: total - rare.length, level: 'density' };
};

/** Draws `rows` one by one; names losses and repairs among `all`, of which `rows` may be a choice, so that their counts are exact. */
const drawSingles = (sheet: Sheet, rows: ArrayLike<number>, few: boolean, all: ArrayLike<number> = rows): void => {
  const { input } = sheet;
  const { selection, index, trace } = input;
  const looks: Look[] = [];
  const losses: number[] = [];
  const repairs: number[] = [];
  for (let k = 0; k < rows.length; k++) {
    const i = rows[k] as number;
    looks.push(lookSeen(lookOf(index, i), sheet.secure?.hides(i) === true));
  }
  for (let k = 0; k < all.length; k++) {
    const i = all[k] as number;
    if (isLost(trace.packets.fate[i] as number)) losses.push(i);
    if (trace.packets.retransmissionOf[i] !== NONE && trace.packets.payload[i] !== 0 && sheet.secure?.hides(i) !== true)
      repairs.push(i);
  }
  sheet.setCrowded(losses.length > CROWDED || repairs.length > CROWDED);
  const named: number[] = [];
  const namedLooks: Look[] = [];
  for (let k = 0; k < rows.length; k++) {
    const i = rows[k] as number;
    const look = looks[k] as Look;
    const selected = selection?.kind === 'packet' && selection.trace === 0 && selection.index === i;
    drawPacket(sheet, i, look, few || selected);
    if (look === 'lost' || look === 'repair') continue;
    if (selected) wantName(sheet, i, look, true);
    else if (few || look === 'control') {
      named.push(i);
      namedLooks.push(look);
    }
  }
  wantNames(sheet, named, namedLooks);
  wantLosses(sheet, losses);
  wantRepairs(
    sheet,
    repairs.filter((i) => !isLost(trace.packets.fate[i] as number)),
  );
  // The selected repair's arc is drawn whatever the number.
  repairs.sort((a, b) => Number(b === selection?.index) - Number(a === selection?.index) || a - b);
  drawArcs(sheet, repairs);
};

/** Rows of the named lists that were sent in the visible range and pass the filter; none where they are more than `most`. */
const rareRows = (sheet: Sheet, lists: readonly ('lost' | 'repairs' | 'control')[], most: number): number[] => {
  const { input } = sheet;
  const [first, stop] = input.index.pyramid.rows(input.viewport.from, input.viewport.to);
  const found = new Set<number>();
  for (const name of lists) {
    const list = input.index.rare[name];
    const begin = firstAtLeast(list, first);
    const end = firstAtLeast(list, stop);
    if (end - begin > most) continue;
    for (let k = begin; k < end; k++) if (passes(input, list[k] as number)) found.add(list[k] as number);
  }
  return [...found].sort((a, b) => a - b);
};

/** Seldom packets sent in the visible range, selection, losses and repairs first, up to a limit; ascending. */
const rareIn = (sheet: Sheet): number[] => {
  const { input } = sheet;
  const { selection } = input;
  const [first, stop] = input.index.pyramid.rows(input.viewport.from, input.viewport.to);
  const chosen = new Set<number>();
  if (selection?.kind === 'packet' && selection.trace === 0 && selection.index >= first && selection.index < stop)
    chosen.add(selection.index);
  for (const name of ['lost', 'repairs', 'control'] as const) {
    const list = input.index.rare[name];
    const begin = firstAtLeast(list, first);
    const end = firstAtLeast(list, stop);
    // Too many: an even choice, so that a burst at the start does not hide the rest.
    const stride = Math.max(1, (end - begin) / Math.max(1, MOST_RARE - chosen.size));
    for (let j = begin; j < end && chosen.size < MOST_RARE; j += stride) {
      const i = list[Math.floor(j)] as number;
      if (passes(input, i)) chosen.add(i);
    }
  }
  return [...chosen].sort((a, b) => a - b);
};

const firstAtLeast = (list: Int32Array, least: number): number => {
  let lo = 0;
  let hi = list.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if ((list[mid] as number) < least) lo = mid + 1;
    else hi = mid;
  }
  return lo;
};

/** Packets sent in the visible range. */
const countDense = (sheet: Sheet): number => {
  const { input } = sheet;
  const { pyramid } = input.index;
  const [first, stop] = pyramid.rows(input.viewport.from, input.viewport.to);
  const counts = noCounts();
  let total = 0;
  input.trace.links.forEach((_, link) => {
    pyramid.count(link, first, stop, counts, input.filter.flow);
    total += counts.packets;
    if (!input.filter.acks) total -= counts.packets - counts.data;
  });
  return total;
};

/** What found no room for its name is counted in the same colour. */
const noteHidden = (sheet: Sheet, placer: Placer, hidden: readonly Request[]): void => {
  const { theme, s, space } = sheet;
  const lost = countRare(sheet, 'lost');
  const repairs = countRare(sheet, 'repairs');
  const hideLost = hidden.some((h) => h.rank === Rank.Lost) || lost > MOST_NAMED;
  const hideRepairs = hidden.some((h) => h.rank === Rank.Repair) || repairs > MOST_NAMED;
  if (!hideLost && !hideRepairs) return;
  const note = (text: string, color: string, across: number): void => {
    sheet.want(Rank.Counted, {
      text,
      id: null,
      style: { color },
      x: 0,
      y: 0,
      places: (w, h) =>
        space.lying
          ? [0, 14, 28, 42, 60, 80, 110, 150].flatMap((dy) => [
              [space.plot.x + space.plot.width - w - 4 * s, across + dy * s] as const,
              [space.plot.x + 8 * s, across + dy * s] as const,
              [space.plot.x + (space.plot.width - w) / 2, across + dy * s] as const,
            ])
          : [0, 30, 60, 90].map((dy) => [across, space.plot.y + space.plot.height - h - (4 + dy) * s] as const),
    });
  };
  const server = space.lane[space.order[0] as number] as number;
  if (hideLost) note(`${decimal(lost)} lost`, theme.lost, server + 12 * s);
  if (hideRepairs) note(`${decimal(repairs)} sent again`, theme.repair, server + 34 * s);
  sheet.placeLabels(placer);
};

/** Exactly how many were lost, or sent again, among the packets that pass the filter and were sent in range. */
const countRare = (sheet: Sheet, what: 'lost' | 'repairs'): number => {
  const { input } = sheet;
  const [first, stop] = input.index.pyramid.rows(input.viewport.from, input.viewport.to);
  const list = input.index.rare[what];
  let count = 0;
  for (let k = firstAtLeast(list, first); k < list.length && (list[k] as number) < stop; k++)
    if (passes(input, list[k] as number) && isRare(input, list[k] as number)) count++;
  return count;
};
