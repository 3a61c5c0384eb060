import { fromMs, NEVER } from '../../../src/base/time.ts';
import type { Nanos } from '../../../src/base/time.ts';
import type { TcpCommand, TcpConnection } from '../../../src/engine/protocol/tcp/connection.ts';
import { SegmentPool } from '../../../src/engine/protocol/tcp/segment.ts';
import type { Segment } from '../../../src/engine/protocol/tcp/segment.ts';
import { makeEndpoint } from './endpoint.ts';
import type { EndpointOptions } from './endpoint.ts';
import { deliver } from './link.ts';
import type { Treat } from './link.ts';
import { show, snapshotOf } from './notation.ts';
import type { Snapshot } from './notation.ts';
import { Recorder } from './recorder.ts';

export interface PairOptions extends EndpointOptions {
  /** Options of one end only. */
  readonly a?: EndpointOptions;
  readonly b?: EndpointOptions;
  /** One way, ms. */
  readonly delayMs?: number;
  /** What happens on the way from `a` to `b`, and back. */
  readonly there?: Treat;
  readonly back?: Treat;
  /** Does an end read all that comes? Default: yes. */
  readonly reads?: boolean;
}

/** One end of a pair: connection, what it told, what its application did. */
export class End {
  readonly connection: TcpConnection;
  readonly probe: Recorder;
  readonly notices: string[] = [];
  /** Every segment sent, in order; `at` in ms. */
  readonly sent: (Snapshot & { readonly at: number; readonly dropped: boolean })[] = [];
  /** Bytes that the application has read. */
  received = 0;
  reads: boolean;

  constructor(
    readonly name: 'a' | 'b',
    options: EndpointOptions,
    reads: boolean,
  ) {
    const { connection, probe } = makeEndpoint(options);
    this.connection = connection;
    this.probe = probe;
    this.reads = reads;
  }

  get tcb(): TcpConnection['tcb'] {
    return this.connection.tcb;
  }
  get state(): string {
    return this.connection.tcb.state;
  }
  /** Sent segments with payload. */
  get data(): End['sent'] {
    return this.sent.filter((segment) => segment.payload > 0);
  }
}

interface Flying {
  readonly at: number;
  readonly order: number;
  readonly segment: Segment;
  readonly to: End;
}

/** Two endpoints, a virtual clock, a link each way. Times in ms. */
export class Pair {
  readonly a: End;
  readonly b: End;
  /** Called after each step, with what just happened. */
  onStep: (() => void) | null = null;
  #now = 0;
  #order = 0;
  #row = 0;
  readonly #pool = new SegmentPool();
  readonly #flying: Flying[] = [];
  readonly #delay: number;
  readonly #treat: Readonly<Record<'a' | 'b', { treat: Treat; count: number }>>;

  constructor(options: PairOptions = {}) {
    const ids = { next: 0 };
    const make = (name: 'a' | 'b'): End =>
      new End(
        name,
        { ...options, ...options[name], pool: this.#pool, probe: new Recorder(ids) },
        options.reads ?? true,
      );
    this.a = make('a');
    this.b = make('b');
    this.#delay = fromMs(options.delayMs ?? 20);
    this.#treat = { a: { treat: options.there ?? deliver, count: 0 }, b: { treat: options.back ?? deliver, count: 0 } };
  }

  get now(): number {
    return this.#now / 1e6;
  }
  get ends(): readonly [End, End] {
    return [this.a, this.b];
  }
  peerOf(end: End): End {
    return end === this.a ? this.b : this.a;
  }

  do(end: End, command: TcpCommand): this {
    end.connection.command(command, this.#now as Nanos);
    this.#serve(end);
    return this;
  }
  write(end: End, bytes: number): this {
    return this.do(end, { type: 'write', bytes });
  }
  /** `b` listens, `a` opens. */
  open(): this {
    this.do(this.b, { type: 'listen' });
    return this.do(this.a, { type: 'open' });
  }
  /** Puts a segment on the way to `end`, as if its peer had sent it now. */
  forge(end: End, change: (segment: Segment) => void): this {
    const segment = this.#pool.take();
    const { tcb } = this.peerOf(end).connection;
    segment.flags = 16;
    segment.seq = tcb.toWire(tcb.sndNxt);
    segment.ack = (tcb.irs + tcb.rcvNxt) >>> 0;
    segment.window = 65_535;
    change(segment);
    segment.size = 40 + segment.payload;
    this.#launch(segment, end, this.#now);
    return this;
  }

  /** Time of the next thing to happen, ns; NEVER: nothing will. */
  get next(): number {
    let first: number = Math.min(this.a.connection.nextTimeout(), this.b.connection.nextTimeout());
    for (const flying of this.#flying) first = Math.min(first, flying.at);
    return first;
  }

  /** Jumps to the next arrival or timer and lets it happen; false where nothing is left. */
  step(): boolean {
    const at = this.next;
    if (at >= NEVER) return false;
    this.#now = Math.max(this.#now, at);
    const index = this.#firstArrival(at);
    if (index >= 0) {
      const [flying] = this.#flying.splice(index, 1);
      if (flying !== undefined) this.#arrive(flying);
    } else {
      const end = this.a.connection.nextTimeout() <= at ? this.a : this.b;
      end.connection.onTimeout(this.#now as Nanos);
      this.#serve(end);
    }
    this.onStep?.();
    return true;
  }

  /** Steps until `done`, or for `limitMs`, or until nothing is left to happen. Returns whether `done` held. */
  until(done: () => boolean, limitMs = 1e6): boolean {
    const limit = this.#now + fromMs(limitMs);
    for (let guard = 0; !done(); guard++) {
      if (guard > 1_000_000) throw new Error(`no end after a million steps, at ${this.now} ms`);
      if (this.next > limit) {
        if (limit < NEVER && limitMs < 1e6) this.#now = limit;
        return false;
      }
      if (!this.step()) return false;
    }
    return true;
  }

  /** Lets `ms` pass. */
  pass(ms: number): this {
    this.until(() => false, ms);
    return this;
  }
  /** Lets happen what happens at this very instant. */
  settle(): this {
    while (this.next <= this.#now) this.step();
    return this;
  }
  /** Until nothing is left to happen. */
  drain(): this {
    this.until(() => false);
    return this;
  }

  /** Both ends are in ESTABLISHED. */
  connect(): this {
    this.open();
    if (!this.until(() => this.a.state === 'ESTABLISHED' && this.b.state === 'ESTABLISHED', 100_000))
      throw new Error('no connection');
    return this;
  }

  /** All segments of both ends as text lines. */
  transcript(): string[] {
    const [aIsn, bIsn] = [this.a.tcb.isn, this.b.tcb.isn];
    const lines = this.ends.flatMap((end) => end.sent.map((s) => ({ end, s })));
    lines.sort((x, y) => x.s.at - y.s.at || x.s.packet - y.s.packet);
    return lines.map(({ end, s }) => {
      const [mine, theirs] = end === this.a ? [aIsn, bIsn] : [bIsn, aIsn];
      return `${s.at.toFixed(3)} ${end.name} ${show(s, mine, theirs)}${s.dropped ? ' ×' : ''}`;
    });
  }

  #firstArrival(at: number): number {
    let best = -1;
    this.#flying.forEach((flying, i) => {
      if (flying.at > at) return;
      const other = this.#flying[best];
      if (other === undefined || flying.at < other.at || (flying.at === other.at && flying.order < other.order))
        best = i;
    });
    return best;
  }

  #arrive({ segment, to }: Flying): void {
    to.connection.receive(segment, this.#now as Nanos);
    this.#pool.release(segment);
    this.#serve(to);
  }

  /** The application reads, notices are heard, segments leave. */
  #serve(end: End): void {
    const { connection } = end;
    for (let notice = connection.pollEvent(); notice !== null; notice = connection.pollEvent())
      end.notices.push(notice);
    if (end.reads && connection.readable > 0) this.read(end, Number.MAX_SAFE_INTEGER);
    this.#send(end);
  }

  /** The application reads up to `bytes`. */
  read(end: End, bytes: number): this {
    const before = end.connection.readable;
    end.connection.command({ type: 'read', bytes }, this.#now as Nanos);
    end.received += before - end.connection.readable;
    this.#send(end);
    return this;
  }

  #send(end: End): void {
    for (let segment = end.connection.pollTransmit(); segment !== null; segment = end.connection.pollTransmit()) {
      segment.packet = this.#row++;
      if (segment.owner !== null) segment.owner.packet = segment.packet;
      const snapshot = snapshotOf(segment);
      const side = this.#treat[end.name];
      const treatment = side.treat(++side.count, snapshot);
      end.sent.push({ ...snapshot, at: this.now, dropped: treatment.drop === true });
      const at = this.#now + this.#delay + fromMs(treatment.extraMs ?? 0);
      if (treatment.mark === true && segment.ecn !== 0) segment.ecn = 3;
      for (let i = 0; i < (treatment.copies ?? 0); i++) {
        const copy = this.#pool.take().copyFrom(segment);
        copy.packet = segment.packet;
        this.#launch(copy, this.peerOf(end), at);
      }
      if (treatment.drop === true) this.#pool.release(segment);
      else this.#launch(segment, this.peerOf(end), at);
    }
  }

  #launch(segment: Segment, to: End, at: number): void {
    this.#flying.push({ at, order: this.#order++, segment, to });
  }
}
