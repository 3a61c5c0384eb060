import type { Fill, HatchMark, Mark, SemanticId, Stroke } from '../types.ts';
import { BASELINE, families, outline } from './glyphs.ts';

/** Marks as SVG text: text stays text, styles stand at their elements, names of what is drawn as data attributes. */

export interface SvgOptions {
  readonly ground: string | null;
  readonly title: string;
  readonly description: string;
  /** CSS for the head of the picture: @font-face rules with the fonts inside, where the file must stand alone. */
  readonly css?: string;
}

const n = (value: number): string => {
  const rounded = Math.round(value * 100) / 100;
  return String(Object.is(rounded, -0) ? 0 : rounded);
};

export const escapeXml = (text: string): string =>
  text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    // Control characters have no place in XML 1.0.
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '');

const fillOf = (fill: Fill | undefined): string =>
  fill
    ? ` fill="${fill.color}"${fill.opacity !== undefined && fill.opacity < 1 ? ` fill-opacity="${n(fill.opacity)}"` : ''}`
    : ' fill="none"';
const strokeOf = (stroke: Stroke | undefined): string =>
  stroke
    ? ` stroke="${stroke.color}" stroke-width="${n(stroke.width)}"` +
      (stroke.opacity !== undefined && stroke.opacity < 1 ? ` stroke-opacity="${n(stroke.opacity)}"` : '') +
      (stroke.dash ? ` stroke-dasharray="${stroke.dash.map(n).join(' ')}"` : '') +
      (stroke.cap && stroke.cap !== 'butt' ? ` stroke-linecap="${stroke.cap}"` : '')
    : '';

const dataOf = (id: SemanticId | null): string =>
  id === null || id.kind === 'axis'
    ? ''
    : ` data-${id.kind}="${String(id.index)}"${id.trace === 1 ? ' data-ghost="1"' : ''}`;

const path = (points: readonly number[], closed: boolean): string => {
  let d = '';
  for (let k = 0; k < points.length; k += 2)
    d += `${k === 0 ? 'M' : 'L'}${n(points[k] as number)} ${n(points[k + 1] as number)}`;
  return closed ? `${d}Z` : d;
};

const patternId = ({ pattern = 'slant', color, spacing }: HatchMark): string =>
  `hatch-${pattern === 'slant' ? '' : `${pattern}-`}${color.replace(/[^0-9A-Za-z]/g, '')}-${n(spacing).replace('.', '_')}`;

/** Lines of a pattern in a tile of the spacing's size; slants are upright lines in a turned tile. */
const pattern = (mark: HatchMark): string => {
  const { spacing: step, pattern: kind = 'slant' } = mark;
  const turn = kind === 'slant' || kind === 'cross' ? 45 : kind === 'back' ? -45 : 0;
  const isTurned = turn !== 0;
  const upright = `M${n(isTurned ? 0 : step / 2)} 0V${n(step)}`;
  const level = `M0 ${n(isTurned ? 0 : step / 2)}H${n(kind === 'dashes' ? step / 2 : step)}`;
  const d =
    kind === 'cross' || kind === 'grid' ? upright + level : kind === 'level' || kind === 'dashes' ? level : upright;
  // The tile cuts half of a line that lies on its edge.
  const width = isTurned ? mark.lineWidth * 2 : mark.lineWidth;
  return `<pattern id="${patternId(mark)}" width="${n(step)}" height="${n(step)}" patternUnits="userSpaceOnUse"${isTurned ? ` patternTransform="rotate(${n(turn)})"` : ''}><path d="${d}" stroke="${mark.color}" stroke-width="${n(width)}" stroke-opacity="0.75"/></pattern>`;
};

const element = (mark: Mark): string => {
  const data = dataOf(mark.id);
  switch (mark.shape) {
    case 'line':
      return `<path d="M${n(mark.x1)} ${n(mark.y1)}L${n(mark.x2)} ${n(mark.y2)}" fill="none"${strokeOf(mark.stroke)}${data}/>`;
    case 'path':
      return `<path d="${path(mark.points, mark.closed)}"${fillOf(mark.fill)}${strokeOf(mark.stroke)}${mark.stroke ? ' stroke-linejoin="round"' : ''}${data}/>`;
    case 'curve': {
      const p = mark.points.map(n);
      return `<path d="M${p[0] ?? ''} ${p[1] ?? ''}C${p.slice(2).join(' ')}" fill="none"${strokeOf(mark.stroke)}${data}/>`;
    }
    case 'rect':
      return `<rect x="${n(mark.x)}" y="${n(mark.y)}" width="${n(mark.width)}" height="${n(mark.height)}"${mark.radius ? ` rx="${n(mark.radius)}"` : ''}${fillOf(mark.fill)}${strokeOf(mark.stroke)}${data}/>`;
    case 'text':
      return `<text x="${n(mark.x)}" y="${n(mark.y + mark.size * BASELINE)}" font-family="${families[mark.face]}" font-size="${n(mark.size)}" font-weight="${String(mark.weight)}"${mark.anchor === 'start' ? '' : ` text-anchor="${mark.anchor}"`}${mark.tracking ? ` letter-spacing="${n(mark.tracking)}"` : ''} fill="${mark.color}"${mark.opacity !== undefined && mark.opacity < 1 ? ` fill-opacity="${n(mark.opacity)}"` : ''}${data}>${escapeXml(mark.text)}</text>`;
    case 'hatch': {
      const box = `x="${n(mark.x)}" y="${n(mark.y)}" width="${n(mark.width)}" height="${n(mark.height)}"`;
      return `${mark.fill ? `<rect ${box}${fillOf(mark.fill)}/>` : ''}<rect ${box} fill="url(#${patternId(mark)})"${data}/>`;
    }
    case 'glyph': {
      const faded = mark.opacity !== undefined && mark.opacity < 1 ? ` opacity="${n(mark.opacity)}"` : '';
      const shape = outline(mark);
      const width = n(mark.lineWidth ?? 1.5);
      if (!shape) {
        const paint =
          mark.glyph === 'dot'
            ? ` fill="${mark.color}"`
            : ` fill="none" stroke="${mark.color}" stroke-width="${width}"`;
        return `<circle cx="${n(mark.x)}" cy="${n(mark.y)}" r="${n(mark.size / 2)}"${paint}${faded}${data}/>`;
      }
      const d = shape.lines.map((line) => path(line, shape.closed)).join('');
      const paint = shape.filled
        ? ` fill="${mark.color}"`
        : ` fill="none" stroke="${mark.color}" stroke-width="${width}" stroke-linecap="round"`;
      return `<path d="${d}"${paint}${faded}${data}/>`;
    }
  }
};

/** A whole picture as one SVG document. */
export const svg = (
  figure: { readonly width: number; readonly height: number; readonly marks: readonly Mark[] },
  options: SvgOptions,
): string => {
  const patterns = new Map<string, string>();
  for (const mark of figure.marks) {
    if (mark.shape === 'hatch' && !patterns.has(patternId(mark))) patterns.set(patternId(mark), pattern(mark));
  }
  const { width, height } = figure;
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width)}" height="${n(height)}" viewBox="0 0 ${n(width)} ${n(height)}" role="img" aria-labelledby="title description">`;
  return [
    head,
    `<title id="title">${escapeXml(options.title)}</title>`,
    `<desc id="description">${escapeXml(options.description)}</desc>`,
    options.css ? `<style>${options.css.replace(/<\//g, '<\\/')}</style>` : '',
    patterns.size > 0 ? `<defs>${[...patterns.values()].join('')}</defs>` : '',
    options.ground === null ? '' : `<rect width="${n(width)}" height="${n(height)}" fill="${options.ground}"/>`,
    ...figure.marks.map(element),
    '</svg>',
    '',
  ]
    .filter((line, k, all) => line !== '' || k === all.length - 1)
    .join('\n');
};
