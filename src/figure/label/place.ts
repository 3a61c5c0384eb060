import type { Box } from '../types.ts';

/** Two boxes share a point inside. */
export const overlaps = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/**
 * Keeps labels apart. Whoever asks first has the first choice, so ask by rank. A label has a list of places in order of
 * liking; it gets the first that is free and inside the bounds, or none.
 */
export class Placer {
  readonly #taken: Box[] = [];
  /** Better left free: curves. */
  readonly #avoided: Box[] = [];

  constructor(
    readonly bounds: Box,
    /** Least distance between two labels, px. */
    readonly gap = 2,
  ) {}

  /** Keeps labels off a box. */
  block(box: Box): void {
    this.#taken.push(box);
  }

  /** Keeps labels off a box where they find another place. */
  avoid(box: Box): void {
    this.#avoided.push(box);
  }

  free(box: Box): boolean {
    const { bounds, gap } = this;
    if (
      box.x < bounds.x ||
      box.y < bounds.y ||
      box.x + box.width > bounds.x + bounds.width ||
      box.y + box.height > bounds.y + bounds.height
    )
      return false;
    const wide = { x: box.x - gap, y: box.y - gap, width: box.width + 2 * gap, height: box.height + 2 * gap };
    return !this.#taken.some((other) => overlaps(wide, other));
  }

  /** Takes the first free place and returns its number, or −1. */
  take(places: readonly Box[]): number {
    const free = places.map((box) => this.free(box));
    let k = free.findIndex((isFree, n) => isFree && !this.#avoided.some((other) => overlaps(places[n] as Box, other)));
    if (k < 0) k = free.indexOf(true);
    if (k >= 0) this.#taken.push(places[k] as Box);
    return k;
  }
}
