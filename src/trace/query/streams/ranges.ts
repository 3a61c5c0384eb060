import type { ByteRange } from '../../blocked.ts';

/** How many bytes of [from, to) lie in `ranges`, which are in order and apart. */
export const overlapOf = (ranges: readonly ByteRange[], from: number, to: number): number => {
  let lo = 0;
  let hi = ranges.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if ((ranges[mid] as ByteRange).to <= from) lo = mid + 1;
    else hi = mid;
  }
  let bytes = 0;
  for (let range = ranges[lo]; range && range.from < to; range = ranges[++lo])
    bytes += Math.min(to, range.to) - Math.max(from, range.from);
  return bytes;
};

/** Bytes that were seen: what is added twice counts once. */
export class Seen {
  /** All below it; and what lies above, in order and apart. */
  #whole = 0;
  #islands: ByteRange[] = [];

  /** The parts of [from, to) that are new, and now known. */
  add(from: number, to: number): ByteRange[] {
    const start = Math.max(from, this.#whole);
    if (to <= start) return [];
    const fresh: ByteRange[] = [];
    let at = start;
    for (const island of this.#islands) {
      if (island.from >= to) break;
      if (island.to <= at) continue;
      if (island.from > at) fresh.push({ from: at, to: island.from });
      at = Math.max(at, island.to);
    }
    if (at < to) fresh.push({ from: at, to });
    this.#join(start, to);
    return fresh;
  }

  #join(from: number, to: number): void {
    const kept: ByteRange[] = [];
    let joined = { from, to };
    for (const island of this.#islands) {
      if (island.to < joined.from || island.from > joined.to) kept.push(island);
      else joined = { from: Math.min(joined.from, island.from), to: Math.max(joined.to, island.to) };
    }
    if (joined.from <= this.#whole) this.#whole = joined.to;
    else kept.push(joined);
    this.#islands = kept.filter((island) => island.to > this.#whole).sort((a, b) => a.from - b.from);
  }
}

/** Stretches of time [start, end). */
export type Stretch = readonly [start: number, end: number];

/** Length of the union, ns. */
export const unionLength = (stretches: readonly Stretch[]): number => {
  let total = 0;
  let covered = -Infinity;
  for (const [start, end] of [...stretches].sort((a, b) => a[0] - b[0])) {
    if (end <= covered) continue;
    total += end - Math.max(start, covered);
    covered = end;
  }
  return total;
};

/** What of [start, end) none of `others` covers. */
export const without = (start: number, end: number, others: readonly Stretch[]): Stretch[] => {
  const left: Stretch[] = [];
  let at = start;
  for (const [from, to] of [...others].sort((a, b) => a[0] - b[0])) {
    if (to <= at || from >= end) continue;
    if (from > at) left.push([at, from]);
    at = Math.max(at, to);
  }
  if (at < end) left.push([at, end]);
  return left;
};
