import { measure } from '../figure/measure.ts';
import { escapeXml, svg } from '../figure/paint/svg.ts';
import { telling, theme } from '../figure/theme.ts';
import { Layer } from '../figure/types.ts';
import type { Figure, LineMark, Mark, SemanticId, TextMark } from '../figure/types.ts';
import { fontCss } from './fonts.ts';
import { words } from './worksheet.words.ts';
import { pictureOf } from './view.ts';
import type { SceneView } from './view.ts';

/** Labels that tell what happened are asked for; axes, units and the names of ends are given. */
const asked: ReadonlySet<SemanticId['kind']> = new Set([
  'packet',
  'event',
  'span',
  'delivery',
  'series',
  'state',
  'train',
]);

/** Room that a number takes in its gap, px. */
const NUMBER = 14;

export interface Gap {
  readonly number: number;
  readonly answer: string;
}

/** A gap in the place of a label: its number, and a line to write on where there is room. */
const gapMarks = (mark: TextMark, number: number): Mark[] => {
  const width = measure(mark.text, mark.face, mark.size, mark.weight, mark.tracking);
  const left = mark.anchor === 'start' ? mark.x : mark.anchor === 'end' ? mark.x - width : mark.x - width / 2;
  const text: TextMark = {
    ...mark,
    id: null,
    x: width > 2 * NUMBER ? left : left + width / 2,
    anchor: width > 2 * NUMBER ? 'start' : 'middle',
    text: String(number),
    face: 'sans',
    weight: 650,
    color: '#000000',
  };
  const line: LineMark = {
    shape: 'line',
    id: null,
    layer: Layer.Tag,
    x1: left + NUMBER + 2,
    x2: left + width,
    y1: mark.y + mark.size * 0.5,
    y2: mark.y + mark.size * 0.5,
    stroke: { color: '#000000', width: 0.8 },
  };
  return width > 2 * NUMBER ? [text, line] : [text];
};

/** A picture whose labels are gaps, numbered by time, from the top (upright: from the left) where several stand at one instant; and what belongs in them. */
export const withGaps = (figure: Figure): { readonly marks: readonly Mark[]; readonly gaps: readonly Gap[] } => {
  const labels = figure.marks.filter(
    (mark): mark is TextMark => mark.shape === 'text' && mark.id !== null && asked.has(mark.id.kind),
  );
  const isUpright = figure.time.orientation === 'upright';
  const ordered = [...labels].sort(isUpright ? (a, b) => a.y - b.y || a.x - b.x : (a, b) => a.x - b.x || a.y - b.y);
  const numbers = new Map(ordered.map((mark, k) => [mark, k + 1]));
  return {
    marks: figure.marks.flatMap((mark) => {
      const number = mark.shape === 'text' ? numbers.get(mark) : undefined;
      return number === undefined ? [mark] : gapMarks(mark as TextMark, number);
    }),
    gaps: ordered.map((mark, k) => ({ number: k + 1, answer: mark.text })),
  };
};

/** Two pictures in one document: what one names by id must not be the other's. */
const drawing = (figure: Figure, marks: readonly Mark[], name: string): string =>
  svg({ ...figure, marks }, { ground: null, title: name, description: figure.summary })
    .replace('aria-labelledby="title description"', `aria-label="${escapeXml(name)}"`)
    .replace(/<title id="title">[^<]*<\/title>\n<desc id="description">[^<]*<\/desc>\n/, '');

/** Height of a landscape page within its margins on A4, the lower of A4 and Letter; of title and task; of a line to write on, mm. */
const PAGE = 186;
const HEAD = 18;
const ROW = 7.2;
/** A figure is no smaller than this, mm; then the list goes on overleaf. */
const LEAST = 80;

const columnsFor = (gaps: number): number => (gaps <= 9 ? 3 : gaps <= 20 ? 4 : 5);

/** The figure leaves the list its room: gaps and lines stand on one page, figure and answers on the next. */
const css = (gaps: number): string => {
  const columns = columnsFor(gaps);
  // An answer may take two lines.
  const rows = gaps === 0 ? 0 : Math.ceil(gaps / columns) + 1;
  const most = Math.max(LEAST, PAGE - HEAD - rows * ROW);
  return `
@page { size: A4 landscape; margin: 11mm }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 1180px; padding: 16px; background: #fff; color: #000; font: 400 13px/1.5 'Inter Variable', Inter, system-ui, sans-serif }
h1 { margin: 0; font-size: 20px; font-weight: 650 }
p { margin: 2px 0 10px }
svg { display: block; width: 100%; height: auto; max-height: ${most.toFixed(1)}mm }
ol { columns: ${String(columns)}; column-gap: 24px; margin: 8px 0 0; padding-left: 24px; font-size: 11.5px; line-height: 1.25 }
li { break-inside: avoid; padding-left: 4px; min-height: 26px; font-variant-numeric: tabular-nums }
.blank li { border-bottom: 0.8px solid #000 }
section + section { margin-top: 40px }
@media print { body { max-width: none; padding: 0 } section + section { break-before: page; margin: 0 } }
`;
};

/** Nothing is fetched, nothing runs. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; font-src data:";

/**
 * A scene as an exercise to print: the figure with numbered gaps in the place of its labels, lines to write on; the
 * answers on the next page. One HTML document that fetches nothing.
 */
export const worksheet = async (view: SceneView): Promise<string> => {
  const printed = { ...view, theme: telling(theme('print'), view.theme.tells) };
  const figure = pictureOf({ ...printed, selection: null, chain: [] }, { heading: false, playhead: false });
  const { marks, gaps } = withGaps(figure);
  const title = escapeXml(view.trace.title === '' ? words.scene : view.trace.title);
  const list = (one: (gap: Gap) => string): string => gaps.map((gap) => `<li>${one(gap)}</li>`).join('');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: ${words.worksheet}</title>
<style>${await fontCss(figure.marks)}${css(gaps.length)}</style>
<main>
<section>
<h1>${title}</h1>
<p>${words.task(gaps.length)}</p>
${drawing(figure, marks, words.figure)}
<ol class="blank">${list(() => '')}</ol>
</section>
<section>
<h1>${title}: ${words.answers}</h1>
<p>${escapeXml(view.sentence)}</p>
${drawing(figure, figure.marks, words.solved)}
<ol>${list(({ answer }) => escapeXml(answer))}</ol>
</section>
</main>
</html>
`;
};
