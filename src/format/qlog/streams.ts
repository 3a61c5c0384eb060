import { upperBound } from '../../base/bisect.ts';
import type { TraceBuilder } from '../../trace/builder.ts';
import { NONE } from '../../trace/types.ts';
import { Receiver } from '../capture/receiver.ts';

/** What one end of a flow receives, stream by stream; TCP has one. */
export class Receiving {
  readonly #streams = new Map<number, Receiver>();

  constructor(
    private readonly builder: TraceBuilder,
    private readonly flow: number,
    private readonly node: number,
    private readonly isTcp: boolean,
  ) {}

  /** Bytes [from, from + length) of a stream are here, by datagram `packet`. */
  arrive(time: number, stream: number, from: number, length: number, packet: number): void {
    let receiver = this.#streams.get(stream);
    if (!receiver) {
      receiver = new Receiver(this.builder, this.flow, this.node, 0, this.isTcp ? null : stream);
      this.#streams.set(stream, receiver);
    }
    receiver.arrive(time, from, from + length, packet);
  }
}

/** Stretches of one stream that went, apart and ascending, and the datagram that each went by first. */
interface Lane {
  readonly from: number[];
  readonly to: number[];
  readonly row: number[];
}

/** What was sent of the streams of one direction: tells whether bytes went before, and by which datagram. */
export class Sending {
  readonly #lanes = new Map<number, Lane>();
  /** Datagrams that repeated the byte at an offset, the latest. */
  readonly #again = new Map<string, number>();

  /**
   * Notes that `row` carries bytes [from, from + length). Gives the datagram that brought the first of them before; NONE:
   * they are new; null: they are older than others that were seen, so that a datagram that nobody saw must have had them.
   */
  send(stream: number, from: number, length: number, row: number): number | null {
    let lane = this.#lanes.get(stream);
    if (!lane) this.#lanes.set(stream, (lane = { from: [], to: [], row: [] }));
    const last = lane.from.length - 1;
    if (last < 0 || from >= (lane.to[last] as number)) {
      insert(lane, last + 1, from, from + length, row);
      return NONE;
    }
    // The first stretch that ends behind `from`.
    const k = upperBound(lane.to, from, lane.to.length);
    const isKnown = (lane.from[k] as number) <= from;
    const first = lane.row[k] as number;
    fill(lane, k, from, from + length, row);
    if (!isKnown) return first === row ? NONE : null;
    const key = `${String(stream)} ${String(from)}`;
    const before = this.#again.get(key) ?? first;
    if (before !== row) this.#again.set(key, row);
    return before === row ? NONE : before;
  }
}

const insert = (lane: Lane, at: number, from: number, to: number, row: number): void => {
  lane.from.splice(at, 0, from);
  lane.to.splice(at, 0, to);
  lane.row.splice(at, 0, row);
};

/** Adds what is new of [from, to), which stretch `at` and those behind it may have in part. */
const fill = (lane: Lane, at: number, from: number, to: number, row: number): void => {
  let k = at;
  for (let next = from; next < to; k++) {
    const end = Math.min(to, lane.from[k] ?? Infinity);
    if (next < end) insert(lane, k++, next, end, row);
    next = Math.max(end, lane.to[k] ?? Infinity);
  }
};
