import { nanos } from '../../base/time.ts';
import type { TraceBuilder } from '../../trace/builder.ts';
import { CauseKind, EventKind } from '../../trace/types.ts';
import { QuicType } from '../../trace/quic/types.ts';
import { asNumber } from '../../wire/varint.ts';
import { heldBack, isEliciting } from './analysis.ts';
import { QuicEnd } from './end.ts';
import type { Found } from './finder.ts';
import type { CapturedPacket } from './packet.ts';
import { spinEdges } from './spin.ts';

/** Flows with fewer datagrams get no series: a scan of a network has thousands of them. */
const MIN_PACKETS_FOR_SERIES = 8;

const isInFlight = (packet: CapturedPacket): boolean =>
  isEliciting(packet.frames) || (packet.frames?.some(({ kind }) => kind === 'padding') ?? false);

/** A captured connection while its datagrams are played in order: states, deliveries, round trips, bytes in flight. */
export class Followed {
  readonly #client: QuicEnd;
  readonly #server: QuicEnd;
  /** Packets by the row that acknowledged them first, and by the one that first repeated what was lost. */
  readonly #acked = new Map<number, CapturedPacket[]>();
  readonly #lost = new Map<number, CapturedPacket[]>();
  readonly #spins: ReadonlyMap<CapturedPacket, number>;
  /** When the client could send 1-RTT packets, or early data that was taken. */
  secured: number | null = null;

  constructor(
    private readonly builder: TraceBuilder,
    private readonly found: Found,
    private readonly flow: number,
    /** Row of the trace by row of the capture. */
    private readonly packetOf: Int32Array,
    times: (row: number) => number,
  ) {
    const ends = builder.flows[flow] as TraceBuilder['flows'][number];
    const { packets } = found.connection;
    const follow = packets.length >= MIN_PACKETS_FOR_SERIES;
    this.#client = new QuicEnd(builder, flow, ends.client.node, follow);
    this.#server = new QuicEnd(builder, flow, ends.server.node, follow);
    for (const packet of packets) {
      if (packet.ackedBy >= 0) listed(this.#acked, packet.ackedBy, packet);
      else if (packet.repeatedBy >= 0) listed(this.#lost, packet.repeatedBy, packet);
    }
    const isKnown = packets.some((one) => one.type === QuicType.OneRtt && one.ackedBy >= 0);
    this.#spins = isKnown ? new Map<CapturedPacket, number>() : spinEdges(packets, times);
  }

  depart(i: number, row: number, packets: readonly CapturedPacket[]): void {
    const time = this.builder.packets.sent[i] as number;
    for (const packet of packets) {
      const own = packet.up ? this.#client : this.#server;
      const enter = (state: Parameters<QuicEnd['become']>[0]): boolean => own.become(state, time, i, CauseKind.Sent);
      if (packet.up) {
        enter('INITIAL');
        if (packet === this.found.connection.finished || packet.type === QuicType.OneRtt) {
          if (enter('COMPLETE')) this.#complete(time, i);
        }
        if (packet.type === QuicType.ZeroRtt) this.#secure(time, i);
      } else if (packet.type === QuicType.Handshake) enter('HANDSHAKE');
      for (const frame of packet.frames ?? []) if (frame.kind === 'connectionClose') enter('CLOSING');
      if (isInFlight(packet)) own.fly(time, packet.size);
    }
    for (const lost of this.#lost.get(row) ?? [])
      if (isInFlight(lost)) (lost.up ? this.#client : this.#server).fly(time, -lost.size);
    this.#onTheWay(i, row, time);
  }

  /** Key updates and new addresses that this datagram shows. */
  #onTheWay(i: number, row: number, time: number): void {
    const { connection, paths } = this.found;
    const event = (kind: number, node: number, a: number, b: number): void => {
      this.builder.addEvent(nanos(time), kind, node, this.flow, i, CauseKind.Sent, i, a, b);
    };
    for (const { packet, count } of connection.updates)
      if (packet.row === row) event(EventKind.KeysUpdated, (packet.up ? this.#client : this.#server).node, count, 0);
    paths.forEach((path, n) => {
      if (n > 0 && path.row === row) event(EventKind.PathChanged, this.#client.node, n, 0);
    });
  }

  /** The client may send encrypted, be it as early data. */
  #secure(time: number, i: number): void {
    if (this.secured !== null) return;
    this.secured = time;
    this.builder.addEvent(nanos(time), EventKind.Secured, this.#client.node, this.flow, i, CauseKind.Sent, i);
  }

  /** The client's handshake is complete: it can send under 1-RTT keys. */
  #complete(time: number, i: number): void {
    const { builder, flow } = this;
    const { node } = this.#client;
    builder.addEvent(nanos(time), EventKind.Connected, node, flow, i, CauseKind.Sent, i);
    this.#secure(time, i);
    const { early } = this.found.connection.facts;
    if (early !== null)
      builder.addEvent(
        nanos(time),
        EventKind.EarlyData,
        node,
        flow,
        i,
        CauseKind.Sent,
        i,
        early === 'accepted' ? 1 : 0,
      );
  }

  arrive(i: number, row: number, packets: readonly CapturedPacket[]): void {
    const { builder, flow } = this;
    const time = builder.packets.arrived[i] as number;
    for (const packet of packets) {
      const own = packet.up ? this.#server : this.#client;
      const enter = (state: Parameters<QuicEnd['become']>[0]): boolean => own.become(state, time, i, CauseKind.Arrival);
      const confirm = (): void => {
        if (enter('CONFIRMED'))
          builder.addEvent(nanos(time), EventKind.Confirmed, own.node, flow, i, CauseKind.Arrival, i);
      };
      if (packet.up) {
        enter('INITIAL');
        if (packet === this.found.connection.finished) confirm();
        if (packet.type === QuicType.OneRtt) confirm();
      } else if (packet.type === QuicType.Retry) enter('RETRIED');
      else if (packet.type === QuicType.Handshake) enter('HANDSHAKE');
      else if (packet.type === QuicType.StatelessReset) enter('DRAINING');
      const spin = this.#spins.get(packet);
      if (spin !== undefined) own.sample(time, spin, 0);
      for (const frame of packet.frames ?? []) {
        if (frame.kind === 'stream') {
          const offset = asNumber(frame.offset);
          if (frame.data.length > 0) own.arrive(time, asNumber(frame.stream), offset, offset + frame.data.length, i);
        } else if (frame.kind === 'handshakeDone') confirm();
        else if (frame.kind === 'connectionClose') enter('DRAINING');
        else if (frame.kind === 'ack') this.#sample(own, packet, row, time, frame);
      }
    }
    for (const acked of this.#acked.get(row) ?? [])
      if (isInFlight(acked)) (acked.up ? this.#client : this.#server).fly(time, -acked.size);
  }

  /** A round trip: from the largest packet that an ACK newly names to the ACK (RFC 9002 §5.1). */
  #sample(
    own: QuicEnd,
    packet: CapturedPacket,
    row: number,
    time: number,
    { ranges, delay }: { readonly ranges: readonly { readonly largest: number }[]; readonly delay: number | bigint },
  ): void {
    const largest = ranges[0]?.largest ?? -1;
    const named = this.#acked
      .get(row)
      ?.find((one) => one.number === largest && isSameSpace(one.type, packet.type) && isEliciting(one.frames));
    if (!named) return;
    const sent = this.builder.packets.sent[this.packetOf[named.row] as number] as number;
    own.sample(time, time - sent, heldBack(this.found.connection, packet, asNumber(delay)));
  }
}

const isSameSpace = (a: number, b: number): boolean => {
  const isEarly = (type: number): number => (type === QuicType.ZeroRtt ? QuicType.OneRtt : type);
  return isEarly(a) === isEarly(b);
};

const listed = (map: Map<number, CapturedPacket[]>, key: number, packet: CapturedPacket): void => {
  const list = map.get(key);
  if (list) list.push(packet);
  else map.set(key, [packet]);
};
