import { Happening, NONE } from './ids.ts';
import { transmitEntry } from './output.ts';
import { Flag } from './segment.ts';
import type { Segment } from './segment.ts';
import { rearmRto, scheduleLossProbe } from './sender.ts';
import { Tag } from './sent-queue.ts';
import type { Sent } from './sent-queue.ts';
import type { Tcb } from './tcb.ts';

/** Bytes of a cookie (RFC 7413 §4.1.1 allows 4 to 16; Linux `TCP_FASTOPEN_COOKIE_SIZE`). */
export const COOKIE_BYTES = 8;
/** A cookie is asked for by an empty option (RFC 7413 §4.2.1). */
const EMPTY = 0;
/** Data on a SYN leaves room for all options that a header may hold (Linux `tcp_send_syn_data`: MAX_TCP_OPTION_SPACE). */
const OPTION_SPACE = 40;

/** The client has a cookie from an earlier visit; whether the server still takes it is another matter. */
export const hasCookie = (tcb: Tcb): boolean => tcb.knobs.fastOpen === 'cookie' || tcb.knobs.fastOpen === 'rejected';

/** One packet that is both the SYN and the first data: each of them is told its row. */
class SynWithData {
  constructor(
    private readonly syn: Sent,
    private readonly data: Sent,
  ) {}

  get packet(): number {
    return this.syn.packet;
  }

  set packet(row: number) {
    this.syn.packet = row;
    this.data.packet = row;
  }
}

/** Puts the option on the first SYN or SYN-ACK, and on a SYN with a cookie what is written (RFC 7413 §4.1, §4.2). */
export const addFastOpen = (tcb: Tcb, segment: Segment, syn: Sent): void => {
  if ((segment.flags & Flag.ACK) !== 0) {
    if (tcb.grantsCookie) segment.fastOpen = COOKIE_BYTES;
    return;
  }
  segment.fastOpen = hasCookie(tcb) ? COOKIE_BYTES : EMPTY;
  if (tcb.fastOpen !== 'deferred') return;
  tcb.fastOpen = 'asked';
  tcb.event(Happening.Connected, NONE, 0, 0);
  const bytes = Math.min(tcb.pendingWrite, Math.max(0, segment.mss - OPTION_SPACE));
  if (bytes === 0) return;
  tcb.pendingWrite -= bytes;
  tcb.writeEnd += bytes;
  tcb.sndNxt = tcb.writeEnd;
  tcb.packetsOut++;
  segment.payload = bytes;
  // An entry of its own: should it be sent again, it goes without the SYN, and the SYN without it.
  const data = tcb.queue.push(1, tcb.sndNxt, Flag.PSH);
  data.times = 1;
  data.sentAt = tcb.now;
  segment.owner = new SynWithData(syn, data);
};

/**
 * The answer to our SYN acknowledges its data up to `ack`, or none of it: what is left goes again at once, and carries the
 * ACK (RFC 7413 §4.2.2; Linux `tcp_rcv_fastopen_synack`). It was refused, not lost: the window does not pay for it.
 * Returns whether something went.
 */
export const settleSynData = (tcb: Tcb, ack: number): boolean => {
  const { queue } = tcb;
  for (let sent = queue.head; sent !== null && sent.end <= ack; sent = queue.head) {
    queue.shift();
    tcb.packetsOut--;
  }
  tcb.sndUna = ack;
  if (queue.head === null) return false;
  queue.head.start = Math.max(queue.head.start, ack);
  // The peer may take smaller segments than this host has guessed.
  for (let tail = queue.tail; tail !== null && tail.end - tail.start > tcb.mss; tail = queue.tail) {
    queue.split(queue.last - 1, tail.start + tcb.mss);
    tcb.packetsOut++;
  }
  tcb.firstSentUs = tcb.nowUs;
  for (let i = queue.first; i < queue.last; i++) {
    const sent = queue.at(i);
    sent.tags |= Tag.Ever;
    tcb.totalRetrans++;
    transmitEntry(tcb, sent, true);
  }
  if (!scheduleLossProbe(tcb, false)) rearmRto(tcb);
  return true;
};
