import { EventKind, FailureKind, Fate, HoldReason, LossProof } from '../trace/types.ts';

/** Every sentence of "why" and "what it caused", in one place. `name` is a packet's short label, times in ms. */

const ordinals = ['no', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];
export const ordinal = (n: number): string => ordinals[n] ?? `${String(n)}th`;

/** Milliseconds as people read them: one decimal below 10, none above. */
export const milliseconds = (ns: number): string => {
  const ms = ns / 1e6;
  return `${ms < 9.95 ? String(Math.round(ms * 10) / 10) : String(Math.round(ms))} ms`;
};

/** Where and why a packet died. */
export const lossSentence: Readonly<Record<number, string>> = {
  [Fate.LostOnWire]: 'lost on the wire',
  [Fate.QueueFull]: 'dropped: the queue is full',
  [Fate.Touched]: 'dropped by hand',
  [Fate.LostAtArrival]: 'lost before the queue',
  [Fate.TooLarge]: 'dropped: larger than the link carries',
  [Fate.InferredLost]: 'lost on its way (inferred)',
};

/** How a loss was found. `nth`: how many ACKs with a block above it had come. */
export const proofSentence = (proof: number, name: string, nth: number): string => {
  switch (proof) {
    case LossProof.DuplicateAcks:
      return `third duplicate ACK: ${name} is lost`;
    case LossProof.Sack:
    case LossProof.Rack:
      return nth > 0 ? `${ordinal(nth)} SACK above it: ${name} is lost` : `later data arrived: ${name} is lost`;
    case LossProof.Timeout:
      return `no ACK in time: ${name} counts as lost`;
    case LossProof.PartialAck:
      return `the ACK covers only a part: ${name} is lost too`;
    case LossProof.PacketThreshold:
      return `three later packets were acknowledged: ${name} is lost`;
    case LossProof.TimeThreshold:
      return `later packets were acknowledged more than 9/8 of a round trip after it was sent: ${name} is lost`;
    default:
      return `${name} was sent again, so it was lost`;
  }
};

const failures: Readonly<Record<number, string>> = {
  [FailureKind.Reset]: 'the connection was reset',
  [FailureKind.Refused]: 'the connection was refused',
  [FailureKind.TimedOut]: 'the connection timed out',
  [FailureKind.Aborted]: 'the application aborted the connection',
};

const holds: Readonly<Record<number, string>> = {
  [HoldReason.Nagle]: 'held back by Nagle until an ACK comes',
  [HoldReason.ZeroWindow]: 'held back: the window is closed',
  [HoldReason.Pacing]: 'held back by pacing',
};

/** Packet number spaces of QUIC (RFC 9000 §12.3). */
const spaces = ['Initial', 'Handshake', 'application'];

const bytes = (n: number): string => `${n.toFixed(0)} byte${n === 1 ? '' : 's'}`;

/** An event in words; `a` and `b` as EventKind explains them. LossDetected has its own (`proofSentence`). */
export const eventSentence = (kind: number, a: number, b: number): string => {
  switch (kind) {
    case EventKind.AppWrite:
      return `the application writes ${bytes(a)}`;
    case EventKind.AppClose:
      return a === 1
        ? 'the application closes its sending side'
        : a === 2
          ? 'the application aborts'
          : 'the application closes';
    case EventKind.Connected:
      return 'connected';
    case EventKind.RtoFired:
      return `retransmission timer fires after ${milliseconds(a)}${b > 0 ? `, doubled ${b.toFixed(0)} times` : ''}`;
    case EventKind.TlpFired:
      return `tail-loss probe timer fires after ${milliseconds(a)}`;
    case EventKind.ReorderTimerFired:
      return 'the time for reordering is over';
    case EventKind.DelayedAckFired:
      return `delayed-ACK timer fires after ${milliseconds(a)}`;
    case EventKind.SackCompressionFired:
      return `SACK-compression timer fires, ${a.toFixed(0)} held back`;
    case EventKind.PersistFired:
      return `zero-window probe timer fires after ${milliseconds(a)}`;
    case EventKind.KeepAliveFired:
      return `nothing was heard for ${milliseconds(a)}: keep-alive probe ${(b + 1).toFixed(0)}`;
    case EventKind.TimeWaitOver:
      return 'TIME_WAIT is over';
    case EventKind.RecoveryEntered:
      return `recovery begins, window ${b.toFixed(0)} → ${a.toFixed(0)}`;
    case EventKind.RecoveryLeft:
      return 'recovery is over';
    case EventKind.Undone:
      return 'the reduction was needless and is undone';
    case EventKind.SlowStartLeft:
      return b === 0 ? 'slow start ends: ssthresh reached' : 'slow start ends: HyStart sees the queue grow';
    case EventKind.PacingFired:
      return 'pacing sets the next segment free';
    case EventKind.Failed:
      return failures[a] ?? 'the connection failed';
    case EventKind.CongestionState:
      return 'congestion control changes its state';
    case EventKind.AppRead:
      return `the application reads ${bytes(a)}: the window opens`;
    case EventKind.Held:
      return holds[b] ?? 'data is held back';
    case EventKind.WindowOpened:
      return 'the receiver opens its window';
    case EventKind.WorkloadTimer:
      return 'the wait of the application is over';
    case EventKind.PtoFired:
      return `probe timeout of the ${spaces[a] ?? 'application'} packets fires${b > 1 ? `, ${ordinal(b)} in a row` : ''}: nothing was heard in time`;
    case EventKind.Confirmed:
      return 'the handshake is confirmed: both ends have all of it';
    case EventKind.PathChanged:
      return b === 1
        ? 'the new path is proven: a challenge came back'
        : 'the client speaks from another address or port';
    case EventKind.KeysUpdated:
      return `keys are updated${a > 1 ? ` for the ${ordinal(a)} time` : ''}: the key phase turns`;
    case EventKind.PathMtu:
      return `a datagram of ${bytes(a)} has got through: from here on they are so large`;
    default:
      return 'something happened';
  }
};
