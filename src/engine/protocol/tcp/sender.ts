import { NEVER, nanos } from '../../../base/time.ts';
import { CaState } from '../congestion/types.ts';
import { Happening } from './ids.ts';
import { cutToFit, effectiveMss } from './mss.ts';
import { inReduction, reportWindow, transmitEntry } from './output.ts';
import { MAX_RTO_US, TIMEOUT_MIN_US } from './rtt.ts';
import { Flag } from './segment.ts';
import { checkSpace } from './send-buffer.ts';
import { Tag } from './sent-queue.ts';
import type { Sent } from './sent-queue.ts';
import type { Tcb } from './tcb.ts';
import { arm, backedOffRto, disarm, wholeTicks } from './timers.ts';

/** What is written and not sent is Nagle's to hold (RFC 9293 §3.7.4, with Minshall's change: only small ones count). */
const nagleHolds = (tcb: Tcb, length: number, isLast: boolean, hasFin: boolean): boolean =>
  isLast &&
  !hasFin &&
  !tcb.nodelay &&
  length < tcb.mss &&
  tcb.packetsOut > 0 &&
  tcb.smallEnd > tcb.sndUna &&
  tcb.smallEnd <= tcb.sndNxt;

type Push = 'all' | 'one' | 'probe';

/**
 * Sends new data as far as congestion window, peer's window, Nagle and pacing allow (RFC 9293 §3.8, Linux
 * `tcp_write_xmit`). `probe` sends one segment whatever the congestion window says (TLP). Returns whether anything left.
 */
export const sendNew = (tcb: Tcb, push: Push = 'all', ignoreNagle = false): boolean => {
  let sentAny = false;
  let windowLimited = false;
  const mss = effectiveMss(tcb);
  while (tcb.unsent > 0) {
    if (pacingWaits(tcb)) break;
    if (push !== 'probe' && tcb.inFlight() + withheld(tcb) >= tcb.cwnd) break;
    const payload = Math.min(mss, tcb.writeEnd - tcb.sndNxt);
    const isLast = tcb.sndNxt + payload === tcb.writeEnd;
    const hasFin = isLast && tcb.finWritten;
    const end = tcb.sndNxt + payload + (hasFin ? 1 : 0);
    // A FIN alone is sent even into a full window of data that is acknowledged with it (RFC 9293 §3.10.4).
    if (end > tcb.wndEnd) {
      windowLimited = true;
      break;
    }
    if (!ignoreNagle && nagleHolds(tcb, payload, isLast, hasFin)) {
      tcb.event(Happening.Held, -1, payload, 0);
      break;
    }
    const flags =
      (hasFin ? Flag.FIN : 0) | (takePush(tcb, tcb.sndNxt + payload) || (hasFin && payload > 0) ? Flag.PSH : 0);
    sendOne(tcb, end, flags, payload, mss);
    sentAny = true;
    if (push !== 'all') break;
  }
  tcb.probe.windowLimited(tcb.now, windowLimited);
  const cwndLimited = tcb.inFlight() >= tcb.cwnd;
  if (sentAny || cwndLimited) validateCwnd(tcb, cwndLimited);
  if (sentAny) {
    if (push !== 'probe') scheduleLossProbe(tcb, false);
    reportWindow(tcb);
  } else if (tcb.packetsOut === 0 && tcb.unsent > 0 && tcb.timer === 'none' && windowLimited) {
    arm(tcb, 'persist', persistUs(tcb), true);
  }
  return sentAny;
};

/** The duplicates of Disorder make room by themselves (RFC 3042 §2); where limited transmit is off they must not. */
const withheld = (tcb: Tcb): number =>
  !tcb.knobs.limitedTransmit && tcb.caState === CaState.Disorder ? tcb.sackedOut : 0;

const sendOne = (tcb: Tcb, end: number, flags: number, payload: number, mss: number): void => {
  if (tcb.inFlight() === 0) tcb.congestion.onIdleRestart(tcb, tcb.nowUs);
  const sent = tcb.queue.push(tcb.sndNxt, end, flags);
  transmitEntry(tcb, sent, false);
  const wasEmpty = tcb.packetsOut === 0;
  tcb.sndNxt = end;
  tcb.packetsOut++;
  if ((flags & Flag.FIN) !== 0) tcb.finSent = true;
  if (inReduction(tcb)) tcb.prrOut++;
  if (payload < mss) tcb.smallEnd = end;
  if (wasEmpty || tcb.timer === 'probe') rearmRto(tcb);
  checkSpace(tcb);
};

const takePush = (tcb: Tcb, end: number): boolean => {
  let push = false;
  while (tcb.pushAt.length > 0 && (tcb.pushAt[0] as number) <= end) {
    tcb.pushAt.shift();
    push = true;
  }
  return push;
};

/** With pacing, the next segment may have to wait; the pacing timer then calls again. */
export const pacingWaits = (tcb: Tcb): boolean => {
  if (!tcb.paced || tcb.nextDepartureNs <= tcb.now) return false;
  tcb.pacingAt = nanos(tcb.nextDepartureNs);
  return true;
};

/** Is the window used? Only then may it grow (RFC 7661; Linux `tcp_cwnd_validate`). */
const validateCwnd = (tcb: Tcb, limited: boolean): void => {
  if (tcb.sndUna >= tcb.cwndUsageEnd || limited || (!tcb.cwndLimited && tcb.packetsOut > tcb.maxPacketsOut)) {
    tcb.cwndLimited = limited;
    tcb.maxPacketsOut = tcb.packetsOut;
    tcb.cwndUsageEnd = tcb.sndNxt;
  }
  if (tcb.cwndLimited || (tcb.cwnd < tcb.ssthresh && tcb.cwnd < 2 * tcb.maxPacketsOut)) {
    tcb.cwndUsed = 0;
    tcb.cwndStampUs = tcb.nowUs;
    return;
  }
  if (tcb.packetsOut > tcb.cwndUsed) tcb.cwndUsed = tcb.packetsOut;
  if (tcb.knobs.slowStartAfterIdle && tcb.nowUs - tcb.cwndStampUs >= tcb.rtt.rtoUs && !tcb.congestion.ownsRecovery) {
    if (tcb.caState === CaState.Open) {
      // RFC 2861 §3.1: halfway to what was used.
      const used = Math.max(tcb.cwndUsed, tcb.knobs.initialWindow);
      if (used < tcb.cwnd) {
        tcb.ssthresh = currentSsthresh(tcb);
        tcb.cwnd = (tcb.cwnd + used) >> 1;
      }
      tcb.cwndUsed = 0;
    }
    tcb.cwndStampUs = tcb.nowUs;
  }
};

/** Linux `tcp_current_ssthresh`: three quarters of the window are proven. */
export const currentSsthresh = (tcb: Tcb): number =>
  inReduction(tcb) ? tcb.ssthresh : Math.max(tcb.ssthresh, (tcb.cwnd >> 1) + (tcb.cwnd >> 2));

/** Data after an idle RTO: back towards the initial window (RFC 5681 §4.1; Linux `tcp_slow_start_after_idle_check`). */
export const restartAfterIdle = (tcb: Tcb): void => {
  if (!tcb.knobs.slowStartAfterIdle || tcb.packetsOut > 0 || tcb.congestion.ownsRecovery) return;
  let idle = tcb.nowUs - tcb.lastSentUs;
  if (idle <= tcb.rtt.rtoUs || tcb.lastSentUs === 0) return;
  const restart = Math.min(tcb.knobs.initialWindow, tcb.cwnd);
  tcb.ssthresh = currentSsthresh(tcb);
  let { cwnd } = tcb;
  for (idle -= tcb.rtt.rtoUs; idle > 0 && cwnd > restart; idle -= tcb.rtt.rtoUs) cwnd >>= 1;
  tcb.cwnd = Math.max(cwnd, restart);
  tcb.cwndStampUs = tcb.nowUs;
  tcb.cwndUsed = 0;
  reportWindow(tcb);
};

/** Resends what is marked lost as far as the window allows (RFC 6675 §5; Linux `tcp_xmit_retransmit_queue`). */
export const retransmitLost = (tcb: Tcb): void => {
  if (tcb.packetsOut === 0) return;
  const { queue } = tcb;
  let rearm = false;
  let holeSeen = false;
  for (let i = Math.max(tcb.retransmitHint, queue.first); i < queue.last; i++) {
    if (pacingWaits(tcb)) break;
    if (!holeSeen) tcb.retransmitHint = i;
    // Without PRR the first hole is repaired whatever the window says (RFC 6582 §3.2 step 2, RFC 6675 §5 step 4.3).
    const unconditional =
      i === queue.first && tcb.caState === CaState.Recovery && !tcb.knobs.prr && !tcb.congestion.ownsRecovery;
    if (tcb.cwnd <= tcb.inFlight() && !unconditional) break;
    if (tcb.retransOut >= tcb.lostOut) break;
    const sent = queue.at(i);
    if ((sent.tags & Tag.Lost) === 0) {
      if ((sent.tags & (Tag.Retransmitted | Tag.Sacked)) === 0) holeSeen = true;
      continue;
    }
    if ((sent.tags & (Tag.Sacked | Tag.Retransmitted)) !== 0) continue;
    if (!retransmit(tcb, i)) break;
    if (inReduction(tcb)) tcb.prrOut++;
    if (i === queue.first && tcb.timer !== 'reorder') rearm = true;
  }
  if (rearm) arm(tcb, 'rto', backedOffRto(tcb, MAX_RTO_US), true);
  reportWindow(tcb);
};

/** Resends the entry at `index`; false where the peer's window forbids it (Linux `tcp_retransmit_skb`). */
export const retransmit = (tcb: Tcb, index: number): boolean => {
  const sent = resend(tcb, index);
  if (sent === null) return false;
  // An entry that an undo had declared found may still count as sent again.
  if ((sent.tags & Tag.Retransmitted) === 0) tcb.retransOut++;
  sent.tags |= Tag.Retransmitted;
  if (tcb.retransStamp === 0) tcb.retransStamp = tcb.timestamp();
  tcb.undoRetrans = Math.max(tcb.undoRetrans, 0) + 1;
  return true;
};

const resend = (tcb: Tcb, index: number): Sent | null => {
  const { start, end } = tcb.queue.at(index);
  if (end > tcb.wndEnd && start !== tcb.sndUna && start >= tcb.wndEnd) return null;
  const sent = cutToFit(tcb, index);
  sent.tags |= Tag.Ever;
  tcb.totalRetrans++;
  transmitEntry(tcb, sent, true);
  return sent;
};

/**
 * Arms the tail-loss probe in place of the RTO (RFC 8985 §7.2; Linux `tcp_schedule_loss_probe`); false where there is none:
 * no SACK, nothing in flight, or loss recovery is under way.
 */
export const scheduleLossProbe = (tcb: Tcb, advancingRto: boolean): boolean => {
  if (!tcb.knobs.tlp || !tcb.sackOk || tcb.packetsOut === 0) return false;
  // Until the handshake is done the timer is the SYN-ACK's (Linux `tcp_schedule_loss_probe`, `tcp_rearm_rto`: fastopen_rsk).
  if (tcb.fastOpen === 'taken') return false;
  if (tcb.caState !== CaState.Open && tcb.caState !== CaState.Cwr) return false;
  let span = tcb.knobs.initialRtoMs * 1000;
  if (tcb.rtt.srtt8 > 0) {
    span = tcb.rtt.srtt8 >> 2;
    span += tcb.packetsOut === 1 ? tcb.rtt.minRtoUs : TIMEOUT_MIN_US;
    span = wholeTicks(tcb, span);
  }
  const untilRto = advancingRto ? wholeTicks(tcb, backedOffRto(tcb, MAX_RTO_US)) : rtoRemainderUs(tcb);
  if (untilRto > 0) span = Math.min(span, wholeTicks(tcb, untilRto));
  arm(tcb, 'probe', span, true);
  return true;
};

/** µs until the RTO, counted from the oldest segment's transmission. */
const rtoRemainderUs = (tcb: Tcb): number => {
  const head = tcb.queue.head;
  if (head === null) return backedOffRto(tcb, MAX_RTO_US);
  return Math.floor(head.sentAt / 1000) + wholeTicks(tcb, backedOffRto(tcb, MAX_RTO_US)) - tcb.nowUs;
};

/** Restarts the RTO after progress (RFC 6298 §5.3); what a probe or reordering timer has used is taken off. */
export const rearmRto = (tcb: Tcb): void => {
  if (tcb.fastOpen === 'taken') return;
  if (tcb.packetsOut === 0) {
    disarm(tcb);
    return;
  }
  let span = backedOffRto(tcb, MAX_RTO_US);
  if (tcb.timer === 'reorder' || tcb.timer === 'probe') span = Math.max(rtoRemainderUs(tcb), 1);
  arm(tcb, 'rto', span, true);
};

/** The probe's timer fired: new data if there is some, else the last segment once more (RFC 8985 §7.3). */
export const sendLossProbe = (tcb: Tcb): boolean => {
  let sent = false;
  if (tcb.tlpEnd < 0) {
    tcb.tlpRetransmitted = false;
    const next = Math.min(effectiveMss(tcb), tcb.unsent);
    if (tcb.unsent > 0 && tcb.sndNxt + next <= tcb.wndEnd) sent = sendNew(tcb, 'probe', true);
    else {
      if (tcb.queue.size > 0 && resend(tcb, tcb.queue.last - 1) !== null) {
        tcb.tlpRetransmitted = true;
        sent = true;
      }
    }
    if (sent) {
      tcb.tlpEnd = tcb.sndNxt;
      tcb.timer = 'none';
    }
  }
  rearmRto(tcb);
  return sent;
};

/** Wait before the next zero-window probe (RFC 9293 §3.8.6.1; Linux `tcp_probe0_when`). */
export const persistUs = (tcb: Tcb): number => {
  let span = Math.max(tcb.rtt.rtoUs, tcb.rtt.minRtoUs);
  for (let i = 0; i < tcb.rtt.backoff && span < MAX_RTO_US; i++) span *= 2;
  return Math.min(span, MAX_RTO_US);
};

export const stopTimers = (tcb: Tcb): void => {
  disarm(tcb);
  tcb.delackAt = NEVER;
  tcb.keepAliveAt = NEVER;
  tcb.compressAt = NEVER;
  tcb.pacingAt = NEVER;
  // What was not taken into the buffer by now never will be.
  tcb.writableAt = NEVER;
  tcb.pendingWrite = 0;
  tcb.starved = false;
};
