import type { Box } from '../types.ts';

/** Orthogonal ways between boxes on a grid. */

export interface Node {
  readonly box: Box;
  readonly column: number;
  readonly row: number;
}

export interface Grid {
  /** Middle of a column. */
  readonly columnAt: (column: number) => number;
  readonly pitch: number;
  readonly left: number;
  readonly right: number;
}

/** How many ways already use a channel, so that the next lies beside them. */
export class Channels {
  readonly #used = new Map<string, number>();

  /** Offset of the next way in a channel, px: 0, then alternately to both sides. */
  next(key: string, step: number): number {
    const k = this.#used.get(key) ?? 0;
    this.#used.set(key, k + 1);
    return k === 0 ? 0 : (k % 2 === 1 ? 1 : -1) * Math.ceil(k / 2) * step;
  }

  /** Offset of the next way in a margin, px: 0, 1, 2 … steps outwards. */
  nextOut(key: string, step: number): number {
    const k = this.#used.get(key) ?? 0;
    this.#used.set(key, k + 1);
    return k * step;
  }
}

const middleX = (box: Box): number => box.x + box.width / 2;
const middleY = (box: Box): number => box.y + box.height / 2;
const bottom = (box: Box): number => box.y + box.height;

/** Points x0, y0, x1, y1 … of a way from one box to another, at right angles. */
export const route = (a: Node, b: Node, grid: Grid, channels: Channels, step: number): number[] => {
  const down = b.row - a.row;
  const across = b.column - a.column;
  const name = `${String(a.column)},${String(a.row)}`;
  if (down === 0) {
    const dy = channels.next(`row ${String(a.row)} ${String(Math.min(a.column, b.column))}`, step);
    const y = middleY(a.box) + dy;
    return across > 0 ? [a.box.x + a.box.width, y, b.box.x, y] : [a.box.x, y, b.box.x + b.box.width, y];
  }
  if (down > 0 && across === 0 && down === 1) {
    const x = middleX(a.box) + channels.next(`column ${String(a.column)} ${String(a.row)}`, step * 1.6);
    return [x, bottom(a.box), x, b.box.y];
  }
  if (down > 0 && down <= 1.5) {
    // Out below towards the side of the goal, along the gap between the rows, in from above.
    const side = Math.sign(across);
    const x1 = middleX(a.box) + side * a.box.width * 0.28;
    const x2 = middleX(b.box) - side * b.box.width * 0.28;
    const y = (bottom(a.box) + b.box.y) / 2 + channels.next(`gap ${String(a.row)}`, step);
    return [x1, bottom(a.box), x1, y, x2, y, x2, b.box.y];
  }
  if (down > 0 && across !== 0 && Math.abs(across) <= 1.5) {
    // Out at the side, down the column of the goal, in from above.
    const x =
      middleX(b.box) -
      Math.sign(across) * b.box.width * (0.1 + 0.12 * channels.next(`into ${String(b.column)},${String(b.row)}`, 1));
    // Below the middle, which is where ways along the row run.
    const y =
      middleY(a.box) + a.box.height * 0.28 + channels.nextOut(`side ${name} ${String(Math.sign(across))}`, step);
    return [across > 0 ? a.box.x + a.box.width : a.box.x, y, x, y, x, b.box.y];
  }
  // Back, or far: around at the nearer margin.
  const toLeft = middleX(a.box) + middleX(b.box) <= grid.left + grid.right - 1;
  const lane = channels.nextOut(toLeft ? 'left' : 'right', step);
  const x = toLeft ? grid.left - lane : grid.right + lane;
  const y1 = middleY(a.box) + channels.next(`out ${name} ${String(toLeft)}`, step);
  const y2 = middleY(b.box) + channels.next(`in ${String(b.column)},${String(b.row)} ${String(toLeft)}`, step);
  return [toLeft ? a.box.x : a.box.x + a.box.width, y1, x, y1, x, y2, toLeft ? b.box.x : b.box.x + b.box.width, y2];
};
