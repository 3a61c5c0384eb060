import type { GlyphMark } from '../types.ts';

/** Outlines of the small signs, so that every painter draws the same. */
export interface Outline {
  /** Polylines: x0, y0, x1, y1 … in px of the picture. */
  readonly lines: readonly (readonly number[])[];
  readonly closed: boolean;
  /** Filled, else stroked. */
  readonly filled: boolean;
}

/** Unit outlines: 1 px across, around 0, 0; up is −y. */
const unit: Readonly<Record<Exclude<GlyphMark['glyph'], 'dot' | 'ring'>, Outline>> = {
  cross: {
    lines: [
      [-0.5, -0.5, 0.5, 0.5],
      [-0.5, 0.5, 0.5, -0.5],
    ],
    closed: false,
    filled: false,
  },
  deliver: { lines: [[0, -0.5, 0.5, 0.45, -0.5, 0.45]], closed: true, filled: true },
  arrowhead: { lines: [[0, 0, 0.42, 1, -0.42, 1]], closed: true, filled: true },
  break: {
    lines: [
      [-0.3, 0.5, -0.1, -0.5],
      [0.1, 0.5, 0.3, -0.5],
    ],
    closed: false,
    filled: false,
  },
  flag: { lines: [[0, 0.5, 0, -0.5, 0.8, -0.22, 0, 0.06]], closed: true, filled: true },
  handle: { lines: [[-0.5, -0.55, 0.5, -0.55, 0.5, 0.15, 0, 0.6, -0.5, 0.15]], closed: true, filled: true },
};

/** The outline of a sign at its place; null for dot and ring, which are circles. */
export const outline = (mark: GlyphMark): Outline | null => {
  if (mark.glyph === 'dot' || mark.glyph === 'ring') return null;
  const shape = unit[mark.glyph];
  const angle = ((mark.turn ?? 0) * Math.PI) / 180;
  const cos = Math.cos(angle) * mark.size;
  const sin = Math.sin(angle) * mark.size;
  return {
    ...shape,
    lines: shape.lines.map((points) => {
      const moved: number[] = [];
      for (let k = 0; k < points.length; k += 2) {
        const x = points[k] as number;
        const y = points[k + 1] as number;
        moved.push(mark.x + x * cos - y * sin, mark.y + x * sin + y * cos);
      }
      return moved;
    }),
  };
};

/** Half the height of capitals: from the middle of a line of text to its baseline, in em. */
export const BASELINE = 0.362;

export const families = {
  sans: "'Inter Variable', Inter, system-ui, sans-serif",
  mono: "'JetBrains Mono Variable', 'JetBrains Mono', ui-monospace, monospace",
} as const;
