import { axisHeight, timeAxis } from '../axis/timeAxis.ts';
import { duration } from '../format.ts';
import { inOrder, lyingTime } from '../frame.ts';
import { writeOver } from '../label/over.ts';
import { Placer } from '../label/place.ts';
import { placeTag } from '../label/tag.ts';
import { Layer } from '../types.ts';
import type { Figure, Layout, LayoutInput, Mark, TimeScale } from '../types.ts';
import { isPageHidden } from '../../packet/protected.ts';
import { blockings, isBlocked } from '../../trace/query/streams/blockings.ts';
import { seen } from '../streams/lane.ts';
import { blockLook } from '../streams/look.ts';
import { barsOf, drawBar } from '../waterfall/bars.ts';
import { drawHeld, heldSentence, stillText, stoodStill } from './held.ts';
import { roundTripText, rowOf } from './row.ts';
import type { Row } from './row.ts';
import { drawWays } from './ways.ts';

/** A part of the latency budget. */
interface Part {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly color: string;
}

const partsOf = ({ phases }: Row, { theme }: LayoutInput): Part[] => {
  const { wanted, began, connected, secured, firstByte, completed } = phases;
  const [, , handshake] = theme.epochs;
  return [
    { name: 'DNS', from: wanted, to: began, color: theme.repair },
    { name: 'TCP', from: began, to: connected, color: theme.control },
    { name: 'TLS', from: connected, to: secured, color: handshake },
    { name: 'request', from: secured, to: firstByte, color: theme.mute },
    { name: 'answer', from: firstByte, to: completed, color: theme.data },
  ].filter(({ from, to }) => to > from);
};

/** Where the time went, as one bar on the time axis: the latency budget. */
const drawBudget = (row: Row, input: LayoutInput, time: TimeScale, marks: Mark[]): void => {
  const { theme, measure } = input;
  const s = theme.scale;
  for (const { name, from, to, color } of partsOf(row, input)) {
    const x = Math.max(time.start, time.toPixel(from));
    const width = Math.min(time.end, time.toPixel(to)) - x;
    if (width <= 0) continue;
    marks.push({
      shape: 'rect',
      id: null,
      layer: Layer.Data,
      x,
      y: row.bar,
      width: Math.max(1, width - 1),
      height: row.barHeight,
      radius: 2 * s,
      fill: { color, opacity: 0.22 },
      stroke: { color, width: s },
    });
    const text = [`${name} ${duration(to - from)}`, name].find(
      (t) => measure(t, 'sans', 10.5 * s, 500) < width - 8 * s,
    );
    if (text !== undefined)
      marks.push({
        shape: 'text',
        id: null,
        layer: Layer.Tag,
        x: x + width / 2,
        y: row.bar + row.barHeight / 2,
        text,
        face: 'sans',
        size: 10.5 * s,
        weight: 500,
        anchor: 'middle',
        color: theme.ink,
      });
  }
};

/** Somebody without keys looks on, and cannot tell the resources of this way apart. */
const isUntold = ({ run }: Row, { filter }: LayoutInput): boolean =>
  filter.observer === true && isPageHidden(run.trace);

/** In the place of the resources, as in the waterfall. */
const UNTOLD = 'Encrypted: an observer sees no resources.';

/** Part of a line that is hatched where its resource stands by without bytes of its own. */
const STANDS_BY = 0.4;

/** Many resources: a small waterfall instead, the same colour for the same resource in each run. */
const drawResources = (row: Row, input: LayoutInput, time: TimeScale, marks: Mark[]): void => {
  const bars = barsOf(row.run.trace);
  const step = row.barHeight / bars.length;
  bars.forEach((bar, k) => {
    const box = { x: time.start, y: row.bar + k * step, width: time.end - time.start, height: Math.max(1, step - 1) };
    drawBar(bar, box, time, input.theme, marks);
  });
  // What stood still is hatched, as in the streams: who has bytes that wait on its whole line, who stands by on its foot.
  // A record under way is too short to see here.
  for (const one of blockings(row.run.trace)) {
    const place = one.layer === 'tls' ? null : seen(one, time);
    if (!place) continue;
    const look = blockLook(one.layer, input.theme);
    const height = Math.max(1, (step - 1) * (isBlocked(one) ? 1 : STANDS_BY));
    marks.push({
      shape: 'hatch',
      id: null,
      layer: Layer.Event,
      x: place[0],
      width: place[1],
      y: row.bar + (one.request + 1) * step - 1 - height,
      height,
      pattern: look.pattern,
      color: look.color,
      spacing: Math.min(look.spacing, 4 * input.theme.scale),
      lineWidth: 0.9 * input.theme.scale,
      fill: { color: input.theme.ground, opacity: 0.35 },
    });
  }
};

const drawLifelines = (row: Row, input: LayoutInput, time: TimeScale, marks: Mark[]): void => {
  const s = input.theme.scale;
  for (const y of [row.server, row.client])
    marks.push({
      shape: 'line',
      id: null,
      layer: Layer.Lifeline,
      x1: time.start,
      y1: y,
      x2: time.end,
      y2: y,
      stroke: { color: row.run.shown ? input.theme.ink : input.theme.mute, width: (row.run.shown ? 1.5 : 1) * s },
    });
};

/** Between the gutter's words and what is at either side of them, px; and the type that they become no smaller than. */
const APART = 10;
const EDGE = 8;
const LEAST_TYPE = 9;

const drawNames = (row: Row, input: LayoutInput, marks: Mark[], x: number): void => {
  const { theme, measure } = input;
  const s = theme.scale;
  const room = x - (APART + EDGE) * s;
  const write = (y: number, text: string, most: number, weight: 400 | 600, color: string): void => {
    let size = most;
    while (size > LEAST_TYPE && measure(text, 'sans', size * s, weight) > room) size -= 0.5;
    marks.push({
      shape: 'text',
      id: null,
      layer: Layer.Tag,
      x: x - APART * s,
      y,
      text,
      face: 'sans',
      size: size * s,
      weight,
      anchor: 'end',
      color,
    });
  };
  const middle = (row.server + row.client) / 2;
  // "TLS 1.3, resumed" is wider than the gutter: what comes behind the comma stands below.
  const [name = '', more] = row.run.name.split(', ');
  const lift = more === undefined ? 8 : 16;
  write(middle - lift * s, name, 12.5, 600, row.run.shown ? theme.accent : theme.ink);
  if (more !== undefined) write(middle, more, 11.5, 600, row.run.shown ? theme.accent : theme.ink);
  const under = middle + (more === undefined ? 9 : 17) * s;
  write(under, roundTripText(row.roundTrips), 11, 400, theme.mute);
  const still = isUntold(row, input) ? 0 : stoodStill(row.run.trace);
  if (still === 0) return;
  const at = row.bar + row.barHeight / 2;
  const [stood, time] = stillText(still);
  const text = `${stood} ${time}`;
  if (measure(text, 'sans', 11 * s, 400) <= room) write(at, text, 11, 400, theme.lost);
  else {
    write(at - 7 * s, stood, 11, 400, theme.lost);
    write(at + 7 * s, time, 11, 400, theme.lost);
  }
};

/** The first byte as a flag, the last with what this run takes more than the fastest. */
const placeFlags = (
  row: Row,
  fastest: number,
  input: LayoutInput,
  time: TimeScale,
  placer: Placer,
  marks: Mark[],
): void => {
  const { theme, measure } = input;
  const s = theme.scale;
  const { firstByte, completed, wanted } = row.phases;
  const flag = (at: number, text: string, color: string): void => {
    if (!(at >= time.from && at <= time.to)) return;
    const x = time.toPixel(at);
    marks.push({
      shape: 'line',
      id: null,
      layer: Layer.Event,
      x1: x,
      y1: row.server,
      x2: x,
      y2: row.bar + row.barHeight,
      stroke: { color, width: 1.4 * s, dash: [3 * s, 3 * s] },
    });
    const y = row.server + 6 * s;
    placeTag(
      {
        text,
        id: null,
        style: { color, size: 11 },
        x,
        y,
        places: (w, h) => [
          [x + 5 * s, y],
          [x + 5 * s, y + h + 3 * s],
          [x - w - 5 * s, y],
          [x - w - 5 * s, y + h + 3 * s],
        ],
      },
      placer,
      theme,
      measure,
      marks,
    );
  };
  flag(firstByte, `first byte ${duration(firstByte - wanted)}`, theme.ink);
  const behind = completed - wanted - fastest;
  flag(
    completed,
    `done ${duration(completed - wanted)}${behind > 0.5e6 ? ` (+${duration(behind)})` : ''}`,
    theme.delivered,
  );
};

const COMPUTING = 'The other runs are being computed.';

/** The same page by several handshakes: side by side on one axis, with round trips counted and the time's parts as bars. */
export const compare: Layout = (input): Figure => {
  const { viewport, theme, measure, compared = [] } = input;
  const s = theme.scale;
  const marks: Mark[] = [];
  const time = lyingTime(viewport, theme);
  const numbers = viewport.axis !== 'rules';
  const top = (numbers ? axisHeight(theme) : 0) + 4 * s;
  const plot = { x: time.start, y: top, width: time.end - time.start, height: Math.max(1, viewport.height - top) };
  const axis = timeAxis(time, plot, theme, measure, numbers, marks);
  const height = plot.height / Math.max(1, compared.length);
  const rows = compared.map((run, k) => rowOf(run, top + k * height, height, s));
  const lengths = rows.map(({ phases }) => phases.completed - phases.wanted).filter((length) => length > 0);
  const fastest = Math.min(...lengths);
  const placer = new Placer({ x: plot.x, y: top, width: plot.width + 20 * s, height: plot.height });
  for (const row of rows) {
    drawWays(row, input, time, marks);
    drawLifelines(row, input, time, marks);
    if (row.run.trace.requests.length > 1)
      if (isUntold(row, input))
        writeOver(UNTOLD, time.start + 8 * s, row.bar + row.barHeight / 2, 12 * s, input, marks);
      else drawResources(row, input, time, marks);
    else drawBudget(row, input, time, marks);
    drawNames(row, input, marks, time.start);
    placeFlags(row, fastest, input, time, placer, marks);
  }
  // Behind all flags: a name that finds no room is left out.
  for (const row of rows)
    if (row.run.trace.requests.length > 1 && !isUntold(row, input)) drawHeld(row, input, time, placer, marks);
  if (rows.length === 0)
    marks.push({
      shape: 'text',
      id: null,
      layer: Layer.Tag,
      x: plot.x + plot.width / 2,
      y: top + plot.height / 2,
      text: COMPUTING,
      face: 'sans',
      size: 12 * s,
      weight: 400,
      anchor: 'middle',
      color: theme.mute,
    });
  return {
    name: 'compare',
    width: viewport.width,
    height: viewport.height,
    marks: inOrder(marks),
    plot,
    time,
    hits: { at: () => null },
    axes: [axis],
    counted: null,
    title: 'Comparison',
    get summary() {
      if (rows.length === 0) return COMPUTING;
      return rows
        .map((row) => ({ ...row, held: isUntold(row, input) ? '' : heldSentence(row.run.trace) }))
        .map(({ run, phases, roundTrips, held }) =>
          Number.isNaN(phases.completed)
            ? `${run.name}: no answer.`
            : `${run.name}: first byte after ${duration(phases.firstByte - phases.wanted)} (${roundTripText(roundTrips)}), done after ${duration(phases.completed - phases.wanted)}${held}.`,
        )
        .join(' ');
    },
  };
};
