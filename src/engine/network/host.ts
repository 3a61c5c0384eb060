import { NEVER } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import type { Application } from '../host/application.ts';
import type { Layered } from '../host/transport.ts';
import type { TcpConnection } from '../protocol/tcp/connection.ts';
import type { Segment } from '../protocol/tcp/segment.ts';
import type { TraceProbe } from './probe.ts';
import { CauseKind, NONE } from '../../trace/types.ts';

/** One end of a flow at its node: connection, what stands upon it, application, and what the network needs to know of them. */
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

  /** The packet that began the work that TLS is at; what it sends when that is done has this cause. */
  #begunBy = NONE;

  constructor(
    readonly connection: TcpConnection,
    readonly secure: Layered | null,
    readonly application: Application,
    readonly probe: TraceProbe,
    readonly flow: number,
    readonly node: number,
    readonly peerNode: number,
    readonly isServer: boolean,
    ipId: number,
    readonly untilClosed: boolean,
    /** By which number chance and touches know the flow. */
    readonly identity: number,
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
    if (this.secure !== null && this.secure.nextTimeout() <= now) this.#secureTimeout(this.secure, now);
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
    const wake = Math.min(timeout, this.application.nextDeed());
    return (this.secure === null ? wake : Math.min(wake, this.secure.nextTimeout())) as Nanos;
  }

  /** The host has done the work (a signature, a check) that a packet asked for. */
  #secureTimeout(secure: Layered, now: Nanos): void {
    const { tcb } = this.connection;
    const kind = this.#begunBy === NONE ? CauseKind.None : CauseKind.Arrival;
    tcb.causeKind = kind;
    tcb.cause = this.#begunBy;
    this.probe.causeKind = kind;
    this.probe.cause = this.#begunBy;
    secure.onTimeout(now);
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
    const { secure } = this;
    if (secure === null) {
      for (let notice = this.connection.pollEvent(); notice !== null; notice = this.connection.pollEvent())
        this.application.hear(notice, now);
    } else {
      if (packet !== NONE) this.#begunBy = packet;
      secure.hear(now);
      for (let notice = secure.pollEvent(); notice !== null; notice = secure.pollEvent()) {
        this.application.hear(notice, now);
        secure.hear(now);
      }
    }
    this.application.look(now);
    const { tcb } = this.connection;
    const read = tcb.copied - 1;
    if (read > this.#deliveredTo) {
      this.probe.delivered(now, this.#deliveredTo, read - this.#deliveredTo, packet);
      this.#deliveredTo = read;
    }
  }
}
