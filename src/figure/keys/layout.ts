import { keySchedule } from '../../packet/tls/schedule.ts';
import type { ScheduledSecret } from '../../packet/tls/schedule.ts';
import { axisHeight, timeAxis } from '../axis/timeAxis.ts';
import { instant } from '../format.ts';
import { inOrder, lyingTime } from '../frame.ts';
import { Layer } from '../types.ts';
import type { Figure, Layout, LayoutInput, Mark, TimeScale } from '../types.ts';

/** Epochs as `wire/tls` numbers them; what is behind 3 are updates of the application's keys. */
const APPLICATION = 3;
const MOST_ROW = 26;

/** A secret at its height. */
interface Row {
  readonly secret: ScheduledSecret;
  readonly y: number;
  /** When the first side has it, ns; Infinity: neither ever does. */
  readonly first: number;
}

/** Names of key logs are long and shout; a picture has room for what they mean. */
const shortName = (name: string): string => (name.includes('_') ? spoken(name) : name);

const spoken = (name: string): string =>
  name
    // The key log of TLS 1.2 calls the master secret by the random that it is found by.
    .replace(/^CLIENT_RANDOM$/, 'master secret')
    .toLowerCase()
    .replaceAll('_', ' ')
    .replace(' traffic secret 0', ' traffic')
    .replace(/ traffic secret$/, ' traffic')
    .replace(/ secret (\d+)$/, ' $1');

const colorOf = ({ protects }: ScheduledSecret, { theme }: LayoutInput): string =>
  protects === null ? theme.mute : (theme.epochs[Math.min(protects.epoch, APPLICATION)] ?? theme.mute);

/** A letter in a disc, at the instant when a side comes to have the secret. */
const drawSide = (row: Row, side: 'client' | 'server', input: LayoutInput, time: TimeScale, marks: Mark[]): void => {
  const at = row.secret.had[side];
  if (at === null || at < time.from || at > time.to) return;
  const { theme } = input;
  const s = theme.scale;
  const color = colorOf(row.secret, input);
  // Both may have it at one pixel: the server's stands above the line, the client's below.
  const y = row.y + (side === 'server' ? -3.4 : 3.4) * s;
  const x = time.toPixel(at);
  marks.push(
    { shape: 'glyph', glyph: 'dot', id: null, layer: Layer.Event, x, y, size: 11 * s, color: theme.ground },
    { shape: 'glyph', glyph: 'ring', id: null, layer: Layer.Event, x, y, size: 11 * s, color, lineWidth: 1.2 * s },
    {
      shape: 'text',
      id: null,
      layer: Layer.Tag,
      x,
      y,
      text: side === 'server' ? 'S' : 'C',
      face: 'sans',
      size: 8 * s,
      weight: 650,
      anchor: 'middle',
      color,
    },
  );
};

/** From when one side has it, thin; from when both do, strong. */
const drawBar = (row: Row, input: LayoutInput, time: TimeScale, marks: Mark[]): void => {
  const { client, server } = row.secret.had;
  const s = input.theme.scale;
  const color = colorOf(row.secret, input);
  const both = client !== null && server !== null ? Math.max(client, server) : Infinity;
  const line = (from: number, to: number, width: number, opacity: number): void => {
    const [x1, x2] = [time.toPixel(Math.max(from, time.from)), time.toPixel(Math.min(to, time.to))];
    if (x2 <= x1) return;
    marks.push({
      shape: 'line',
      id: null,
      layer: Layer.Data,
      x1,
      y1: row.y,
      x2,
      y2: row.y,
      stroke: { color, width: width * s, opacity },
    });
  };
  line(row.first, Math.min(both, time.to), 1.2, 0.8);
  if (Number.isFinite(both)) line(both, time.to, row.secret.protects ? 5 : 2, row.secret.protects ? 0.55 : 0.5);
};

/** What it is made of: a line down from each input's row. */
const drawInputs = (row: Row, rows: readonly Row[], input: LayoutInput, time: TimeScale, marks: Mark[]): void => {
  const s = input.theme.scale;
  if (!(row.first >= time.from && row.first <= time.to)) return;
  const x = time.toPixel(row.first) - 9 * s;
  for (const name of row.secret.inputs) {
    // Of two rows with one name the one above is meant that is nearest.
    const from = rows.findLast((one) => one.secret.name === name && one.y < row.y);
    if (!from) continue;
    marks.push(
      {
        shape: 'path',
        id: null,
        layer: Layer.Grid,
        points: [x - 4 * s, from.y, x - 4 * s, row.y, x, row.y],
        closed: false,
        stroke: { color: input.theme.faint, width: s, opacity: 0.8 },
      },
      {
        shape: 'glyph',
        glyph: 'arrowhead',
        id: null,
        layer: Layer.Grid,
        x: x + 2 * s,
        y: row.y,
        size: 5 * s,
        turn: 90,
        color: input.theme.faint,
      },
    );
  }
};

/** Its name and how it is made, left of where it begins; right of it where there is no room. */
const writeName = (row: Row, input: LayoutInput, time: TimeScale, marks: Mark[]): void => {
  const { theme, measure } = input;
  const s = theme.scale;
  const { secret } = row;
  const outside = secret.inputs.map(shortName).join(' + ');
  const name = shortName(secret.name);
  const full = `${name} from ${outside.length > 40 ? secret.by : outside}`;
  const begins = Number.isFinite(row.first) ? time.toPixel(Math.max(time.from, row.first)) : time.end;
  const room = begins - time.start - 22 * s;
  const size = 11 * s;
  const text = [full, name].find((one) => measure(one, 'sans', size, 500) <= room);
  marks.push({
    shape: 'text',
    id: null,
    layer: Layer.Tag,
    x: text === undefined ? begins + 14 * s : begins - 20 * s,
    y: text === undefined ? row.y - 8 * s : row.y,
    text: text ?? name,
    face: 'sans',
    size,
    weight: 500,
    anchor: text === undefined ? 'start' : 'end',
    color: secret.protects ? colorOf(secret, input) : theme.ink,
  });
};

/** The key schedule on the time axis: which secret comes from which, and from when on each side has it (RFC 8446 §7.1). */
export const keys: Layout = (input): Figure => {
  const { viewport, theme, measure, trace } = input;
  const s = theme.scale;
  const marks: Mark[] = [];
  const time = lyingTime(viewport, theme);
  const numbers = viewport.axis === 'numbers';
  const top = (numbers ? axisHeight(theme) : 0) + 6 * s;
  const plot = { x: time.start, y: top, width: time.end - time.start, height: Math.max(1, viewport.height - top) };
  const axis = timeAxis(time, plot, theme, measure, numbers, marks);
  const flow = input.filter.flow ?? trace.tls?.flows[0]?.flow ?? 0;
  const schedule = keySchedule(trace, flow);
  // A wiretap has none of them.
  const isHidden = input.filter.observer === true;
  const secrets = isHidden ? [] : (schedule?.secrets ?? []);
  const step = Math.min(MOST_ROW * s, (plot.height - 8 * s) / Math.max(1, secrets.length));
  const rows = secrets.map((secret, k): Row => {
    const times = [secret.had.client, secret.had.server].filter((at) => at !== null);
    return { secret, y: top + (k + 0.5) * step + 2 * s, first: Math.min(...times) };
  });
  const words = (y: number, text: string, size: number, weight: 400 | 600, color: string): void => {
    marks.push({
      shape: 'text',
      id: null,
      layer: Layer.Tag,
      x: plot.x - 12 * s,
      y,
      text,
      face: 'sans',
      size: size * s,
      weight,
      anchor: 'end',
      color,
    });
  };
  words(top + 12 * s, 'Keys', 13, 600, theme.ink);
  words(top + 28 * s, schedule ? (isHidden ? 'not seen' : `TLS ${schedule.version}`) : 'no TLS', 10.5, 400, theme.mute);
  for (const row of rows) {
    drawInputs(row, rows, input, time, marks);
    drawBar(row, input, time, marks);
    drawSide(row, 'server', input, time, marks);
    drawSide(row, 'client', input, time, marks);
    writeName(row, input, time, marks);
  }
  return {
    name: 'keys',
    width: viewport.width,
    height: viewport.height,
    marks: inOrder(marks),
    plot,
    time,
    hits: { at: () => null },
    axes: [axis],
    counted: null,
    title: 'Key schedule',
    get summary() {
      if (isHidden) return 'Who listens on the way has none of the keys.';
      if (rows.length === 0) return 'No keys were agreed on in this run.';
      const when = (at: number | null): string => (at === null ? 'never' : `at ${instant(at)}`);
      return rows
        .map(
          ({ secret }) =>
            `${shortName(secret.name)} from ${secret.inputs.map(shortName).join(' and ')}: the server has it ${when(secret.had.server)}, the client ${when(secret.had.client)}.`,
        )
        .join(' ');
    },
  };
};
