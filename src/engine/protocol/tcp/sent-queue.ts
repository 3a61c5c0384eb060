import { NONE } from './ids.ts';

/** Tags of a sent segment (Linux `TCPCB_…`). */
export const Tag = {
  /** SACKed: arrived out of order. */
  Sacked: 1,
  /** A retransmission is in flight. */
  Retransmitted: 2,
  /** Marked lost. */
  Lost: 4,
  /** Was ever retransmitted (Karn). */
  Ever: 8,
} as const;

/** A segment that was sent and is not yet cumulatively acknowledged. Positions count from the SYN (0). */
export class Sent {
  start = 0;
  end = 0;
  flags = 0;
  tags = 0;
  /** Latest (re)transmission, ns. */
  sentAt = 0;
  /** Row of the latest transmission in the trace. */
  packet = NONE;
  /** Transmissions so far. */
  times = 0;
  /** Delivery state at the latest transmission, for the rate sample; `deliveredUs` −1: consumed. */
  txDelivered = 0;
  txDeliveredUs = -1;
  txFirstUs = 0;
  txAppLimited = false;
  /** Event that declared it lost. */
  lossEvent = NONE;
  /** Neighbours in order of (re)transmission; both null and `timed` false: not in the list. */
  before: Sent | null = null;
  after: Sent | null = null;
  timed = false;
}

/**
 * The retransmission queue: segments in order of sequence in a ring addressed by ever-growing indices, and in order of
 * (re)transmission in a linked list without those SACKed or marked lost (Linux `tcp_rtx_queue`, `tsorted_sent_queue`).
 */
export class SentQueue {
  #ring: Sent[] = [];
  #mask = -1;
  /** Index of the oldest and one past the newest. */
  first = 0;
  last = 0;
  oldest: Sent | null = null;
  newest: Sent | null = null;
  readonly #free: Sent[] = [];
  #freeCount = 0;

  get size(): number {
    return this.last - this.first;
  }

  at(index: number): Sent {
    return this.#ring[index & this.#mask] as Sent;
  }

  get head(): Sent | null {
    return this.first === this.last ? null : this.at(this.first);
  }

  get tail(): Sent | null {
    return this.first === this.last ? null : this.at(this.last - 1);
  }

  /** Appends a fresh entry for [start, end). */
  push(start: number, end: number, flags: number): Sent {
    if (this.last - this.first > this.#mask) this.#grow();
    const sent = this.#freeCount === 0 ? new Sent() : (this.#free[--this.#freeCount] as Sent);
    sent.start = start;
    sent.end = end;
    sent.flags = flags;
    sent.tags = 0;
    sent.packet = NONE;
    sent.times = 0;
    sent.txDeliveredUs = -1;
    sent.lossEvent = NONE;
    this.#ring[this.last & this.#mask] = sent;
    this.last++;
    return sent;
  }

  /** Removes the oldest. */
  shift(): void {
    const sent = this.at(this.first);
    this.untime(sent);
    this.first++;
    this.#free[this.#freeCount++] = sent;
  }

  /** Splits the entry at `index` at `position`: the second part follows it, untimed (a smaller MSS, a partial ACK). */
  split(index: number, position: number): Sent {
    const left = this.at(index);
    const right = this.push(position, left.end, left.flags);
    for (let i = this.last - 1; i > index + 1; i--) this.#ring[i & this.#mask] = this.at(i - 1);
    this.#ring[(index + 1) & this.#mask] = right;
    left.end = position;
    left.flags &= ~0x09; // FIN and PSH belong to the end
    right.tags = left.tags;
    right.sentAt = left.sentAt;
    right.packet = left.packet;
    right.times = left.times;
    right.txDelivered = left.txDelivered;
    right.txDeliveredUs = left.txDeliveredUs;
    right.txFirstUs = left.txFirstUs;
    right.txAppLimited = left.txAppLimited;
    right.lossEvent = left.lossEvent;
    if (left.timed) this.#insertAfter(right, left);
    return right;
  }

  /** Index of the first entry that ends after `position`; `last` where none does. */
  find(position: number): number {
    let lo = this.first;
    let hi = this.last;
    while (lo < hi) {
      const mid = Math.floor((lo + hi) / 2);
      if (this.at(mid).end <= position) lo = mid + 1;
      else hi = mid;
    }
    return lo;
  }

  /** Puts an entry at the end of the order of transmission. */
  time(sent: Sent): void {
    if (sent.timed) this.untime(sent);
    sent.timed = true;
    sent.before = this.newest;
    sent.after = null;
    if (this.newest === null) this.oldest = sent;
    else this.newest.after = sent;
    this.newest = sent;
  }

  /** Takes an entry out of the order of transmission. */
  untime(sent: Sent): void {
    if (!sent.timed) return;
    sent.timed = false;
    if (sent.before === null) this.oldest = sent.after;
    else sent.before.after = sent.after;
    if (sent.after === null) this.newest = sent.before;
    else sent.after.before = sent.before;
    sent.before = null;
    sent.after = null;
  }

  #insertAfter(sent: Sent, left: Sent): void {
    sent.timed = true;
    sent.before = left;
    sent.after = left.after;
    if (left.after === null) this.newest = sent;
    else left.after.before = sent;
    left.after = sent;
  }

  #grow(): void {
    const capacity = this.#mask < 0 ? 64 : (this.#mask + 1) * 2;
    const ring = new Array<Sent>(capacity);
    for (let i = this.first; i < this.last; i++) ring[i & (capacity - 1)] = this.at(i);
    this.#ring = ring;
    this.#mask = capacity - 1;
  }
}
