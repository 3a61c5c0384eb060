import { nanos } from '../../../base/time.ts';
import type { Nanos } from '../../../base/time.ts';
import type { Priority } from '../../../wire/http2/priority.ts';
import { ErrorCode } from '../../../wire/http3/codes.ts';
import type { HttpNotice } from '../../protocol/http/notices.ts';
import type { Http3Connection } from '../../protocol/http3/connection.ts';
import type { QuicNotice } from '../../protocol/quic/core.ts';
import { Actor } from '../application.ts';
import type { Page, PageConnection } from '../http/page.ts';
import { requestMessage } from './messages.ts';
import type { Http3ClientProfile, Http3Settings } from './settings.ts';
import type { QuicTransport } from './transport.ts';

export interface Http3ClientOptions {
  readonly settings: Http3Settings;
  readonly profile: Http3ClientProfile;
  readonly maxStreams: number;
  readonly page: Page;
  readonly origin: string;
  readonly http: Http3Connection;
}

/** The client's end of one connection of HTTP/3: asks what the page wants, and tells it what has come. */
export class Http3Client extends Actor implements PageConnection {
  readonly origin: string;
  readonly #transport: QuicTransport;
  readonly #wakeNs: number;
  readonly #o: Http3ClientOptions;
  readonly #http: Http3Connection;
  readonly #page: Page;
  /** QUIC takes bytes of streams; the handshake is complete. */
  #isUp = false;
  #isSafe = false;
  #leaving = false;
  /** Requests that will go as soon as this host comes to it. */
  #coming = 0;
  /** Requests that early data may not carry (RFC 8470 §4): they wait for the handshake. */
  readonly #unsafe: number[] = [];

  constructor(transport: QuicTransport, wakeNs: number, options: Http3ClientOptions) {
    super();
    this.#transport = transport;
    this.#wakeNs = wakeNs;
    this.#o = options;
    this.#http = options.http;
    this.#page = options.page;
    this.origin = options.origin;
  }

  /** The page has all that it wanted. */
  get isDone(): boolean {
    return this.#page.isOver;
  }
  get isUsable(): boolean {
    return this.#isUp && this.isAlive;
  }
  get isAlive(): boolean {
    return !this.closed && !this.#leaving;
  }
  get takesRequest(): boolean {
    return this.isUsable && this.load < this.#o.maxStreams;
  }
  get load(): number {
    return this.#http.active + this.#coming + this.#unsafe.length;
  }

  /** Runs something of the page's at `time`, whatever has become of the connection. */
  runAt(time: Nanos, what: (now: Nanos) => void): void {
    this.deeds.push({
      at: time,
      what: () => {
        what(this.now);
      },
    });
  }

  openAt(time: Nanos): void {
    this.deeds.push({
      at: time,
      what: () => {
        this.#transport.command({ type: 'open' }, this.now);
      },
    });
  }

  askAt(time: Nanos, request: number): void {
    this.#coming++;
    this.deeds.push({
      at: time,
      what: () => {
        this.#coming--;
        if (!this.isAlive) this.#page.refused(request, this.now);
        else if (this.#isSafe || this.#requestAt(request)?.requestBytes === 0) this.#ask(request);
        else this.#unsafe.push(request);
      },
    });
  }

  #requestAt(i: number): Http3Settings['requests'][number] | undefined {
    return this.#o.settings.requests[i];
  }

  #ask(i: number): void {
    const request = this.#requestAt(i);
    if (!request) return;
    this.#page.asked(i, this, this.now);
    const fields = requestMessage(this.#o.settings.client, { ...request, ...this.#page.priorityOf(i) });
    this.#http.command({ type: 'request', request: i, fields, body: request.requestBytes });
    this.#pump();
  }

  cancel(request: number, now: Nanos): void {
    this.now = now;
    if (this.closed) return;
    this.#http.command({ type: 'cancel', request });
    this.#pump();
  }

  reprioritizeAt(time: Nanos, request: number, priority: Priority): void {
    this.deeds.push({
      at: time,
      what: () => {
        if (this.closed) return;
        this.#http.command({ type: 'reprioritize', request, priority });
        this.#pump();
      },
    });
  }

  /** Once all is answered. */
  leaveAt(time: Nanos, how: 'close' | 'abort'): void {
    this.deeds.push({
      at: time,
      what: () => {
        if (!this.isAlive) return;
        this.#leaving = true;
        if (how === 'abort') this.#close(ErrorCode.InternalError, 'given up');
        else if (this.#o.profile.goAway && this.#isUp) {
          this.#http.command({ type: 'goAway' });
          this.#pump();
          // An instant later, so that QUIC sends it ahead of the close, which ends all streams.
          this.runAt(nanos(this.now + 1), () => {
            this.#close(this.#o.profile.closeCode, '');
          });
        } else this.#close(this.#o.profile.closeCode, '');
      },
    });
  }

  #close(code: number, reason: string): void {
    if (!this.closed) this.#transport.command({ type: 'close', code, reason }, this.now);
  }

  hear(notice: QuicNotice, now: Nanos): void {
    this.now = now;
    switch (notice.type) {
      case 'writable':
        this.#up(notice.early);
        break;
      case 'connected':
        this.#isSafe = true;
        for (const request of this.#unsafe.splice(0)) this.#ask(request);
        break;
      case 'readable':
      case 'reset':
      case 'stopped':
      case 'acknowledged':
        this.#http.receive(notice);
        for (let told = this.#http.pollEvent(); told; told = this.#http.pollEvent()) this.#tell(told);
        break;
      case 'closed':
        this.closed = true;
        if (!this.#isSafe) this.#page.unreachable(this.origin);
        for (const request of this.#unsafe.splice(0)) this.#page.refused(request, now);
        this.#page.lost(now);
        break;
      default:
        // Refused early data goes again by itself: QUIC keeps the bytes.
        break;
    }
  }

  /** Something has moved below: what is to be said and asked of it goes now, in the same datagrams. */
  look(now: Nanos): void {
    this.act(now);
    this.#pump();
  }

  #up(early: boolean): void {
    if (this.#isUp) return;
    this.#isUp = true;
    this.#http.command({ type: 'open', early });
    this.#page.usable(nanos(this.now + this.#wakeNs));
  }

  #tell(notice: HttpNotice): void {
    switch (notice.type) {
      case 'body':
        this.#page.body(notice.request, notice.bytes);
        break;
      case 'complete':
        this.#page.completed(notice.request, this, this.now, nanos(this.now + this.#wakeNs));
        break;
      case 'reset':
        // What the server never looked at may go again, on another connection (RFC 9114 §4.1.1).
        if (notice.code === ErrorCode.RequestRejected) this.#page.refused(notice.request, this.now);
        else this.#page.gaveUp(notice.request, this.now);
        break;
      case 'goAway':
        this.#leaving = true;
        break;
      default:
        break;
    }
  }

  #pump(): void {
    for (let next = this.#http.pollTransmit(); next; next = this.#http.pollTransmit())
      if (!this.closed) this.#transport.command(next, this.now);
  }
}
