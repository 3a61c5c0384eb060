import { NEVER } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import type { ClientApplication, ServerApplication } from '../host/exchange.ts';
import type { TcpConnection } from '../protocol/tcp/connection.ts';
import type { Segment } from '../protocol/tcp/segment.ts';
import type { TraceProbe } from './probe.ts';
import { CauseKind, NONE } from '../../trace/types.ts';

/** One end of a flow at its node: connection and application, and what the network needs to know of them. */
export class Host {
  /** Set where this end has acted on the other one at the same instant (a simultaneous close). */
  touchedPeer = false;
  /** Time from a packet's arrival to its processing, ns. */
  readonly turnaround: number;
  #ipId: number;
  #lastAck = NaN;
  #ackCount = 0;
  readonly #controls = [0, 0, 0, 0, 0, 0];
  #deliveredTo = 0;

  constructor(
    readonly connection: TcpConnection,
    readonly application: ClientApplication | ServerApplication,
    readonly probe: TraceProbe,
    readonly flow: number,
    readonly node: number,
    readonly peerNode: number,
    readonly isServer: boolean,
    ipId: number,
    readonly untilClosed: boolean,
  ) {
    this.turnaround = connection.tcb.knobs.turnaroundUs * 1000;
    this.#ipId = ipId & 0xffff;
  }

  receive(segment: Segment, now: Nanos): void {
    this.probe.causeKind = CauseKind.Arrival;
    this.probe.cause = segment.packet;
    this.connection.receive(segment, now);
    this.#serve(now, segment.packet);
  }

  wake(now: Nanos): void {
    this.probe.causeKind = CauseKind.None;
    this.probe.cause = NONE;
    const { tcb } = this.connection;
    tcb.causeKind = CauseKind.None;
    tcb.cause = NONE;
    if (this.connection.nextTimeout() <= now) this.connection.onTimeout(now);
    if (this.application.nextDeed() <= now) {
      tcb.causeKind = CauseKind.None;
      tcb.cause = NONE;
      this.application.act(now);
    }
    this.#serve(now, NONE);
  }

  nextWake(): Nanos {
    // TIME-WAIT alone does not keep a run going, unless it is to be watched.
    const timeout =
      this.connection.tcb.state === 'TIME-WAIT' && !this.untilClosed ? NEVER : this.connection.nextTimeout();
    return Math.min(timeout, this.application.nextDeed()) as Nanos;
  }

  nextIpId(): number {
    const id = this.#ipId;
    this.#ipId = (this.#ipId + 1) & 0xffff;
    return id;
  }

  /** Stream offset that a wire ACK acknowledges. */
  ackedOffset(ack: number): number {
    return Math.max(0, this.connection.tcb.fromPeer(ack) - 1);
  }

  /** n-th control packet of its kind, or n-th pure ACK of its number. */
  countControl(kind: number, position: number): number {
    if (kind !== 2) {
      const n = (this.#controls[kind] as number) + 1;
      this.#controls[kind] = n;
      return n;
    }
    if (position === this.#lastAck) return ++this.#ackCount;
    this.#lastAck = position;
    this.#ackCount = 1;
    return 1;
  }

  /** Passes on what the connection has to tell, and notes what the application was handed. */
  #serve(now: Nanos, packet: number): void {
    for (let notice = this.connection.pollEvent(); notice !== null; notice = this.connection.pollEvent())
      this.application.hear(notice, now);
    const { tcb } = this.connection;
    const read = tcb.copied - 1;
    if (read > this.#deliveredTo) {
      this.probe.delivered(now, this.#deliveredTo, read - this.#deliveredTo, packet);
      this.#deliveredTo = read;
    }
  }
}
