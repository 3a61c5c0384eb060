import { fromMs, nanos } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import { Application } from './application.ts';
import type { Transport, TransportNotice } from './transport.ts';

/** One request and its answer, as bytes of the two streams. */
export interface Exchange {
  readonly id: string;
  readonly requestBytes: number;
  /** Sizes of the writes that make up the request. */
  readonly requestWrites: readonly number[];
  readonly responseBytes: number;
  readonly atMs: number;
  /** Indices of the exchanges that must be complete; the one before where the file says nothing. */
  readonly after: readonly number[];
  readonly delayMs: number;
  readonly thinkMs: number;
  readonly requestOffset: number;
  readonly responseOffset: number;
}

export type Closing = 'server' | 'client' | 'none' | 'half' | 'simultaneous' | 'reset' | 'unread';

/** How the two applications of a flow behave. */
export interface Workload {
  readonly exchanges: readonly Exchange[];
  readonly read: { readonly pauseMs: number; readonly bytes: number; readonly everyMs: number };
  readonly close: Closing;
  /** Index of the exchange after which the closing side acts; −1: there is none. */
  readonly closeAfter: number;
  readonly closeDelayMs: number;
  readonly answerCloseDelayMs: number;
}

/** Times of an exchange at the client; NaN: not yet. */
export interface Progress {
  sent: number;
  firstByte: number;
  completion: number;
}

const ALL = Number.MAX_SAFE_INTEGER;

/** The client's application: asks, reads, closes. */
export class ClientApplication extends Application {
  readonly progress: Progress[];
  #connectedAt = 0 as Nanos;
  #received = 0;
  #asked = 0;
  #peerClosed = false;
  #readScheduled = false;
  #requestsWritten = 0;
  #finished = false;
  /** Told when every answer is complete: a simultaneous close needs both ends to act at one instant. */
  onFinished: ((now: Nanos) => void) | null = null;

  constructor(
    transport: Transport,
    private readonly workload: Workload,
    wakeNs: number,
  ) {
    super(transport, wakeNs);
    this.progress = workload.exchanges.map(() => ({ sent: NaN, firstByte: NaN, completion: NaN }));
  }

  /** Opens the connection at `time`. */
  openAt(time: Nanos): void {
    const writesFirst = (this.workload.exchanges[0]?.requestBytes ?? 0) > 0;
    this.deeds.push({ at: time, what: () => this.command({ type: 'open', writesFirst }) });
  }

  hear(notice: TransportNotice, now: Nanos): void {
    this.now = now;
    switch (notice) {
      case 'connected':
        this.#connectedAt = now;
        if (this.workload.read.pauseMs > 0) this.later(fromMs(this.workload.read.pauseMs), () => this.#read());
        this.#ask();
        this.#maybeFinish();
        break;
      case 'readable':
        this.#arrived();
        break;
      case 'peer-closed':
        this.#peerClosed = true;
        this.#arrived();
        this.#answerClose();
        break;
      case 'closed': // what has arrived may still be read
        this.closed = true;
        break;
      case 'reset':
      case 'refused':
      case 'timed-out':
      case 'failed':
        this.closed = true;
        this.deeds.length = 0;
        break;
    }
  }

  /** Bytes of the answers that the application has read. */
  get received(): number {
    return this.#received;
  }

  #arrived(): void {
    const { read, close } = this.workload;
    if (close === 'unread') {
      this.#maybeFinish();
      return;
    }
    if (read.pauseMs > 0 && this.now < this.#connectedAt + fromMs(read.pauseMs)) return;
    if (read.everyMs > 0 || read.bytes > 0) {
      if (!this.#readScheduled) this.#read();
      return;
    }
    this.#take(ALL);
  }

  /** A read of the slow reader, and the next one after a pause. */
  #read(): void {
    const { read } = this.workload;
    this.#readScheduled = false;
    if (read.bytes === 0 && read.everyMs === 0) {
      this.#take(ALL);
      return;
    }
    this.#take(read.bytes > 0 ? read.bytes : ALL);
    if (read.everyMs > 0) {
      this.#readScheduled = true;
      this.later(fromMs(read.everyMs), () => {
        this.#readScheduled = false;
        if (this.transport.readable > 0) this.#read();
        else if (this.#peerClosed) this.#answerClose();
      });
    } else if (this.transport.readable > 0) this.#read();
  }

  #take(bytes: number): void {
    this.#received += this.transport.take(bytes, this.now);
    this.#note();
    if (this.#peerClosed && this.transport.readable === 0) this.#answerClose();
  }

  /** What has been read completes exchanges, and complete ones let others start. */
  #note(): void {
    const { exchanges } = this.workload;
    let completed = false;
    for (let i = 0; i < exchanges.length; i++) {
      const exchange = exchanges[i] as Exchange;
      const progress = this.progress[i] as Progress;
      if (Number.isNaN(progress.sent) || !Number.isNaN(progress.completion)) continue;
      if (this.#received > exchange.responseOffset && Number.isNaN(progress.firstByte)) progress.firstByte = this.now;
      if (this.#received >= exchange.responseOffset + exchange.responseBytes) {
        progress.completion = this.now;
        completed = true;
      }
    }
    if (completed) {
      this.#ask();
      this.#maybeFinish();
    }
  }

  /** Sends each request whose time has come. */
  #ask(): void {
    const { exchanges } = this.workload;
    while (this.#asked < exchanges.length) {
      const i = this.#asked;
      const exchange = exchanges[i] as Exchange;
      const waits = exchange.after.some((a) => Number.isNaN((this.progress[a] as Progress).completion));
      if (waits) return;
      this.#asked++;
      const earliest = Math.max(
        this.now + this.wakeNs + fromMs(exchange.delayMs),
        exchange.atMs > 0 ? this.#connectedAt + fromMs(exchange.atMs) : 0,
      );
      this.at(nanos(earliest), () => this.#request(i));
    }
  }

  #request(i: number): void {
    if (this.closed) return;
    const exchange = this.workload.exchanges[i] as Exchange;
    (this.progress[i] as Progress).sent = this.now;
    for (const bytes of exchange.requestWrites) this.command({ type: 'write', bytes });
    this.#requestsWritten++;
    if (this.workload.close === 'half' && i === this.workload.closeAfter) this.#finishWriting();
    // What was not asked for in bytes may be there already.
    if (exchange.responseBytes === 0 || exchange.requestBytes === 0) this.#note();
  }

  /** The last request has gone: this direction ends, the other goes on (RFC 9293 §3.6). */
  #finishWriting(): void {
    this.later(fromMs(this.workload.closeDelayMs), () => this.close('shutdown'));
  }

  #maybeFinish(): void {
    const { close, closeAfter, exchanges, closeDelayMs } = this.workload;
    if (this.#finished) return;
    const last = exchanges[closeAfter];
    const wanted = last === undefined ? 0 : last.responseOffset + last.responseBytes;
    const there = close === 'unread' ? this.#received + this.transport.readable : this.#received;
    if (there < wanted || this.#requestsWritten <= closeAfter) return;
    this.#finished = true;
    const delay = this.wakeNs + fromMs(closeDelayMs);
    if (close === 'client' || close === 'unread') this.later(delay, () => this.close('close'));
    else if (close === 'reset') this.later(delay, () => this.close('abort'));
    else if (close === 'simultaneous') this.later(delay, () => this.onFinished?.(this.now));
  }

  /** The server has closed; so does the client, once it has read everything. */
  #answerClose(): void {
    if (this.closed || this.workload.close === 'none' || this.transport.readable > 0) return;
    this.later(this.wakeNs + fromMs(this.workload.close === 'server' ? this.workload.answerCloseDelayMs : 0), () =>
      this.close('close'),
    );
  }

  /** Half of a simultaneous close. */
  closeNow(now: Nanos): void {
    this.now = now;
    this.close('close');
  }
}

/** The server's application: reads requests, thinks, answers in order, closes. */
export class ServerApplication extends Application {
  #received = 0;
  #answered = 0;
  #scheduled = 0;
  #connectedAt = -1;
  /** When the last answer that is planned will be written: the next is not written before it. */
  #answerAt = 0;
  #finished = false;

  constructor(
    transport: Transport,
    private readonly workload: Workload,
    wakeNs: number,
  ) {
    super(transport, wakeNs);
  }

  start(now: Nanos): void {
    this.now = now;
    this.command({ type: 'listen' });
  }

  /** Opens actively as well: a simultaneous open. */
  openAt(time: Nanos): void {
    this.deeds.push({ at: time, what: () => this.command({ type: 'open' }) });
  }

  hear(notice: TransportNotice, now: Nanos): void {
    this.now = now;
    switch (notice) {
      case 'connected':
      case 'readable': {
        if (this.#connectedAt < 0) this.#connectedAt = now;
        while (this.transport.readable > 0) this.#received += this.transport.take(ALL, now);
        this.#answer();
        if (notice === 'connected' && this.workload.exchanges.length === 0 && this.workload.close === 'server')
          this.later(this.wakeNs + fromMs(this.workload.closeDelayMs), () => this.close('shutdown'));
        break;
      }
      case 'peer-closed': {
        const { close, answerCloseDelayMs } = this.workload;
        if (close === 'client') this.later(this.wakeNs + fromMs(answerCloseDelayMs), () => this.close('close'));
        else if (close !== 'none' && close !== 'half') this.later(this.wakeNs, () => this.close('close'));
        this.#answer();
        break;
      }
      case 'closed':
      case 'reset':
      case 'refused':
      case 'timed-out':
      case 'failed':
        this.closed = true;
        this.deeds.length = 0;
        break;
    }
  }

  closeNow(now: Nanos): void {
    this.now = now;
    this.close('close');
  }

  /**
   * Every request that is complete gets its answer after the time to think, one after another. One without bytes cannot be
   * heard: its answer goes when the client would have asked.
   */
  #answer(): void {
    const { exchanges } = this.workload;
    while (this.#scheduled < exchanges.length) {
      const exchange = exchanges[this.#scheduled] as Exchange;
      if (this.#received < exchange.requestOffset + exchange.requestBytes) return;
      const isUnasked = exchange.requestBytes === 0 && this.#scheduled > 0;
      this.#scheduled++;
      const asked = isUnasked
        ? Math.max(this.now + fromMs(exchange.delayMs), this.#connectedAt + fromMs(exchange.atMs))
        : this.now;
      this.#answerAt = Math.max(this.#answerAt, asked + this.wakeNs + fromMs(exchange.thinkMs));
      this.at(nanos(this.#answerAt), () => {
        this.#write(exchange);
      });
    }
  }

  #write(exchange: Exchange): void {
    if (this.#finished) return;
    this.#answered++;
    const { close, closeAfter, closeDelayMs, answerCloseDelayMs } = this.workload;
    const isLast = this.#answered === this.workload.exchanges.length;
    const closesNow = close === 'half' ? isLast : close === 'server' && (isLast || this.#answered > closeAfter);
    if (exchange.responseBytes > 0) this.command({ type: 'write', bytes: exchange.responseBytes });
    if (!closesNow) return;
    this.#finished = true;
    this.later(fromMs(close === 'half' ? answerCloseDelayMs : closeDelayMs), () => {
      this.close('shutdown');
    });
  }
}
