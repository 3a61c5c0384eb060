import { sackOptionBytes } from './output.ts';
import { Flag } from './segment.ts';
import { Tag } from './sent-queue.ts';
import type { Sent } from './sent-queue.ts';
import type { Tcb } from './tcb.ts';

/** Smallest MSS that a tiny window forces (Linux `TCP_MIN_SND_MSS` less headers). */
const MIN_MSS = 8;
const MSS_DEFAULT = 536;

/**
 * Effective MSS, bytes: what the options of this very segment leave (RFC 6691 §2; Linux `tcp_current_mss`), and at most half
 * of the largest window the peer has offered (`tcp_bound_to_half_wnd`).
 */
export const effectiveMss = (tcb: Tcb): number => {
  const half = tcb.maxWindow > MSS_DEFAULT ? tcb.maxWindow >> 1 : tcb.maxWindow;
  const bounded = half > 0 && tcb.mss > half ? Math.max(half, MIN_MSS) : tcb.mss;
  return Math.max(bounded - sackOptionBytes(tcb), MIN_MSS);
};

/**
 * The entry at `index` of the retransmission queue, cut to what one segment may carry now: SACK blocks that were not there
 * at the first transmission make it smaller, and so does a window that has shrunk into it. The rest follows as an entry of
 * its own, with the same fate so far (Linux `__tcp_retransmit_skb`, `tcp_fragment`).
 */
export const cutToFit = (tcb: Tcb, index: number): Sent => {
  const sent = tcb.queue.at(index);
  const payload = sent.end - sent.start - ((sent.flags & Flag.FIN) !== 0 ? 1 : 0);
  const mss = effectiveMss(tcb);
  const room = tcb.wndEnd - sent.start;
  const most = room > 0 ? Math.min(mss, room) : mss;
  if (payload <= most) return sent;
  tcb.queue.split(index, sent.start + most);
  tcb.packetsOut++;
  if ((sent.tags & Tag.Lost) !== 0) tcb.lostOut++;
  if ((sent.tags & Tag.Retransmitted) !== 0) tcb.retransOut++;
  return sent;
};
