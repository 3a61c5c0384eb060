import { nanos, NEVER } from '../../../base/time.ts';
import type { Nanos } from '../../../base/time.ts';
import type { Endpoint } from '../endpoint.ts';
import { hasCookie } from './fast-open.ts';
import { receiveSegment } from './input.ts';
import { armSynTimer, sendSyn } from './handshake.ts';
import { Cause, Failure, Happening } from './ids.ts';
import { keepAliveFired } from './keep-alive.ts';
import type { TcpEvent } from './machine.ts';
import { nextState } from './machine.ts';
import { blank, transmit } from './output.ts';
import { delayedAckFired, flushCompressed, read } from './receiver.ts';
import { Flag } from './segment.ts';
import type { Segment } from './segment.ts';
import { acceptWrites } from './send-buffer.ts';
import { pacingWaits, restartAfterIdle, retransmitLost, sendNew, stopTimers } from './sender.ts';
import { Tcb } from './tcb.ts';
import type { TcbOptions } from './tcb.ts';
import { retransmitTimerFired } from './timeouts.ts';

/** What the application asks for. */
export type TcpCommand =
  /** `writesFirst`: a write follows; the SYN may wait for it and take it along (Linux TCP_FASTOPEN_CONNECT). */
  | { readonly type: 'open'; readonly writesFirst?: boolean }
  | { readonly type: 'listen' }
  | { readonly type: 'write'; readonly bytes: number }
  /** Takes up to `bytes` that are there, in order. */
  | { readonly type: 'read'; readonly bytes: number }
  /** No more to send; still reads. */
  | { readonly type: 'shutdown' }
  /** Neither sends nor reads any more; unread data makes it an abort (RFC 2525 §2.17). */
  | { readonly type: 'close' }
  | { readonly type: 'abort' };

/** What the application is told. */
export type TcpNotice = 'connected' | 'readable' | 'peer-closed' | 'closed' | 'reset' | 'refused' | 'timed-out';

/** One end of a TCP connection (RFC 9293), sans I/O. */
export class TcpConnection implements Endpoint<Segment, TcpCommand, TcpNotice> {
  readonly tcb: Tcb;
  /** A list that is read to its end and begun anew: nothing is moved or freed. */
  readonly #notices: TcpNotice[] = [];
  #heard = 0;
  #told = 0;
  /** The application has closed both ways: data that still comes is refused. */
  closedByApplication = false;

  constructor(options: TcbOptions) {
    this.tcb = new Tcb(options);
  }

  /** Bytes in order that wait to be read. */
  get readable(): number {
    const { tcb } = this;
    return Math.max(0, (tcb.finReceivedAt >= 0 ? tcb.finReceivedAt - 1 : tcb.rcvNxt) - tcb.copied);
  }

  /** The application may write, and its first write opens the connection (RFC 7413). */
  get isDeferred(): boolean {
    return this.tcb.fastOpen === 'deferred';
  }

  /** What the application has written waits for room in the send buffer. */
  get isFull(): boolean {
    return this.tcb.pendingWrite > 0;
  }

  /** Bytes in the send buffer that have not been sent. */
  get unsent(): number {
    return Math.max(0, this.tcb.unsent);
  }

  command(command: TcpCommand, now: Nanos): void {
    const { tcb } = this;
    this.#enter(now);
    switch (command.type) {
      case 'open':
        if (command.writesFirst === true && hasCookie(tcb)) {
          tcb.fastOpen = 'deferred';
          this.notify('connected');
        } else this.#open();
        break;
      case 'listen':
        this.move('PASSIVE_OPEN');
        break;
      case 'write':
        this.#write(command.bytes);
        break;
      case 'read':
        read(tcb, command.bytes);
        break;
      case 'shutdown':
        this.#finish();
        break;
      case 'close':
        this.#close();
        break;
      case 'abort':
        this.abort(Failure.Aborted);
        break;
    }
  }

  /** Reads up to `bytes` of what waits; returns how many there were. */
  take(bytes: number, now: Nanos): number {
    const before = this.readable;
    this.command({ type: 'read', bytes }, now);
    return before - this.readable;
  }

  receive(segment: Segment, now: Nanos): void {
    this.#enter(now);
    this.tcb.causeKind = Cause.Arrival;
    this.tcb.cause = segment.packet;
    this.tcb.arrivedPacket = segment.packet;
    receiveSegment(this, segment);
  }

  nextTimeout(): Nanos {
    const { tcb } = this;
    return Math.min(
      tcb.timerAt,
      tcb.delackAt,
      tcb.compressAt,
      tcb.pacingAt,
      tcb.timeWaitAt,
      tcb.keepAliveAt,
      tcb.writableAt,
    ) as Nanos;
  }

  onTimeout(now: Nanos): void {
    const { tcb } = this;
    this.#enter(now);
    if (tcb.compressAt <= now) {
      tcb.compressAt = NEVER;
      this.#timer(Happening.SackCompressionFired, tcb.compressedAcks, 0);
      flushCompressed(tcb);
    }
    if (tcb.delackAt <= now) {
      tcb.delackAt = NEVER;
      this.#timer(Happening.DelayedAckFired, tcb.delackSpan, 0);
      delayedAckFired(tcb);
    }
    if (tcb.pacingAt <= now) {
      tcb.pacingAt = NEVER;
      tcb.causeKind = Cause.None;
      if (!pacingWaits(tcb)) {
        if (tcb.lostOut > tcb.retransOut) retransmitLost(tcb);
        sendNew(tcb);
      }
    }
    if (tcb.writableAt <= now) {
      tcb.writableAt = NEVER;
      tcb.causeKind = Cause.None;
      this.#flush();
    }
    if (tcb.timerAt <= now) retransmitTimerFired(this);
    if (tcb.keepAliveAt <= now) keepAliveFired(this);
    if (tcb.timeWaitAt <= now) {
      tcb.timeWaitAt = NEVER;
      this.#timer(Happening.TimeWaitOver, 0, 0);
      this.move('TIMEOUT_2MSL');
    }
  }

  pollTransmit(): Segment | null {
    const { tcb } = this;
    if (tcb.outboxHead === tcb.outboxTail) {
      tcb.outboxHead = 0;
      tcb.outboxTail = 0;
      return null;
    }
    return tcb.outbox[tcb.outboxHead++] as Segment;
  }

  pollEvent(): TcpNotice | null {
    if (this.#heard === this.#told) {
      this.#heard = 0;
      this.#told = 0;
      return null;
    }
    return this.#notices[this.#heard++] as TcpNotice;
  }

  /** Tells the application. */
  notify(notice: TcpNotice): void {
    this.#notices[this.#told++] = notice;
    // What was written before the connection was up can go now.
    if (notice === 'connected') this.#flush();
  }

  /** The handshake is done: tells the application, unless Fast Open has done so before. */
  opened(): void {
    const { tcb } = this;
    const isKnown = tcb.fastOpen === 'asked';
    tcb.fastOpen = 'none';
    if (isKnown) this.goOn();
    else this.notify('connected');
  }

  /** What waited for the end of a fast open's handshake: writes, and the end of them (Linux 6.9 defers that, too). */
  goOn(): void {
    this.#flush();
    if (this.tcb.closeWaits && this.tcb.pendingWrite === 0) this.#finish();
  }

  /** Lets the machine hear an event; the transition is reported. Returns whether the event meant something. */
  move(event: TcpEvent['type']): boolean {
    const { tcb } = this;
    const next = nextState(tcb.state, event);
    if (next === null) return false;
    if (next === tcb.state) return true;
    tcb.state = next;
    tcb.probe.state(tcb.now, next);
    if (next === 'TIME-WAIT') {
      stopTimers(tcb);
      tcb.timeWaitAt = nanos(tcb.now + tcb.knobs.timeWaitMs * 1e6);
      this.notify('closed');
    } else if (next === 'CLOSED') {
      stopTimers(tcb);
      tcb.timeWaitAt = NEVER;
      this.notify('closed');
    }
    return true;
  }

  /** Gives up: RST to the peer where it knows of us (RFC 9293 §3.10.5). */
  abort(failure: number): void {
    const { tcb } = this;
    if (tcb.fastOpen === 'deferred') {
      this.#forget();
      return;
    }
    const silent =
      tcb.state === 'CLOSED' || tcb.state === 'LISTEN' || tcb.state === 'SYN-SENT' || tcb.state === 'TIME-WAIT';
    if (!silent) transmit(tcb, this.#reset());
    tcb.event(Happening.Failed, -1, failure, 0);
    this.move('RESET');
  }

  #open(): void {
    this.move('ACTIVE_OPEN');
    sendSyn(this.tcb, false, null);
    armSynTimer(this.tcb);
  }

  /** Closed before anything was written: nobody has heard of this connection. */
  #forget(): void {
    this.tcb.fastOpen = 'none';
    this.notify('closed');
  }

  #reset(): Segment {
    const { tcb } = this;
    const segment = blank(tcb, Flag.RST | Flag.ACK, tcb.sndNxt);
    segment.ack = (tcb.irs + tcb.rcvNxt) >>> 0;
    segment.window = 0;
    if (tcb.timestampsOk) {
      segment.hasTimestamps = true;
      segment.tsVal = tcb.timestamp();
      segment.tsEcr = tcb.tsRecent;
    }
    return segment;
  }

  #enter(now: Nanos): void {
    this.tcb.now = now;
    this.tcb.nowUs = Math.floor(now / 1000);
  }

  /** A timer's expiry becomes the cause of what follows. */
  #timer(kind: number, a: number, b: number): void {
    const { tcb } = this;
    tcb.causeKind = Cause.None;
    tcb.cause = tcb.event(kind, -1, a, b);
    tcb.causeKind = Cause.Event;
  }

  #write(bytes: number): void {
    const { tcb } = this;
    if (tcb.finWritten || tcb.closeWaits || bytes <= 0) return;
    tcb.pendingWrite += bytes;
    if (tcb.fastOpen === 'deferred') {
      this.#open();
      return;
    }
    if (tcb.state !== 'ESTABLISHED' && tcb.state !== 'CLOSE-WAIT' && tcb.fastOpen !== 'taken') return;
    if (tcb.pendingWrite === bytes) this.#flush();
  }

  /** Moves what waits to be written into the send buffer and sends. */
  #flush(): void {
    const { tcb } = this;
    if (tcb.pendingWrite === 0) return;
    if (tcb.unsent < tcb.mss && tcb.inFlight() < tcb.cwnd && tcb.lostOut <= tcb.retransOut) {
      tcb.appLimitedUntil = tcb.delivered + tcb.inFlight() || 1;
    }
    restartAfterIdle(tcb);
    acceptWrites(tcb);
    if (tcb.pendingWrite === 0 && tcb.closeWaits) {
      this.#finish();
      return;
    }
    // What leaves while the application still writes frees nothing for it: it has not begun to wait (Linux `SOCK_NOSPACE`).
    const waits = tcb.starved;
    tcb.starved = false;
    sendNew(tcb);
    tcb.starved = waits;
  }

  /** FIN after what is written. */
  #finish(): void {
    const { tcb } = this;
    if (tcb.finWritten) return;
    if (tcb.pendingWrite > 0 || tcb.fastOpen === 'asked' || tcb.fastOpen === 'taken') {
      tcb.closeWaits = true;
      return;
    }
    if (tcb.fastOpen === 'deferred') {
      this.#forget();
      return;
    }
    const open = tcb.state === 'ESTABLISHED' || tcb.state === 'SYN-RECEIVED' || tcb.state === 'CLOSE-WAIT';
    if (!open) {
      if (tcb.state === 'SYN-SENT' || tcb.state === 'LISTEN') this.move('CLOSE');
      return;
    }
    tcb.finWritten = true;
    this.move('CLOSE');
    sendNew(tcb, 'all', true);
  }

  #close(): void {
    this.closedByApplication = true;
    if (this.readable > 0) {
      this.abort(Failure.Aborted);
      return;
    }
    this.#finish();
  }
}
