import type { Nanos } from '../../../base/time.ts';
import { nanos } from '../../../base/time.ts';
import type { Priority } from '../../../wire/http2/priority.ts';
import type { HttpNotice } from '../../protocol/http/notices.ts';
import { Application } from '../application.ts';
import type { Transport, TransportNotice } from '../transport.ts';
import { Outlet } from './outlet.ts';
import type { Page, PageConnection } from './page.ts';
import type { ClientSpeaker } from './protocols.ts';
import type { ClientProfile } from './settings.ts';

/** Bytes of a record, and of a write where there is none. */
const WRITE = 16_384;
const ALL = Number.MAX_SAFE_INTEGER;

/** The client's end of one connection: asks what the page wants, and tells it what has come. */
export class HttpClient extends Application implements PageConnection {
  readonly #page: Page;
  readonly #speaker: ClientSpeaker;
  readonly #profile: ClientProfile;
  readonly #outlet: Outlet;
  readonly #answerCloseNs: number;
  #connected = false;
  #over = false;
  #leaving = false;
  /** Requests that will go as soon as this host comes to it. */
  #coming = 0;
  #pumps = false;

  constructor(
    transport: Transport,
    wakeNs: number,
    options: {
      readonly page: Page;
      readonly origin: string;
      readonly speaker: ClientSpeaker;
      readonly profile: ClientProfile;
      readonly answerCloseNs: number;
    },
  ) {
    super(transport, wakeNs);
    this.origin = options.origin;
    this.#page = options.page;
    this.#speaker = options.speaker;
    this.#profile = options.profile;
    this.#answerCloseNs = options.answerCloseNs;
    this.#outlet = new Outlet({
      transport,
      source: options.speaker,
      size: WRITE,
      headApart: false,
      lowWater: Infinity,
      holdsHeaders: false,
    });
  }

  readonly origin: string;

  /** Connected, and not on its way out. */
  get isUsable(): boolean {
    return this.#connected && !this.#over && !this.#leaving;
  }
  /** It may yet carry a request. */
  get isAlive(): boolean {
    return !this.#over && !this.#leaving;
  }
  get takesRequest(): boolean {
    return this.isUsable && this.#speaker.room > this.#coming;
  }
  get load(): number {
    return this.#speaker.outstanding + this.#coming;
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
    // A page that wants nothing writes nothing either.
    const writesFirst = !this.#page.isOver;
    this.deeds.push({ at: time, what: () => this.command({ type: 'open', writesFirst }) });
  }

  /** Sends a request at `time`. */
  askAt(time: Nanos, request: number): void {
    this.#coming++;
    this.deeds.push({
      at: time,
      what: () => {
        this.#coming--;
        if (this.#over || this.#leaving) {
          this.#page.refused(request, this.now);
          return;
        }
        this.#page.asked(request, this, this.now);
        this.#speaker.ask(request);
        this.#sendNow();
      },
    });
  }

  #sendNow(): void {
    if (this.#profile.writes === 'each') this.#outlet.pump(this.now);
    else this.#pumpSoon(0);
  }

  reprioritizeAt(time: Nanos, request: number, priority: Priority): void {
    this.deeds.push({
      at: time,
      what: () => {
        if (this.#over || this.closed) return;
        this.#speaker.reprioritize(request, priority);
        this.#sendNow();
      },
    });
  }

  cancel(request: number, now: Nanos): void {
    this.now = now;
    if (this.#over) return;
    if (this.#speaker.cancel(request)) this.#pumpSoon(0);
    else this.#end('abort');
  }

  /** Once all is answered. */
  leaveAt(time: Nanos, how: 'close' | 'abort'): void {
    this.deeds.push({
      at: time,
      what: () => {
        if (this.#over || this.#leaving) return;
        if (how === 'close') this.#takeLeave();
        this.#end(how);
      },
    });
  }

  #takeLeave(): void {
    this.#speaker.takeLeave();
    this.#outlet.pump(this.now);
  }

  #end(how: 'close' | 'abort'): void {
    this.#leaving = true;
    this.close(how);
  }

  hear(notice: TransportNotice, now: Nanos): void {
    this.now = now;
    switch (notice) {
      case 'connected':
        this.#connected = true;
        this.#speaker.open();
        // What the version says at the start waits for the first request where both go with the SYN.
        if (!this.transport.isDeferred) this.#begin();
        this.#page.usable(nanos(now + this.wakeNs));
        break;
      case 'readable':
        this.#read();
        break;
      case 'peer-closed':
        this.#read();
        if (!this.#leaving) {
          this.#leaving = true;
          this.deeds.push({ at: nanos(now + this.wakeNs + this.#answerCloseNs), what: () => this.close('close') });
        }
        this.#page.lost(now);
        break;
      case 'closed':
      case 'reset':
      case 'refused':
      case 'timed-out':
      case 'failed':
        this.#over = true;
        this.closed = true;
        if (!this.#connected) this.#page.unreachable(this.origin);
        this.#page.lost(now);
        break;
    }
  }

  override look(now: Nanos): void {
    this.now = now;
    if (!this.#outlet.isEmpty && !this.#over && !this.transport.isFull) this.#outlet.pump(now);
  }

  /** Takes what is there, as much at once as the program reads, and answers what asks for an answer a moment later. */
  #read(): void {
    const most = this.#profile.readBytes || ALL;
    while (this.transport.readable > 0) {
      const bytes = this.transport.take(Math.min(most, this.transport.readable), this.now);
      if (bytes === 0) break;
      this.#speaker.receive({ bytes });
    }
    for (let notice = this.#speaker.pollEvent(); notice; notice = this.#speaker.pollEvent()) this.#tell(notice);
    if (this.#connected) this.#pumpSoon(this.wakeNs);
  }

  #tell(notice: HttpNotice): void {
    const { turnNs, firstTurnNs } = this.#profile;
    const first = this.#page.hasAny ? 0 : firstTurnNs;
    const next = nanos(this.now + this.wakeNs + turnNs + first);
    switch (notice.type) {
      case 'body':
        this.#page.body(notice.request, notice.bytes);
        break;
      case 'complete':
        this.#page.completed(notice.request, this, this.now, next);
        break;
      case 'promise':
        if (this.#page.promised(notice.request, this, this.now)) break;
        this.#speaker.cancel(notice.request);
        this.#pumpSoon(0);
        break;
      case 'reset':
        this.#page.gaveUp(notice.request, this.now);
        break;
      case 'goAway':
        this.#leaving = true;
        break;
      case 'failed':
        this.#outlet.pump(this.now);
        this.#end('close');
        break;
      default:
        break;
    }
  }

  #begin(): void {
    if (this.#profile.writes === 'each') this.#outlet.pump(this.now);
    else this.#pumpSoon(this.wakeNs);
  }

  #pumpSoon(delay: number): void {
    if (this.#pumps || this.closed) return;
    this.#pumps = true;
    this.deeds.push({
      at: nanos(this.now + delay),
      what: () => {
        this.#pumps = false;
        if (!this.closed && !this.#over) this.#outlet.pump(this.now);
      },
    });
  }
}
