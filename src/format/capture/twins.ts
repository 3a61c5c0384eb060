import { hashWords } from '../../base/hash.ts';
import type { FrameTable } from './frames.ts';
import type { RowTable } from './rows.ts';

/** Two sightings of one packet lie no further apart than this, ns. */
const MAX_APART = 10_000_000_000;

/**
 * Pairs packets that a capture saw at two interfaces (at both ends of a path, as this project's own exports for `both`
 * do): the first sighting is the packet, the second tells when it arrived.
 */
export class Twins {
  matched = 0;
  /** Rows seen once so far, oldest first, by what makes a packet the same. */
  readonly #waiting = new Map<number, { readonly rows: number[]; head: number }>();

  /** Whether frames of more than one interface are there. */
  static possible(frames: FrameTable): boolean {
    const { iface } = frames.columns;
    for (let f = 1; f < frames.count; f++) if (iface[f] !== iface[0]) return true;
    return false;
  }

  /** Whether `row` is the second sighting of an earlier row; then both are marked so. */
  match(rows: RowTable, row: number, frames: FrameTable): boolean {
    const c = rows.columns;
    const { iface, time } = frames.columns;
    const frame = c.frame[row] as number;
    const key = hashWords(
      (c.flow[row] as number) * 2 + (c.upward[row] as number),
      c.seq[row] as number,
      c.ack[row] as number,
      c.flags[row] as number,
      c.payload[row] as number,
      c.window[row] as number,
      c.ipId[row] as number,
      c.tsVal[row] as number,
      c.tsEcr[row] as number,
    );
    const list = this.#waiting.get(key);
    if (!list) {
      this.#waiting.set(key, { rows: [row], head: 0 });
      return false;
    }
    while (list.head < list.rows.length) {
      const first = list.rows[list.head] as number;
      const firstFrame = c.frame[first] as number;
      if (iface[firstFrame] === iface[frame]) break;
      list.head++;
      if (Math.abs((time[frame] as number) - (time[firstFrame] as number)) > MAX_APART) continue;
      c.twin[first] = row;
      c.copy[row] = 1;
      this.matched++;
      return true;
    }
    list.rows.push(row);
    return false;
  }
}
