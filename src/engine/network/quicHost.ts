import { nanos, NEVER } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import type { TraceBuilder } from '../../trace/builder.ts';
import { CauseKind, EventKind, NONE, PacketKind } from '../../trace/types.ts';
import type { QuicApplication } from '../host/quic/application.ts';
import type { QuicCommand, QuicConnection } from '../protocol/quic/connection.ts';
import type { QuicNotice } from '../protocol/quic/core.ts';
import { idleAt } from '../protocol/quic/life.ts';
import type { Path, QuicDatagram } from '../protocol/quic/pdu.ts';
import { SpaceId } from '../protocol/quic/space.ts';
import { FIRST_STREAM } from './chance.ts';
import type { Identity } from './chance.ts';
import type { NetworkHost } from './parcel.ts';
import { HANDSHAKE_STREAM, QuicParcel } from './quicParcel.ts';
import type { QuicTraceProbe } from './quicProbe.ts';
import { addDatagram } from './quicRows.ts';
import type { SentIndex } from './sentIndex.ts';

/** From a datagram's arrival to its processing: as for TCP, what a Linux host was seen to take (PROTOCOLS.md), ns. */
const TURNAROUND = 12_000;

/** Identity kinds of datagrams without bytes of streams. */
const KIND = { ack: 2, initial: 6, handshake: 7, crypto: 8, control: 9 } as const;

/** More than there are identity kinds without bytes of streams. */
const KINDS = 16;

const spaceIn = { initial: SpaceId.Initial, handshake: SpaceId.Handshake } as const;

/** What a host of QUIC is made of. */
export interface QuicHostOptions {
  readonly connection: QuicConnection;
  readonly application: QuicApplication;
  readonly probe: QuicTraceProbe;
  readonly builder: TraceBuilder;
  /** What this end has sent. */
  readonly sent: SentIndex;
  readonly flow: number;
  readonly node: number;
  readonly peerNode: number;
  readonly isServer: boolean;
  readonly identity: number;
  readonly ipId: number;
  /** Silence alone ends the run's interest in the connection, unless it is to be watched. */
  readonly untilClosed: boolean;
  /** By which router a datagram of this client address goes; −1: by the shortest way. */
  readonly via: (address: number) => number;
  /** By which number the trace knows a path. */
  readonly pathRow: (path: Path) => number;
  /** What this end does at set times, in order. */
  readonly plan: readonly { readonly at: Nanos; readonly command: QuicCommand }[];
  /** From when on a NAT gives the client another port, which the client does not know. */
  readonly rebindAt: Nanos;
}

/** How far the NAT's other port is from the first. */
const OTHER_PORT = 1000;

/** One end of a QUIC connection at its node. */
export class QuicHost implements NetworkHost {
  touchedPeer = false;
  readonly flow: number;
  readonly node: number;
  readonly peerNode: number;
  readonly isServer: boolean;
  readonly identity: number;
  readonly connection: QuicConnection;
  readonly application: QuicApplication;
  readonly #o: QuicHostOptions;
  #ipId: number;
  /** How many datagrams of a kind, or ACKs of a number, there were. */
  readonly #counts = new Map<number, number>();
  /** What the datagrams that leave now follow from. */
  #causeKind: number = CauseKind.None;
  #cause = NONE;
  #written = NONE;
  #isServing = false;
  #planned = 0;
  #phase = 0;
  #owesFinished = false;
  #isSecured = false;

  constructor(options: QuicHostOptions) {
    this.#o = options;
    this.flow = options.flow;
    this.node = options.node;
    this.peerNode = options.peerNode;
    this.isServer = options.isServer;
    this.identity = options.identity;
    this.connection = options.connection;
    this.application = options.application;
    this.#ipId = options.ipId & 0xffff;
  }

  turnaround(): number {
    return TURNAROUND;
  }

  receive(parcel: QuicParcel, now: Nanos): void {
    this.#because(CauseKind.Arrival, parcel.packet);
    this.#o.probe.arrival = parcel.packet;
    const { datagram, ecn } = parcel;
    this.connection.receive(ecn === datagram.ecn ? datagram : { ...datagram, ecn }, now);
    this.#serve(now);
  }

  wake(now: Nanos): void {
    const { probe } = this.#o;
    probe.fired = NONE;
    if (this.connection.nextTimeout() <= now) {
      this.connection.onTimeout(now);
      if (probe.fired !== NONE) this.#because(CauseKind.Event, probe.fired);
      this.#serve(now);
    }
    for (let next = this.#next(); next !== undefined && next.at <= now; next = this.#next()) {
      this.#planned++;
      this.#because(CauseKind.None, NONE);
      this.command(next.command, now);
    }
    if (this.application.nextDeed() <= now) {
      this.#because(CauseKind.None, NONE);
      this.application.act(now);
      this.#serve(now);
    }
  }

  #next(): QuicHostOptions['plan'][number] | undefined {
    return this.#o.plan[this.#planned];
  }

  #because(kind: number, cause: number): void {
    this.#causeKind = kind;
    this.#cause = cause;
    const { base } = this.#o.probe;
    base.causeKind = kind;
    base.cause = cause;
  }

  /** What the application asks of the connection goes through here, and is noted. */
  command(command: QuicCommand, now: Nanos): void {
    const { probe } = this.#o;
    if (command.type === 'write' && command.bytes > 0)
      this.#written = probe.event(now, EventKind.AppWrite, command.bytes, command.stream);
    if (command.type === 'close') this.#written = probe.event(now, EventKind.AppClose, 0, command.code);
    if (this.#cause === NONE && this.#written !== NONE) this.#because(CauseKind.Event, this.#written);
    this.connection.command(command, now);
    if (!this.#isServing) this.#serve(now);
  }

  /** The application hears all that there is to hear before anything leaves, as a program does between read and write. */
  #serve(now: Nanos): void {
    this.#isServing = true;
    for (let notice = this.connection.pollEvent(); notice; notice = this.connection.pollEvent()) {
      this.#note(notice, now);
      this.application.hear(notice, now);
    }
    this.application.look(now);
    this.#isServing = false;
    this.#judge(now);
  }

  #note(notice: QuicNotice, now: Nanos): void {
    const { probe } = this.#o;
    switch (notice.type) {
      case 'writable':
        if (notice.early && !this.isServer) this.#secured(now);
        break;
      case 'connected':
        // Complete is who has verified the peer's Finished and sent its own (RFC 9001 §4.1.1): a client's still waits.
        if (this.isServer) probe.event(now, EventKind.Connected, 0, 0);
        else this.#owesFinished = true;
        break;
      case 'confirmed':
        probe.event(now, EventKind.Confirmed, 0, 0);
        break;
      case 'early':
        probe.event(now, EventKind.EarlyData, notice.accepted ? 1 : 0, 0);
        break;
      case 'path':
        probe.event(now, EventKind.PathChanged, notice.path.address, notice.validated ? 1 : 0);
        break;
      case 'mtu':
        probe.event(now, EventKind.PathMtu, notice.size, 0);
        break;
      case 'closed':
        if (notice.by !== 'us' && notice.by !== 'peer') probe.event(now, EventKind.Failed, FAILURES[notice.by], 0);
        break;
      default:
        break;
    }
  }

  #secured(now: Nanos): void {
    if (this.#isSecured) return;
    this.#isSecured = true;
    this.#o.probe.event(now, EventKind.Secured, 0, 0);
  }

  /** Says of each stream with bytes to send whether a limit of the peer holds it back (RFC 9000 §4.1). */
  #judge(now: Nanos): void {
    const { core } = this.connection;
    if (!core.hasComplete) return;
    const isFull = core.sendLimit > 0 && core.sentData >= core.sendLimit;
    for (const stream of core.writers) {
      const wants = stream.out.fresh > 0 && stream.reset === null;
      const label = !wants
        ? null
        : stream.out.next >= stream.sendLimit
          ? 'stream limit'
          : isFull
            ? 'connection limit'
            : null;
      this.#o.probe.held(now, stream.id, label);
    }
  }

  nextWake(): Nanos {
    let timeout = this.connection.nextTimeout();
    const { core } = this.connection;
    if (!this.#o.untilClosed && this.application.isDone && timeout === idleAt(core)) timeout = NEVER;
    return Math.min(timeout, this.application.nextDeed(), this.#next()?.at ?? NEVER) as Nanos;
  }

  pollTransmit(now: Nanos): QuicParcel | null {
    const datagram = this.connection.pollTransmit(now);
    return datagram === null ? null : this.#parcel(this.#throughNat(datagram, now));
  }

  #throughNat(datagram: QuicDatagram, now: Nanos): QuicDatagram {
    if (this.isServer || now < this.#o.rebindAt) return datagram;
    const { address, port } = datagram.path;
    return { ...datagram, path: { address, port: port + OTHER_PORT } };
  }

  /** Tells of the first packet under new keys (RFC 9001 §6). */
  #notePhase({ packets }: QuicDatagram): void {
    const { sendPhase, now } = this.connection.core;
    if (sendPhase === this.#phase) return;
    const isNew = packets.some(
      (packet) =>
        packet.kind === 'frames' && packet.header.kind === 'oneRtt' && packet.header.keyPhase !== (this.#phase & 1),
    );
    if (!isNew) return;
    this.#phase = sendPhase;
    this.#o.probe.event(now, EventKind.KeysUpdated, sendPhase, 0);
  }

  #parcel(datagram: QuicDatagram): QuicParcel {
    const { sent, probe, via } = this.#o;
    this.#notePhase(datagram);
    const parcel = new QuicParcel(datagram);
    const again = parcel.pieces.find(({ stream, from, to }) => to > from && sent.has(stream, from));
    if (again) parcel.retransmissionOf = sent.last(again.stream, again.from);
    const loss = again ? probe.lossOf(parcel.retransmissionOf) : NONE;
    parcel.causeKind = loss === NONE ? this.#causeKind : CauseKind.Event;
    parcel.cause = loss === NONE ? this.#cause : loss;
    if (parcel.cause === NONE) parcel.causeKind = CauseKind.None;
    parcel.via = via(datagram.path.address);
    return parcel;
  }

  nextIpId(): number {
    const id = this.#ipId;
    this.#ipId = (this.#ipId + 1) & 0xffff;
    return id;
  }

  describe(parcel: QuicParcel, row: number, identity: { -readonly [K in keyof Identity]: Identity[K] }): void {
    const columns = this.#o.builder.packets;
    const { datagram, pieces } = parcel;
    columns.kind[row] = pieces.length > 0 ? PacketKind.Data : parcel.isAck ? PacketKind.Ack : PacketKind.Control;
    columns.stream[row] = Math.max(parcel.stream, -1);
    if (parcel.hop === 0) {
      this.#identify(parcel);
      for (const { stream, from, to } of pieces) this.#o.sent.add(stream, from, to, row);
      const first = addDatagram(this.#o.probe.quic, row, datagram, this.#o.pathRow(datagram.path));
      this.#o.probe.booked(first, numbersOf(datagram));
      if (this.#owesFinished && pieces.some(({ stream }) => stream === HANDSHAKE_STREAM)) this.#finished(row);
    }
    identity.kind = parcel.kind;
    identity.position = parcel.position;
    identity.nth = parcel.nth;
  }

  /** The client's Finished has gone: it may send what it likes. */
  #finished(row: number): void {
    this.#owesFinished = false;
    const now = nanos(this.#o.builder.packets.sent[row] as number);
    this.#o.probe.event(now, EventKind.Connected, 0, 0);
    this.#secured(now);
  }

  /** Who a datagram is from one run to the next: its stream and first byte, or what kind it is of. */
  #identify(parcel: QuicParcel): void {
    if (parcel.stream >= 0 && parcel.payload > 0) {
      parcel.kind = parcel.stream === 0 ? 0 : FIRST_STREAM + parcel.stream;
      parcel.position = parcel.offset;
      parcel.nth = this.#o.sent.times(parcel.stream, parcel.offset) + 1;
      return;
    }
    parcel.kind = kindOf(parcel);
    parcel.position = parcel.kind === KIND.ack ? largestAck(parcel.datagram) : 0;
    const key = KINDS * parcel.position + parcel.kind;
    parcel.nth = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, parcel.nth);
  }

  copy(parcel: QuicParcel, twin: number): QuicParcel {
    const copy = Object.assign(new QuicParcel(parcel.datagram), parcel);
    addDatagram(this.#o.probe.quic, twin, parcel.datagram, this.#o.pathRow(parcel.datagram.path));
    return copy;
  }

  release(): void {
    // Datagrams are never changed: nothing is pooled.
  }
}

/** EventKind.Failed, a. */
const FAILURES = { reset: 0, idle: 2, error: 3 } as const;

const kindOf = ({ stream, isAck, pieces }: QuicParcel): number => {
  if (isAck) return KIND.ack;
  if (pieces.length === 0) return KIND.control;
  return stream === -1 ? KIND.initial : stream === -2 ? KIND.handshake : KIND.crypto;
};

const largestAck = ({ packets }: QuicDatagram): number => {
  for (const packet of packets)
    if (packet.kind === 'frames')
      for (const frame of packet.frames) if (frame.kind === 'ack') return frame.ranges[0]?.largest ?? 0;
  return 0;
};

const numbersOf = ({ packets }: QuicDatagram): { readonly space: SpaceId; readonly number: number }[] =>
  packets.map((packet) => {
    if (packet.kind !== 'frames') return { space: SpaceId.Initial, number: -1 };
    const { kind, number } = packet.header;
    return { space: kind === 'initial' || kind === 'handshake' ? spaceIn[kind] : SpaceId.Application, number };
  });
