import { armSynTimer, establish, sendSyn } from './handshake.ts';
import type { Segment } from './segment.ts';
import { rearmRto } from './sender.ts';
import type { Tcb } from './tcb.ts';

/**
 * A SYN with the option of Fast Open has come. With a cookie that is right the connection begins before the handshake is
 * done: the SYN's data is the application's, and the SYN-ACK acknowledges it (RFC 7413 §4.2.2). With an empty or a wrong one
 * the SYN-ACK carries a new cookie and acknowledges the SYN alone. Returns whether the data was taken.
 */
export const takeSynData = (tcb: Tcb, segment: Segment): boolean => {
  const isRight = segment.fastOpen > 0 && tcb.knobs.fastOpen !== 'rejected';
  tcb.grantsCookie = !isRight;
  if (!isRight) return false;
  const end = 1 + segment.payload;
  tcb.fastOpen = 'taken';
  tcb.rcvNxt = end;
  sendSyn(tcb, true, null);
  armSynTimer(tcb);
  // The SYN-ACK has its own timer and is not counted among what is in flight (Linux `fastopen_rsk`).
  tcb.packetsOut = 0;
  tcb.sndUna = 1;
  tcb.rcvNxt = 1;
  establish(tcb);
  tcb.rcvNxt = end;
  tcb.buffer.used += tcb.buffer.charge(segment.size, segment.payload);
  return true;
};

/** The handshake is done behind the data: its timer is that of the data now (Linux `tcp_rcv_synrecv_state_fastopen`). */
export const endFastOpen = (tcb: Tcb): void => {
  tcb.fastOpen = 'none';
  tcb.retransmits = 0;
  tcb.rtt.backoff = 0;
  tcb.lastSentUs = tcb.nowUs;
  if (tcb.totalRetrans > 1) tcb.cwnd = 1;
  if (tcb.packetsOut > 0) rearmRto(tcb);
};
