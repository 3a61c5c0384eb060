import { CaState } from '../congestion/types.ts';
import { Metric } from '../metrics.ts';
import { Cause, NONE } from './ids.ts';
import { Flag, MAX_SACK_BLOCKS, segmentSize } from './segment.ts';
import type { Segment } from './segment.ts';
import type { Sent } from './sent-queue.ts';
import type { Tcb } from './tcb.ts';

const NS_PER_S = 1e9;
/** Segments that leave unpaced at the start (Linux `tcp_update_skb_after_send`). */
const UNPACED_SEGMENTS = 10;

/** Takes a segment with the fields that every segment of a synchronized connection has. */
export const blank = (tcb: Tcb, flags: number, position: number): Segment => {
  const segment = tcb.pool.take();
  segment.flags = flags;
  segment.seq = tcb.toWire(position);
  segment.offset = Math.max(0, position - 1);
  segment.causeKind = tcb.causeKind;
  segment.cause = tcb.cause;
  return segment;
};

/** Options and numbers of a segment of an open connection (Linux `tcp_established_options`). */
const finish = (tcb: Tcb, segment: Segment): void => {
  segment.ack = (tcb.irs + tcb.rcvNxt) >>> 0;
  segment.window = selectWindow(tcb);
  if (tcb.timestampsOk) {
    segment.hasTimestamps = true;
    segment.tsVal = tcb.timestamp();
    segment.tsEcr = tcb.tsRecent;
  }
  if (tcb.sackOk) writeSack(tcb, segment);
};

/** SACK blocks, a DSACK first (RFC 2018 §4, RFC 2883 §4); three fit beside timestamps. */
const writeSack = (tcb: Tcb, segment: Segment): void => {
  const limit = tcb.timestampsOk ? MAX_SACK_BLOCKS - 1 : MAX_SACK_BLOCKS;
  segment.sackCount = 0;
  if (tcb.dsackStart >= 0) putSack(tcb, segment, tcb.dsackStart, tcb.dsackEnd);
  for (let i = 0; i + 1 < tcb.sackBlocks.length && segment.sackCount < limit; i += 2)
    putSack(tcb, segment, tcb.sackBlocks[i] as number, tcb.sackBlocks[i + 1] as number);
};

const putSack = (tcb: Tcb, segment: Segment, left: number, right: number): void => {
  const at = 2 * segment.sackCount++;
  segment.sack[at] = (tcb.irs + left) >>> 0;
  segment.sack[at + 1] = (tcb.irs + right) >>> 0;
};

/** Bytes that the SACK option takes from the MSS when both directions carry data. */
export const sackOptionBytes = (tcb: Tcb): number => {
  const blocks = tcb.sackBlocks.length / 2 + (tcb.dsackStart >= 0 ? 1 : 0);
  if (!tcb.sackOk || blocks === 0) return 0;
  return 4 + 8 * Math.min(blocks, tcb.timestampsOk ? MAX_SACK_BLOCKS - 1 : MAX_SACK_BLOCKS);
};

/** The window field of the next segment; never moves the right edge back (RFC 9293 §3.8.6; Linux `tcp_select_window`). */
export const selectWindow = (tcb: Tcb): number => {
  const current = Math.max(0, tcb.rcvWup + tcb.rcvWnd - tcb.rcvNxt);
  const wanted = tcb.buffer.select(tcb.rcvMss, tcb.rcvScale, tcb.rcvWnd);
  if (tcb.buffer.isShort) tcb.quick = 0;
  const unit = 1 << tcb.rcvScale;
  const window = Math.min(wanted < current ? Math.ceil(current / unit) * unit : wanted, 65535 * unit);
  tcb.rcvWnd = window;
  tcb.rcvWup = tcb.rcvNxt;
  tcb.metric(Metric.rcvwnd, window);
  return window >>> tcb.rcvScale;
};

/** Puts a segment on its way; anything that carries an ACK settles what was owed. */
export const transmit = (tcb: Tcb, segment: Segment): void => {
  if ((segment.flags & Flag.SYN) === 0 && (segment.flags & Flag.RST) === 0) finish(tcb, segment);
  if ((segment.flags & Flag.ACK) !== 0) ackSent(tcb);
  if (tcb.ecnOk && (segment.flags & Flag.SYN) === 0) {
    if (tcb.ecnEcho) segment.flags |= Flag.ECE;
    if (segment.payload > 0 && segment.nth === 1) {
      segment.ecn = 2; // ECT(0), first transmissions only (RFC 3168 §6.1.5)
      if (tcb.ecnSendCwr) {
        segment.flags |= Flag.CWR;
        tcb.ecnSendCwr = false;
      }
    }
  }
  segment.size = segmentSize(segment);
  tcb.outbox[tcb.outboxTail++] = segment;
};

/** An ACK left: quick ACKs are counted down, held-back ones are covered (Linux `tcp_event_ack_sent`). */
const ackSent = (tcb: Tcb): void => {
  tcb.compressedAcks = 0;
  tcb.compressAt = NEVER_AT;
  if (tcb.quick > 0) {
    const spent = tcb.ackScheduled ? 1 : 0;
    if (spent >= tcb.quick) {
      tcb.quick = 0;
      tcb.atoUs = ATO_MIN_US;
    } else tcb.quick -= spent;
  }
  tcb.ackScheduled = false;
  tcb.ackNow = false;
  tcb.ackPushed = 0;
  tcb.delackAt = NEVER_AT;
  tcb.dsackStart = -1;
};

const NEVER_AT = Number.MAX_SAFE_INTEGER as Tcb['delackAt'];
/** Linux `TCP_ATO_MIN`: HZ / 25. */
export const ATO_MIN_US = 40_000;

/** A pure ACK, now. */
export const sendAck = (tcb: Tcb): void => {
  transmit(tcb, blank(tcb, Flag.ACK, tcb.sndNxt));
};

/** Marks an entry as sent now and notes the state of delivery for the rate sample (Linux `tcp_rate_skb_sent`). */
const stamp = (tcb: Tcb, sent: Sent): void => {
  const departure = departureNs(tcb, sent.end - sent.start);
  sent.sentAt = departure;
  const departureUs = Math.floor(departure / 1000);
  if (tcb.packetsOut === 0) {
    tcb.firstSentUs = departureUs;
    tcb.deliveredUs = departureUs;
  }
  sent.txFirstUs = tcb.firstSentUs;
  sent.txDeliveredUs = tcb.deliveredUs;
  sent.txDelivered = tcb.delivered;
  sent.txAppLimited = tcb.appLimitedUntil > 0;
  tcb.queue.time(sent);
};

/** When this segment leaves, and with pacing when the next may (Linux `tcp_update_skb_after_send`). */
const departureNs = (tcb: Tcb, bytes: number): number => {
  const before = tcb.nextDepartureNs;
  const departure = Math.max(before, tcb.now);
  tcb.nextDepartureNs = departure;
  if (tcb.paced && tcb.pacingRate > 0 && tcb.dataSegmentsOut >= UNPACED_SEGMENTS) {
    const span = Math.floor((bytes * NS_PER_S) / tcb.pacingRate);
    // A late timer is made good within half a gap.
    tcb.nextDepartureNs = departure + span - Math.min(Math.floor(span / 2), departure - before);
  }
  return departure;
};

/** An answer soon after data came makes the exchange interactive: ACKs ride on data (Linux `inet_csk_inc_pingpong_cnt`). */
const noteReply = (tcb: Tcb): void => {
  if (tcb.nowUs - tcb.lastReceivedUs < tcb.atoUs) tcb.pingpong = true;
};

/** Sends or resends one entry of the retransmission queue. */
export const transmitEntry = (tcb: Tcb, sent: Sent, isRetransmission: boolean): void => {
  const flags = Flag.ACK | (sent.flags & (Flag.FIN | Flag.PSH));
  const segment = blank(tcb, flags, sent.start);
  segment.payload = sent.end - sent.start - ((sent.flags & Flag.FIN) !== 0 ? 1 : 0);
  sent.times++;
  segment.nth = sent.times;
  segment.retransmissionOf = sent.times > 1 ? sent.packet : NONE;
  segment.owner = sent;
  if (isRetransmission && sent.lossEvent !== NONE) {
    segment.causeKind = Cause.Event;
    segment.cause = sent.lossEvent;
  }
  stamp(tcb, sent);
  noteReply(tcb);
  tcb.lastSentUs = tcb.nowUs;
  tcb.dataSegmentsOut++;
  transmit(tcb, segment);
};

/** cwnd, flight and thresholds as metrics, after anything that may have changed them. */
export const reportWindow = (tcb: Tcb): void => {
  const { mss } = tcb;
  tcb.probe.metric(tcb.now, Metric.cwnd, tcb.cwnd * mss);
  if (tcb.ssthresh < 0x7fffffff) tcb.probe.metric(tcb.now, Metric.ssthresh, tcb.ssthresh * mss);
  tcb.probe.metric(tcb.now, Metric.inflight, tcb.inFlight() * mss);
  tcb.probe.metric(tcb.now, Metric.sndwnd, tcb.sndWnd);
  if (tcb.paced) tcb.probe.metric(tcb.now, Metric.pacing, tcb.pacingRate * 8);
};

export const inReduction = (tcb: Tcb): boolean => tcb.caState === CaState.Cwr || tcb.caState === CaState.Recovery;
