import { nanos } from '../../../base/time.ts';
import type { Tcb } from './tcb.ts';

/**
 * Memory that one buffered segment is charged besides its payload (Linux `SKB_TRUESIZE` of a small head: 576 bytes and
 * `struct sk_buff`), and the estimate by which the buffer is sized (`tcp_sndbuf_expand`: payload, header room and
 * `skb_shared_info` rounded up to a power of two, and `struct sk_buff`).
 */
const SEGMENT_OVERHEAD = 832;
const SK_BUFF = 256;
const HEADERS = 576;

/** Between the waking of the measured server, where its steps of 2 ms begin, and its first write (fixtures: 56 to 90 µs). */
const POLL_LEAD_NS = 80_000;

const perSegment = (tcb: Tcb): number => {
  let block = 512;
  while (block < tcb.peerMss + HEADERS) block *= 2;
  return block + SK_BUFF;
};

/** The buffer follows the window: room for two of it, three with BBR (Linux `tcp_sndbuf_expand`). */
const expand = (tcb: Tcb): void => {
  const segments = Math.max(10, tcb.cwnd, tcb.reordering + 1);
  const wanted = (tcb.congestion.ownsRecovery ? 3 : 2) * segments * perSegment(tcb);
  if (wanted > tcb.sendBuffer) tcb.sendBuffer = Math.min(wanted, 4_194_304);
};

/** The connection is up. */
export const startSendBuffer = (tcb: Tcb): void => {
  if (tcb.knobs.bufferOverhead) expand(tcb);
};

/** Memory in use by what is written and not acknowledged: each segment has its overhead, a short one, too (Linux `sk_wmem_queued`). */
const used = (tcb: Tcb): number => {
  const segments = tcb.packetsOut + Math.ceil((tcb.writeEnd - tcb.sndNxt) / tcb.mss);
  return tcb.writeEnd - tcb.sndUna + segments * SEGMENT_OVERHEAD;
};

/**
 * Takes as much as there is room for of what the application writes; the last segment of each piece carries PSH, unless the
 * next piece still finds it short and unsent and fills it up (Linux `tcp_sendmsg_locked` clears TCPHDR_PSH there). Without a
 * modelled buffer everything goes in at once.
 */
export const acceptWrites = (tcb: Tcb): number => {
  const before = tcb.writeEnd;
  if (!tcb.knobs.bufferOverhead) tcb.writeEnd += tcb.pendingWrite;
  else {
    // The segment that makes the buffer full is still taken whole, and one that is short and unsent is filled up even when
    // it is full: only a new one asks for memory (Linux `tcp_sendmsg_locked`, `sk_stream_memory_free`).
    const partial = tcb.writeEnd > tcb.sndNxt ? (tcb.mss - ((tcb.writeEnd - tcb.sndNxt) % tcb.mss)) % tcb.mss : 0;
    const room = Math.max(0, tcb.sendBuffer - used(tcb) - partial);
    const segments = Math.ceil(room / (tcb.mss + SEGMENT_OVERHEAD));
    tcb.writeEnd += Math.min(tcb.pendingWrite, segments * tcb.mss + partial);
  }
  const taken = tcb.writeEnd - before;
  tcb.pendingWrite -= taken;
  tcb.starved = tcb.pendingWrite > 0;
  if (tcb.starved) pollAgain(tcb);
  if (taken === 0) return 0;
  if (before > tcb.sndNxt && (before - tcb.sndNxt) % tcb.mss !== 0 && tcb.pushAt.at(-1) === before) tcb.pushAt.pop();
  tcb.pushAt.push(tcb.writeEnd);
  return taken;
};

/** An application that polls looks again at its next even step since its first write. */
const pollAgain = (tcb: Tcb): void => {
  const step = tcb.knobs.writePollMs * 1e6;
  if (step === 0) return;
  // Its clock began when it woke, before it had read the request.
  if (tcb.firstWriteAt < 0) tcb.firstWriteAt = tcb.now - POLL_LEAD_NS;
  tcb.writableAt = nanos(tcb.firstWriteAt + (Math.floor((tcb.now - tcb.firstWriteAt) / step) + 1) * step);
};

/** Room appeared: the application is woken once a third is free (Linux `tcp_check_space`, `sk_stream_is_writeable`). */
export const checkSpace = (tcb: Tcb): void => {
  if (!tcb.starved) return;
  if (tcb.inFlight() < tcb.cwnd) expand(tcb);
  if (tcb.knobs.writePollMs > 0) return;
  const inUse = used(tcb);
  if (tcb.sendBuffer - inUse < inUse / 2) return;
  tcb.writableAt = nanos(Math.min(tcb.writableAt, tcb.now + tcb.knobs.wakeUs * 1000));
};
