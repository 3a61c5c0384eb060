import { nanos } from '../../../base/time.ts';
import { Happening } from './ids.ts';
import { ATO_MIN_US, sendAck } from './output.ts';
import { Flag } from './segment.ts';
import type { Segment } from './segment.ts';
import type { Stretch, Tcb } from './tcb.ts';
import { coarse, dueWithin } from './timers.ts';

/** Linux `TCP_DELACK_MAX`, µs. */
const DELACK_MAX_US = 200_000;
/** ACKs of one episode that leave at once before SACKs are compressed; most held back (Linux `TCP_FASTRETRANS_THRESH`, `sysctl_tcp_comp_sack_nr`). */
const UNCOMPRESSED = 3;
const MAX_COMPRESSED = 44;
/** Longest compression, µs (Linux `sysctl_tcp_comp_sack_delay_ns`); a twentieth of the round trip at most. */
const COMPRESS_MAX_US = 1000;
/** Blocks that a compressed ACK may be trusted to carry (Linux `TCP_SACK_BLOCKS_EXPECTED`). */
const BLOCKS_EXPECTED = 2;
const STORED_BLOCKS = 4;

/** More quick ACKs for a start, a gap or a surprise (Linux `tcp_incr_quickack`). */
export const quicken = (tcb: Tcb): void => {
  if (tcb.knobs.quickAcks === 0) return;
  const wanted = Math.min(Math.max(Math.floor(tcb.rcvWnd / (2 * tcb.rcvMss)), 2), tcb.knobs.quickAcks);
  if (wanted > tcb.quick) tcb.quick = wanted;
};

export const enterQuick = (tcb: Tcb): void => {
  quicken(tcb);
  tcb.pingpong = false;
  tcb.atoUs = ATO_MIN_US;
};

/** Puts a segment's payload where it belongs (RFC 9293 §3.10.7.4 seventh; Linux `tcp_data_queue`). Returns whether a FIN was reached. */
export const queueData = (tcb: Tcb, segment: Segment): boolean => {
  const fin = (segment.flags & Flag.FIN) !== 0;
  const left = tcb.fromPeer(segment.seq) + ((segment.flags & Flag.SYN) !== 0 ? 1 : 0);
  const right = left + segment.payload;
  const end = right + (fin ? 1 : 0);
  if (end === left) return false;
  const windowEnd = Math.max(tcb.rcvWup + tcb.rcvWnd, tcb.rcvNxt);
  if (left === tcb.rcvNxt || (left < tcb.rcvNxt && end > tcb.rcvNxt)) {
    if (windowEnd === tcb.rcvNxt && segment.payload > 0) {
      outOfWindow(tcb);
      return false;
    }
    if (left < tcb.rcvNxt) setDsack(tcb, left, tcb.rcvNxt);
    return inOrder(tcb, segment, Math.max(left, tcb.rcvNxt), right, fin);
  }
  if (end <= tcb.rcvNxt) {
    setDsack(tcb, left, end);
    outOfWindow(tcb);
    return false;
  }
  if (left >= windowEnd) {
    outOfWindow(tcb);
    return false;
  }
  holdBack(tcb, segment, left, right, fin);
  return false;
};

const outOfWindow = (tcb: Tcb): void => {
  enterQuick(tcb);
  tcb.ackScheduled = true;
};

const inOrder = (tcb: Tcb, segment: Segment, left: number, right: number, fin: boolean): boolean => {
  const { buffer } = tcb;
  const memory = buffer.charge(segment.size, segment.payload);
  if (buffer.used > buffer.size) buffer.overrun(tcb.mss);
  buffer.used += memory;
  tcb.rcvNxt = right;
  if (segment.payload > 0) noteArrival(tcb, segment, memory);
  else tcb.ackScheduled = true;
  let ended = fin;
  if (fin) tcb.rcvNxt = right + 1;
  const list = tcb.outOfOrder;
  if (list.length > 0) {
    ended = drain(tcb, list) || ended;
    // RFC 5681 §4.2: a filled gap is acknowledged at once.
    if (list.length === 0) tcb.ackNow = true;
    forgetSackBlocks(tcb);
  }
  if (left < right && tcb.ackScheduled === false) tcb.ackScheduled = true;
  return ended;
};

/** The gap is filled: what waited behind it is in order now. */
const drain = (tcb: Tcb, list: Stretch[]): boolean => {
  let ended = false;
  while (list.length > 0 && (list[0] as Stretch).left <= tcb.rcvNxt) {
    const stretch = list.shift() as Stretch;
    if (stretch.right <= tcb.rcvNxt && !stretch.fin) {
      tcb.buffer.used -= stretch.memory;
      continue;
    }
    tcb.rcvNxt = Math.max(tcb.rcvNxt, stretch.right);
    if (stretch.fin) {
      tcb.rcvNxt = stretch.right + 1;
      ended = true;
    }
  }
  const first = list[0];
  tcb.probe.blocked(tcb.now, first === undefined ? -1 : tcb.rcvNxt - 1, waiting(list));
  return ended;
};

const waiting = (list: readonly Stretch[]): number => {
  let bytes = 0;
  for (const stretch of list) bytes += stretch.right - stretch.left;
  return bytes;
};

/** Data arrived in order (Linux `tcp_event_data_recv`). */
const noteArrival = (tcb: Tcb, segment: Segment, memory: number): void => {
  tcb.ackScheduled = true;
  measureMss(tcb, segment, memory);
  if (!tcb.sawTimestamp) tcb.buffer.rttFromWindow(tcb.rcvNxt, tcb.rcvWnd, tcb.nowUs);
  if (tcb.atoUs === 0) {
    quicken(tcb);
    tcb.atoUs = ATO_MIN_US;
  } else {
    const gap = tcb.nowUs - tcb.lastReceivedUs;
    if (gap <= ATO_MIN_US / 2) tcb.atoUs = (tcb.atoUs >> 1) + ATO_MIN_US / 2;
    else if (gap < tcb.atoUs) tcb.atoUs = Math.min((tcb.atoUs >> 1) + gap, tcb.rtt.rtoUs);
    else if (gap > tcb.rtt.rtoUs) quicken(tcb);
  }
  tcb.lastReceivedUs = tcb.nowUs;
  noteEcn(tcb, segment);
  if (segment.payload >= 128 && tcb.buffer.grow(segment.payload, memory, tcb.mss, tcb.rcvMss)) quickenNext(tcb);
};

const quickenNext = (tcb: Tcb): void => {
  if (tcb.knobs.quickAcks > 0) tcb.quick |= 1;
};

/** A congestion mark is echoed until the sender has answered it (RFC 3168 §6.1.3). */
const noteEcn = (tcb: Tcb, segment: Segment): void => {
  if (!tcb.ecnOk) return;
  if ((segment.flags & Flag.CWR) !== 0) tcb.ecnEcho = false;
  if (segment.ecn === 3) {
    if (!tcb.ecnEcho) enterQuick(tcb);
    tcb.ecnEcho = true;
  }
};

/** The peer's segment size, guessed from what comes (Linux `tcp_measure_rcv_mss`). */
const measureMss = (tcb: Tcb, segment: Segment, memory: number): void => {
  const length = segment.payload;
  const last = tcb.lastSegmentSize;
  tcb.lastSegmentSize = 0;
  if (length >= tcb.rcvMss) {
    if (length !== tcb.rcvMss) tcb.buffer.learnOverhead(length, memory);
    tcb.rcvMss = Math.min(length, tcb.mss);
    if ((segment.flags & Flag.PSH) !== 0) tcb.ackPushed |= 1;
    return;
  }
  if (length >= 536 || (length >= 88 && (segment.flags & Flag.PSH) === 0)) {
    tcb.lastSegmentSize = length;
    if (length === last) {
      tcb.rcvMss = length;
      return;
    }
  }
  tcb.ackPushed |= (tcb.ackPushed & 1) !== 0 ? 3 : 1;
};

/** Out-of-order data is kept and reported by SACK (Linux `tcp_data_queue_ofo`). */
const holdBack = (tcb: Tcb, segment: Segment, left: number, right: number, fin: boolean): void => {
  const { buffer } = tcb;
  const memory = buffer.charge(segment.size, segment.payload);
  noteEcn(tcb, segment);
  if (buffer.used > buffer.size) {
    buffer.overrun(tcb.mss);
    if (buffer.used > buffer.size) return;
  }
  measureMss(tcb, segment, memory);
  tcb.ackScheduled = true;
  const list = tcb.outOfOrder;
  const wasEmpty = list.length === 0;
  const known = insert(list, left, right, memory, fin);
  if (known) {
    setDsack(tcb, left, right);
  } else {
    // The kernel lets the window grow before it charges the packet's memory.
    if (tcb.sackOk && buffer.grow(segment.payload, memory, tcb.mss, tcb.rcvMss)) quickenNext(tcb);
    buffer.used += memory;
  }
  if (tcb.sackOk) addSackBlock(tcb, left, fin ? right + 1 : right);
  buffer.enlargeForGap(reach(tcb));
  if (wasEmpty || !known) tcb.probe.blocked(tcb.now, tcb.rcvNxt - 1, waiting(list));
};

/** Bytes from what is expected to the end of what waits out of order. An index of −1 would be searched by name, so it is not asked. */
const reach = (tcb: Tcb): number => {
  const list = tcb.outOfOrder;
  return list.length === 0 ? 0 : (list[list.length - 1] as Stretch).right - tcb.rcvNxt;
};

/** Adds a stretch, joining what it touches; true where all of it was there already. */
const insert = (list: Stretch[], left: number, right: number, memory: number, fin: boolean): boolean => {
  let at = list.length;
  while (at > 0 && (list[at - 1] as Stretch).left > left) at--;
  const before = list[at - 1];
  if (before !== undefined && before.right >= right && (!fin || before.fin)) return true;
  if (before !== undefined && before.right >= left) {
    before.right = Math.max(before.right, right);
    before.memory += memory;
    before.fin ||= fin;
    at--;
  } else list.splice(at, 0, { left, right, memory, fin });
  const here = list[at] as Stretch;
  for (let next = list[at + 1]; next !== undefined && next.left <= here.right; next = list[at + 1]) {
    here.right = Math.max(here.right, next.right);
    here.memory += next.memory;
    here.fin ||= next.fin;
    list.splice(at + 1, 1);
  }
  return false;
};

const setDsack = (tcb: Tcb, left: number, right: number): void => {
  if (!tcb.sackOk || !tcb.knobs.dsack) return;
  tcb.dsackStart = left;
  tcb.dsackEnd = right;
};

/** Newest block first, touching ones joined (RFC 2018 §4; Linux `tcp_sack_new_ofo_skb`). */
const addSackBlock = (tcb: Tcb, left: number, right: number): void => {
  const blocks = tcb.sackBlocks;
  let newLeft = left;
  let newRight = right;
  let foundAt = -1;
  for (let i = 0; i + 1 < blocks.length;) {
    const l = blocks[i] as number;
    const r = blocks[i + 1] as number;
    if (newLeft <= r && l <= newRight) {
      newLeft = Math.min(newLeft, l);
      newRight = Math.max(newRight, r);
      if (foundAt < 0) foundAt = i / 2;
      blocks.splice(i, 2);
    } else i += 2;
  }
  if (tcb.compressedAcks > 0 && (foundAt < 0 ? blocks.length / 2 : foundAt) >= BLOCKS_EXPECTED) flushCompressed(tcb);
  blocks.unshift(newLeft, newRight);
  if (blocks.length > 2 * STORED_BLOCKS) blocks.length = 2 * STORED_BLOCKS;
};

const forgetSackBlocks = (tcb: Tcb): void => {
  const blocks = tcb.sackBlocks;
  for (let i = 0; i + 1 < blocks.length;) {
    if ((blocks[i + 1] as number) <= tcb.rcvNxt || (blocks[i] as number) < tcb.rcvNxt) blocks.splice(i, 2);
    else i += 2;
  }
};

/** One ACK for those held back. */
export const flushCompressed = (tcb: Tcb): void => {
  if (tcb.compressedAcks === 0) return;
  tcb.compressedAcks = 0;
  sendAck(tcb);
};

/** After a segment: an ACK now, later, or held back (RFC 9293 §3.8.6.3, RFC 5681 §4.2; Linux `__tcp_ack_snd_check`). */
export const acknowledge = (tcb: Tcb): void => {
  if (!tcb.ackScheduled) return;
  const gap = tcb.outOfOrder.length > 0;
  const full =
    tcb.rcvNxt - tcb.rcvWup > tcb.rcvMss && tcb.buffer.select(tcb.rcvMss, tcb.rcvScale, tcb.rcvWnd) >= tcb.rcvWnd;
  const quick = tcb.quick > 0 && !tcb.pingpong;
  if (full || quick || tcb.ackNow || tcb.knobs.delayedAckMs === 0) {
    sendAck(tcb);
    return;
  }
  if (!gap) {
    delayAck(tcb);
    return;
  }
  if (!tcb.sackOk || !tcb.knobs.sackCompression || tcb.compressedAcks >= MAX_COMPRESSED) {
    sendAck(tcb);
    return;
  }
  compress(tcb);
};

const compress = (tcb: Tcb): void => {
  if (tcb.compressedAt !== tcb.rcvNxt) {
    tcb.compressedAt = tcb.rcvNxt;
    tcb.dupAckCounter = 0;
  }
  if (tcb.dupAckCounter < UNCOMPRESSED) {
    tcb.dupAckCounter++;
    sendAck(tcb);
    return;
  }
  tcb.compressedAcks++;
  if (tcb.compressAt < Number.MAX_SAFE_INTEGER) return;
  let rtt8 = tcb.buffer.rtt8Us;
  if (tcb.rtt.srtt8 > 0 && tcb.rtt.srtt8 < rtt8) rtt8 = tcb.rtt.srtt8;
  // 5 % of the round trip (Linux 6.18; a setting of its own only later).
  const delayUs = Math.min(COMPRESS_MAX_US, Math.floor(rtt8 / 160));
  tcb.compressAt = nanos(tcb.now + delayUs * 1000);
};

/** Arms the delayed-ACK timer (Linux `tcp_send_delayed_ack`). */
const delayAck = (tcb: Tcb): void => {
  const { delayedAckMs, quickAcks } = tcb.knobs;
  const minUs = delayedAckMs * 1000;
  // Where ACKs are not adaptive, the knob is the delay.
  let ato = quickAcks > 0 ? Math.max(tcb.atoUs, ATO_MIN_US) : minUs;
  if (quickAcks > 0 && ato > minUs) {
    let most = 500_000;
    if (tcb.pingpong || (tcb.ackPushed & 1) !== 0) most = DELACK_MAX_US;
    if (tcb.rtt.srtt8 > 0) most = Math.min(most, Math.max(tcb.rtt.srtt8 >> 3, minUs));
    ato = Math.min(ato, most, DELACK_MAX_US);
  }
  const running = tcb.delackAt < Number.MAX_SAFE_INTEGER;
  if (running && dueWithin(tcb, tcb.delackAt, ato / 4)) {
    sendAck(tcb);
    return;
  }
  const at = coarse(tcb, ato);
  if (running && at >= tcb.delackAt) return;
  tcb.delackAt = at;
  tcb.delackSpan = ato * 1000;
};

/** The delayed-ACK timer fired (Linux `tcp_delack_timer_handler`). */
export const delayedAckFired = (tcb: Tcb): void => {
  if (!tcb.ackScheduled) return;
  if (tcb.pingpong) {
    tcb.pingpong = false;
    tcb.atoUs = ATO_MIN_US;
  } else tcb.atoUs = Math.min(tcb.atoUs * 2, tcb.rtt.rtoUs);
  sendAck(tcb);
};

/** The application took `bytes` in order; ACKs and window follow (Linux `tcp_recvmsg`, `tcp_cleanup_rbuf`). */
export const read = (tcb: Tcb, bytes: number): number => {
  const endOfData = tcb.finReceivedAt >= 0 ? tcb.finReceivedAt - 1 : tcb.rcvNxt;
  const there = endOfData - tcb.copied;
  const taken = Math.min(bytes, there);
  if (taken <= 0) return 0;
  // Judged at the first segment of what is there: the kernel looks again with each that it copies, but only once a round trip.
  const firstCopy = tcb.copied + Math.min(taken, tcb.rcvMss);
  tcb.copied += taken;
  const { buffer } = tcb;
  const list = tcb.outOfOrder;
  let held = 0;
  for (const stretch of list) held += stretch.memory;
  buffer.used = taken === there ? held : held + Math.round(((buffer.used - held) * (there - taken)) / there);
  buffer.adjust(firstCopy, tcb.rcvNxt, reach(tcb), tcb.nowUs);
  ackAfterRead(tcb, taken === there);
  return taken;
};

const ackAfterRead = (tcb: Tcb, emptied: boolean): void => {
  let now = false;
  if (tcb.ackScheduled) {
    const pushed = (tcb.ackPushed & 2) !== 0 || ((tcb.ackPushed & 1) !== 0 && !tcb.pingpong);
    now = tcb.rcvNxt - tcb.rcvWup > tcb.rcvMss || (pushed && emptied && tcb.knobs.quickAcks > 0);
  }
  if (!now && tcb.finReceivedAt < 0) {
    const open = Math.max(0, tcb.rcvWup + tcb.rcvWnd - tcb.rcvNxt);
    if (2 * open <= tcb.buffer.clamp) {
      const window = tcb.buffer.select(tcb.rcvMss, tcb.rcvScale, tcb.rcvWnd);
      if (window > 0 && window >= 2 * open) {
        now = true;
        tcb.event(Happening.WindowOpened, -1, window, 0);
      }
    }
  }
  if (now) sendAck(tcb);
};
