import type { AckState } from './ack-state.ts';
import { rackAdvance, sentAfter } from './rack.ts';
import type { Segment } from './segment.ts';
import { Tag } from './sent-queue.ts';
import type { Sent } from './sent-queue.ts';
import type { Tcb } from './tcb.ts';

/** Scratch for one ACK's blocks, [left, right) positions in order of sequence. */
const blocks: number[] = [];

/** Reads the SACK option into the queue's tags (RFC 2018 §5, RFC 2883 §5; Linux `tcp_sacktag_write_queue`). */
export const tagSacked = (tcb: Tcb, segment: Segment, state: AckState): void => {
  state.reorder = tcb.sndNxt;
  const duplicate = readDsack(tcb, segment, state);
  if (tcb.packetsOut === 0) return;
  collect(tcb, segment, duplicate);
  for (let b = 0; b + 1 < blocks.length; b += 2) {
    const left = blocks[b] as number;
    const right = blocks[b + 1] as number;
    const { queue } = tcb;
    for (let i = queue.find(left); i < queue.last; i++) {
      const sent = queue.at(i);
      if (sent.start >= right) break;
      if (sent.start < left || sent.end > right) continue;
      tagOne(tcb, sent, state, false);
    }
  }
  if (duplicate) tagDuplicate(tcb, segment, state);
  if (tcb.caState !== 4 || tcb.undoMarker >= 0) noteReordering(tcb, state.reorder);
};

/** Valid blocks above what is acknowledged, sorted; the part of them that was SACKed before is passed over. */
const collect = (tcb: Tcb, segment: Segment, duplicate: boolean): void => {
  blocks.length = 0;
  for (let i = duplicate ? 1 : 0; i < segment.sackCount; i++) {
    const left = tcb.fromWire(segment.sack[2 * i] as number);
    const right = tcb.fromWire(segment.sack[2 * i + 1] as number);
    if (left >= right || right > tcb.sndNxt || left <= tcb.sndUna) continue;
    let at = blocks.length;
    while (at > 0 && (blocks[at - 2] as number) > left) at -= 2;
    blocks.splice(at, 0, left, right);
  }
  skipKnown(tcb);
};

/** The last ACK's blocks: most of a block was there before (Linux `recv_sack_cache`). */
const skipKnown = (tcb: Tcb): void => {
  const known = tcb.sackCache;
  const valid = tcb.sackedOut > 0;
  const fresh: number[] = [];
  for (let b = 0; b + 1 < blocks.length; b += 2) {
    let left = blocks[b] as number;
    const right = blocks[b + 1] as number;
    for (let k = 0; valid && k + 1 < known.length; k += 2) {
      const knownLeft = known[k] as number;
      const knownRight = known[k + 1] as number;
      if (knownRight <= left || knownLeft >= right) continue;
      if (left < knownLeft) fresh.push(left, knownLeft);
      left = Math.max(left, knownRight);
    }
    if (left < right) fresh.push(left, right);
  }
  known.length = 0;
  for (const edge of blocks) known.push(edge);
  blocks.length = 0;
  for (const edge of fresh) blocks.push(edge);
};

/** One segment is newly SACKed (Linux `tcp_sacktag_one`). */
const tagOne = (tcb: Tcb, sent: Sent, state: AckState, duplicate: boolean): void => {
  if (duplicate && (sent.tags & Tag.Ever) !== 0) {
    if (tcb.undoMarker >= 0 && tcb.undoRetrans > 0 && sent.end > tcb.undoMarker)
      tcb.undoRetrans = Math.max(0, tcb.undoRetrans - 1);
    if ((sent.tags & Tag.Sacked) !== 0 && sent.start < state.reorder) state.reorder = sent.start;
  }
  if ((sent.tags & Tag.Sacked) === 0) {
    rackAdvance(tcb, sent);
    if ((sent.tags & Tag.Retransmitted) !== 0) {
      // Not marked lost: the retransmission (a probe) is believed to be still in flight.
      if ((sent.tags & Tag.Lost) !== 0) {
        sent.tags &= ~(Tag.Lost | Tag.Retransmitted);
        tcb.lostOut--;
        tcb.retransOut--;
      }
    } else {
      if ((sent.tags & Tag.Ever) === 0) {
        if (sent.start < highestSacked(tcb) && sent.start < state.reorder) state.reorder = sent.start;
        if (sent.end <= tcb.highSeq) state.originalAcked = true;
        const sentUs = Math.floor(sent.sentAt / 1000);
        if (state.firstSackedUs < 0) state.firstSackedUs = sentUs;
        state.lastSackedUs = sentUs;
      }
      if ((sent.tags & Tag.Lost) !== 0) {
        sent.tags &= ~Tag.Lost;
        tcb.lostOut--;
      }
    }
    sent.tags |= Tag.Sacked;
    state.dataSacked = true;
    tcb.sackedOut++;
    state.sackDelivered++;
    sampleDelivered(tcb, sent);
    sent.txDeliveredUs = -1;
    tcb.queue.untime(sent);
    if (sent.end > tcb.highestSacked) tcb.highestSacked = sent.end;
  }
  if (duplicate && (sent.tags & Tag.Retransmitted) !== 0) {
    sent.tags &= ~Tag.Retransmitted;
    tcb.retransOut--;
  }
};

/** End of the highest SACKed segment, or what is acknowledged. */
export const highestSacked = (tcb: Tcb): number =>
  tcb.sackedOut === 0 ? tcb.sndUna : Math.max(tcb.highestSacked, tcb.sndUna);

/** Is the first block a DSACK, and of what (RFC 2883 §4; Linux `tcp_check_dsack`, `tcp_dsack_seen`)? */
const readDsack = (tcb: Tcb, segment: Segment, state: AckState): boolean => {
  if (segment.sackCount === 0) return false;
  const left = tcb.fromWire(segment.sack[0] as number);
  const right = tcb.fromWire(segment.sack[1] as number);
  if (left >= tcb.fromWire(segment.ack)) {
    if (segment.sackCount < 2) return false;
    const outerLeft = tcb.fromWire(segment.sack[2] as number);
    const outerRight = tcb.fromWire(segment.sack[3] as number);
    if (right > outerRight || left < outerLeft) return false;
  }
  if (left >= right || right - left > tcb.maxWindow) return false;
  let segments = 1;
  if (right - left > tcb.mss) segments = Math.ceil((right - left) / tcb.mss);
  else if (tcb.tlpEnd >= 0 && tcb.tlpEnd === right) state.dsackOfProbe = true;
  tcb.dsackDups += segments;
  if (tcb.dsackDups > tcb.totalRetrans) return false;
  if (tcb.reorderSeen > 0 && !state.dsackOfProbe) tcb.rackDsackSeen = true;
  state.dsack = true;
  state.sackDelivered += segments;
  if (tcb.undoMarker >= 0 && tcb.undoRetrans > 0 && right <= state.priorUna && right > tcb.undoMarker) {
    tcb.undoRetrans = Math.max(0, tcb.undoRetrans - segments);
  }
  return true;
};

const tagDuplicate = (tcb: Tcb, segment: Segment, state: AckState): void => {
  const left = tcb.fromWire(segment.sack[0] as number);
  const right = tcb.fromWire(segment.sack[1] as number);
  if (right <= tcb.sndUna) return;
  for (let i = tcb.queue.find(left); i < tcb.queue.last; i++) {
    const sent = tcb.queue.at(i);
    if (sent.start >= right) break;
    if (sent.start >= left && sent.end <= right) tagOne(tcb, sent, state, true);
  }
};

/** A lower segment, never resent, came after a higher one: the path reorders (Linux `tcp_check_sack_reordering`). */
export const noteReordering = (tcb: Tcb, low: number): void => {
  const high = highestSacked(tcb);
  if (low >= high) return;
  const distance = high - low;
  if (distance > tcb.reordering * tcb.mss) tcb.reordering = Math.min(Math.ceil(distance / tcb.mss), 300);
  tcb.reorderSeen++;
};

/** The newest delivered segment gives the rate sample (Linux `tcp_rate_skb_delivered`). */
export const sampleDelivered = (tcb: Tcb, sent: Sent): void => {
  if (sent.txDeliveredUs < 0) return;
  const { sample } = tcb;
  const sentUs = Math.floor(sent.sentAt / 1000);
  if (sample.priorDelivered !== 0 && !sentAfter(sentUs, tcb.firstSentUs, sent.end, sample.lastEnd)) return;
  sample.priorDelivered = sent.txDelivered;
  sample.priorDeliveredUs = sent.txDeliveredUs;
  sample.appLimited = sent.txAppLimited;
  sample.isRetransmission = (sent.tags & Tag.Ever) !== 0;
  sample.lastEnd = sent.end;
  tcb.firstSentUs = sentUs;
  sample.intervalUs = sentUs - sent.txFirstUs;
};
