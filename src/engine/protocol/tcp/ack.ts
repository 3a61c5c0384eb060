import { CaState } from '../congestion/types.ts';
import { Metric } from '../metrics.ts';
import { AckState } from './ack-state.ts';
import { Happening } from './ids.ts';
import { inReduction, sendAck } from './output.ts';
import { rackAdvance, rackUpdateWindow } from './rack.ts';
import { judge, judgeProbe, reduce, removeEmulated } from './recovery.ts';
import type { Resend } from './recovery.ts';
import { DUP_THRESH } from './tcb.ts';
import type { Tcb } from './tcb.ts';
import { highestSacked, noteReordering, sampleDelivered, tagSacked } from './scoreboard.ts';
import { Flag } from './segment.ts';
import type { Segment } from './segment.ts';
import { persistUs, rearmRto, restartAfterIdle, retransmitLost, scheduleLossProbe, sendNew } from './sender.ts';
import { Tag } from './sent-queue.ts';
import { arm, disarm, wholeTicks } from './timers.ts';

/** Challenge ACKs are rate-limited (RFC 5961 §7; Linux `sysctl_tcp_invalid_ratelimit`), µs. */
const CHALLENGE_INTERVAL_US = 500_000;

const state = new AckState();

/** An ACK that says nothing about our data but "I am here": answers a segment that does not fit (RFC 5961 §5). */
export const challenge = (tcb: Tcb): void => {
  if (tcb.nowUs - tcb.lastChallengeUs < CHALLENGE_INTERVAL_US) return;
  tcb.lastChallengeUs = tcb.nowUs;
  sendAck(tcb);
};

/** Processes the acknowledgment of an acceptable segment (RFC 9293 §3.10.7.4 fifth; Linux `tcp_ack`). False: drop the segment. */
export const processAck = (tcb: Tcb, segment: Segment): boolean => {
  const ack = tcb.fromWire(segment.ack);
  state.reset();
  state.priorUna = tcb.sndUna;
  const { sample } = tcb;
  sample.priorDelivered = 0;
  sample.lastEnd = 0;
  sample.rttUs = -1;
  sample.intervalUs = -1;
  sample.isRetransmission = false;
  if (ack < tcb.sndUna) return oldAck(tcb, segment, ack);
  if (ack > tcb.sndNxt) {
    challenge(tcb);
    return false;
  }
  tcb.lastAckUs = tcb.nowUs;
  tcb.keepAlivesOut = 0;
  const priorPackets = tcb.packetsOut;
  const priorDelivered = tcb.delivered;
  const priorLost = tcb.lostTotal;
  const priorSacked = tcb.sackedOut;
  const priorHighest = tcb.sackOk ? highestSacked(tcb) : tcb.sndUna;
  sample.priorInFlight = tcb.inFlight();
  state.unaAdvanced = ack > tcb.sndUna;
  if (state.unaAdvanced) tcb.retransmits = 0;
  state.data = segment.payload > 0;
  updateWindow(tcb, segment, ack);
  tcb.sndUna = ack;
  if (segment.sackCount > 0 && tcb.sackOk) tagSacked(tcb, segment, state);
  tcb.delivered += state.sackDelivered;
  if (tcb.ecnOk && (segment.flags & Flag.ECE) !== 0) state.ece = true;
  if (priorPackets === 0) {
    withNothingInFlight(tcb, ack);
    return true;
  }
  cleanQueue(tcb, priorSacked, priorHighest);
  rackUpdateWindow(tcb);
  if (tcb.tlpEnd >= 0) judgeProbe(tcb, ack, state);
  let resend: Resend = 'nothing';
  if (!state.notDuplicate || state.alert || tcb.caState !== CaState.Open) {
    const duplicates = !state.unaAdvanced && !state.notDuplicate && !state.dsack ? 1 : 0;
    resend = judgeByMethod(tcb, duplicates);
  } else tcb.dupAcks = 0;
  if (state.setTimer && !(tcb.packetsOut > 0 && scheduleLossProbe(tcb, true))) rearmRto(tcb);
  finishSample(tcb, tcb.delivered - priorDelivered, tcb.lostTotal - priorLost);
  control(tcb);
  if (resend === 'new') {
    sendNew(tcb, 'all', true);
    if (tcb.sndNxt <= tcb.highSeq) {
      tcb.frto = false;
      retransmitLost(tcb);
    }
  } else if (resend === 'lost') retransmitLost(tcb);
  return true;
};

const judgeByMethod = (tcb: Tcb, duplicates: number): Resend => {
  tcb.dupAcks = state.unaAdvanced ? 0 : tcb.dupAcks + duplicates;
  return judge(tcb, state, duplicates);
};

/** An ACK below what is acknowledged may still carry SACK (Linux `old_ack`). */
const oldAck = (tcb: Tcb, segment: Segment, ack: number): boolean => {
  if (ack < tcb.sndUna - Math.max(tcb.maxWindow, 1)) {
    challenge(tcb);
    return false;
  }
  if (segment.sackCount > 0 && tcb.sackOk) {
    tagSacked(tcb, segment, state);
    tcb.delivered += state.sackDelivered;
    const resend = judge(tcb, state, 0);
    if (resend === 'lost') retransmitLost(tcb);
  }
  return true;
};

/** RFC 9293 §3.10.7.4: only a newer segment may change the send window; here also a larger window of the same segment. */
const updateWindow = (tcb: Tcb, segment: Segment, ack: number): void => {
  const seq = tcb.fromPeer(segment.seq);
  const window = (segment.flags & Flag.SYN) !== 0 ? segment.window : segment.window * (1 << tcb.sndScale);
  const newer = ack > tcb.sndUna || seq > tcb.sndWl1 || (seq === tcb.sndWl1 && (window > tcb.sndWnd || window === 0));
  if (!newer) return;
  state.windowUpdate = window !== tcb.sndWnd || ack > tcb.sndUna || seq > tcb.sndWl1 || window === 0;
  tcb.sndWl1 = seq;
  if (window !== tcb.sndWnd) {
    tcb.sndWnd = window;
    if (tcb.unsent > 0) restartAfterIdle(tcb);
    if (window > tcb.maxWindow) tcb.maxWindow = window;
  }
};

/** Takes what is acknowledged off the queue (Linux `tcp_clean_rtx_queue`). */
const cleanQueue = (tcb: Tcb, priorSacked: number, priorHighest: number): void => {
  const { queue } = tcb;
  let firstUs = -1;
  let lastUs = -1;
  let acked = 0;
  let lowest = tcb.sndNxt;
  for (let sent = queue.head; sent !== null; sent = queue.head) {
    if (sent.end > tcb.sndUna) {
      if (sent.start >= tcb.sndUna) break;
      // A part of a segment was acknowledged: the rest stays.
      sent.start = tcb.sndUna;
      break;
    }
    if ((sent.tags & Tag.Ever) !== 0) {
      if ((sent.tags & Tag.Retransmitted) !== 0) tcb.retransOut--;
      state.retransAcked = true;
    } else if ((sent.tags & Tag.Sacked) === 0) {
      lastUs = Math.floor(sent.sentAt / 1000);
      if (firstUs < 0) firstUs = lastUs;
      if (sent.start < lowest) lowest = sent.start;
      if (sent.end <= tcb.highSeq) state.originalAcked = true;
    }
    if ((sent.tags & Tag.Sacked) !== 0) tcb.sackedOut--;
    else if (tcb.sackOk) {
      tcb.delivered++;
      if (!echoesOriginal(tcb, sent.tags, sent.sentAt)) rackAdvance(tcb, sent);
    }
    if ((sent.tags & Tag.Lost) !== 0) tcb.lostOut--;
    tcb.packetsOut--;
    acked++;
    sampleDelivered(tcb, sent);
    state.dataAcked = true;
    queue.shift();
  }
  const head = queue.head;
  if (head !== null && (head.tags & Tag.Sacked) !== 0) state.reneging = true;
  measureRtt(tcb, firstUs, lastUs, acked, priorSacked);
  if (state.dataAcked) {
    state.setTimer = true;
    if (!tcb.sackOk) {
      removeEmulated(tcb, acked);
      if (state.retransAcked) state.originalAcked = false;
    } else if (lowest < priorHighest) noteReordering(tcb, lowest);
  }
};

/** The echoed timestamp is older than the retransmission: the original arrived (Linux `tcp_skb_spurious_retrans`). */
const echoesOriginal = (tcb: Tcb, tags: number, sentAt: number): boolean => {
  if ((tags & Tag.Ever) === 0 || !tcb.sawTimestamp || tcb.rcvTsEcr === 0) return false;
  const sentStamp = (Math.floor(sentAt / 1_000_000) + tcb.timestampOffset) >>> 0;
  return ((tcb.rcvTsEcr - sentStamp) | 0) < 0;
};

/** RTT from segments sent once (Karn; RFC 6298 §3), from SACKed ones, or from the timestamp (RFC 7323 §4). */
const measureRtt = (tcb: Tcb, firstUs: number, lastUs: number, acked: number, priorSacked: number): void => {
  const { rtt, sample } = tcb;
  let seqRtt = -1;
  let caRtt = -1;
  if (firstUs >= 0 && !state.retransAcked) {
    seqRtt = tcb.nowUs - firstUs;
    caRtt = tcb.nowUs - lastUs;
    // A lone short segment is likely to have met a delayed ACK: not the path's minimum.
    state.maybeDelayed =
      acked === 1 &&
      priorSacked === 0 &&
      tcb.sndUna - state.priorUna < tcb.mss &&
      sample.priorDelivered + 1 === tcb.delivered &&
      !state.alert;
  }
  let sackRtt = -1;
  if (state.firstSackedUs >= 0) {
    sackRtt = tcb.nowUs - state.firstSackedUs;
    caRtt = tcb.nowUs - state.lastSackedUs;
  }
  if (seqRtt < 0) seqRtt = sackRtt;
  if (seqRtt < 0 && tcb.sawTimestamp && tcb.rcvTsEcr !== 0 && state.dataAcked) {
    const ticks = (tcb.timestamp() - tcb.rcvTsEcr) | 0;
    if (ticks >= 0) seqRtt = caRtt = Math.max(ticks, 1) * 1000;
  }
  sample.rttUs = caRtt;
  if (seqRtt >= 0) {
    if (!(state.maybeDelayed && caRtt > rtt.minUs)) rtt.noteMinimum(Math.max(caRtt, 1), tcb.nowUs);
    rtt.sample(seqRtt, tcb.sndUna, tcb.sndNxt);
    reportRtt(tcb, seqRtt);
    const head = tcb.queue.head;
    // A SACK of something sent after the head says that the head is late: do not put its timer off.
    if (!state.dataAcked && head !== null && sackRtt >= 0 && sackRtt > tcb.nowUs - Math.floor(head.sentAt / 1000))
      state.setTimer = true;
  }
  if (caRtt >= 0) {
    tcb.congestion.onRtt(tcb, caRtt, tcb.nowUs);
    noteCongestion(tcb);
  }
};

/** A sample and what it makes of the estimates, as metrics. */
export const reportRtt = (tcb: Tcb, sampleUs: number): void => {
  const { probe, now, rtt } = tcb;
  probe.metric(now, Metric.rtt, sampleUs * 1000);
  probe.metric(now, Metric.srtt, rtt.srtt8 * 125);
  probe.metric(now, Metric.rto, wholeTicks(tcb, rtt.rtoUs) * 1000);
};

/** Tells the trace what the algorithm found (end of slow start, a new state of BBR). */
export const noteCongestion = (tcb: Tcb): void => {
  const note = tcb.congestion.takeNote();
  if (note === null) return;
  const codes: Readonly<Record<string, number>> = {
    train: 1,
    delay: 2,
    startup: 10,
    drain: 11,
    'probe-bw': 12,
    'probe-rtt': 13,
  };
  const code = codes[note] ?? 0;
  tcb.event(
    code < 10 ? Happening.SlowStartLeft : Happening.CongestionState,
    -1,
    code < 10 ? tcb.cwnd : code - 10,
    code,
  );
};

/** Completes the delivery-rate sample (draft-cheng-iccrg-delivery-rate-estimation §3.3; Linux `tcp_rate_gen`). */
const finishSample = (tcb: Tcb, delivered: number, lost: number): void => {
  const { sample } = tcb;
  if (tcb.appLimitedUntil > 0 && tcb.delivered > tcb.appLimitedUntil) tcb.appLimitedUntil = 0;
  if (delivered > 0) tcb.deliveredUs = tcb.nowUs;
  sample.ackedSacked = delivered;
  sample.losses = lost;
  sample.ackDelayed = state.maybeDelayed;
  if (sample.priorDelivered === 0 || tcb.sackReneged) {
    sample.delivered = -1;
    sample.intervalUs = -1;
    return;
  }
  sample.delivered = tcb.delivered - sample.priorDelivered;
  sample.intervalUs = Math.max(sample.intervalUs, tcb.nowUs - sample.priorDeliveredUs);
  if (sample.intervalUs < tcb.rtt.minUs) sample.intervalUs = -1;
};

/** Lets the algorithm, or PRR in its place, set the window (Linux `tcp_cong_control`). */
const control = (tcb: Tcb): void => {
  const { congestion, sample } = tcb;
  if (congestion.ownsRecovery) congestion.onAck(tcb, sample, tcb.nowUs);
  else {
    if (inReduction(tcb)) {
      if (tcb.knobs.prr || tcb.caState === CaState.Cwr) reduce(tcb, sample.ackedSacked, sample.losses, state);
    } else if (state.dataAcked || (tcb.reordering > DUP_THRESH && (state.dataAcked || state.dataSacked))) {
      const slowStart = tcb.cwnd < tcb.ssthresh;
      congestion.onAck(tcb, sample, tcb.nowUs);
      if (slowStart && tcb.cwnd >= tcb.ssthresh) tcb.event(Happening.SlowStartLeft, -1, tcb.cwnd, 0);
      tcb.cwndStampUs = tcb.nowUs;
    }
    updatePacingRate(tcb);
  }
  noteCongestion(tcb);
};

/** Twice the present rate in slow start, 1.2 × after it (Linux `tcp_update_pacing_rate`, `tcp_pacing_ss_ratio`, `tcp_pacing_ca_ratio`). */
export const updatePacingRate = (tcb: Tcb): void => {
  if (tcb.rtt.srtt8 === 0) return;
  const ratio = tcb.cwnd < tcb.ssthresh >> 1 ? 2 : 1.2;
  tcb.pacingRate = Math.floor((tcb.mss * 8e6 * ratio * Math.max(tcb.cwnd, tcb.packetsOut)) / tcb.rtt.srtt8);
};

/** An ACK with nothing in flight: a DSACK that may undo, or the answer to a probe (Linux `tcp_ack`, `no_queue`). */
const withNothingInFlight = (tcb: Tcb, ack: number): void => {
  if (state.dsack) judge(tcb, state, 0);
  if (tcb.unsent > 0) {
    if (tcb.sndNxt + Math.min(tcb.mss, tcb.writeEnd - tcb.sndNxt) <= tcb.wndEnd) {
      tcb.rtt.backoff = 0;
      if (tcb.timer === 'persist') disarm(tcb);
    } else arm(tcb, 'persist', persistUs(tcb), true);
  }
  if (tcb.tlpEnd >= 0) judgeProbe(tcb, ack, state);
};
