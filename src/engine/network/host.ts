import { NEVER } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import type { Application } from '../host/application.ts';
import type { Layered } from '../host/transport.ts';
import type { TcpConnection } from '../protocol/tcp/connection.ts';
import { Flag } from '../protocol/tcp/segment.ts';
import type { Segment, SegmentPool } from '../protocol/tcp/segment.ts';
import type { TraceBuilder } from '../../trace/builder.ts';
import type { Identity } from './chance.ts';
import type { NetworkHost } from './parcel.ts';
import type { TraceProbe } from './probe.ts';
import { CauseKind, NONE, PacketKind } from '../../trace/types.ts';

/** Identity kinds (`Identity.kind`) of a segment. */
const kindOf = (segment: Segment): number => {
  // A SYN is one, whatever Fast Open lets it carry.
  if ((segment.flags & Flag.SYN) !== 0) return 1;
  if (segment.payload > 0) return 0;
  if ((segment.flags & Flag.RST) !== 0) return 4;
  if ((segment.flags & Flag.FIN) !== 0) return 3;
  return segment.isProbe ? 5 : 2;
};

/** Row kinds by identity kind: data, syn, ack, fin, rst, probe. */
const ROW_KIND = [
  PacketKind.Data,
  PacketKind.Syn,
  PacketKind.Ack,
  PacketKind.Fin,
  PacketKind.Rst,
  PacketKind.Probe,
] as const;

/**
 * What a SYN or SYN-ACK costs its host besides the usual turnaround, ns: a route is looked up, a socket made (measured:
 * fixtures, 35 to 72 µs from SYN to SYN-ACK and 38 to 65 from SYN-ACK to ACK, 48 in the quicker quarter, where other
 * segments take 12). It is in the first round-trip sample, so that a short segment sent again may come back faster than
 * the smallest round trip, which RACK then takes for an ACK of the original (`tcp_rack_advance`).
 */
const HANDSHAKE = 36_000;

/** One end of a flow at its node: connection, what stands upon it, application, and what the network needs to know of them. */
export class Host implements NetworkHost {
  touchedPeer = false;
  readonly #turnaround: number;
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
    readonly identity: number,
    private readonly pool: SegmentPool,
    private readonly trace: TraceBuilder,
  ) {
    this.#turnaround = connection.tcb.knobs.turnaroundUs * 1000;
    this.#ipId = ipId & 0xffff;
  }

  /** A host whose work takes no time at all opens connections in none, too. */
  turnaround(segment: Segment): number {
    const isSyn = (segment.flags & Flag.SYN) !== 0 && this.#turnaround > 0;
    return isSyn ? this.#turnaround + HANDSHAKE : this.#turnaround;
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

  pollTransmit(): Segment | null {
    return this.connection.pollTransmit();
  }

  describe(segment: Segment, row: number, identity: { -readonly [K in keyof Identity]: Identity[K] }): void {
    const { trace } = this;
    const columns = trace.packets;
    const kind = kindOf(segment);
    columns.kind[row] = ROW_KIND[kind] as number;
    columns.flags[row] = segment.flags;
    columns.seq[row] = segment.seq;
    columns.ack[row] = (segment.flags & Flag.ACK) !== 0 ? segment.ack : 0;
    columns.window[row] = segment.window;
    if (segment.hasTimestamps) {
      columns.tsVal[row] = segment.tsVal;
      columns.tsEcr[row] = segment.tsEcr;
    }
    if (segment.sackCount > 0) columns.sack[row] = trace.addSack(segment.sack, segment.sackCount);
    identity.kind = kind;
    identity.position = kind === 2 ? this.#ackedOffset(segment.ack) : kind === 0 ? segment.offset : 0;
    identity.nth = segment.hop > 0 || kind === 0 ? segment.nth : this.#countControl(kind, identity.position);
    if (segment.hop === 0) segment.nth = identity.nth;
  }

  copy(segment: Segment): Segment {
    return this.pool.take().copyFrom(segment);
  }

  release(segment: Segment): void {
    this.pool.release(segment);
  }

  /** Stream offset that a wire ACK acknowledges. */
  #ackedOffset(ack: number): number {
    return Math.max(0, this.connection.tcb.fromPeer(ack) - 1);
  }

  /** n-th control packet of its kind, or n-th pure ACK of its number. */
  #countControl(kind: number, position: number): number {
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
