/** "No packet, no event": the trace's NONE, which protocol rooms may not import. */
export const NONE = -1;

/** What a cause points to; the numbers are the trace's (a test holds them together). */
export const Cause = { None: 0, Arrival: 1, Event: 2, Sent: 3 } as const;

/** Kinds of events that TCP reports; the numbers are the trace's (a test holds them together). */
export const Happening = {
  AppWrite: 0,
  AppClose: 1,
  Connected: 2,
  RtoFired: 3,
  TlpFired: 4,
  ReorderTimerFired: 5,
  DelayedAckFired: 6,
  SackCompressionFired: 7,
  PersistFired: 8,
  TimeWaitOver: 9,
  LossDetected: 10,
  RecoveryEntered: 11,
  RecoveryLeft: 12,
  Undone: 13,
  SlowStartLeft: 14,
  PacingFired: 15,
  Failed: 16,
  CongestionState: 17,
  AppRead: 18,
  Held: 19,
  WindowOpened: 20,
  WorkloadTimer: 21,
  KeepAliveFired: 25,
} as const;

/** How a loss was proved. */
export const Proof = { DuplicateAcks: 0, Sack: 1, Rack: 2, Timeout: 3, PartialAck: 4 } as const;

/** How a connection failed. */
export const Failure = { Reset: 0, Refused: 1, TimedOut: 2, Aborted: 3 } as const;
