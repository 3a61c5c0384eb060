import { CaState } from '../congestion/types.ts';
import { Happening, Proof } from './ids.ts';
import { TIMEOUT_MIN_US } from './rtt.ts';
import { Tag } from './sent-queue.ts';
import type { Sent } from './sent-queue.ts';
import { DUP_THRESH } from './tcb.ts';
import type { Tcb } from './tcb.ts';
import { arm } from './timers.ts';

/** Rounds for which a widened reordering window is kept (RFC 8985 §6.2 step 4: 16). */
const PERSIST_RECOVERIES = 16;

/** Was a segment sent at `a` ending at `endA` sent after the other? Bursts share an instant; sequence breaks the tie (RFC 8985 §6.2). */
export const sentAfter = (a: number, b: number, endA: number, endB: number): boolean =>
  a > b || (a === b && endA > endB);

/** The most recently sent segment that was delivered (RFC 8985 §6.2, step 2). */
export const rackAdvance = (tcb: Tcb, sent: Sent): void => {
  const rttUs = tcb.nowUs - Math.floor(sent.sentAt / 1000);
  // Faster than the path allows: the ACK is of the original, not of the retransmission.
  if (rttUs < tcb.rtt.minUs && (sent.tags & (Tag.Ever | Tag.Retransmitted)) !== 0) return;
  tcb.rackAdvanced = true;
  tcb.rackRttUs = rttUs;
  if (sentAfter(sent.sentAt, tcb.rackXmitNs, sent.end, tcb.rackEnd)) {
    tcb.rackXmitNs = sent.sentAt;
    tcb.rackEnd = sent.end;
  }
};

/** How long reordering is waited for, µs (RFC 8985 §6.2, step 4; Linux `tcp_rack_reo_wnd`). */
const reorderingWindowUs = (tcb: Tcb): number => {
  if (tcb.reorderSeen === 0) {
    if (tcb.caState >= CaState.Recovery) return 0;
    if (tcb.sackedOut >= tcb.reordering) return 0;
  }
  const minRtt = tcb.rtt.minUs === Infinity ? 0 : tcb.rtt.minUs;
  return Math.min((minRtt >> 2) * tcb.rackSteps, tcb.rtt.srtt8 >> 3);
};

/** µs until a segment counts as lost; negative: it does. */
export const rackRemainingUs = (tcb: Tcb, sent: Sent, reorderingUs: number): number =>
  tcb.rackRttUs + reorderingUs - (tcb.nowUs - Math.floor(sent.sentAt / 1000));

/** Marks lost what was sent long enough before something that was delivered (RFC 8985 §6.2, step 5). Returns the longest wait, µs. */
const detectLoss = (tcb: Tcb): number => {
  const window = reorderingWindowUs(tcb);
  let longest = 0;
  let sent = tcb.queue.oldest;
  while (sent !== null) {
    const next = sent.after;
    if (!((sent.tags & Tag.Lost) !== 0 && (sent.tags & Tag.Retransmitted) === 0)) {
      if (!sentAfter(tcb.rackXmitNs, sent.sentAt, tcb.rackEnd, sent.end)) break;
      const remaining = rackRemainingUs(tcb, sent, window);
      if (remaining <= 0) {
        markLost(tcb, sent, Proof.Rack);
        tcb.queue.untime(sent);
      } else longest = Math.max(longest, remaining);
    }
    sent = next;
  }
  return longest;
};

/** After an ACK; returns whether the reordering timer now runs in place of the RTO. */
export const rackMarkLost = (tcb: Tcb): boolean => {
  if (!tcb.rackAdvanced) return false;
  tcb.rackAdvanced = false;
  const waitUs = detectLoss(tcb);
  if (waitUs === 0) return false;
  arm(tcb, 'reorder', waitUs + TIMEOUT_MIN_US, false);
  return true;
};

/** The reordering timer fired. */
export const rackTimeout = (tcb: Tcb): void => {
  detectLoss(tcb);
};

/** A DSACK that followed reordering widens the window, once a round (RFC 8985 §6.2, step 4; Linux `tcp_rack_update_reo_wnd`). */
export const rackUpdateWindow = (tcb: Tcb): void => {
  const { priorDelivered } = tcb.sample;
  if (priorDelivered === 0) return;
  if (priorDelivered < tcb.rackLastDelivered) tcb.rackDsackSeen = false;
  if (tcb.rackDsackSeen) {
    tcb.rackSteps = Math.min(255, tcb.rackSteps + 1);
    tcb.rackDsackSeen = false;
    tcb.rackLastDelivered = tcb.delivered;
    tcb.rackPersist = PERSIST_RECOVERIES;
  } else if (tcb.rackPersist === 0) tcb.rackSteps = 1;
};

/** Marks one segment lost, whoever found out (Linux `tcp_mark_skb_lost`). */
export const markLost = (tcb: Tcb, sent: Sent, proof: number): void => {
  if ((sent.tags & Tag.Sacked) !== 0) return;
  const wasLost = (sent.tags & Tag.Lost) !== 0;
  if (wasLost && (sent.tags & Tag.Retransmitted) === 0) return;
  lowerHint(tcb, sent);
  if (wasLost) {
    sent.tags &= ~Tag.Retransmitted;
    tcb.retransOut--;
  } else {
    sent.tags |= Tag.Lost;
    tcb.lostOut++;
  }
  tcb.lostTotal++;
  sent.lossEvent = tcb.event(Happening.LossDetected, sent.packet, proof, sent.start - 1);
};

/** The next segment to resend is never behind the hint (Linux `tcp_verify_retransmit_hint`). */
const lowerHint = (tcb: Tcb, sent: Sent): void => {
  const { queue } = tcb;
  const index = queue.find(sent.start);
  if (tcb.retransmitHint < queue.first) {
    if (tcb.retransOut >= tcb.lostOut) tcb.retransmitHint = index;
  } else if (index < tcb.retransmitHint) tcb.retransmitHint = index;
};

/** RFC 6675 §4, IsLost: three segments, or more than two segments' bytes, were SACKed above it. */
export const markLostBySack = (tcb: Tcb): void => {
  const { queue } = tcb;
  let above = 0;
  for (let i = queue.last - 1; i >= queue.first; i--) {
    const sent = queue.at(i);
    if ((sent.tags & Tag.Sacked) !== 0) above++;
    else if (above >= DUP_THRESH && (sent.tags & (Tag.Lost | Tag.Ever)) === 0) {
      markLost(tcb, sent, Proof.Sack);
      queue.untime(sent);
    }
  }
};

/** RFC 6582 and Linux `tcp_newreno_mark_lost`: three duplicate ACKs, then one more for each partial ACK. */
export const markLostByDuplicates = (tcb: Tcb, unaAdvanced: boolean): void => {
  const head = tcb.queue.head;
  if (head === null || (head.tags & Tag.Lost) !== 0) return;
  const first = tcb.caState < CaState.Recovery && tcb.sackedOut >= tcb.reordering;
  if (first || (tcb.caState === CaState.Recovery && unaAdvanced)) {
    markLost(tcb, head, first ? Proof.DuplicateAcks : Proof.PartialAck);
  }
};
