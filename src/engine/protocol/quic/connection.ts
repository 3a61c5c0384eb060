import { nanos, NEVER } from '../../../base/time.ts';
import type { Nanos } from '../../../base/time.ts';
import type { Endpoint } from '../endpoint.ts';
import { nextDatagram, sendAt } from './assemble.ts';
import { Core } from './core.ts';
import type { QuicNotice, QuicOptions } from './core.ts';
import { isBusy, pump, startClient } from './handshaking.ts';
import { openWaiting, receiveDatagram } from './input.ts';
import { closeWith, end, idleAt, onIdle } from './life.ts';
import { migrate, onPathTimeout, pathAt } from './paths.ts';
import type { Path, QuicDatagram } from './pdu.ts';
import { mtuAt, onMtuTimeout, onRecoveryTimeout, recoveryAt } from './recovery.ts';
import { SpaceId } from './space.ts';
import { readStream, resetStream, streamOf } from './streams.ts';

export type QuicCommand =
  /** A client begins. */
  | { readonly type: 'open' }
  /** Bytes of a stream, which this opens where it is new; as early data, where TLS allows it. */
  | { readonly type: 'write'; readonly stream: number; readonly bytes: number; readonly fin: boolean }
  /** The application took bytes that `readable` told of. */
  | { readonly type: 'read'; readonly stream: number; readonly bytes: number }
  /** RFC 9218 §4: urgency 0 to 7. */
  | { readonly type: 'prioritize'; readonly stream: number; readonly urgency: number; readonly incremental: boolean }
  | { readonly type: 'reset'; readonly stream: number; readonly code: number }
  | { readonly type: 'stopSending'; readonly stream: number; readonly code: number }
  | { readonly type: 'keyUpdate' }
  /** The client goes on from another address. */
  | { readonly type: 'migrate'; readonly path: Path }
  | { readonly type: 'close'; readonly code: number; readonly reason: string }
  /** A server loses its state, as after a crash. */
  | { readonly type: 'forget' };

/** One end of a QUIC connection (RFC 9000, 9001, 9002), without I/O: datagrams in, datagrams out. */
export class QuicConnection implements Endpoint<QuicDatagram, QuicCommand, QuicNotice> {
  readonly core: Core;

  constructor(options: QuicOptions) {
    this.core = new Core(options);
  }

  get state(): string {
    return this.core.state;
  }

  command(command: QuicCommand, now: Nanos): void {
    const { core } = this;
    core.now = now;
    if (command.type === 'open') {
      if (core.isClient && core.move('OPEN')) startClient(core);
      return;
    }
    if (core.isEnding) return;
    // What is read tells by itself whether a limit moves on; an order of streams moves none.
    if (command.type !== 'read' && command.type !== 'prioritize') core.flowChanged = true;
    switch (command.type) {
      case 'write': {
        const { out } = streamOf(core, command.stream);
        if (out.finWritten) break;
        out.written += command.bytes;
        out.finWritten = command.fin;
        break;
      }
      case 'read':
        readStream(core, command.stream, command.bytes);
        break;
      case 'prioritize': {
        const stream = streamOf(core, command.stream);
        stream.urgency = command.urgency;
        stream.incremental = command.incremental;
        break;
      }
      case 'reset':
        resetStream(core, command.stream, command.code);
        break;
      case 'stopSending': {
        const stream = streamOf(core, command.stream);
        if (stream.receives && !stream.in.isWhole && !stream.peerReset) stream.stop = { code: command.code, due: true };
        break;
      }
      case 'keyUpdate':
        updateKeys(core);
        break;
      case 'migrate':
        if (core.isClient) migrate(core, command.path);
        break;
      case 'close':
        closeWith(core, command.code, null, command.reason);
        break;
      case 'forget':
        // Without a connection there is nothing to forget: the next Initial begins one.
        if (!core.hasComplete) break;
        core.hasForgotten = true;
        end(core, 'FORGET', null);
        break;
    }
  }

  receive(datagram: QuicDatagram, now: Nanos): void {
    const { core } = this;
    core.now = now;
    if (isBusy(core) && !core.isEnding) core.inbox.push(datagram);
    else this.#hear(datagram);
  }

  nextTimeout(): Nanos {
    const { core } = this;
    let at: number = Math.min(core.drainedAt, idleAt(core));
    if (isBusy(core)) at = Math.min(at, core.busyUntil, core.tls?.nextTimeout() ?? NEVER);
    else at = Math.min(at, recoveryAt(core), sendAt(core), pathAt(core), mtuAt(core));
    return nanos(at);
  }

  onTimeout(now: Nanos): void {
    const { core } = this;
    core.now = now;
    if (core.drainedAt <= now) {
      end(core, 'DRAINED', null);
      return;
    }
    if (idleAt(core) <= now) {
      onIdle(core);
      return;
    }
    if (isBusy(core)) {
      this.#work();
      return;
    }
    if (recoveryAt(core) <= now) onRecoveryTimeout(core);
    if (pathAt(core) <= now) onPathTimeout(core);
    if (mtuAt(core) <= now) onMtuTimeout(core);
  }

  pollTransmit(now: Nanos): QuicDatagram | null {
    this.core.now = now;
    return nextDatagram(this.core);
  }

  pollEvent(): QuicNotice | null {
    return this.core.notices.shift() ?? null;
  }

  #hear(datagram: QuicDatagram): void {
    receiveDatagram(this.core, datagram);
    pump(this.core);
    openWaiting(this.core);
  }

  /** The host's work is done, or a part of it: what has waited is heard. */
  #work(): void {
    const { core } = this;
    if (core.busyUntil <= core.now) core.busyUntil = NEVER;
    if ((core.tls?.nextTimeout() ?? NEVER) <= core.now) core.tls?.onTimeout(core.now);
    pump(core);
    openWaiting(core);
    while (!isBusy(core) && core.inbox.length > 0) this.#hear(core.inbox.shift() as QuicDatagram);
  }
}

/** New keys: once the handshake is confirmed and a packet of the present phase is acknowledged (RFC 9001 §6.1). */
const updateKeys = (core: Core): void => {
  const { largestAcked } = core.spaces[SpaceId.Application];
  if (!core.isConfirmed || core.phaseSentFrom < 0 || largestAcked < core.phaseSentFrom) return;
  core.sendPhase++;
  core.phaseSentFrom = -1;
};
