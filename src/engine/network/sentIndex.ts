import { NONE } from '../../trace/types.ts';

/** A stretch [from, to) of a stream in a packet's row. */
interface Sent {
  readonly from: number;
  readonly to: number;
  readonly row: number;
}

interface Lane {
  /** Stretches that went for the first time: apart, ascending. */
  readonly first: Sent[];
  /** Those that went again, in order of sending. */
  readonly again: Sent[];
  /** All before has been sent. */
  end: number;
}

/** Which packets of one sender carried which bytes of its streams. Streams of CRYPTO have numbers below zero. */
export class SentIndex {
  readonly #lanes = new Map<number, Lane>();

  #lane(stream: number): Lane {
    let lane = this.#lanes.get(stream);
    if (!lane) {
      lane = { first: [], again: [], end: 0 };
      this.#lanes.set(stream, lane);
    }
    return lane;
  }

  /** The row that carried the byte at `offset` last; NONE: it was not sent yet. */
  last(stream: number, offset: number): number {
    const lane = this.#lanes.get(stream);
    if (!lane) return NONE;
    const again = lane.again.findLast(({ from, to }) => from <= offset && offset < to);
    return again?.row ?? this.first(stream, offset);
  }

  /** The row that carried the byte at `offset` first; NONE: it was not sent yet. */
  first(stream: number, offset: number): number {
    const first = this.#lanes.get(stream)?.first ?? [];
    let [low, high] = [0, first.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((first[middle] as Sent).from <= offset) low = middle + 1;
      else high = middle;
    }
    const found = first[low - 1];
    return found && offset < found.to ? found.row : NONE;
  }

  /** Whether the byte at `offset` was sent. */
  has(stream: number, offset: number): boolean {
    const lane = this.#lanes.get(stream);
    return lane !== undefined && offset < lane.end;
  }

  /** How often the byte at `offset` was sent. */
  times(stream: number, offset: number): number {
    const lane = this.#lanes.get(stream);
    if (!lane || offset >= lane.end) return 0;
    let times = 1;
    for (const { from, to } of lane.again) if (from <= offset && offset < to) times++;
    return times;
  }

  /** Books bytes [from, to) of a stream in a row. */
  add(stream: number, from: number, to: number, row: number): void {
    if (to <= from) return;
    const lane = this.#lane(stream);
    if (from < lane.end) lane.again.push({ from, to: Math.min(to, lane.end), row });
    if (to > lane.end) {
      lane.first.push({ from: Math.max(from, lane.end), to, row });
      lane.end = to;
    }
  }
}
