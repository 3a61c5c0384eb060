import { fromMs, nanos } from '../../../base/time.ts';
import type { Nanos } from '../../../base/time.ts';
import { Application } from '../application.ts';
import type { Transport, TransportNotice } from '../transport.ts';
import { Outlet } from './outlet.ts';
import type { Page } from './page.ts';
import type { ServerSpeaker } from './protocols.ts';
import type { HttpSettings, ServerProfile } from './settings.ts';

/** nginx `ssl_buffer_size`, and the most that a record holds. */
const WRITE = 16_384;
const ALL = Number.MAX_SAFE_INTEGER;

/** The server's end of one connection: hears requests, thinks, answers, closes. */
export class HttpServer extends Application {
  readonly #s: HttpSettings;
  readonly #page: Page;
  readonly #speaker: ServerSpeaker;
  readonly #outlet: Outlet;
  readonly #closeDelayNs: number;
  readonly #answerCloseNs: number;
  #opened = false;
  #reads = false;
  #ends = false;

  constructor(
    transport: Transport,
    wakeNs: number,
    options: {
      readonly settings: HttpSettings;
      readonly profile: ServerProfile;
      readonly page: Page;
      readonly speaker: ServerSpeaker;
      readonly closeDelayNs: number;
      readonly answerCloseNs: number;
    },
  ) {
    super(transport, wakeNs);
    const { settings, profile } = options;
    this.#s = settings;
    this.#page = options.page;
    this.#speaker = options.speaker;
    this.#closeDelayNs = options.closeDelayNs;
    this.#answerCloseNs = options.answerCloseNs;
    const isNginx = settings.server === 'nginx';
    this.#outlet = new Outlet({
      transport,
      source: options.speaker,
      size: WRITE,
      // nginx sends a file from the kernel where nothing is encrypted: headers and body are two calls.
      headApart: isNginx && !settings.isSecure && settings.version !== '2',
      lowWater: profile.lowWater,
      holdsHeaders: isNginx,
    });
  }

  start(now: Nanos): void {
    this.now = now;
    this.command({ type: 'listen' });
  }

  hear(notice: TransportNotice, now: Nanos): void {
    this.now = now;
    switch (notice) {
      case 'connected':
      case 'readable':
        this.#serveSoon();
        break;
      case 'peer-closed':
        this.deeds.push({
          at: nanos(now + this.wakeNs + (this.#s.close === 'client' ? this.#answerCloseNs : 0)),
          what: () => this.close('close'),
        });
        break;
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

  override look(now: Nanos): void {
    this.now = now;
    if (this.#opened && !this.closed && !this.transport.isFull) this.#pump();
  }

  /** The process is woken a moment later, and then reads all that is there. */
  #serveSoon(): void {
    if (this.#reads) return;
    this.#reads = true;
    this.later(this.wakeNs, () => {
      this.#reads = false;
      this.#serve();
    });
  }

  #serve(): void {
    if (this.closed) return;
    if (!this.#opened) this.#speaker.open();
    this.#opened = true;
    while (this.transport.readable > 0) {
      const bytes = this.transport.take(ALL, this.now);
      if (bytes === 0) break;
      this.#speaker.receive({ bytes });
    }
    for (let notice = this.#speaker.pollEvent(); notice; notice = this.#speaker.pollEvent()) {
      if (notice.type === 'failed') {
        this.#outlet.pump(this.now);
        this.close('close');
        return;
      }
      if (notice.type !== 'request') continue;
      this.#think(notice.request);
      // nginx writes as it handles each request; a server that weighs them hears all that have come first.
      if (this.#s.server === 'nginx') this.#pump();
    }
    this.#pump();
  }

  #think(request: number): void {
    const think = fromMs(this.#s.requests[request]?.thinkMs ?? 0);
    if (think === 0) this.#answer(request);
    else
      this.later(think, () => {
        if (this.closed) return;
        this.#answer(request);
        this.#pump();
      });
  }

  #answer(request: number): void {
    // Promises go before the answer that names what they promise (RFC 9113 §8.4.1).
    const pushed = this.#pushedWith(request).filter((one) => this.#speaker.promise(request, one));
    this.#speaker.respond(request);
    this.#page.answered(this.now);
    if (!this.#s.keepAlive && this.#s.version !== '2') this.#ends = true;
    for (const one of pushed) this.#think(one);
  }

  #pushedWith(request: number): number[] {
    return this.#s.requests.flatMap(({ pushedWith }, i) => (pushedWith === request ? [i] : []));
  }

  #pump(): void {
    if (this.#outlet.pump(this.now) && this.#ends && this.#speaker.isDone) this.#end();
  }

  /** All is answered: whoever closes first does, once what is written has been taken. */
  endAt(time: Nanos): void {
    this.deeds.push({
      at: time,
      what: () => {
        if (this.closed || !this.#opened) return;
        this.#ends = true;
        this.#pump();
      },
    });
  }

  #end(): void {
    this.#ends = false;
    this.later(this.#closeDelayNs, () => {
      if (this.closed) return;
      this.#speaker.takeLeave();
      this.#outlet.pump(this.now);
      this.close('shutdown');
    });
  }
}
