import type { TableOf } from '../base/columns.ts';

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
  /** QUIC's probe time-out (RFC 9002 §6.2): a = packet number space (0 Initial, 1 Handshake, 2 application), b = how many in a row. */
  PtoFired: 26,
  /** QUIC: the handshake is confirmed at this end (RFC 9001 §4.1.2). */
  Confirmed: 27,
  /** QUIC: the client goes on from another address (RFC 9000 §9): a = its address as the scenario numbers it, b = 1 once the path is validated. */
  PathChanged: 28,
  /** QUIC: keys of the application space were updated (RFC 9001 §6): a = how many updates. */
  KeysUpdated: 29,
  /** QUIC: a larger datagram has got through, and is used from now on (RFC 9000 §14.3): a = bytes of UDP payload. */
  PathMtu: 30,
} as const;
export type EventKind = (typeof EventKind)[keyof typeof EventKind];

/**
 * How a loss was found (EventKind.LossDetected, a); the last two are QUIC's (RFC 9002 §6.1), where b is the packet number.
 */
export const LossProof = {
  DuplicateAcks: 0,
  Sack: 1,
  Rack: 2,
  Timeout: 3,
  PartialAck: 4,
  Inferred: 5,
  PacketThreshold: 6,
  TimeThreshold: 7,
} as const;
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
