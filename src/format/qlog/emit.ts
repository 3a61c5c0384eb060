import type { TraceBuilder } from '../../trace/builder.ts';
import { QuicFrameIndex, QuicType } from '../../trace/quic/types.ts';
import type { QuicFlow, TraceQuic } from '../../trace/quic/types.ts';
import { Fate, isLost, NONE, PacketKind, TcpFlag } from '../../trace/types.ts';
import { orderByTime } from '../order.ts';
import type { Flights } from './flights.ts';
import type { Connection, End } from './pair.ts';
import { QuicRows } from './rows.ts';
import { Receiving, Sending } from './streams.ts';

/** Headers of IP and UDP (RFC 791, RFC 8200, RFC 768). */
const IPV4 = 20;
const IPV6 = 40;
const UDP = 8;
/** Where CRYPTO of a space stands among the streams that are followed; STREAM has 0 and more. */
const cryptoStream = (space: number): number => -1 - space;

/** What is followed of one connection while its datagrams are written. */
interface Followed {
  readonly up: Sending;
  readonly down: Sending;
  readonly toClient: Receiving;
  readonly toServer: Receiving;
  /** Largest packet number so far by direction and space: a smaller one comes late, and repeats nothing. */
  readonly largest: Float64Array;
  readonly lost: { readonly client: ReadonlyMap<string, number>; readonly server: ReadonlyMap<string, number> };
  readonly lostRows: { readonly client: Map<string, number>; readonly server: Map<string, number> };
}

const lostIn = (end: End | null): Map<string, number> => {
  const lost = new Map<string, number>();
  for (const note of end?.log.notes ?? [])
    if (note.kind === 'lost') lost.set(`${String(note.space)} ${String(note.number)}`, note.time + (end?.shift ?? 0));
  return lost;
};

const tcpKind = (flags: number, payload: number): number => {
  if ((flags & TcpFlag.RST) !== 0) return PacketKind.Rst;
  if (payload > 0) return PacketKind.Data;
  if ((flags & TcpFlag.SYN) !== 0) return PacketKind.Syn;
  return (flags & TcpFlag.FIN) !== 0 ? PacketKind.Fin : PacketKind.Ack;
};

/** Writes datagrams with their packets and frames into a trace, one after another in the order of their sending. */
export class Emitter {
  readonly quic = new QuicRows();
  /** Rows of each connection. */
  readonly datagrams: number[][];
  /** First row of QUIC of each datagram, and one more. */
  readonly firstPacket: Int32Array;
  quicCount = 0;
  /** Instant of the first sending, which becomes 0. */
  start = 0;
  #end = 0;
  readonly #followed: Followed[];

  constructor(
    private readonly builder: TraceBuilder,
    private readonly connections: readonly Connection[],
    private readonly flights: readonly Flights[],
    private readonly links: readonly { readonly up: number; readonly down: number }[],
    count: number,
  ) {
    this.datagrams = connections.map(() => []);
    this.firstPacket = new Int32Array(count + 1);
    for (const { client, server } of connections)
      for (const end of [client, server]) if (end && !end.log.isTcp) this.quic.take(end.quic);
    this.#followed = connections.map(({ client, server }, flow) => {
      const isTcp = (client ?? server)?.log.isTcp === true;
      const nodes = builder.flows[flow];
      return {
        up: new Sending(),
        down: new Sending(),
        toClient: new Receiving(builder, flow, nodes?.client.node ?? 0, isTcp),
        toServer: new Receiving(builder, flow, nodes?.server.node ?? 0, isTcp),
        largest: new Float64Array(6).fill(-1),
        lost: { client: lostIn(client), server: lostIn(server) },
        lostRows: { client: new Map(), server: new Map() },
      };
    });
  }

  emit(connection: number, flight: number): void {
    const { builder } = this;
    const { table, rows } = this.flights[connection] as Flights;
    const f = table.columns;
    const isUp = f.up[flight] === 1;
    const { client, server } = this.connections[connection] as Connection;
    const end = (f.inServer[flight] === 1 ? server : client) as End;
    const i = builder.addPacket();
    if (i === 0) this.start = f.sent[flight] as number;
    const p = builder.packets;
    const sent = (f.sent[flight] as number) - this.start;
    const fate = f.fate[flight] as number;
    p.link[i] = this.links[connection]?.[isUp ? 'up' : 'down'] ?? 0;
    p.flow[i] = connection;
    p.sent[i] = sent;
    p.start[i] = sent;
    p.end[i] = sent;
    // Where an inferred loss happened is not known: it is put at the sending.
    p.arrived[i] = isLost(fate) ? sent : (f.arrived[flight] as number) - this.start;
    p.fate[i] = fate;
    p.quality[i] = f.quality[flight] as number;
    this.#end = Math.max(this.#end, p.arrived[i]);
    const flow = builder.flows[connection];
    const ip = flow?.client.address.includes(':') === true ? IPV6 : IPV4;
    p.size[i] = (f.bytes[flight] as number) + ip + (end.log.isTcp ? 0 : UDP);
    this.datagrams[connection]?.push(i);
    this.firstPacket[i] = this.quicCount;
    const first = f.first[flight] as number;
    if (end.log.isTcp) this.#tcp(i, connection, isUp, end, rows[first] as number);
    else
      for (let k = 0; k < (f.count[flight] as number); k++)
        this.#packet(i, connection, isUp, end, rows[first + k] as number);
    this.firstPacket[i + 1] = this.quicCount;
    if (!end.log.isTcp) this.#describe(i, connection, isUp);
  }

  #packet(i: number, connection: number, isUp: boolean, end: End, row: number): void {
    const to = this.quic.copy(end.quic, row, i);
    this.quicCount = to + 1;
    const { packets } = this.quic;
    const followed = this.#followed[connection] as Followed;
    const { client, server } = this.connections[connection] as Connection;
    const sender = isUp ? 'client' : 'server';
    const isOwn = end === (isUp ? client : server);
    const acked = (end.acks.at[row] as number) + end.shift - this.start;
    const way = this.flights[connection]?.way[isUp ? 'up' : 'down'] ?? 0;
    // The receiver's log tells when it acknowledged; its sender learns that a way later.
    packets.acked[to] = isOwn ? acked : acked + way;
    const number = packets.number[to] as number;
    if (followed.lost[sender].size === 0 || number < 0) return;
    const key = `${String(end.log.rows.columns.space[row])} ${String(number)}`;
    const lost = followed.lost[sender].get(key);
    if (lost === undefined) return;
    packets.lost[to] = lost - this.start;
    followed.lostRows[sender].set(key, i);
  }

  /** What a datagram carries, and whether it went before. */
  #describe(i: number, connection: number, isUp: boolean): void {
    const { builder, quic } = this;
    const p = builder.packets;
    const { packets: q, frames: f } = quic;
    const { up, down, largest } = this.#followed[connection] as Followed;
    const { client, server } = this.connections[connection] as Connection;
    const sending = isUp ? up : down;
    const isSeenOnly = (isUp ? client : server) === null;
    let payload = 0;
    let cryptoAt = -1;
    let isAck = false;
    let isMore = false;
    p.stream[i] = -1;
    let hasStream = false;
    for (let row = this.firstPacket[i] as number; row < this.quicCount; row++) {
      const type = q.type[row] as number;
      const space = type === QuicType.Initial ? 0 : type === QuicType.Handshake ? 1 : 2;
      const slot = (isUp ? 0 : 3) + space;
      const number = q.number[row] as number;
      const isLate = number < (largest[slot] as number);
      if (!isLate) largest[slot] = number;
      const end = (q.frame[row] as number) + (q.frames[row] as number);
      for (let k = q.frame[row] as number; k < end; k++) {
        const kind = f.kind[k] as number;
        const isStream = kind === QuicFrameIndex.stream;
        if (!isStream && kind !== QuicFrameIndex.crypto) {
          if (kind === QuicFrameIndex.ack) isAck = true;
          else if (kind !== QuicFrameIndex.padding) isMore = true;
          continue;
        }
        const length = f.length[k] as number;
        const offset = f.offset[k] as number;
        const stream = isStream ? (f.stream[k] as number) : cryptoStream(space);
        if (isStream && !hasStream) {
          hasStream = true;
          p.stream[i] = stream;
          p.offset[i] = offset;
        } else if (!isStream && cryptoAt < 0) {
          cryptoAt = offset;
          if (!hasStream) p.offset[i] = offset;
        }
        payload += length;
        if (isStream && length === 0) isMore = true;
        if (length === 0) continue;
        const before = sending.send(stream, offset, length, i);
        // New data of a stream goes in order: what is older than what was seen went by a datagram that was lost on its way.
        if (isLate || p.retransmissionOf[i] !== NONE || (before === null && !(isStream && isSeenOnly))) continue;
        if (before !== NONE) this.#repeats(i, before ?? NONE);
      }
    }
    p.payload[i] = payload;
    p.kind[i] = payload > 0 ? PacketKind.Data : isAck && !isMore ? PacketKind.Ack : PacketKind.Control;
  }

  #repeats(i: number, before: number): void {
    const p = this.builder.packets;
    p.retransmissionOf[i] = before;
    p.nth[i] = before === NONE ? 2 : (p.nth[before] as number) + 1;
  }

  #tcp(i: number, connection: number, isUp: boolean, end: End, row: number): void {
    const p = this.builder.packets;
    const own = end.log.rows.columns;
    const { packets: q, frames: f } = end.quic;
    const flags = own.flags[row] as number;
    let payload = 0;
    const last = (q.frame[row] as number) + (q.frames[row] as number);
    for (let k = q.frame[row] as number; k < last; k++) {
      if (f.kind[k] !== QuicFrameIndex.stream || (f.length[k] as number) === 0) continue;
      payload = f.length[k] as number;
      p.offset[i] = f.offset[k] as number;
    }
    p.flags[i] = flags;
    p.seq[i] = own.seq[row] as number;
    p.ack[i] = own.ack[row] as number;
    p.window[i] = own.window[row] as number;
    p.ecn[i] = own.ecn[row] as number;
    p.payload[i] = payload;
    p.kind[i] = tcpKind(flags, payload);
    if (payload === 0) return;
    const { up, down } = this.#followed[connection] as Followed;
    const before = (isUp ? up : down).send(0, p.offset[i] as number, payload, i);
    if (before !== NONE && before !== null) this.#repeats(i, before);
  }

  /** Ends the writing of datagrams; gives the last instant. */
  finish(): number {
    this.firstPacket[this.builder.packetCount] = this.quicCount;
    return this.#end;
  }

  /** Row of the datagram by which a packet that was declared lost went; NONE: it is not in the log. */
  datagramOf(connection: number, isClient: boolean, space: number, number: number): number {
    const rows = this.#followed[connection]?.lostRows[isClient ? 'client' : 'server'];
    return rows?.get(`${String(space)} ${String(number)}`) ?? NONE;
  }

  /** Plays the arrivals in their order: what is handed over, and what waits. Gives the number of deliveries. */
  deliver(): number {
    const { builder, quic } = this;
    const p = builder.packets;
    const list: number[] = [];
    for (let i = 0; i < builder.packetCount; i++)
      if (p.fate[i] === Fate.Delivered && (p.payload[i] as number) > 0) list.push(i);
    const times = Float64Array.from(list, (i) => p.arrived[i] as number);
    for (const k of orderByTime(times)) {
      const i = list[k] as number;
      const connection = p.flow[i] as number;
      const { toClient, toServer } = this.#followed[connection] as Followed;
      const isUp = p.link[i] === this.links[connection]?.up;
      const to = isUp ? toServer : toClient;
      const time = p.arrived[i] as number;
      if (this.firstPacket[i] === this.firstPacket[i + 1]) {
        to.arrive(time, 0, p.offset[i] as number, p.payload[i] as number, i);
        continue;
      }
      const { packets: q, frames: f } = quic;
      for (let row = this.firstPacket[i] as number; row < (this.firstPacket[i + 1] as number); row++) {
        const end = (q.frame[row] as number) + (q.frames[row] as number);
        for (let k2 = q.frame[row] as number; k2 < end; k2++)
          if (f.kind[k2] === QuicFrameIndex.stream && (f.length[k2] as number) > 0)
            to.arrive(time, f.stream[k2] as number, f.offset[k2] as number, f.length[k2] as number, i);
      }
    }
    return builder.deliveryCount;
  }

  finishQuic(flows: readonly QuicFlow[]): TraceQuic {
    return this.quic.finish(this.builder.packetCount, flows);
  }
}
