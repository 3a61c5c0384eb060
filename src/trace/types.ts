import type { HttpSession } from '../wire/http/session.ts';
import type { QuicSession } from '../wire/quic/make/session.ts';
import type { TlsSession } from '../wire/tls/make/session.ts';
import type { TraceHttp } from './http.ts';
import type { TraceQuic } from './quic/types.ts';
import type { TraceTls } from './tls.ts';
import type { TableOf } from '../base/columns.ts';
import type { EventColumns } from './events.ts';
import type { Nanos } from '../base/time.ts';

export * from './events.ts';

/** How a packet ended. */
export const Fate = {
  /** Reached the end of its link. */
  Delivered: 0,
  /** Lost on the wire after using queue and link (a loss rule at egress). */
  LostOnWire: 1,
  /** Arrived at a full drop-tail queue. */
  QueueFull: 2,
  /** Dropped by the viewer's hand (`path.touched`). */
  Touched: 3,
  /** Lost before the queue (a loss rule `at: "arrival"`). */
  LostAtArrival: 4,
  /** Still on its way when the run ended. */
  InFlight: 5,
  /** Imported: seen at one vantage only; nothing proves that it arrived. */
  Unknown: 6,
  /** Imported: inferred to be lost (its bytes were sent again and only the later copy was acknowledged). */
  InferredLost: 7,
  /** A datagram larger than the link carries: dropped without a word (RFC 8899 §1.1). */
  TooLarge: 8,
} as const;
export type Fate = (typeof Fate)[keyof typeof Fate];

/** True for every fate in which the packet died. */
export const isLost = (fate: number): boolean =>
  fate === Fate.LostOnWire ||
  fate === Fate.QueueFull ||
  fate === Fate.Touched ||
  fate === Fate.LostAtArrival ||
  fate === Fate.TooLarge ||
  fate === Fate.InferredLost;

/** True for a fate that kept the packet from the link's queue and wire. */
export const isTurnedAway = (fate: number): boolean =>
  fate === Fate.QueueFull || fate === Fate.LostAtArrival || fate === Fate.TooLarge;

/** What a packet is for, the coarsest distinction that figures colour by. */
export const PacketKind = {
  /** Carries payload. */
  Data: 0,
  /** Pure acknowledgement. */
  Ack: 1,
  /** SYN or SYN-ACK. */
  Syn: 2,
  /** FIN without payload (a FIN that rides on data is Data with the FIN flag). */
  Fin: 3,
  Rst: 4,
  /** Zero-window or keep-alive probe. */
  Probe: 5,
  /** Imported and not understood. */
  Other: 6,
  /** A QUIC datagram without CRYPTO and STREAM that does more than acknowledge: limits, probes, paths, ids, closes, Retry. */
  Control: 7,
} as const;
export type PacketKind = (typeof PacketKind)[keyof typeof PacketKind];

/** TCP flags as they stand in the header (RFC 9293 §3.1). */
export const TcpFlag = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32, ECE: 64, CWR: 128 } as const;

/** What a cause index points to. */
export const CauseKind = {
  None: 0,
  /** The arrival of packet `cause`. */
  Arrival: 1,
  /** Event `cause` (application write, timer, loss detected …). */
  Event: 2,
  /** The sending of packet `cause` (what armed a timer). */
  Sent: 3,
} as const;
export type CauseKind = (typeof CauseKind)[keyof typeof CauseKind];

/** Whether an instant was measured, inferred or modelled; two bits each for `sent` and `arrived` (sent | arrived << 2). */
export const Quality = { Modelled: 0, Measured: 1, Inferred: 2 } as const;

/** No packet, no event, no cause. */
export const NONE = -1;

/**
 * One row a packet, in order of `sent`. Times in ns. `link` indexes `Trace.links` (links are directed: one each way).
 * `arrived` is the arrival, or the instant of death where `isLost(fate)`: for QueueFull the instant it was sent.
 */
export const packetShape = {
  link: 'u16',
  flow: 'u16',
  /** Entered the link (what a capture at the sender shows). */
  sent: 'f64',
  /** Serialization start and end. */
  start: 'f64',
  end: 'f64',
  arrived: 'f64',
  fate: 'u8',
  quality: 'u8',
  kind: 'u8',
  /** IP bytes. */
  size: 'u32',
  /** Payload bytes; of QUIC: bytes of CRYPTO and STREAM. */
  payload: 'u32',
  /** QUIC: the stream of the first STREAM frame; −1: it has none, and `offset` is that of its first CRYPTO frame. TCP: 0. */
  stream: 'i32',
  /** TcpFlag bits. */
  flags: 'u16',
  /** Wire sequence and acknowledgement numbers. */
  seq: 'u32',
  ack: 'u32',
  /** Window field as on the wire (unscaled). */
  window: 'u16',
  /** Stream offset of the first payload byte in its direction (0-based; meaningless without payload). */
  offset: 'f64',
  tsVal: 'u32',
  tsEcr: 'u32',
  /** Row in `Trace.optionWords` where this packet's SACK blocks start, or NONE: [count, left, right, left, right …]. */
  sack: 'i32',
  ipId: 'u16',
  /** IP ECN field (RFC 3168): 0 not-ECT, 1 ECT(1), 2 ECT(0), 3 CE. */
  ecn: 'u8',
  /** The previous transmission of the same first byte, or NONE. */
  retransmissionOf: 'i32',
  /** n-th transmission of this identity, from 1. */
  nth: 'u16',
  /** 0 on the link that the sender's host is on; a router forwards the packet as a new row, one higher, caused by the arrival of the former. */
  hop: 'u8',
  causeKind: 'u8',
  cause: 'i32',
} as const;
export type PacketColumns = TableOf<typeof packetShape>;

/** Bytes handed to an application, in order: one row a hand-over. */
export const deliveryShape = {
  time: 'f64',
  flow: 'u16',
  /** Node that received. */
  node: 'u16',
  stream: 'u32',
  offset: 'f64',
  bytes: 'u32',
  /** The packet whose arrival made it possible. */
  packet: 'i32',
} as const;
export type DeliveryColumns = TableOf<typeof deliveryShape>;

export const SpanKind = {
  /** A machine's state: `label` is its name. */
  State: 0,
  /** Bytes that arrived and wait for earlier ones: `packet` = the lost one that they wait for, `a` = its stream offset, `b` = bytes waiting at the end. */
  Blocked: 1,
  /** Loss recovery of a sender (label "fast recovery" or "timeout recovery"). */
  Recovery: 2,
  /** The sender had data and was held by the receiver's window. */
  WindowLimited: 3,
  /** A state of the TLS handshake's machine: `label` is its name. */
  TlsState: 5,
  /** Bytes of a TLS record lie at the receiver and wait for its last one: `a` = the record's stream offset, `b` = its size. */
  Record: 6,
  /** A state of a stream of HTTP/2 or HTTP/3 (RFC 9113 §5.1, RFC 9000 §3.4): `label` is its name, `a` = the stream, `b` = its request (TraceRequest.index). */
  StreamState: 7,
  /**
   * A message that stands still above its transport: `label` says why ("response order", "stream window", "connection
   * window" at its sender; "QPACK table" at its receiver; "connecting", "no free connection" at the client), `a` = its
   * request (TraceRequest.index).
   */
  HttpHeld: 8,
  /** QUIC: bytes of stream `a` arrived and wait for those at offset `b` of it; `packet` = the datagram that they wait for. */
  StreamBlocked: 9,
  /** QUIC: the sender has bytes of stream `a` (−1: of any) and is held by the receiver's limit (`label`). */
  FlowBlocked: 10,
} as const;
export type SpanKind = (typeof SpanKind)[keyof typeof SpanKind];

export const spanShape = {
  start: 'f64',
  /** End; the end of the run where it never ended. */
  end: 'f64',
  kind: 'u8',
  node: 'u16',
  flow: 'u16',
  /** Index into `Trace.labels`. */
  label: 'u16',
  packet: 'i32',
  causeKind: 'u8',
  cause: 'i32',
  a: 'f64',
  b: 'f64',
} as const;
export type SpanColumns = TableOf<typeof spanShape>;

/** Stepwise metrics. Units: cwnd, ssthresh, inflight, sndwnd: bytes · srtt, rttvar, rto, rtt, minrtt: ns · pacing: bits/s · rcvwnd, rcvbuf: bytes. */
export type SeriesName =
  'cwnd' | 'ssthresh' | 'inflight' | 'sndwnd' | 'rcvwnd' | 'rtt' | 'srtt' | 'rttvar' | 'rto' | 'pacing' | 'bandwidth';

export interface Series {
  readonly name: SeriesName;
  readonly node: number;
  readonly flow: number;
  /** Ascending ns; the value holds from its time until the next. */
  readonly time: Float64Array;
  readonly value: Float64Array;
  readonly quality: 'modelled' | 'measured' | 'inferred';
}

export interface TraceNode {
  readonly name: string;
  readonly role: 'client' | 'server' | 'router' | 'unknown';
  /** Address as text, IPv4 or IPv6. */
  readonly address: string;
}

export interface TraceLink {
  readonly from: number;
  readonly to: number;
  /** null where it is not known (imported). */
  readonly mbps: number | null;
  readonly delay: Nanos | null;
  readonly queuePackets: number | null;
}

/** What one end of a TCP flow announced on its SYN. */
export interface TraceEnd {
  readonly node: number;
  readonly address: string;
  readonly port: number;
  /** Initial sequence number; null where the SYN was not seen. */
  readonly isn: number | null;
  readonly mss: number | null;
  readonly windowScale: number | null;
  readonly sackPermitted: boolean | null;
  readonly timestamps: boolean | null;
}

export interface TraceFlow {
  readonly name: string;
  readonly protocol: 'tcp' | 'udp' | 'other';
  readonly client: TraceEnd;
  readonly server: TraceEnd;
  /** Words for the page: "CUBIC", "Reno" … per end; null where it is not known. */
  readonly congestion: string | null;
  /** The knobs in force, for the page: name and value. */
  readonly knobs: readonly (readonly [string, string])[];
  /** When the client began to look the server's name up, which lasted until the first packet; null where it did not. */
  readonly lookup: Nanos | null;
  /** What the TLS of a simulated flow sent: whoever makes its bytes needs no engine. Null where there is none, or where it was captured. */
  readonly tls: TlsSession | null;
  /** The same for QUIC; left out where the flow is none, or was captured. */
  readonly quic?: QuicSession;
  /** The same for HTTP; left out where the flow speaks none, or was captured. */
  readonly http?: HttpSession;
  /** Flows with the same one are the connections of one flow of the scenario, which it counts; left out: it stands alone. */
  readonly group?: number;
}

/** One request and its answer. Times null where it never happened. Offsets are stream offsets of the two directions. */
export interface TraceRequest {
  readonly flow: number;
  readonly id: string;
  readonly path: string | null;
  readonly sent: Nanos | null;
  readonly firstByte: Nanos | null;
  readonly completion: Nanos | null;
  readonly requestOffset: number;
  readonly requestBytes: number;
  readonly responseOffset: number;
  /** Stream bytes that bring the answer: its body, and the records around it. */
  readonly responseBytes: number;
  /** Body bytes that the application was handed, where that is not what the stream brought (TLS); null: count the stream's. */
  readonly delivered: number | null;
  /** Its place among the requests of its scenario's flow, where spans and frames name it so; left out without HTTP. */
  readonly index?: number;
  /** The stretches [from, to) of the answer's body in the stream, where there are several; left out: it is one. */
  readonly stretches?: readonly (readonly [from: number, to: number])[];
  /** The stream of HTTP/2 or QUIC that it was on. */
  readonly stream?: number;
}

/** Captured bytes of an imported trace: packet i is `bytes.subarray(offset[i], offset[i] + length[i])`, link layer first. */
export interface CapturedBytes {
  readonly bytes: Uint8Array;
  readonly offset: Float64Array;
  readonly length: Uint32Array;
  /** Where in the frame the IP header starts. */
  readonly ipAt: Uint16Array;
  /** Link type of the frame (tcpdump.org/linktypes). */
  readonly linkType: Uint16Array;
}

/** What happened, immutable. Simulated and imported traces are this one type. */
export interface Trace {
  readonly source: 'simulated' | 'imported';
  readonly title: string;
  /** Wall time of instant 0 in ns since 1970 as decimal text (it exceeds 2^53); null for simulated ones. */
  readonly epoch: string | null;
  readonly seed: number;
  /** End of the run. */
  readonly end: Nanos;
  readonly nodes: readonly TraceNode[];
  readonly links: readonly TraceLink[];
  readonly flows: readonly TraceFlow[];
  readonly requests: readonly TraceRequest[];
  readonly packetCount: number;
  readonly packets: PacketColumns;
  readonly eventCount: number;
  readonly events: EventColumns;
  readonly deliveryCount: number;
  readonly deliveries: DeliveryColumns;
  readonly spanCount: number;
  readonly spans: SpanColumns;
  readonly series: readonly Series[];
  readonly labels: readonly string[];
  readonly optionWords: Uint32Array;
  readonly captured: CapturedBytes | null;
  /** Records and messages of TLS; null where there is none. */
  readonly tls: TraceTls | null;
  /** Messages and frames of HTTP; left out where there is none. */
  readonly http?: TraceHttp;
  /** Packets and frames of QUIC; left out where there is none. */
  readonly quic?: TraceQuic;
  /** Sentences about what could not be read or was inferred. */
  readonly warnings: readonly string[];
}
