import { CaState } from '../congestion/types.ts';
import type { TcpConnection } from './connection.ts';
import { sendSyn } from './handshake.ts';
import { Cause, Failure, Happening } from './ids.ts';
import { effectiveMss } from './mss.ts';
import { blank, reportWindow, transmit, transmitEntry } from './output.ts';
import { rackTimeout } from './rack.ts';
import { enterLoss, enterRecovery, reduceOnce } from './recovery.ts';
import { MAX_RTO_US } from './rtt.ts';
import { Flag } from './segment.ts';
import { persistUs, rearmRto, retransmit, retransmitLost, sendLossProbe } from './sender.ts';
import type { Tcb } from './tcb.ts';
import { arm, backedOffRto, disarm } from './timers.ts';

/** Attempts before giving up data (Linux `sysctl_tcp_retries2`; RFC 9293 §3.8.3, R2). */
const DATA_RETRIES = 15;
/** SYN and SYN-ACK in Linux (`sysctl_tcp_syn_retries`, `sysctl_tcp_synack_retries`); elsewhere R2 for a SYN is three minutes at least (RFC 9293 §3.8.3, MUST-23). */
const LINUX_SYN_RETRIES = 6;
const LINUX_SYN_ACK_RETRIES = 5;
const SYN_RETRIES = 7;
/** SYN timeouts before doubling begins (Linux `sysctl_tcp_syn_linear_timeouts`). */
const LINEAR_SYN_TIMEOUTS = 4;

/** The one retransmission timer fired; which of its purposes it served decides. */
export const retransmitTimerFired = (connection: TcpConnection): void => {
  const { tcb } = connection;
  const kind = tcb.timer;
  disarm(tcb);
  switch (kind) {
    case 'none':
      break;
    case 'reorder':
      reorderFired(tcb);
      break;
    case 'probe':
      fire(tcb, Happening.TlpFired, tcb.timerSpan, 0);
      tcb.timer = 'probe';
      sendLossProbe(tcb);
      reportWindow(tcb);
      break;
    case 'persist':
      persistFired(connection);
      break;
    case 'rto':
      if (tcb.state === 'SYN-SENT' || tcb.state === 'SYN-RECEIVED') synFired(connection);
      else rtoFired(connection);
      break;
  }
};

/** The expiry becomes the cause of what follows. */
const fire = (tcb: Tcb, kind: number, a: number, b: number): void => {
  const head = tcb.queue.head;
  const armedBy = head?.packet ?? -1;
  tcb.causeKind = armedBy >= 0 ? Cause.Sent : Cause.None;
  tcb.cause = armedBy;
  const event = tcb.event(kind, armedBy, a, b);
  tcb.causeKind = Cause.Event;
  tcb.cause = event;
};

const isLinux = (tcb: Tcb): boolean => tcb.knobs.rtoFloor === 'variation';

/** Repetitions of a SYN or SYN-ACK; Linux adds those that do not back off (`tcp_write_timeout`). */
const synRetries = (tcb: Tcb): number => {
  if (!isLinux(tcb)) return SYN_RETRIES;
  if (tcb.state === 'SYN-SENT') return LINUX_SYN_RETRIES + LINEAR_SYN_TIMEOUTS;
  // One more where data was taken with the SYN (`tcp_fastopen_synack_timer`).
  return LINUX_SYN_ACK_RETRIES + (tcb.fastOpen === 'taken' ? 1 : 0);
};

const synFired = (connection: TcpConnection): void => {
  const { tcb } = connection;
  const head = tcb.queue.head;
  if (head === null) return;
  if (tcb.retransmits >= synRetries(tcb)) {
    giveUp(connection);
    return;
  }
  fire(tcb, Happening.RtoFired, tcb.timerSpan, tcb.rtt.backoff);
  tcb.retransmits++;
  tcb.totalTimeouts++;
  tcb.totalRetrans++;
  head.tags |= 8;
  if (tcb.state === 'SYN-RECEIVED' || tcb.totalTimeouts > LINEAR_SYN_TIMEOUTS || !isLinux(tcb)) tcb.rtt.backoff++;
  sendSyn(tcb, tcb.state === 'SYN-RECEIVED', head);
  arm(tcb, 'rto', tcb.knobs.initialRtoMs * 1000 * (1 << tcb.rtt.backoff), false);
};

const rtoFired = (connection: TcpConnection): void => {
  const { tcb } = connection;
  const head = tcb.queue.head;
  if (head === null || tcb.packetsOut === 0) return;
  if (tcb.retransmits >= DATA_RETRIES) {
    giveUp(connection);
    return;
  }
  fire(tcb, Happening.RtoFired, tcb.timerSpan, tcb.rtt.backoff);
  enterLoss(tcb);
  tcb.retransmits++;
  tcb.totalTimeouts++;
  retransmit(tcb, tcb.queue.first);
  tcb.rtt.backoff++;
  arm(tcb, 'rto', backedOffRto(tcb, MAX_RTO_US), false);
  reportWindow(tcb);
};

/** RACK waited long enough for reordering (RFC 8985 §6.3; Linux `tcp_rack_reo_timeout`). */
const reorderFired = (tcb: Tcb): void => {
  fire(tcb, Happening.ReorderTimerFired, tcb.timerSpan, 0);
  const before = tcb.inFlight();
  rackTimeout(tcb);
  if (tcb.inFlight() !== before) {
    if (tcb.caState !== CaState.Recovery) {
      enterRecovery(tcb, false);
      reduceOnce(tcb);
    }
    retransmitLost(tcb);
  }
  if (tcb.timer !== 'rto') rearmRto(tcb);
  reportWindow(tcb);
};

/** Probes a closed window (RFC 9293 §3.8.6.1): what fits, or a segment that is old on purpose (Linux `tcp_write_wakeup`). */
const persistFired = (connection: TcpConnection): void => {
  const { tcb } = connection;
  if (tcb.packetsOut > 0 || tcb.unsent === 0) return;
  fire(tcb, Happening.PersistFired, tcb.timerSpan, tcb.rtt.backoff);
  const room = tcb.wndEnd - tcb.sndNxt;
  if (room > 0) {
    const payload = Math.min(room, effectiveMss(tcb), tcb.writeEnd - tcb.sndNxt);
    const sent = tcb.queue.push(tcb.sndNxt, tcb.sndNxt + payload, Flag.PSH);
    transmitEntry(tcb, sent, false);
    tcb.sndNxt += payload;
    tcb.packetsOut++;
    rearmRto(tcb);
    return;
  }
  const probe = blank(tcb, Flag.ACK, tcb.sndUna - 1);
  probe.isProbe = true;
  transmit(tcb, probe);
  tcb.rtt.backoff++;
  arm(tcb, 'persist', persistUs(tcb), true);
};

const giveUp = (connection: TcpConnection): void => {
  connection.tcb.event(Happening.Failed, -1, Failure.TimedOut, 0);
  connection.notify('timed-out');
  connection.move('RESET');
};
