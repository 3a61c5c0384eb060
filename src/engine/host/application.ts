import { NEVER, nanos } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import type { TcpCommand } from '../protocol/tcp/connection.ts';
import type { Transport, TransportNotice } from './transport.ts';

/** Things that an application does at a set time. */
interface Deed {
  readonly at: Nanos;
  readonly what: () => void;
}

/** Whoever does things at set times: a list of deeds, one clock. */
export abstract class Actor {
  protected readonly deeds: Deed[] = [];
  protected now = 0 as Nanos;
  protected closed = false;

  /** The instant of the call that runs. */
  get time(): Nanos {
    return this.now;
  }

  /** When this application wants to act next. */
  nextDeed(): Nanos {
    let first: number = NEVER;
    for (const deed of this.deeds) first = Math.min(first, deed.at);
    return first as Nanos;
  }

  /** Does what is due. */
  act(now: Nanos): void {
    this.now = now;
    for (;;) {
      let due = -1;
      for (let i = 0; i < this.deeds.length; i++) {
        const deed = this.deeds[i] as Deed;
        if (deed.at <= now && (due < 0 || deed.at < (this.deeds[due] as Deed).at)) due = i;
      }
      if (due < 0) return;
      const [deed] = this.deeds.splice(due, 1);
      deed?.what();
    }
  }

  protected later(delayNs: number, what: () => void): void {
    if (delayNs <= 0) what();
    else this.deeds.push({ at: nanos(this.now + delayNs), what });
  }

  protected at(time: Nanos, what: () => void): void {
    if (time <= this.now) what();
    else this.deeds.push({ at: time, what });
  }
}

/** What every application upon a stream of bytes has: its transport besides. */
export abstract class Application extends Actor {
  constructor(
    protected readonly transport: Transport,
    protected readonly wakeNs: number,
  ) {
    super();
  }

  abstract hear(notice: TransportNotice, now: Nanos): void;

  /** Something has moved below: an application that waits for room to write looks whether there is any. */
  look(now: Nanos): void {
    this.now = now;
  }

  protected command(command: TcpCommand): void {
    this.transport.command(command, this.now);
  }

  protected close(type: 'close' | 'shutdown' | 'abort'): void {
    if (this.closed) return;
    this.closed = type !== 'shutdown';
    this.command({ type });
  }
}
