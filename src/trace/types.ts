import type { HttpSession } from '../wire/http/session.ts';
import type { TlsSession } from '../wire/tls/make/session.ts';
import type { TraceHttp } from './http.ts';
import type { TraceTls } from './tls.ts';
import type { TableOf } from '../base/columns.ts';
import type { Nanos } from '../base/time.ts';

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
} as const;
export type Fate = (typeof Fate)[keyof typeof Fate];

/** True for every fate in which the packet died. */
export const isLost = (fate: number): boolean =>
  fate === Fate.LostOnWire ||
  fate === Fate.QueueFull ||
  fate === Fate.Touched ||
  fate === Fate.LostAtArrival ||
  fate === Fate.InferredLost;

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
  /** Payload bytes. */
  payload: 'u32',
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

/** Everything instantaneous that is not a packet. `a`, `b` are explained per kind. */
export const EventKind = {
  /** Application wrote: a = bytes. */
  AppWrite: 0,
  /** Application closed its sending side (a: 0 close, 1 shutdown, 2 abort). */
  AppClose: 1,
  /** Connection usable at `node`. */
  Connected: 2,
  /** Retransmission timer fired: a = RTO in ns, b = backoff count. `packet` = what it was for. */
  RtoFired: 3,
  /** Tail-loss probe fired (RFC 8985 §7.3): a = timeout in ns. */
  TlpFired: 4,
  /** RACK reordering timer fired. */
  ReorderTimerFired: 5,
  /** Delayed-ACK timer fired: a = delay in ns. */
  DelayedAckFired: 6,
  /** SACK-compression timer fired: a = ACKs held back. */
  SackCompressionFired: 7,
  /** Zero-window probe timer fired: a = timeout in ns, b = backoff count. */
  PersistFired: 8,
  /** TIME_WAIT is over. */
  TimeWaitOver: 9,
  /** Packet `packet` was declared lost: a = LossProof, b = stream offset. */
  LossDetected: 10,
  /** Recovery entered: a = ssthresh in segments, b = cwnd before. */
  RecoveryEntered: 11,
  RecoveryLeft: 12,
  /** A reduction was undone as spurious (RFC 3522, DSACK): a = cwnd restored to. */
  Undone: 13,
  /** Slow start left: a = cwnd, b = 1 HyStart train, 2 HyStart delay, 0 ssthresh reached. */
  SlowStartLeft: 14,
  /** Pacing released the next segment. */
  PacingFired: 15,
  /** Connection failed or was reset: a = FailureKind. */
  Failed: 16,
  /** Congestion control changed its own state (BBR): label index in a. */
  CongestionState: 17,
  /** Application read and opened the window: a = bytes. */
  AppRead: 18,
  /** Nagle or a closed window held data back: a = bytes waiting, b = HoldReason. */
  Held: 19,
  /** Receiver advertised an enlarged window. */
  WindowOpened: 20,
  /** A wait of the workload is over (think time, delay, pause of the reader). */
  WorkloadTimer: 21,
  /** The client may send application bytes encrypted (at its node). */
  Secured: 22,
  /** TLS was given up: a = alert (RFC 8446 §6), b = 1 where the peer sent it. */
  TlsFailed: 23,
  /** Early data (RFC 8446 §4.2.10): a = 1 where it was accepted. */
  EarlyData: 24,
  /** The connection was idle for long and is probed (RFC 9293 §3.8.4): a = silence in ns, b = probes before this one without an answer. */
  KeepAliveFired: 25,
} as const;
export type EventKind = (typeof EventKind)[keyof typeof EventKind];

/** How a loss was found (EventKind.LossDetected, a). */
export const LossProof = { DuplicateAcks: 0, Sack: 1, Rack: 2, Timeout: 3, PartialAck: 4, Inferred: 5 } as const;
/** Why data was held (EventKind.Held, b). */
export const HoldReason = { Nagle: 0, ZeroWindow: 1, Pacing: 2 } as const;
/** How a connection failed (EventKind.Failed, a). */
export const FailureKind = { Reset: 0, Refused: 1, TimedOut: 2, Aborted: 3 } as const;

export const eventShape = {
  time: 'f64',
  kind: 'u8',
  node: 'u16',
  flow: 'u16',
  /** The packet it is about, or NONE. */
  packet: 'i32',
  causeKind: 'u8',
  cause: 'i32',
  a: 'f64',
  b: 'f64',
} as const;
export type EventColumns = TableOf<typeof eventShape>;

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
  /** A state of a stream of HTTP/2 (RFC 9113 §5.1): `label` is its name, `a` = the stream, `b` = its request (TraceRequest.index). */
  StreamState: 7,
  /**
   * A message that stands still above TCP and TLS: `label` says why ("response order", "stream window", "connection
   * window" at its sender; "connecting", "no free connection" at the client), `a` = its request (TraceRequest.index).
   */
  HttpHeld: 8,
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
  /** The stream of HTTP/2 that it was on. */
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
  /** Sentences about what could not be read or was inferred. */
  readonly warnings: readonly string[];
}
