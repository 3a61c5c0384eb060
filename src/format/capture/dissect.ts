import { PacketKind, TcpFlag } from '../../trace/types.ts';
import { u16 } from '../../wire/bytes.ts';
import { ipPlaces, locateIp } from '../../wire/ip/locate.ts';
import type { IpPlaces } from '../../wire/ip/locate.ts';
import { IpProtocol } from '../../wire/ip/protocols.ts';
import { locateNetwork, NOT_IP } from '../../wire/link/locate.ts';
import { scanTcp, tcpScan } from '../../wire/tcp/scan.ts';
import type { TcpScan } from '../../wire/tcp/scan.ts';
import { looksTls } from '../../packet/tls/streams.ts';
import { looksHttp } from '../http/recognise.ts';
import { analyseSegment, sequenceLength } from './analysis.ts';
import { AddressTable, FlowTable, OTHER, TCP, UDP } from './flows.ts';
import type { Flow } from './flows.ts';
import type { FrameTable } from './frames.ts';
import { Mark, RowTable } from './rows.ts';
import type { Side } from './side.ts';
import { Twins } from './twins.ts';

/** A capture taken apart: a row for each IP packet, its flows and addresses, and what was passed over. */
export interface Dissection {
  readonly rows: RowTable;
  readonly flows: readonly Flow[];
  readonly addresses: readonly string[];
  readonly notIp: number;
  readonly fragments: number;
  /** Segments whose TCP header is cut or impossible. */
  readonly broken: number;
  readonly overflow: number;
  /** Whether packets were seen at two interfaces. */
  readonly hasTwins: boolean;
  /** What the ACK of a row says that it was held back, ns (QUIC). */
  readonly heldBack: Map<number, number>;
}

/** Segments of a direction that are looked at for a start of HTTP. */
const LOOKED_AT = 8;
/** Part of the handshake's round trip that a repair takes at least: later ones may be a little faster. */
const REPAIR_TAKES = 0.9;

class Dissector {
  readonly rows: RowTable;
  readonly addresses = new AddressTable();
  readonly table = new FlowTable();
  notIp = 0;
  fragments = 0;
  broken = 0;
  readonly #bytes: Uint8Array;
  readonly #frames: FrameTable;
  readonly #ip: IpPlaces = ipPlaces();
  readonly #tcp: TcpScan = tcpScan();
  readonly twins: Twins | null;

  constructor(bytes: Uint8Array, frames: FrameTable) {
    this.#bytes = bytes;
    this.#frames = frames;
    this.rows = new RowTable(frames.count);
    this.twins = Twins.possible(frames) ? new Twins() : null;
  }

  frame(f: number): void {
    const { offset, length, wire, linkType } = this.#frames.columns;
    const at = offset[f] as number;
    const end = at + (length[f] as number);
    const ipAt = locateNetwork(linkType[f] as number, this.#bytes, at, end);
    const ip = this.#ip;
    if (ipAt === NOT_IP || ipAt - at > 65_535 || !locateIp(this.#bytes, ipAt, end, at + (wire[f] as number), ip)) {
      this.notIp++;
      return;
    }
    // A total length past the frame's own end is wrong or meant for another packet: the frame bounds it.
    ip.end = Math.min(ip.end, at + (wire[f] as number));
    const source = this.addresses.intern(this.#bytes, ip.source, ip.addressLength);
    // The header's own destination: behind a routing header it is the next stop, as the packet stands on this wire.
    const destination = this.addresses.intern(this.#bytes, ip.source + ip.addressLength, ip.addressLength);
    const row = this.rows.add();
    const c = this.rows.columns;
    c.frame[row] = f;
    c.ipAt[row] = ipAt - at;
    c.size[row] = Math.max(0, ip.end - ipAt);
    c.ipId[row] = ip.id;
    c.ecn[row] = ip.ecn;
    if (ip.fragment) this.fragments++;
    else if (ip.protocol === IpProtocol.Tcp) {
      if (scanTcp(this.#bytes, ip.transport, end, this.#tcp) && ip.transport + this.#tcp.headerSize <= ip.end) {
        this.#segment(row, f, source, destination);
        return;
      }
      this.broken++;
    }
    this.#other(row, source, destination, end);
  }

  /** A packet that is no whole TCP segment. */
  #other(row: number, source: number, destination: number, end: number): void {
    const ip = this.#ip;
    const hasPorts = !ip.fragment && ip.protocol === IpProtocol.Udp && ip.transport + 8 <= end;
    const from = hasPorts ? u16(this.#bytes, ip.transport) : 0;
    const to = hasPorts ? u16(this.#bytes, ip.transport + 2) : 0;
    const protocol = hasPorts ? UDP : OTHER;
    const flow =
      this.table.find(protocol, source, from, destination, to) ??
      this.table.open(protocol, source, from, destination, to);
    const c = this.rows.columns;
    c.flow[row] = flow.index;
    c.kind[row] = PacketKind.Other;
    c.upward[row] = flow.client === Math.max(0, source) && flow.clientPort === from ? 1 : 0;
    const headers =
      ip.transport - (c.ipAt[row] as number) - (this.#frames.columns.offset[c.frame[row] as number] as number);
    c.payload[row] = Math.max(0, (c.size[row] as number) - headers - (hasPorts ? 8 : 0));
  }

  #segment(row: number, f: number, source: number, destination: number): void {
    const tcp = this.#tcp;
    const c = this.rows.columns;
    c.tcp[row] = 1;
    c.payload[row] = Math.max(0, this.#ip.end - this.#ip.transport - tcp.headerSize);
    c.flags[row] = tcp.flags;
    c.seq[row] = tcp.seq;
    c.ack[row] = tcp.ack;
    c.window[row] = tcp.window;
    c.tsVal[row] = tcp.tsVal;
    c.tsEcr[row] = tcp.tsEcr;
    if (tcp.sackCount > 0) c.sack[row] = this.rows.addSack(tcp.sack, tcp.sackCount);
    const flow = this.#flowOf(source, destination);
    if (flow.protocol !== 'tcp') {
      // The table is full: the packet is shown, but not followed.
      c.tcp[row] = 0;
      c.kind[row] = PacketKind.Other;
      c.flow[row] = flow.index;
      return;
    }
    const upward = flow.client === source && flow.clientPort === tcp.sourcePort;
    c.flow[row] = flow.index;
    c.upward[row] = upward ? 1 : 0;
    if (c.payload[row] > 0) this.#look(upward ? flow.up : flow.down);
    if (this.twins?.match(this.rows, row, this.#frames) === true) return;
    this.#follow(
      flow,
      row,
      this.#frames.columns.time[f] as number,
      upward ? flow.up : flow.down,
      upward ? flow.down : flow.up,
    );
  }

  /** Notes what a segment's payload looks like, while its bytes are at hand. */
  #look(own: Side): void {
    const bytes = this.#bytes;
    const at = this.#ip.transport + this.#tcp.headerSize;
    const length = this.#ip.end - at;
    if (!own.looksTls && looksTls(bytes, at, length)) own.looksTls = true;
    if (own.looked >= LOOKED_AT || own.looksHttp) return;
    own.looked++;
    own.looksHttp = looksHttp(bytes, at, at + length) !== null;
  }

  /** The flow of a segment: a SYN with a new sequence number on known ports begins another (ports are used again). */
  #flowOf(source: number, destination: number): Flow {
    const { sourcePort, destinationPort, flags, seq } = this.#tcp;
    const known = this.table.find(TCP, source, sourcePort, destination, destinationPort);
    const isSyn = (flags & (TcpFlag.SYN | TcpFlag.ACK)) === TcpFlag.SYN;
    if (known) {
      const side = known.client === source && known.clientPort === sourcePort ? known.up : known.down;
      if (!isSyn || !side.stream.started || side.stream.isn === seq) return known;
    }
    // Without a SYN the end with the smaller port is taken for the server.
    const isSynAck = (flags & (TcpFlag.SYN | TcpFlag.ACK)) === (TcpFlag.SYN | TcpFlag.ACK);
    const fromServer = isSynAck || (!isSyn && sourcePort < destinationPort);
    return fromServer
      ? this.table.open(TCP, destination, destinationPort, source, sourcePort)
      : this.table.open(TCP, source, sourcePort, destination, destinationPort);
  }

  /** Brings the two sides of a flow up to date with a segment of `own`. */
  #follow(flow: Flow, row: number, time: number, own: Side, other: Side): void {
    const tcp = this.#tcp;
    const isSyn = (tcp.flags & TcpFlag.SYN) !== 0;
    if (isSyn && own.stream.isn === null) this.#syn(own);
    if (isSyn && (tcp.flags & TcpFlag.ACK) === 0) flow.synTime = time;
    if (!isSyn && (tcp.flags & TcpFlag.ACK) !== 0 && flow.firstRoundTrip === Infinity)
      flow.firstRoundTrip = time - flow.synTime || Infinity;
    const marks = analyseSegment(this.rows, row, own, other, time, flow.firstRoundTrip);
    this.#place(row, own, marks, flow.firstRoundTrip);
    if ((tcp.flags & TcpFlag.ACK) !== 0) this.#acknowledge(row, time, other);
  }

  #syn(own: Side): void {
    const tcp = this.#tcp;
    own.mss = tcp.mss < 0 ? null : tcp.mss;
    own.windowScale = tcp.windowScale < 0 ? null : tcp.windowScale;
    own.sackPermitted = tcp.sackPermitted;
    own.timestamps = tcp.timestamps;
  }

  /** Gives the segment its place in its stream, and the transmission that it repeats. */
  #place(row: number, own: Side, marks: number, firstRoundTrip: number): void {
    const c = this.rows.columns;
    const { stream } = own;
    const { seq, flags } = this.#tcp;
    const isSyn = (flags & TcpFlag.SYN) !== 0;
    const length = sequenceLength(flags, c.payload[row] as number);
    if (!stream.started) {
      if (length === 0 && (flags & TcpFlag.RST) !== 0) return;
      stream.start(seq, isSyn ? -1 : 0, isSyn ? seq : null);
    }
    const offset = stream.offsetOf(seq);
    c.offset[row] = isSyn ? offset + 1 : offset;
    if (length === 0 || (flags & TcpFlag.RST) !== 0 || (marks & (Mark.KeepAlive | Mark.ZeroWindowProbe)) !== 0) return;
    if (offset < stream.lowest) stream.lowest = offset;
    if (offset + length > stream.next) {
      const seen = offset < stream.next ? stream.previous(offset) : -1;
      if (seen >= 0) this.#again(row, stream, offset, seen);
      stream.extend(row, seq, offset, length);
      return;
    }
    const previous = stream.previous(offset);
    if (previous >= 0) {
      this.#again(row, stream, offset, previous);
      return;
    }
    if (this.#isRepair(row, stream, offset, firstRoundTrip, marks)) c.nth[row] = 2;
    stream.repeat(row, offset);
  }

  /**
   * Whether a segment that fills a hole is the repair of a loss before the capture point, and not the same segment come
   * late: a repair takes a round trip at least from the moment when the hole showed.
   */
  #isRepair(row: number, stream: Side['stream'], offset: number, firstRoundTrip: number, marks: number): boolean {
    const behind = stream.behind(offset);
    if (firstRoundTrip === Infinity || behind < 0) return (marks & Mark.OutOfOrder) === 0;
    const times = this.#frames.columns.time;
    const { frame } = this.rows.columns;
    const age = (times[frame[row] as number] as number) - (times[frame[behind] as number] as number);
    return age >= firstRoundTrip * REPAIR_TAKES;
  }

  #again(row: number, stream: Side['stream'], offset: number, previous: number): void {
    const c = this.rows.columns;
    c.retransmissionOf[row] = previous;
    c.again[previous] = 1;
    c.nth[row] = Math.min(65_535, (c.nth[previous] as number) + 1);
    stream.repeat(row, offset);
  }

  /** Proves the rows of the other side that this segment acknowledges, and takes round trips of those sent once. */
  #acknowledge(row: number, time: number, other: Side): void {
    const { stream } = other;
    if (!stream.started) return;
    const c = this.rows.columns;
    const times = this.#frames.columns.time;
    let latest = -1;
    const prove = (sent: number): void => {
      c.provenBy[sent] = row;
      latest = sent;
    };
    const offset = stream.offsetOf(c.ack[row] as number);
    stream.acknowledge(offset, prove);
    // Karn's algorithm (RFC 6298 §3): what was sent twice tells no time.
    if (latest >= 0 && c.again[latest] === 0 && c.nth[latest] === 1) {
      const roundTrip = time - (times[c.frame[latest] as number] as number);
      if (roundTrip >= 0 && roundTrip < other.minRoundTrip) other.minRoundTrip = roundTrip;
    }
    const sack = c.sack[row] as number;
    if (sack < 0) return;
    const words = this.rows.sackWords;
    for (let k = 0; k < (words[sack] as number); k++) {
      stream.proveRange(
        stream.offsetOf(words[sack + 1 + 2 * k] as number),
        stream.offsetOf(words[sack + 2 + 2 * k] as number),
        prove,
      );
    }
  }
}

/** Takes every frame apart, in the order of the file. Linear in the number of frames. */
export const dissect = (bytes: Uint8Array, frames: FrameTable): Dissection => {
  const d = new Dissector(bytes, frames);
  for (let f = 0; f < frames.count; f++) d.frame(f);
  return {
    rows: d.rows,
    flows: d.table.flows,
    addresses: d.addresses.texts,
    notIp: d.notIp,
    fragments: d.fragments,
    broken: d.broken,
    overflow: d.table.overflow,
    hasTwins: (d.twins?.matched ?? 0) > 0,
    heldBack: new Map<number, number>(),
  };
};
