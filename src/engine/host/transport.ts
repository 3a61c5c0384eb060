import type { Nanos } from '../../base/time.ts';
import type { TcpCommand, TcpNotice } from '../protocol/tcp/connection.ts';

/** What an application is told by what carries its bytes; `failed`: the layer above TCP gave up. */
export type TransportNotice = TcpNotice | 'failed';

/** A layer upon TCP: it has deadlines of its own, and hears TCP for the application. */
export interface Layered extends Transport {
  nextTimeout(): Nanos;
  onTimeout(now: Nanos): void;
  /** Hears what TCP has to tell. */
  hear(now: Nanos): void;
}

/** What an application speaks to: bytes in order, both ways. TCP itself, or TLS upon it. */
export interface Transport {
  /** Bytes that wait to be read. */
  readonly readable: number;
  /** A write waits for room in TCP's buffer: whoever writes now would have to wait (EAGAIN). */
  readonly isFull: boolean;
  /** The connection is not open yet, and the first write opens it and goes along (TCP Fast Open, RFC 7413). */
  readonly isDeferred: boolean;
  /** Bytes that TCP has taken and not sent yet. */
  readonly unsent: number;
  command(command: TcpCommand, now: Nanos): void;
  /** Takes up to `bytes` of what waits; returns how many. */
  take(bytes: number, now: Nanos): number;
  pollEvent(): TransportNotice | null;
}
