import { QuicType } from '../../trace/quic/types.ts';
import type { Log } from './log.ts';

/** The smallest datagram that may carry an Initial (RFC 9000 §14.1). */
const LEAST_FULL = 1200;
/** Packets of one datagram are logged one right after another: ns. */
const TOGETHER = 100_000;

/** How far a packet is in the handshake: packets that share a datagram go up (RFC 9000 §12.2). */
const stage = [0, 1, 1, -1, 2, -1, -1, -1];

const canBeFollowed = (type: number): boolean =>
  type === QuicType.Initial || type === QuicType.ZeroRtt || type === QuicType.Handshake;

/** Packets of one direction on their way into datagrams. */
class Direction {
  /** The last packet's row, its datagram and how full that is. */
  last = -1;
  group = -1;
  filled = 0;
  id = '';
  /** Rows that no `datagrams_sent` has named yet. */
  pending: number[] = [];
  /** Sizes of datagrams that were received, and whose packets come next. */
  open: number[] = [];
  room = 0;
}

/**
 * Tells which packets of a log share a datagram: by their datagram ids; by the sizes of datagrams that the log has; else
 * packets of a rising stage of the handshake that were logged at once and fit together.
 */
export class Groups {
  readonly #log: Log;
  readonly #own = new Direction();
  readonly #other = new Direction();
  #next = 0;
  #full = LEAST_FULL;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Packet `row` was logged, of `size` bytes. */
  add(row: number, isSent: boolean, size: number, id: string): void {
    const { rows, quic } = this.#log;
    const way = isSent ? this.#own : this.#other;
    const type = quic.packets.type[row] as number;
    const joins =
      id !== '' ? id === way.id : way.room > 0 ? way.filled + size <= way.room : this.#follows(way, row, size);
    if (!joins) {
      way.group = this.#next++;
      way.filled = 0;
      way.room = id === '' ? (way.open.shift() ?? 0) : 0;
      if (way.room > 0) this.#log.groupBytes[way.group] = way.room;
    }
    way.filled += size;
    way.last = row;
    way.id = id;
    rows.columns.group[row] = way.group;
    if (isSent && id === '') way.pending.push(row);
    if (canBeFollowed(type)) this.#full = Math.max(this.#full, size);
  }

  #follows(way: Direction, row: number, size: number): boolean {
    if (way.last < 0) return false;
    const { type } = this.#log.quic.packets;
    const { time } = this.#log.rows.columns;
    const before = type[way.last] as number;
    const next = stage[type[row] as number] as number;
    return (
      canBeFollowed(before) &&
      next > (stage[before] as number) &&
      (time[row] as number) - (time[way.last] as number) <= TOGETHER &&
      way.filled + size <= this.#full
    );
  }

  /** Datagrams of these sizes were sent: they hold the packets that were logged before. */
  sent(sizes: readonly number[]): void {
    const way = this.#own;
    const { group } = this.#log.rows.columns;
    for (const size of sizes) {
      if (way.pending.length === 0) return;
      const into = this.#next++;
      this.#log.groupBytes[into] = size;
      let filled = 0;
      let taken = 0;
      for (const row of way.pending) {
        filled += this.#log.quic.packets.size[row] as number;
        if (taken > 0 && filled > size) break;
        group[row] = into;
        taken++;
      }
      way.pending.splice(0, taken);
    }
    // What is sent next begins a datagram of its own.
    way.last = -1;
    way.pending = way.pending.slice();
  }

  /** Datagrams of these sizes were received: their packets are logged next. */
  received(sizes: readonly number[]): void {
    const way = this.#other;
    way.open = [...sizes];
    way.room = 0;
    way.last = -1;
  }
}
