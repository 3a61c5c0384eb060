import { challenge, processAck } from './ack.ts';
import type { TcpConnection } from './connection.ts';
import { endFastOpen, takeSynData } from './fast-open-server.ts';
import { settleSynData } from './fast-open.ts';
import { armSynTimer, establish, readSynOptions, sendSyn, synAcknowledged } from './handshake.ts';
import { Failure, Happening } from './ids.ts';
import { blank, reportWindow, sendAck, transmit } from './output.ts';
import { acknowledge, queueData } from './receiver.ts';
import { Flag } from './segment.ts';
import type { Segment } from './segment.ts';
import { checkSpace } from './send-buffer.ts';
import { sendNew } from './sender.ts';
import type { Tcb } from './tcb.ts';
import { disarm } from './timers.ts';

/** Dispatches an arriving segment by state (RFC 9293 §3.10.7). */
export const receiveSegment = (connection: TcpConnection, segment: Segment): void => {
  const { tcb } = connection;
  switch (tcb.state) {
    case 'CLOSED':
      refuse(tcb, segment);
      break;
    case 'LISTEN':
      inListen(connection, segment);
      break;
    case 'SYN-SENT':
      inSynSent(connection, segment);
      break;
    case 'TIME-WAIT':
      inTimeWait(connection, segment);
      break;
    default:
      inOpen(connection, segment);
  }
};

/** Nobody is there: RST, numbered so that it is believed (RFC 9293 §3.10.7.1). */
const refuse = (tcb: Tcb, segment: Segment): void => {
  if ((segment.flags & Flag.RST) !== 0) return;
  const reset = blank(tcb, Flag.RST, 0);
  if ((segment.flags & Flag.ACK) !== 0) reset.seq = segment.ack;
  else {
    reset.flags |= Flag.ACK;
    reset.seq = 0;
    const length =
      segment.payload + ((segment.flags & Flag.SYN) !== 0 ? 1 : 0) + ((segment.flags & Flag.FIN) !== 0 ? 1 : 0);
    reset.ack = (segment.seq + length) >>> 0;
  }
  reset.window = 0;
  transmit(tcb, reset);
};

const inListen = (connection: TcpConnection, segment: Segment): void => {
  const { tcb } = connection;
  if ((segment.flags & Flag.RST) !== 0) return;
  if ((segment.flags & Flag.ACK) !== 0) {
    refuse(tcb, segment);
    return;
  }
  if ((segment.flags & Flag.SYN) === 0) return;
  tcb.irs = segment.seq;
  tcb.rcvNxt = 1;
  readSynOptions(tcb, segment);
  tcb.sndWnd = segment.window;
  tcb.sndWl1 = 0;
  connection.move('RCV_SYN');
  if (segment.fastOpen >= 0 && tcb.knobs.fastOpen !== 'off' && takeSynData(tcb, segment)) {
    connection.notify('connected');
    if (segment.payload > 0) connection.notify('readable');
    return;
  }
  // Data on a SYN without a right cookie is left alone: the client sends it again (RFC 7413 §4.2.2).
  sendSyn(tcb, true, null);
  armSynTimer(tcb);
};

const inSynSent = (connection: TcpConnection, segment: Segment): void => {
  const { tcb } = connection;
  const acks = (segment.flags & Flag.ACK) !== 0;
  const ack = acks ? tcb.fromWire(segment.ack) : 1;
  if (ack < 1 || ack > tcb.sndNxt) {
    refuse(tcb, segment);
    return;
  }
  if ((segment.flags & Flag.RST) !== 0) {
    if (!acks) return;
    tcb.event(Happening.Failed, segment.packet, Failure.Refused, 0);
    connection.notify('refused');
    connection.move('RESET');
    return;
  }
  if ((segment.flags & Flag.SYN) === 0) return;
  tcb.irs = segment.seq;
  tcb.rcvNxt = 1;
  readSynOptions(tcb, segment);
  if (!acks) {
    // Simultaneous open (RFC 9293 §3.5, figure 8): our SYN goes again, with an ACK.
    connection.move('RCV_SYN');
    sendSyn(tcb, true, tcb.queue.head);
    return;
  }
  noteEcho(tcb, segment);
  tcb.sndWl1 = 0;
  synAcknowledged(tcb);
  tcb.sndWnd = segment.window;
  disarm(tcb);
  connection.move('RCV_SYN_ACK');
  establish(tcb);
  const carried = tcb.packetsOut > 0 && settleSynData(tcb, ack);
  if (!carried) sendAck(tcb);
  connection.opened();
  sendNew(tcb);
};

const inTimeWait = (connection: TcpConnection, segment: Segment): void => {
  const { tcb } = connection;
  if ((segment.flags & Flag.RST) !== 0) {
    // RFC 1337: an old RST must not end TIME-WAIT early.
    return;
  }
  if ((segment.flags & Flag.SYN) !== 0) {
    challenge(tcb); // RFC 5961 §4.2
    return;
  }
  if ((segment.flags & Flag.FIN) !== 0 || segment.payload > 0) {
    // The last ACK was lost: once more, and the wait starts anew (RFC 9293 §3.10.7.4 eighth).
    sendAck(tcb);
    if ((segment.flags & Flag.FIN) !== 0) tcb.timeWaitAt = (tcb.now + tcb.knobs.timeWaitMs * 1e6) as Tcb['timeWaitAt'];
  }
};

const noteEcho = (tcb: Tcb, segment: Segment): void => {
  tcb.sawTimestamp = tcb.timestampsOk && segment.hasTimestamps;
  tcb.rcvTsEcr = tcb.sawTimestamp ? segment.tsEcr : 0;
};

/** SYN-RECEIVED and all that follow (RFC 9293 §3.10.7.4). */
const inOpen = (connection: TcpConnection, segment: Segment): void => {
  const { tcb } = connection;
  noteEcho(tcb, segment);
  if (tcb.state === 'SYN-RECEIVED' && synAgain(connection, segment)) return;
  if (!acceptable(connection, segment)) return;
  if ((segment.flags & Flag.RST) !== 0) {
    reset(connection, segment);
    return;
  }
  if ((segment.flags & Flag.SYN) !== 0) {
    challenge(tcb); // RFC 5961 §4.2
    return;
  }
  if ((segment.flags & Flag.ACK) === 0) return;
  noteTimestamp(tcb, segment);
  if (tcb.state === 'SYN-RECEIVED' && !completeHandshake(connection, segment)) return;
  const brings = !isPredictedAck(tcb, segment);
  if (!processAck(tcb, segment)) return;
  finAcknowledged(connection);
  if (tcb.sawTimestamp) measureReceiverRtt(tcb, segment);
  takeData(connection, segment);
  if (!sendNew(tcb)) reportWindow(tcb);
  checkSpace(tcb);
  if (brings) acknowledge(tcb);
};

/**
 * A pure ACK such as the peer's last: it says nothing about what we owe, and a delayed ACK goes on waiting (Linux
 * `tcp_rcv_established`: header prediction passes `tcp_ack_snd_check` by).
 */
const isPredictedAck = (tcb: Tcb, segment: Segment): boolean =>
  segment.payload === 0 &&
  tcb.state === 'ESTABLISHED' &&
  (segment.flags & ~Flag.PSH) === Flag.ACK &&
  segment.sackCount === 0 &&
  tcb.outOfOrder.length === 0 &&
  tcb.rcvWnd > 0 &&
  tcb.fromPeer(segment.seq) === tcb.rcvNxt &&
  segment.window * (1 << tcb.sndScale) === tcb.sndWnd;

/** A SYN again in SYN-RECEIVED: our SYN-ACK was lost, or this is the other half of a simultaneous open. */
const synAgain = (connection: TcpConnection, segment: Segment): boolean => {
  const { tcb } = connection;
  if ((segment.flags & (Flag.SYN | Flag.RST)) !== Flag.SYN || tcb.fromPeer(segment.seq) !== 0) return false;
  if ((segment.flags & Flag.ACK) !== 0 && tcb.fromWire(segment.ack) === 1) {
    readSynOptions(tcb, segment);
    if (!completeHandshake(connection, segment)) return true;
    sendAck(tcb);
    sendNew(tcb);
    return true;
  }
  tcb.totalRetrans++;
  if (tcb.queue.head !== null) tcb.queue.head.tags |= 8;
  sendSyn(tcb, true, tcb.queue.head);
  armSynTimer(tcb);
  return true;
};

const completeHandshake = (connection: TcpConnection, segment: Segment): boolean => {
  const { tcb } = connection;
  const ack = tcb.fromWire(segment.ack);
  if (ack < 1 || ack > tcb.sndNxt) {
    refuse(tcb, segment);
    return false;
  }
  tcb.sndWnd = (segment.flags & Flag.SYN) !== 0 ? segment.window : segment.window * (1 << tcb.sndScale);
  tcb.sndWl1 = tcb.fromPeer(segment.seq);
  synAcknowledged(tcb);
  disarm(tcb);
  connection.move('RCV_ACK_OF_SYN');
  if (tcb.fastOpen === 'taken') {
    endFastOpen(tcb);
    connection.goOn();
    return true;
  }
  establish(tcb);
  if (tcb.packetsOut > 0) settleSynData(tcb, ack);
  connection.opened();
  return true;
};

/** RFC 9293 §3.10.7.4 first, with PAWS before it (RFC 7323 §5.3). */
const acceptable = (connection: TcpConnection, segment: Segment): boolean => {
  const { tcb } = connection;
  const seq = tcb.fromPeer(segment.seq);
  const end = seq + segment.payload + ((segment.flags & Flag.FIN) !== 0 ? 1 : 0);
  if (tcb.sawTimestamp && (segment.flags & Flag.RST) === 0 && ((segment.tsVal - tcb.tsRecent) | 0) < 0) {
    // An old duplicate from before the numbers wrapped; a pure ACK overtaken by another is no such thing.
    if (segment.payload > 0 || seq !== tcb.rcvNxt) {
      sendDuplicate(tcb, seq, end);
      return false;
    }
  }
  const windowEnd = Math.max(tcb.rcvWup + tcb.rcvWnd, tcb.rcvNxt);
  if (end >= tcb.rcvWup && seq <= windowEnd && !(end > windowEnd && seq === windowEnd && segment.payload > 0))
    return true;
  if ((segment.flags & Flag.RST) !== 0) return false;
  if ((segment.flags & Flag.SYN) !== 0) challenge(tcb);
  else sendDuplicate(tcb, seq, end);
  return false;
};

/** Answers an unacceptable segment with where we are, and a DSACK of it (RFC 2883 §4). */
const sendDuplicate = (tcb: Tcb, seq: number, end: number): void => {
  if (end > seq && seq < tcb.rcvNxt && tcb.sackOk && tcb.knobs.dsack) {
    tcb.dsackStart = seq;
    tcb.dsackEnd = Math.min(end, tcb.rcvNxt);
  }
  if (end > seq) sendAck(tcb);
  else challengeOrAck(tcb);
};

/** Pure ACKs out of window could loop; zero-window probes must be answered (Linux `tcp_oow_rate_limited`). */
const challengeOrAck = (tcb: Tcb): void => {
  if (tcb.nowUs - tcb.lastChallengeUs < 500_000) return;
  tcb.lastChallengeUs = tcb.nowUs;
  sendAck(tcb);
};

/** RFC 5961 §3.2: only the exact number ends the connection; else a challenge. */
const reset = (connection: TcpConnection, segment: Segment): void => {
  const { tcb } = connection;
  const seq = tcb.fromPeer(segment.seq);
  if (seq !== tcb.rcvNxt && !(seq === tcb.rcvNxt - 1 && tcb.finReceivedAt >= 0)) {
    challenge(tcb);
    return;
  }
  const listening = tcb.state === 'SYN-RECEIVED' && tcb.fastOpen !== 'taken';
  tcb.event(Happening.Failed, segment.packet, Failure.Reset, 0);
  connection.notify(listening ? 'refused' : 'reset');
  connection.move('RESET');
};

/** RFC 7323 §4.3: the timestamp to echo is that of the last segment that moved the left edge. */
const noteTimestamp = (tcb: Tcb, segment: Segment): void => {
  if (tcb.sawTimestamp && tcb.fromPeer(segment.seq) <= tcb.rcvWup && ((segment.tsVal - tcb.tsRecent) | 0) >= 0)
    tcb.tsRecent = segment.tsVal;
};

const measureReceiverRtt = (tcb: Tcb, segment: Segment): void => {
  if (segment.tsEcr === tcb.lastTsEcr) return;
  tcb.lastTsEcr = segment.tsEcr;
  if (segment.payload < tcb.rcvMss) return;
  const ticks = (tcb.timestamp() - segment.tsEcr) | 0;
  if (ticks > 0) tcb.buffer.rttFromTimestamp(ticks * 1000);
};

/** Our FIN is acknowledged (RFC 9293 §3.10.7.4 fifth). */
const finAcknowledged = (connection: TcpConnection): void => {
  const { tcb } = connection;
  if (!tcb.finSent || tcb.sndUna < tcb.writeEnd + 1) return;
  if (tcb.state === 'FIN-WAIT-1' || tcb.state === 'CLOSING' || tcb.state === 'LAST-ACK')
    connection.move('RCV_ACK_OF_FIN');
};

const takeData = (connection: TcpConnection, segment: Segment): void => {
  const { tcb } = connection;
  const hasFin = (segment.flags & Flag.FIN) !== 0;
  if (segment.payload === 0 && !hasFin) return;
  if (tcb.finReceivedAt >= 0) {
    // After the FIN there is nothing new; it is a duplicate.
    if (tcb.fromPeer(segment.seq) < tcb.rcvNxt) sendAck(tcb);
    return;
  }
  if (
    connection.closedByApplication &&
    segment.payload > 0 &&
    tcb.fromPeer(segment.seq) + segment.payload > tcb.rcvNxt
  ) {
    // Nobody will read this: the answer is that of a port where nobody is (RFC 9293 §3.6.1, RFC 1122 §4.2.2.13).
    refuse(tcb, segment);
    tcb.event(Happening.Failed, segment.packet, Failure.Aborted, 0);
    connection.move('RESET');
    return;
  }
  const before = tcb.rcvNxt;
  const ended = queueData(tcb, segment);
  if (ended) tcb.finReceivedAt = tcb.rcvNxt;
  const bytes = tcb.rcvNxt - (ended ? 1 : 0) - before;
  if (bytes > 0) connection.notify('readable');
  if (ended) peerFinished(connection);
};

/** The peer's FIN is in order (RFC 9293 §3.10.7.4 eighth; Linux `tcp_fin`). */
const peerFinished = (connection: TcpConnection): void => {
  const { tcb } = connection;
  const was = tcb.state;
  tcb.ackScheduled = true;
  // From ESTABLISHED the ACK may wait for our own FIN; otherwise it leaves now.
  if (was === 'ESTABLISHED' || was === 'SYN-RECEIVED') tcb.pingpong = tcb.knobs.delayedAckMs > 0;
  else tcb.ackNow = true;
  if (was === 'FIN-WAIT-1' || was === 'FIN-WAIT-2') sendAck(tcb);
  connection.move('RCV_FIN');
  connection.notify('peer-closed');
};
