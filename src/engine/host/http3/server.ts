import { fromMs, nanos } from '../../../base/time.ts';
import type { Nanos } from '../../../base/time.ts';
import { ErrorCode } from '../../../wire/http3/codes.ts';
import type { Http3Connection } from '../../protocol/http3/connection.ts';
import type { QuicNotice } from '../../protocol/quic/core.ts';
import { Actor } from '../application.ts';
import type { Page, PageServer } from '../http/page.ts';
import { responseMessage } from './messages.ts';
import type { Http3ServerProfile, Http3Settings } from './settings.ts';
import type { QuicTransport } from './transport.ts';

export interface Http3ServerOptions {
  readonly settings: Http3Settings;
  readonly profile: Http3ServerProfile;
  readonly page: Page;
  readonly http: Http3Connection;
  readonly closeDelayNs: number;
}

/** The server's end of one connection of HTTP/3: hears requests, thinks, answers, closes. */
export class Http3Server extends Actor implements PageServer {
  readonly #transport: QuicTransport;
  readonly #wakeNs: number;
  readonly #o: Http3ServerOptions;
  readonly #http: Http3Connection;
  #isUp = false;
  /** All is answered, and it is this end that closes. */
  #ends = false;

  constructor(transport: QuicTransport, wakeNs: number, options: Http3ServerOptions) {
    super();
    this.#transport = transport;
    this.#wakeNs = wakeNs;
    this.#o = options;
    this.#http = options.http;
  }

  /** Every answer has arrived. */
  get isDone(): boolean {
    return this.#http.active === 0;
  }

  hear(notice: QuicNotice, now: Nanos): void {
    this.now = now;
    switch (notice.type) {
      case 'writable':
        this.#isUp = true;
        this.#http.command({ type: 'open', early: false });
        break;
      case 'readable':
      case 'reset':
      case 'stopped':
      case 'acknowledged':
        this.#http.receive(notice);
        for (let told = this.#http.pollEvent(); told; told = this.#http.pollEvent())
          if (told.type === 'request') this.#serve(told.request);
        break;
      case 'closed':
        this.closed = true;
        this.deeds.length = 0;
        break;
      default:
        break;
    }
  }

  /** Something has moved below: what is to be said of it goes now. */
  look(now: Nanos): void {
    this.act(now);
    this.#pump();
  }

  /** The process is woken a moment later, and thinks. */
  #serve(request: number): void {
    const { settings, page } = this.#o;
    const { thinkMs = 0, responseBytes = 0 } = settings.requests[request] ?? {};
    this.later(this.#wakeNs + fromMs(thinkMs), () => {
      if (this.closed) return;
      const fields = responseMessage(settings.server, responseBytes);
      this.#http.command({ type: 'respond', request, fields, body: responseBytes });
      page.answered(this.now);
      this.#pump();
    });
  }

  endAt(time: Nanos): void {
    this.deeds.push({
      at: time,
      what: () => {
        if (this.closed || !this.#isUp) return;
        this.#ends = true;
        this.#pump();
      },
    });
  }

  /** What is written counts only once it is acknowledged: a close ends all streams as they are (RFC 9000 §10.2). */
  #pump(): void {
    if (this.closed) return;
    if (this.#ends && this.#http.active === 0) this.#end();
    for (let next = this.#http.pollTransmit(); next; next = this.#http.pollTransmit())
      this.#transport.command(next, this.now);
  }

  #end(): void {
    this.#ends = false;
    const { profile, closeDelayNs } = this.#o;
    if (profile.goAway) this.#http.command({ type: 'goAway' });
    this.deeds.push({
      // An instant later at least, so that QUIC sends GOAWAY ahead of the close.
      at: nanos(this.now + Math.max(1, closeDelayNs)),
      what: () => {
        if (!this.closed) this.#transport.command({ type: 'close', code: ErrorCode.NoError, reason: '' }, this.now);
      },
    });
  }
}
