import { fromMs, nanos } from '../../../base/time.ts';
import type { Nanos } from '../../../base/time.ts';
import type { Priority } from '../../../wire/http2/priority.ts';
import type { HttpSettings, PageRequest } from './settings.ts';

/** A connection's client end, as the page sees it. */
export interface PageConnection {
  readonly origin: string;
  /** It is up, or may come up, and takes requests still. */
  readonly isAlive: boolean;
  readonly isUsable: boolean;
  readonly takesRequest: boolean;
  /** Requests that are on it. */
  readonly load: number;
  openAt(time: Nanos): void;
  askAt(time: Nanos, request: number): void;
  runAt(time: Nanos, what: (now: Nanos) => void): void;
  cancel(request: number, now: Nanos): void;
  /** Tells the server that a request which has gone matters otherwise now. */
  reprioritizeAt(time: Nanos, request: number, priority: Priority): void;
  leaveAt(time: Nanos, how: 'close' | 'abort'): void;
}

/** A connection's server end, as far as all of them close together. */
export interface PageServer {
  endAt(time: Nanos): void;
}

/** Times of a request at the client, and what came of it; NaN: not yet. */
export interface PageProgress {
  sent: number;
  completion: number;
  delivered: number;
  connection: PageConnection | null;
}

export interface PageHooks {
  /** Makes one more connection; it is opened by whoever asks for it. */
  readonly connect: (origin: string) => PageConnection;
  /** The hosts of these have something to do at an instant that they did not know of. */
  readonly touch: (connection: PageConnection | PageServer) => void;
  /** For what a request waits that could go otherwise; null: it has gone. */
  readonly queued: (request: number, wait: Wait | null, now: Nanos) => void;
}

/** What a page needs to know of how it is fetched. */
export type PageSettings = Pick<HttpSettings, 'version' | 'connections' | 'close' | 'requests'>;

export type Wait = 'connecting' | 'no free connection';

type Stage = 'waiting' | 'ready' | 'sent' | 'done';

/**
 * What a client wants of its servers: when each request may go, on which connection, and what follows from its answer.
 * One pool of connections for each origin; all of them are opened as they are needed.
 */
export class Page {
  readonly progress: PageProgress[];
  readonly #s: PageSettings;
  readonly #hooks: PageHooks;
  readonly #stages: Stage[];
  readonly #connections: PageConnection[] = [];
  readonly #servers: PageServer[] = [];
  readonly #ready: number[] = [];
  /** How urgent each request is now, and how it was said to be when it went. */
  readonly #priorities: Priority[];
  readonly #said: Priority[];
  /** Connections that have been asked for; the first one is made before anyone does. */
  readonly #opened = new Set<PageConnection>();
  readonly #unreachable = new Set<string>();
  readonly #waits = new Map<number, Wait>();
  #startedAt = 0 as Nanos;
  #answered = 0;
  #left: number;
  readonly #closeDelayNs: number;

  constructor(settings: PageSettings, hooks: PageHooks, closeDelayNs: number) {
    this.#s = settings;
    this.#hooks = hooks;
    this.#closeDelayNs = closeDelayNs;
    this.#left = settings.requests.length;
    this.#stages = settings.requests.map(() => 'waiting');
    this.#priorities = settings.requests.map(({ urgency, incremental }) => ({ urgency, incremental }));
    this.#said = [...this.#priorities];
    this.progress = settings.requests.map(() => ({ sent: NaN, completion: NaN, delivered: 0, connection: null }));
  }

  /** Both ends of a connection that is made, in the order in which they are. */
  add(connection: PageConnection, server: PageServer): void {
    this.#connections.push(connection);
    this.#servers.push(server);
  }

  /** Begins at `time`, on the clock of the first connection. */
  startAt(time: Nanos): void {
    const clock = this.#clock();
    this.#startedAt = time;
    clock.runAt(time, (now) => {
      if (this.#s.requests.length === 0) clock.openAt(now);
      this.#release(now);
    });
    this.#s.requests.forEach(({ reprioritize = [] }, i) => {
      for (const { atMs, urgency, incremental } of reprioritize)
        clock.runAt(nanos(time + fromMs(atMs)), (now) => {
          this.#reprioritize(i, { urgency, incremental }, now);
        });
    });
  }

  /** What has not gone moves in the queue, and says so itself when it goes; of what has, the server is told. */
  #reprioritize(i: number, priority: Priority, now: Nanos): void {
    this.#priorities[i] = priority;
    const at = this.#ready.indexOf(i);
    if (at >= 0) {
      this.#ready.splice(at, 1);
      this.#queue(i);
    }
    const { connection } = this.progress[i] as PageProgress;
    if (this.#stages[i] !== 'sent' || connection === null) return;
    connection.reprioritizeAt(now, i, priority);
    this.#hooks.touch(connection);
  }

  /** RFC 9218 §4: what the client wants of a request now. */
  priorityOf(i: number): Priority {
    return this.#priorities[i] as Priority;
  }

  /** What it said of it when it asked: all that its server knows until PRIORITY_UPDATE comes. */
  saidOf(i: number): Priority {
    return this.#said[i] as Priority;
  }

  #clock(): PageConnection {
    return this.#connections[0] as PageConnection;
  }

  /** Some answer is complete. */
  get hasAny(): boolean {
    return this.#left < this.#s.requests.length;
  }

  /** Nothing is left to ask for. */
  get isOver(): boolean {
    return this.#left === 0;
  }

  #request(i: number): PageRequest {
    return this.#s.requests[i] as PageRequest;
  }

  /** Requests whose conditions are met get their time. */
  #release(now: Nanos): void {
    this.#stages.forEach((stage, i) => {
      const request = this.#request(i);
      if (stage !== 'waiting' || request.after.some((a) => this.#stages[a] !== 'done')) return;
      this.#stages[i] = 'ready';
      const first = nanos(this.#startedAt + fromMs(request.atMs));
      const earliest = nanos(
        Math.max(first, request.after.length > 0 ? now + fromMs(request.delayMs) : first + fromMs(request.delayMs)),
      );
      if (earliest <= now) this.#queue(i);
      else {
        this.#clock().runAt(earliest, (then) => {
          this.#queue(i);
          this.#dispatch(then);
        });
        this.#hooks.touch(this.#clock());
      }
    });
    this.#dispatch(now);
  }

  /** More urgent ones first, in order of request (RFC 9218 §10 in spirit: a client's own queue has the same choice). */
  #queue(i: number): void {
    const { urgency } = this.priorityOf(i);
    const at = this.#ready.findIndex((other) => this.priorityOf(other).urgency > urgency);
    this.#ready.splice(at < 0 ? this.#ready.length : at, 0, i);
  }

  /** Gives ready requests to connections that take them, and opens more where there are too few. */
  #dispatch(now: Nanos): void {
    for (let k = 0; k < this.#ready.length;) {
      const i = this.#ready[k] as number;
      const { origin } = this.#request(i);
      const connection = this.#free(origin);
      if (connection === null) k++;
      else {
        this.#ready.splice(k, 1);
        this.#stages[i] = 'sent';
        connection.askAt(now, i);
        this.#hooks.touch(connection);
      }
    }
    this.#openMore(now);
    for (const i of this.#ready) {
      const { origin } = this.#request(i);
      const isUp = this.#connections.some((one) => one.origin === origin && one.isUsable);
      this.#wait(i, isUp ? 'no free connection' : 'connecting', now);
    }
  }

  #wait(i: number, wait: Wait | null, now: Nanos): void {
    if ((this.#waits.get(i) ?? null) === wait) return;
    if (wait === null) this.#waits.delete(i);
    else this.#waits.set(i, wait);
    this.#hooks.queued(i, wait, now);
  }

  /** The least busy connection that takes one more request. */
  #free(origin: string): PageConnection | null {
    let best: PageConnection | null = null;
    for (const one of this.#connections)
      if (one.origin === origin && one.takesRequest && (best === null || one.load < best.load)) best = one;
    return best;
  }

  #openMore(now: Nanos): void {
    const most = this.#s.version === '2' || this.#s.version === '3' ? 1 : this.#s.connections;
    for (const origin of new Set(this.#ready.map((i) => this.#request(i).origin))) {
      if (this.#unreachable.has(origin)) continue;
      const waiting = this.#ready.filter((i) => this.#request(i).origin === origin).length;
      const alive = this.#connections.filter((one) => one.origin === origin && one.isAlive && this.#opened.has(one));
      let coming = alive.filter((one) => !one.isUsable).length;
      for (let n = alive.length; n < most && coming < waiting; n++, coming++) this.#open(origin, now);
    }
  }

  #open(origin: string, now: Nanos): void {
    const spare = this.#connections.find((one) => one.origin === origin && !this.#opened.has(one));
    const connection = spare ?? this.#hooks.connect(origin);
    this.#opened.add(connection);
    connection.openAt(now);
    this.#hooks.touch(connection);
  }

  /** A connection is up. */
  usable(now: Nanos): void {
    this.#later(now);
  }

  /** The client comes to its queue at `time`. */
  #later(time: Nanos): void {
    this.#clock().runAt(time, (now) => {
      this.#dispatch(now);
    });
    this.#hooks.touch(this.#clock());
  }

  asked(i: number, connection: PageConnection, now: Nanos): void {
    const progress = this.progress[i] as PageProgress;
    progress.sent = now;
    progress.connection = connection;
    this.#said[i] = this.priorityOf(i);
    this.#wait(i, null, now);
    const { cancelMs } = this.#request(i);
    if (cancelMs === null) return;
    connection.runAt(nanos(now + fromMs(cancelMs)), (then) => {
      if (this.#stages[i] === 'done') return;
      connection.cancel(i, then);
      this.gaveUp(i, then);
    });
  }

  /** The server sends it unasked, which counts as asked; false: it is not wanted, since it has been asked for already. */
  promised(i: number, connection: PageConnection, now: Nanos): boolean {
    if (this.#stages[i] !== 'waiting') return false;
    this.#stages[i] = 'sent';
    this.asked(i, connection, now);
    return true;
  }

  /** The connection that was to carry it is gone: it waits for another. */
  refused(i: number, now: Nanos): void {
    this.#stages[i] = 'ready';
    this.#ready.unshift(i);
    this.#dispatch(now);
  }

  body(i: number, bytes: number): void {
    (this.progress[i] as PageProgress).delivered += bytes;
  }

  /** The whole answer is there; the client acts on it at `next`. */
  completed(i: number, connection: PageConnection, now: Nanos, next: Nanos): void {
    (this.progress[i] as PageProgress).completion = now;
    this.#over(i, connection, next);
  }

  gaveUp(i: number, now: Nanos): void {
    if (this.#stages[i] !== 'done') this.#over(i, this.#clock(), now);
  }

  #over(i: number, connection: PageConnection, next: Nanos): void {
    this.#stages[i] = 'done';
    this.#left--;
    connection.runAt(next, (now) => {
      this.#release(now);
      if (this.#left === 0) this.#finish(now);
    });
    this.#hooks.touch(connection);
  }

  /** A connection never came up: another one would not either. */
  unreachable(origin: string): void {
    this.#unreachable.add(origin);
  }

  /** A connection has gone: others are opened for what still waits. */
  lost(now: Nanos): void {
    this.#later(now);
  }

  #finish(now: Nanos): void {
    const { close } = this.#s;
    if (close !== 'client' && close !== 'reset') return;
    const at = nanos(now + this.#closeDelayNs);
    for (const one of this.#connections) {
      one.leaveAt(at, close === 'reset' ? 'abort' : 'close');
      this.#hooks.touch(one);
    }
  }

  /** The server has begun an answer; behind the last one it closes, where that is its part. */
  answered(now: Nanos): void {
    this.#answered++;
    if (this.#answered < this.#s.requests.length || this.#s.close !== 'server') return;
    for (const server of this.#servers) {
      server.endAt(now);
      this.#hooks.touch(server);
    }
  }
}
