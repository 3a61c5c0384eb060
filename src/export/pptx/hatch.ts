import type { HatchMark } from '../../figure/types.ts';

type Segment = readonly [x1: number, y1: number, x2: number, y2: number];

/** A slanted line through (x + d, y), cut at the rectangle; leaning back it starts at the bottom. */
const slant = ({ x, y, width, height }: HatchMark, d: number, back: boolean): Segment => {
  const from = Math.min(d, width);
  const to = Math.max(0, d - height);
  const high = d - from;
  const low = d - to;
  return back ? [x + from, y + height - high, x + to, y + height - low] : [x + from, y + high, x + to, y + low];
};

/** The lines of a hatch, each cut at its rectangle: for painters that cannot clip. */
export const hatchLines = (mark: HatchMark): readonly Segment[] => {
  const { x, y, width, height, spacing, pattern = 'slant' } = mark;
  const lines: Segment[] = [];
  if (pattern === 'slant' || pattern === 'back' || pattern === 'cross')
    for (let d = spacing * Math.SQRT2; d < width + height; d += spacing * Math.SQRT2) {
      if (pattern !== 'back') lines.push(slant(mark, d, false));
      if (pattern !== 'slant') lines.push(slant(mark, d, true));
    }
  if (pattern === 'level' || pattern === 'dashes' || pattern === 'grid')
    for (let d = spacing / 2; d < height; d += spacing) {
      if (pattern !== 'dashes') lines.push([x, y + d, x + width, y + d]);
      else
        for (let part = 0; part < width; part += spacing)
          lines.push([x + part, y + d, x + Math.min(width, part + spacing / 2), y + d]);
    }
  if (pattern === 'upright' || pattern === 'grid')
    for (let d = spacing / 2; d < width; d += spacing) lines.push([x + d, y, x + d, y + height]);
  return lines;
};
