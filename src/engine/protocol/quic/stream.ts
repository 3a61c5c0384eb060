import type { Side } from '../../../wire/tls/make/session.ts';
import { Incoming } from './incoming.ts';
import { Outgoing } from './outgoing.ts';

/** Who opened a stream, and whether both ends send on it: the two low bits of its id (RFC 9000 §2.1). */
export const openerOf = (id: number): Side => (id % 2 === 0 ? 'client' : 'server');
export const isUni = (id: number): boolean => id % 4 >= 2;
/** The how-manieth stream of its kind, from 0. */
export const indexOf = (id: number): number => Math.floor(id / 4);

/** One stream at one end (RFC 9000 §3). */
export class Stream {
  readonly out = new Outgoing();
  readonly in = new Incoming();
  /** The peer takes bytes up to this offset (MAX_STREAM_DATA). */
  sendLimit: number;
  /** This end takes bytes up to this offset. */
  receiveLimit: number;
  /** The limit at which the peer was told that this end is blocked; −1: not told. */
  blockedAt = -1;
  /** A larger limit is to be told. */
  limitDue = false;
  /** Bytes that the application has read. */
  consumed = 0;
  /** RFC 9218 §4: 0 first, 7 last; incremental ones take turns. */
  urgency = 3;
  incremental = false;
  /** Turn of the latest packet that this stream had a part in. */
  turn = 0;
  /** RESET_STREAM: the code, and whether it is to be sent; null: not reset (RFC 9000 §3.1). */
  reset: { readonly code: number; due: boolean; acked: boolean } | null = null;
  /** The peer reset its part. */
  peerReset = false;
  /** STOP_SENDING: the code to send; null: none. */
  stop: { readonly code: number; due: boolean } | null = null;
  /** The end of the stream was told to the application. */
  endTold = false;
  /** Counted as finished, so that the peer may open another. */
  isRetired = false;

  /** This end opened it; and the how-manieth of its kind it is. */
  readonly isOwn: boolean;
  readonly kind: 'bidi' | 'uni';
  readonly index: number;
  readonly sends: boolean;
  readonly receives: boolean;

  constructor(
    readonly id: number,
    side: Side,
    sendLimit: number,
    receiveLimit: number,
  ) {
    this.sendLimit = sendLimit;
    this.receiveLimit = receiveLimit;
    this.isOwn = openerOf(id) === side;
    this.kind = isUni(id) ? 'uni' : 'bidi';
    this.index = indexOf(id);
    this.sends = this.isOwn || this.kind === 'bidi';
    this.receives = !this.isOwn || this.kind === 'bidi';
  }

  /** Both directions have reached an end (RFC 9000 §3.4). */
  get isOver(): boolean {
    const outOver = !this.sends || this.out.isDone || (this.reset?.acked ?? false);
    const inOver = !this.receives || this.peerReset || this.in.isWhole;
    return outOver && inOver;
  }
}
