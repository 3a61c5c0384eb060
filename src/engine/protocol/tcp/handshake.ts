import { Metric } from '../metrics.ts';
import { addFastOpen } from './fast-open.ts';
import { Happening } from './ids.ts';
import { armKeepAlive } from './keep-alive.ts';
import { reportWindow, transmit, blank } from './output.ts';
import { reportRtt, updatePacingRate } from './ack.ts';
import { Flag } from './segment.ts';
import type { Segment } from './segment.ts';
import type { Sent } from './sent-queue.ts';
import { startSendBuffer } from './send-buffer.ts';
import type { Tcb } from './tcb.ts';
import { arm } from './timers.ts';

const IP_TCP_HEADERS = 40;
const TIMESTAMPS = 12;
const FALLBACK_RTO_US = 3_000_000;

/** MSS that this host announces: what its MTU carries (RFC 9293 §3.7.1). */
export const announcedMss = (tcb: Tcb): number =>
  tcb.knobs.mss > 0 ? Math.min(tcb.knobs.mss, tcb.mtu - IP_TCP_HEADERS) : tcb.mtu - IP_TCP_HEADERS;

/** Sends SYN or SYN-ACK, anew or again; options as configured, in an answer only what was offered (RFC 7323 §2.2, RFC 2018 §2). */
export const sendSyn = (tcb: Tcb, withAck: boolean, again: Sent | null): void => {
  const sent = again ?? tcb.queue.push(0, 1, Flag.SYN);
  if (again === null) {
    tcb.packetsOut = 1;
    tcb.sndNxt = 1;
  }
  const { knobs } = tcb;
  const segment = blank(tcb, Flag.SYN | (withAck ? Flag.ACK : 0), 0);
  segment.mss = announcedMss(tcb);
  segment.sackPermitted = withAck ? tcb.sackOk : knobs.sack;
  segment.hasTimestamps = withAck ? tcb.timestampsOk : knobs.timestamps;
  const scaled = withAck ? tcb.scaleOk : knobs.windowScale >= 0;
  segment.windowScale = scaled ? tcb.offeredScale : -1;
  if (knobs.ecn) segment.flags |= withAck ? (tcb.ecnOk ? Flag.ECE : 0) : Flag.ECE | Flag.CWR;
  if (segment.hasTimestamps) {
    segment.tsVal = tcb.timestamp();
    segment.tsEcr = withAck ? tcb.tsRecent : 0;
  }
  if (withAck) segment.ack = (tcb.irs + tcb.rcvNxt) >>> 0;
  const mss = segment.mss - (withAck && tcb.timestampsOk ? TIMESTAMPS : 0);
  tcb.rcvWnd = tcb.buffer.initialWindow(mss, knobs.windowScale >= 0);
  tcb.rcvWup = tcb.rcvNxt;
  segment.window = Math.min(tcb.rcvWnd, 65535);
  tcb.metric(Metric.rcvwnd, tcb.rcvWnd);
  sent.times++;
  segment.nth = sent.times;
  segment.retransmissionOf = sent.times > 1 ? sent.packet : -1;
  segment.owner = sent;
  sent.sentAt = tcb.now;
  sent.txDeliveredUs = -1;
  // Not on one that is sent again: a middlebox may have dropped the first for its sake (RFC 7413 §4.2.1, §7.1).
  if (knobs.fastOpen !== 'off' && again === null) addFastOpen(tcb, segment, sent);
  transmit(tcb, segment);
};

/** Reads the options of the peer's SYN or SYN-ACK and settles what is used. */
export const readSynOptions = (tcb: Tcb, segment: Segment): void => {
  const { knobs } = tcb;
  tcb.peerMss = segment.mss > 0 ? segment.mss : 536; // RFC 9293 §3.7.1: 536 where none is sent
  tcb.sackOk = knobs.sack && segment.sackPermitted;
  tcb.timestampsOk = knobs.timestamps && segment.hasTimestamps;
  tcb.scaleOk = knobs.windowScale >= 0 && segment.windowScale >= 0;
  tcb.sndScale = tcb.scaleOk ? Math.min(segment.windowScale, 14) : 0; // RFC 7323 §2.3
  tcb.rcvScale = tcb.scaleOk ? tcb.offeredScale : 0;
  const synAck = (segment.flags & Flag.ACK) !== 0;
  const ecnFlags = segment.flags & (Flag.ECE | Flag.CWR);
  tcb.ecnOk = knobs.ecn && (synAck ? ecnFlags === Flag.ECE : ecnFlags === (Flag.ECE | Flag.CWR)); // RFC 3168 §6.1.1
  if (tcb.timestampsOk) {
    tcb.tsRecent = segment.tsVal;
    tcb.sawTimestamp = true;
  }
  tcb.mss = Math.min(tcb.peerMss, announcedMss(tcb)) - (tcb.timestampsOk ? TIMESTAMPS : 0);
};

/** The connection is open: windows, congestion control and buffers start (Linux `tcp_init_transfer`). */
export const establish = (tcb: Tcb): void => {
  // After more than one lost SYN the path is not to be trusted (RFC 5681 §3.1; Linux counts from the second).
  tcb.cwnd = tcb.totalRetrans > 1 ? 1 : tcb.knobs.initialWindow;
  tcb.maxWindow = Math.max(tcb.maxWindow, tcb.sndWnd);
  tcb.retransmits = 0;
  tcb.rtt.backoff = 0;
  // No sample yet, for the SYN had to be repeated: start carefully (RFC 6298 §5.7; Linux `TCP_TIMEOUT_FALLBACK`).
  if (tcb.rtt.srtt8 === 0) tcb.rtt.rtoUs = FALLBACK_RTO_US;
  // What counts as a full segment until one has come (Linux `tcp_initialize_rcv_mss`, TCP_MSS_DEFAULT, TCP_MIN_MSS).
  tcb.rcvMss = Math.max(Math.min(tcb.mss, tcb.rcvWnd >> 1, 536), 88);
  tcb.deliveredUs = tcb.nowUs;
  tcb.cwndStampUs = tcb.nowUs;
  tcb.lastReceivedUs = tcb.nowUs;
  tcb.buffer.start(tcb.rcvWnd, tcb.mss, tcb.knobs.initialWindow, tcb.rcvNxt, tcb.nowUs);
  tcb.copied = tcb.rcvNxt;
  if (tcb.knobs.keepAlive) armKeepAlive(tcb, tcb.knobs.keepAliveMs * 1000);
  tcb.congestion.start(tcb, tcb.nowUs);
  if (!tcb.congestion.ownsRecovery) updatePacingRate(tcb);
  startSendBuffer(tcb);
  reportWindow(tcb);
  // Who was told when the SYN left is not told again.
  if (tcb.fastOpen !== 'asked') tcb.event(Happening.Connected, tcb.arrivedPacket, 0, 0);
};

/** Our SYN is acknowledged: it leaves the queue and gives the first RTT, by timestamp where it was sent again (RFC 6298 §3). */
export const synAcknowledged = (tcb: Tcb): void => {
  const sent = tcb.queue.head;
  if (sent === null) return;
  let sampleUs = -1;
  if (sent.times === 1) sampleUs = tcb.nowUs - Math.floor(sent.sentAt / 1000);
  else if (tcb.sawTimestamp && tcb.rcvTsEcr !== 0) sampleUs = Math.max((tcb.timestamp() - tcb.rcvTsEcr) | 0, 1) * 1000;
  tcb.queue.shift();
  if (tcb.fastOpen !== 'taken') tcb.packetsOut--;
  tcb.delivered++;
  tcb.sndUna = 1;
  tcb.retransStamp = 0;
  if (sampleUs < 0) return;
  tcb.rtt.noteMinimum(sampleUs, tcb.nowUs);
  tcb.rtt.sample(sampleUs, tcb.sndUna, tcb.sndNxt);
  reportRtt(tcb, sampleUs);
};

/** Arms the timer of a SYN or SYN-ACK: doubling; Linux keeps the first four of a SYN equal (`sysctl_tcp_syn_linear_timeouts`). */
export const armSynTimer = (tcb: Tcb): void => {
  arm(tcb, 'rto', tcb.knobs.initialRtoMs * 1000 * (1 << tcb.rtt.backoff), false);
};
