import { CaState, INFINITE_SSTHRESH } from '../congestion/types.ts';
import type { AckState } from './ack-state.ts';
import { Happening, Proof } from './ids.ts';
import { inReduction } from './output.ts';
import { markLost, markLostByDuplicates, markLostBySack, rackMarkLost, rackRemainingUs } from './rack.ts';
import { noteReordering } from './scoreboard.ts';
import { currentSsthresh } from './sender.ts';
import { Tag } from './sent-queue.ts';
import type { Tcb } from './tcb.ts';
import { DUP_THRESH } from './tcb.ts';
import { arm } from './timers.ts';

/** What the sender does after an ACK in recovery. */
export type Resend = 'nothing' | 'lost' | 'new';

/** Ends of recovery and of its span in the trace come together. */
export const setState = (tcb: Tcb, state: CaState): void => {
  if (tcb.caState === state) return;
  const was = tcb.caState;
  tcb.caState = state;
  tcb.congestion.onState(tcb, state, tcb.nowUs);
  if (state >= CaState.Recovery) {
    tcb.event(Happening.RecoveryEntered, -1, tcb.ssthresh, tcb.priorCwnd);
    tcb.probe.recovery(
      tcb.now,
      state === CaState.Loss ? 'timeout recovery' : 'fast recovery',
      tcb.causeKind,
      tcb.cause,
    );
  } else if (was >= CaState.Recovery) {
    tcb.event(Happening.RecoveryLeft, -1, tcb.cwnd, 0);
    tcb.probe.recovery(tcb.now, null, tcb.causeKind, tcb.cause);
  }
};

/** Starts a reduction that PRR spreads over a round trip (RFC 6937 §3, RFC 9681; Linux `tcp_init_cwnd_reduction`). */
const beginReduction = (tcb: Tcb): void => {
  tcb.highSeq = tcb.sndNxt;
  tcb.tlpEnd = -1;
  tcb.cwndCount = 0;
  tcb.priorCwnd = tcb.cwnd;
  tcb.prrDelivered = 0;
  tcb.prrOut = 0;
  tcb.ssthresh = tcb.congestion.onLoss(tcb, tcb.nowUs);
  if (tcb.ecnOk) tcb.ecnSendCwr = true;
};

/** Proportional rate reduction (RFC 6937 §3, with the reduction bound of its errata as Linux has it: `tcp_cwnd_reduction`). */
export const reduce = (tcb: Tcb, delivered: number, newlyLost: number, state: AckState): void => {
  reduceBy(tcb, delivered, newlyLost, state.unaAdvanced);
};

const reduceBy = (tcb: Tcb, delivered: number, newlyLost: number, unaAdvanced: boolean): void => {
  if (delivered <= 0 || tcb.priorCwnd === 0) return;
  const below = tcb.ssthresh - tcb.inFlight();
  tcb.prrDelivered += delivered;
  let sendable: number;
  if (below < 0) {
    sendable = Math.floor((tcb.ssthresh * tcb.prrDelivered + tcb.priorCwnd - 1) / tcb.priorCwnd) - tcb.prrOut;
  } else {
    sendable = Math.max(tcb.prrDelivered - tcb.prrOut, delivered);
    if (unaAdvanced && newlyLost === 0) sendable++;
    sendable = Math.min(below, sendable);
  }
  // The first retransmission leaves whatever the sum says.
  sendable = Math.max(sendable, tcb.prrOut > 0 ? 0 : 1);
  tcb.cwnd = tcb.inFlight() + sendable;
};

/** The first step of a reduction that a timer, not an ACK, began. */
export const reduceOnce = (tcb: Tcb): void => {
  if (!tcb.congestion.ownsRecovery && tcb.knobs.prr) reduceBy(tcb, 1, 0, false);
};

const endReduction = (tcb: Tcb): void => {
  if (tcb.congestion.ownsRecovery) return;
  if (tcb.ssthresh < INFINITE_SSTHRESH && (tcb.caState === CaState.Cwr || tcb.undoMarker >= 0)) {
    tcb.cwnd = tcb.ssthresh;
    tcb.cwndStampUs = tcb.nowUs;
  }
};

/** Congestion without loss: an ECN echo (RFC 3168 §6.1.2). */
export const enterCwr = (tcb: Tcb): void => {
  tcb.priorSsthresh = 0;
  if (tcb.caState < CaState.Cwr) {
    tcb.undoMarker = -1;
    beginReduction(tcb);
    setState(tcb, CaState.Cwr);
  }
};

const beginUndo = (tcb: Tcb): void => {
  tcb.undoMarker = tcb.sndUna;
  tcb.undoRetrans = tcb.retransOut + (tcb.tlpEnd >= 0 && tcb.tlpRetransmitted ? 1 : 0) || -1;
};

/** Fast recovery begins (RFC 6675 §5, RFC 6582 §3.2). */
export const enterRecovery = (tcb: Tcb, ece: boolean): void => {
  if (!anyRetransmitted(tcb)) tcb.retransStamp = 0;
  tcb.priorSsthresh = 0;
  beginUndo(tcb);
  if (!inReduction(tcb)) {
    if (!ece) tcb.priorSsthresh = currentSsthresh(tcb);
    beginReduction(tcb);
  }
  setState(tcb, CaState.Recovery);
  // Without PRR the window falls at once (RFC 5681 §3.2 step 2; RFC 6675 §5 step 4.2).
  if (!tcb.knobs.prr && !tcb.congestion.ownsRecovery) tcb.cwnd = tcb.ssthresh;
};

/** The retransmission timer expired (RFC 5681 §3.1 equation 4, RFC 6298 §5.4–5.7; Linux `tcp_enter_loss`). */
export const enterLoss = (tcb: Tcb): void => {
  const fresh = tcb.caState < CaState.Recovery;
  markAllLost(tcb);
  if (
    tcb.caState <= CaState.Disorder ||
    tcb.highSeq <= tcb.sndUna ||
    (tcb.caState === CaState.Loss && tcb.retransmits === 0)
  ) {
    tcb.priorSsthresh = currentSsthresh(tcb);
    tcb.priorCwnd = tcb.cwnd;
    tcb.ssthresh = tcb.congestion.onLoss(tcb, tcb.nowUs);
    beginUndo(tcb);
  }
  tcb.cwnd = tcb.inFlight() + 1;
  tcb.cwndCount = 0;
  tcb.cwndStampUs = tcb.nowUs;
  if (tcb.caState <= CaState.Disorder && tcb.sackedOut >= DUP_THRESH)
    tcb.reordering = Math.min(tcb.reordering, DUP_THRESH);
  setState(tcb, CaState.Loss);
  tcb.highSeq = tcb.sndNxt;
  tcb.tlpEnd = -1;
  if (tcb.ecnOk) tcb.ecnSendCwr = true;
  tcb.frto = tcb.knobs.frto && (fresh || tcb.retransmits > 0);
};

const markAllLost = (tcb: Tcb): void => {
  const { queue } = tcb;
  const reneged = queue.head !== null && (queue.head.tags & Tag.Sacked) !== 0;
  if (reneged) {
    tcb.sackedOut = 0;
    tcb.sackReneged = true;
    tcb.sackCache.length = 0;
  } else if (!tcb.sackOk) tcb.sackedOut = 0;
  for (let i = queue.first; i < queue.last; i++) {
    const sent = queue.at(i);
    if (reneged) sent.tags &= ~Tag.Sacked;
    // What left within the last round trip is given its chance (RFC 8985 §6.3).
    else if (i !== queue.first && tcb.sackOk && tcb.knobs.recovery === 'rack' && rackRemainingUs(tcb, sent, 0) > 0)
      continue;
    markLost(tcb, sent, Proof.Timeout);
  }
  tcb.retransmitHint = -1;
};

const anyRetransmitted = (tcb: Tcb): boolean => tcb.retransOut > 0 || ((tcb.queue.head?.tags ?? 0) & Tag.Ever) !== 0;

/** Did the ACK echo a time before our first retransmission (Eifel, RFC 3522 §3.2; Linux `tcp_packet_delayed`)? */
const originalArrived = (tcb: Tcb): boolean => {
  if (tcb.retransStamp !== 0) {
    return tcb.sawTimestamp && tcb.rcvTsEcr !== 0 && ((tcb.rcvTsEcr - tcb.retransStamp) | 0) < 0;
  }
  return tcb.sackOk || tcb.sndUna < tcb.highSeq;
};

const mayUndo = (tcb: Tcb): boolean => tcb.undoMarker >= 0 && (tcb.undoRetrans === 0 || originalArrived(tcb));

const undoReduction = (tcb: Tcb, unmarkLost: boolean): void => {
  if (unmarkLost) {
    for (let i = tcb.queue.first; i < tcb.queue.last; i++) {
      const sent = tcb.queue.at(i);
      if ((sent.tags & Tag.Lost) !== 0 && !sent.timed && (sent.tags & Tag.Sacked) === 0) tcb.queue.time(sent);
      sent.tags &= ~Tag.Lost;
    }
    tcb.lostOut = 0;
    tcb.retransmitHint = -1;
  }
  if (tcb.priorSsthresh > 0) {
    tcb.cwnd = tcb.congestion.undo(tcb);
    if (tcb.priorSsthresh > tcb.ssthresh) {
      tcb.ssthresh = tcb.priorSsthresh;
      tcb.ecnSendCwr = false;
    }
  }
  tcb.undoMarker = -1;
  tcb.rackAdvanced = true;
  tcb.event(Happening.Undone, -1, tcb.cwnd, 0);
};

/** Without SACK the episode is held until something above it is ACKed, against false fast retransmits (RFC 6582 §4). */
const holdsWithoutSack = (tcb: Tcb): boolean => {
  if (tcb.sackOk || tcb.sndUna !== tcb.highSeq) return false;
  if (!anyRetransmitted(tcb)) tcb.retransStamp = 0;
  return true;
};

const undoRecovery = (tcb: Tcb): boolean => {
  if (mayUndo(tcb)) undoReduction(tcb, false);
  else if (tcb.rackPersist > 0) tcb.rackPersist--;
  if (holdsWithoutSack(tcb)) return true;
  setState(tcb, CaState.Open);
  tcb.sackReneged = false;
  return false;
};

const undoByDsack = (tcb: Tcb): boolean => {
  if (tcb.undoMarker < 0 || tcb.undoRetrans !== 0) return false;
  tcb.rackPersist = Math.min(16, tcb.rackPersist + 1);
  undoReduction(tcb, false);
  return true;
};

const undoLoss = (tcb: Tcb, byFrto: boolean): boolean => {
  if (!byFrto && !mayUndo(tcb)) return false;
  undoReduction(tcb, true);
  tcb.retransmits = 0;
  if (holdsWithoutSack(tcb)) return true;
  if (byFrto || tcb.sackOk) {
    setState(tcb, CaState.Open);
    tcb.sackReneged = false;
  }
  return true;
};

/** True: more is outstanding than was resent; send new data and judge later (Linux `tcp_try_undo_partial`). */
const undoPartial = (tcb: Tcb, state: AckState): boolean => {
  if (tcb.undoMarker < 0 || !originalArrived(tcb)) return false;
  noteReordering(tcb, state.priorUna);
  if (tcb.retransOut > 0) return true;
  if (!anyRetransmitted(tcb)) tcb.retransStamp = 0;
  undoReduction(tcb, true);
  keepOpen(tcb);
  return false;
};

const keepOpen = (tcb: Tcb): void => {
  const wanted = tcb.sackedOut + tcb.lostOut > 0 || anyRetransmitted(tcb) ? CaState.Disorder : CaState.Open;
  if (tcb.caState !== wanted) {
    setState(tcb, wanted);
    tcb.highSeq = tcb.sndNxt;
  }
};

const tryOpen = (tcb: Tcb, state: AckState): void => {
  if (!anyRetransmitted(tcb)) tcb.retransStamp = 0;
  if (state.ece) enterCwr(tcb);
  if (tcb.caState !== CaState.Cwr) keepOpen(tcb);
};

/** Emulates SACK where there is none: each duplicate ACK is one segment that left the network (RFC 6675 is not to be had). */
const countDuplicate = (tcb: Tcb, duplicates: number): void => {
  if (duplicates === 0) return;
  const before = tcb.sackedOut;
  tcb.sackedOut += duplicates;
  limitEmulated(tcb);
  tcb.delivered += Math.max(0, tcb.sackedOut - before);
};

const limitEmulated = (tcb: Tcb): boolean => {
  const holes = Math.min(Math.max(tcb.lostOut, 1), tcb.packetsOut);
  if (tcb.sackedOut + holes <= tcb.packetsOut) return false;
  tcb.sackedOut = tcb.packetsOut - holes;
  return true;
};

/** A cumulative ACK ate one hole; the rest of it were duplicates counted before (Linux `tcp_remove_reno_sacks`). */
export const removeEmulated = (tcb: Tcb, acked: number): void => {
  if (acked > 0) {
    tcb.delivered += Math.max(acked - tcb.sackedOut, 1);
    tcb.sackedOut = acked - 1 >= tcb.sackedOut ? 0 : tcb.sackedOut - (acked - 1);
  }
  if (limitEmulated(tcb)) {
    tcb.reordering = Math.min(tcb.packetsOut + acked, 300);
    tcb.reorderSeen++;
  }
};

/** Finds losses by the method in force. */
const identifyLoss = (tcb: Tcb, state: AckState): void => {
  if (tcb.queue.size === 0) return;
  if (!tcb.sackOk) {
    markLostByDuplicates(tcb, state.unaAdvanced);
    return;
  }
  const before = tcb.retransOut;
  if (tcb.knobs.recovery === 'rack') {
    if (rackMarkLost(tcb)) state.setTimer = false;
  } else markLostBySack(tcb);
  if (before > tcb.retransOut) state.lostRetransmission = true;
};

/** The receiver took back what it had SACKed: wait a little, then start over (RFC 2018 §8; Linux `tcp_check_sack_reneging`). */
const checkReneging = (tcb: Tcb, state: AckState): boolean => {
  if (!state.reneging || !state.unaAdvanced) return false;
  arm(tcb, 'rto', Math.max(tcb.rtt.srtt8 >> 4, 10_000), false);
  state.setTimer = false;
  return true;
};

const inLoss = (tcb: Tcb, state: AckState, duplicates: number): Resend => {
  const recovered = tcb.sndUna >= tcb.highSeq;
  if (state.unaAdvanced && undoLoss(tcb, false)) return 'nothing';
  if (tcb.frto) {
    // F-RTO (RFC 5682 §3.1): original data acknowledged after a timeout proves that it was spurious.
    if (state.originalAcked && undoLoss(tcb, true)) return 'nothing';
    if (tcb.sndNxt > tcb.highSeq) {
      if (state.dataSacked || duplicates > 0) tcb.frto = false;
    } else if (state.unaAdvanced && !recovered) {
      tcb.highSeq = tcb.sndNxt;
      if (tcb.unsent > 0 && tcb.wndEnd > tcb.sndNxt) return 'new';
      tcb.frto = false;
    }
  }
  if (recovered) {
    undoRecovery(tcb);
    return 'nothing';
  }
  if (!tcb.sackOk) {
    if (tcb.sndNxt > tcb.highSeq && duplicates > 0) countDuplicate(tcb, duplicates);
    else if (state.unaAdvanced) tcb.sackedOut = 0;
  }
  return 'lost';
};

/** Decides what an unusual ACK means (Linux `tcp_fastretrans_alert`; RFC 5681 §3.2, RFC 6582, RFC 6675, RFC 8985). */
export const judge = (tcb: Tcb, state: AckState, duplicates: number): Resend => {
  if (tcb.packetsOut === 0 && tcb.sackedOut > 0) tcb.sackedOut = 0;
  if (state.ece) tcb.priorSsthresh = 0;
  if (checkReneging(tcb, state)) return 'nothing';
  if (tcb.caState === CaState.Open) tcb.retransStamp = 0;
  else if (tcb.sndUna >= tcb.highSeq) {
    if (tcb.caState === CaState.Cwr) {
      if (tcb.sndUna !== tcb.highSeq) {
        endReduction(tcb);
        setState(tcb, CaState.Open);
      }
    } else if (tcb.caState === CaState.Recovery) {
      if (!tcb.sackOk) tcb.sackedOut = 0;
      if (undoRecovery(tcb)) return 'nothing';
      endReduction(tcb);
    }
  }
  return act(tcb, state, duplicates);
};

const act = (tcb: Tcb, state: AckState, duplicates: number): Resend => {
  switch (tcb.caState) {
    case CaState.Recovery:
      if (!state.unaAdvanced) {
        if (!tcb.sackOk) countDuplicate(tcb, duplicates);
      } else if (undoPartial(tcb, state)) return 'nothing';
      if (undoByDsack(tcb)) tryOpen(tcb, state);
      identifyLoss(tcb, state);
      if ((tcb.caState as CaState) !== CaState.Recovery) {
        if (tcb.lostOut === 0) return 'nothing';
        enterRecovery(tcb, state.ece);
      }
      return 'lost';
    case CaState.Loss: {
      const resend = inLoss(tcb, state, duplicates);
      identifyLoss(tcb, state);
      if (!((tcb.caState as CaState) === CaState.Open || state.lostRetransmission)) return resend;
      return openOrRecover(tcb, state, duplicates) === 'lost' ? 'lost' : resend;
    }
    default:
      return openOrRecover(tcb, state, duplicates);
  }
};

const openOrRecover = (tcb: Tcb, state: AckState, duplicates: number): Resend => {
  if (!tcb.sackOk) {
    if (state.unaAdvanced) tcb.sackedOut = 0;
    countDuplicate(tcb, duplicates);
  }
  if (tcb.caState <= CaState.Disorder) undoByDsack(tcb);
  identifyLoss(tcb, state);
  if (tcb.lostOut === 0) {
    tryOpen(tcb, state);
    return 'nothing';
  }
  enterRecovery(tcb, state.ece);
  return 'lost';
};

/** The probe's episode is over (RFC 8985 §7.4; Linux `tcp_process_tlp_ack`). */
export const judgeProbe = (tcb: Tcb, ack: number, state: AckState): void => {
  if (ack < tcb.tlpEnd) return;
  if (!tcb.tlpRetransmitted || state.dsackOfProbe) tcb.tlpEnd = -1;
  else if (ack > tcb.tlpEnd) {
    // The probe repaired a loss: the window pays for it.
    beginReduction(tcb);
    setState(tcb, CaState.Cwr);
    endReduction(tcb);
    keepOpen(tcb);
  } else if (!state.unaAdvanced && !state.notDuplicate && !state.dataSacked) tcb.tlpEnd = -1;
};
