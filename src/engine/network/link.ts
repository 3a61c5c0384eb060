import { fromMs, serializationTime } from '../../base/time.ts';
import type { LinkSpec } from '../../scenario/expand.ts';
import type { Parcel } from './parcel.ts';
import { LossRules } from './chance.ts';

/**
 * One direction of a link: drop-tail queue, serializer, loss, fixed delay. Departure and arrival are known when a packet
 * enters, so a packet costs one event. Times in ns.
 */
export class Link {
  readonly spec: LinkSpec;
  readonly rules: LossRules;
  readonly delay: number;
  readonly jitter: number;
  /** When the serializer has done what it has. */
  #freeAt = 0;
  /** Starts of serialization still ahead: who waits. A ring addressed by growing indices. */
  #starts = new Float64Array(64);
  #firstStart = 0;
  #lastStart = 0;
  /** Packets on their way, in order of arrival. */
  #flying: Parcel[] = new Array<Parcel>(64);
  #arrivals = new Float64Array(64);
  #firstFlying = 0;
  #lastFlying = 0;
  #lastSize = -1;
  #lastSpan = 0;

  constructor(spec: LinkSpec) {
    this.spec = spec;
    this.rules = new LossRules(spec.loss);
    this.delay = fromMs(spec.delayMs);
    this.jitter = fromMs(spec.jitterMs);
  }

  /**
   * Packets that wait at `now`; the one being serialized does not. What arrives at the very instant at which the line takes
   * the next one still finds that waiting: where ACKs clock the sender each arrival is such a tie, and of a real host the
   * first answer after a pause, which begins the busy period, is its slowest, so that the others come just before the line
   * is free.
   */
  waiting(now: number): number {
    const mask = this.#starts.length - 1;
    while (this.#firstStart < this.#lastStart && (this.#starts[this.#firstStart & mask] as number) < now)
      this.#firstStart++;
    return this.#lastStart - this.#firstStart;
  }

  /** Is there room for one more? An idle serializer takes it whatever the queue's size. */
  hasRoom(now: number): boolean {
    return this.waiting(now) < this.spec.queuePackets || this.#freeAt <= now;
  }

  /** Occupies the serializer; returns the start, the end is `freeAt`. */
  serialize(now: number, size: number): number {
    const start = Math.max(now, this.#freeAt);
    // Most packets are as large as the one before.
    if (size !== this.#lastSize) {
      this.#lastSize = size;
      this.#lastSpan = serializationTime(size, this.spec.mbps);
    }
    this.#freeAt = start + this.#lastSpan;
    if (start > now) {
      if (this.#lastStart - this.#firstStart === this.#starts.length) this.#growStarts();
      this.#starts[this.#lastStart & (this.#starts.length - 1)] = start;
      this.#lastStart++;
    }
    return start;
  }

  get freeAt(): number {
    return this.#freeAt;
  }

  /** True where the packet would arrive in order behind the others. */
  inOrder(arrival: number): boolean {
    return (
      this.#firstFlying === this.#lastFlying ||
      arrival >= (this.#arrivals[(this.#lastFlying - 1) & (this.#arrivals.length - 1)] as number)
    );
  }

  /** Adds a packet that arrives behind the others; returns whether it is the only one (an event must be set). */
  fly(parcel: Parcel, arrival: number): boolean {
    if (this.#lastFlying - this.#firstFlying === this.#flying.length) this.#growFlying();
    const at = this.#lastFlying++ & (this.#flying.length - 1);
    this.#flying[at] = parcel;
    this.#arrivals[at] = arrival;
    return this.#lastFlying - this.#firstFlying === 1;
  }

  /** Takes the first to arrive. */
  land(): Parcel {
    return this.#flying[this.#firstFlying++ & (this.#flying.length - 1)] as Parcel;
  }

  /** Arrival of the next, or NaN. */
  get nextArrival(): number {
    return this.#firstFlying === this.#lastFlying
      ? NaN
      : (this.#arrivals[this.#firstFlying & (this.#arrivals.length - 1)] as number);
  }

  /** Packets on their way at the end of the run. */
  *stillFlying(): Generator<Parcel> {
    for (let i = this.#firstFlying; i < this.#lastFlying; i++)
      yield this.#flying[i & (this.#flying.length - 1)] as Parcel;
  }

  #growStarts(): void {
    const bigger = new Float64Array(this.#starts.length * 2);
    for (let i = this.#firstStart; i < this.#lastStart; i++)
      bigger[i & (bigger.length - 1)] = this.#starts[i & (this.#starts.length - 1)] as number;
    this.#starts = bigger;
  }

  #growFlying(): void {
    const capacity = this.#flying.length * 2;
    const flying = new Array<Parcel>(capacity);
    const arrivals = new Float64Array(capacity);
    for (let i = this.#firstFlying; i < this.#lastFlying; i++) {
      flying[i & (capacity - 1)] = this.#flying[i & (this.#flying.length - 1)] as Parcel;
      arrivals[i & (capacity - 1)] = this.#arrivals[i & (this.#arrivals.length - 1)] as number;
    }
    this.#flying = flying;
    this.#arrivals = arrivals;
  }
}
