import { NEVER } from '../../../base/time.ts';
import type { TcpConnection } from './connection.ts';
import { Cause, Failure, Happening } from './ids.ts';
import { blank, transmit } from './output.ts';
import { Flag } from './segment.ts';
import type { Tcb } from './tcb.ts';
import { coarse } from './timers.ts';

export const armKeepAlive = (tcb: Tcb, spanUs: number): void => {
  tcb.keepAliveAt = coarse(tcb, spanUs);
};

/**
 * The connection may be idle: is the peer still there? An old sequence number draws an ACK from it (RFC 9293 §3.8.4; Linux
 * `tcp_keepalive_timer`). Data in flight asks the same question by itself.
 */
export const keepAliveFired = (connection: TcpConnection): void => {
  const { tcb } = connection;
  const { keepAliveMs, keepAliveIntervalMs, keepAliveProbes } = tcb.knobs;
  const patienceUs = keepAliveMs * 1000;
  tcb.keepAliveAt = NEVER;
  if (tcb.packetsOut > 0 || tcb.unsent > 0) {
    armKeepAlive(tcb, patienceUs);
    return;
  }
  const silenceUs = tcb.nowUs - Math.max(tcb.lastReceivedUs, tcb.lastAckUs);
  if (silenceUs < patienceUs) {
    armKeepAlive(tcb, patienceUs - silenceUs);
    return;
  }
  tcb.causeKind = Cause.None;
  if (tcb.keepAlivesOut >= keepAliveProbes) {
    connection.notify('timed-out');
    connection.abort(Failure.TimedOut);
    return;
  }
  tcb.cause = tcb.event(Happening.KeepAliveFired, -1, silenceUs * 1000, tcb.keepAlivesOut);
  tcb.causeKind = Cause.Event;
  const probe = blank(tcb, Flag.ACK, tcb.sndUna - 1);
  probe.isProbe = true;
  transmit(tcb, probe);
  tcb.keepAlivesOut++;
  armKeepAlive(tcb, keepAliveIntervalMs * 1000);
};
