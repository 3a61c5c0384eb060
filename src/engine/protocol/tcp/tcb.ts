import { toUnit } from '../../../base/hash.ts';
import { NEVER } from '../../../base/time.ts';
import type { Nanos } from '../../../base/time.ts';
import { Bbr } from '../congestion/bbr.ts';
import { Cubic } from '../congestion/cubic.ts';
import { Reno } from '../congestion/reno.ts';
import { CaState, INFINITE_SSTHRESH } from '../congestion/types.ts';
import type { CongestionControl, RateSample, Window } from '../congestion/types.ts';
import type { Metric } from '../metrics.ts';
import type { Probe } from '../probe.ts';
import { Cause, NONE } from './ids.ts';
import type { TcpKnobs } from './knobs.ts';
import type { TcpState } from './machine.ts';
import { ReceiveBuffer } from './receive-buffer.ts';
import { RttEstimator } from './rtt.ts';
import type { Segment, SegmentPool } from './segment.ts';
import { SentQueue } from './sent-queue.ts';

/** Duplicate ACKs that mean loss (RFC 5681 §3.2; Linux `sysctl_tcp_reordering`). */
export const DUP_THRESH = 3;

/** What the one retransmission timer is armed for: a tagged union, so that impossible timers cannot exist. */
export type RetransmitTimer = { readonly kind: 'none' } | { readonly kind: 'rto' | 'probe' | 'reorder' | 'persist' };

export type TimerKind = RetransmitTimer['kind'];

/** A stretch of out-of-order payload, positions [left, right), with the memory it is charged. */
export interface Stretch {
  left: number;
  right: number;
  memory: number;
  fin: boolean;
}

export interface TcbOptions {
  readonly knobs: TcpKnobs;
  readonly mtu: number;
  /** Initial sequence number, [0, 2^32). */
  readonly isn: number;
  /** Offset of this host's timestamp clock, ms. */
  readonly timestampOffset: number;
  /** Seed of the draws that the algorithms make. */
  readonly seed: number;
  readonly probe: Probe;
  readonly pool: SegmentPool;
  /** SO_RCVBUF; 0: by the profile, and tuned. */
  readonly receiveBuffer: number;
}

/**
 * Transmission control block (RFC 9293 §3.3.1): all that a connection knows. Positions count from the SYN (0), the first
 * payload byte has position 1; they do not wrap. Named as in the RFCs, with Linux's name where it has no other.
 */
export class Tcb implements Window {
  readonly knobs: TcpKnobs;
  readonly probe: Probe;
  readonly pool: SegmentPool;
  readonly isn: number;
  readonly timestampOffset: number;
  readonly mtu: number;
  state: TcpState = 'CLOSED';
  /** Simulation time of the call that runs. */
  now = 0 as Nanos;
  /** now in whole µs, as the kernel's clock counts. */
  nowUs = 0;
  /** What brought the present call about; goes with all that it sends. */
  causeKind: number = Cause.None;
  cause = NONE;
  /** Row of the segment that is being processed. */
  arrivedPacket = NONE;
  readonly outbox: Segment[] = [];
  outboxHead = 0;
  outboxTail = 0;

  // Sending
  sndUna = 0;
  sndNxt = 0;
  sndWnd = 0;
  sndWl1 = 0;
  maxWindow = 0;
  /** End of what the application has written. */
  writeEnd = 1;
  /** Bytes that the application wants to write and the send buffer does not take yet; then it waits. */
  pendingWrite = 0;
  starved = false;
  sendBuffer = 0;
  firstWriteAt = -1;
  /** When the waiting application comes round to writing again. */
  writableAt: Nanos = NEVER;
  /** The application wants to close once all is written. */
  closeWaits = false;
  /** The application has closed: a FIN follows `writeEnd`. */
  finWritten = false;
  finSent = false;
  /**
   * Fast Open (RFC 7413). deferred: the application may write, and the SYN leaves with what it writes; asked: that SYN is on
   * its way; taken: the server has the data of a SYN and waits for the end of the handshake.
   */
  fastOpen: 'none' | 'deferred' | 'asked' | 'taken' = 'none';
  /** Our SYN-ACK brings the client a cookie (RFC 7413 §4.1.2). */
  grantsCookie = false;
  /** Ends of the application's writes that are not yet sent: they carry PSH. */
  readonly pushAt: number[] = [];
  mss = 536;
  /** MSS of the peer's SYN, without options. */
  peerMss = 536;
  sndScale = 0;
  rcvScale = 0;
  /** Both ends offered window scaling. */
  scaleOk = false;
  sackOk = false;
  timestampsOk = false;
  ecnOk = false;
  /** End of the last segment shorter than the MSS (Minshall). */
  smallEnd = 0;
  nodelay = false;
  lastSentUs = 0;
  readonly queue = new SentQueue();
  packetsOut = 0;
  sackedOut = 0;
  lostOut = 0;
  retransOut = 0;
  /** End of the highest SACKed segment. */
  highestSacked = 0;
  /** Blocks of the last ACK's SACK option, [left, right) in pairs (Linux `recv_sack_cache`). */
  readonly sackCache: number[] = [];
  /** Queue index from which to look for segments to retransmit; −1: from the head. */
  retransmitHint = -1;

  // Congestion and recovery
  readonly congestion: CongestionControl;
  cwnd: number;
  ssthresh = INFINITE_SSTHRESH;
  cwndCount = 0;
  cwndLimited = false;
  maxPacketsOut = 0;
  cwndUsageEnd = 0;
  cwndStampUs = 0;
  cwndUsed = 0;
  caState: CaState = CaState.Open;
  highSeq = 0;
  priorCwnd = 0;
  priorSsthresh = 0;
  undoMarker = -1;
  undoRetrans = -1;
  /** Timestamp value of the first retransmission of the episode; 0: none. */
  retransStamp = 0;
  prrDelivered = 0;
  prrOut = 0;
  tlpEnd = -1;
  tlpRetransmitted = false;
  frto = false;
  reordering = DUP_THRESH;
  reorderSeen = 0;
  dupAcks = 0;
  sackReneged = false;
  /** RFC 6582: partial ACKs are judged against this. */
  recoverEnd = -1;

  // RACK (RFC 8985 §5.2)
  rackXmitNs = 0;
  rackEnd = 0;
  rackRttUs = 0;
  rackAdvanced = false;
  rackSteps = 1;
  rackPersist = 0;
  rackDsackSeen = false;
  rackLastDelivered = 0;
  totalRetrans = 0;
  dsackDups = 0;

  // Delivery rate (draft-cheng-iccrg-delivery-rate-estimation)
  delivered = 0;
  deliveredUs = 0;
  firstSentUs = 0;
  lostTotal = 0;
  appLimitedUntil = 0;
  readonly sample: RateSample = {
    delivered: -1,
    intervalUs: -1,
    priorDelivered: 0,
    priorDeliveredUs: 0,
    rttUs: -1,
    ackedSacked: 0,
    losses: 0,
    priorInFlight: 0,
    appLimited: false,
    isRetransmission: false,
    ackDelayed: false,
    lastEnd: 0,
  };

  // Timers
  readonly rtt: RttEstimator;
  timer: TimerKind = 'none';
  timerAt: Nanos = NEVER;
  /** The timeout that was asked for, ns: what the trace tells. */
  timerSpan = 0;
  delackAt: Nanos = NEVER;
  /** Span of the running delayed-ACK timer, ns. */
  delackSpan = 0;
  compressAt: Nanos = NEVER;
  pacingAt: Nanos = NEVER;
  timeWaitAt: Nanos = NEVER;
  keepAliveAt: Nanos = NEVER;
  /** Keep-alive probes without an answer. */
  keepAlivesOut = 0;
  /** When the peer last acknowledged anything, µs. */
  lastAckUs = 0;
  retransmits = 0;
  totalTimeouts = 0;
  nextDepartureNs = 0;
  dataSegmentsOut = 0;
  pacingRate = 0;
  paced: boolean;

  // Receiving
  irs = 0;
  rcvNxt = 0;
  /** Everything below was handed to the application. */
  copied = 1;
  rcvWnd = 0;
  rcvWup = 0;
  /** Position just behind the peer's FIN; −1: not seen. */
  finReceivedAt = -1;
  readonly buffer: ReceiveBuffer;
  tsRecent = 0;
  /** Echo of the segment that is being processed; 0: none. */
  rcvTsEcr = 0;
  sawTimestamp = false;
  /** Echo by which the receiver last measured its round trip. */
  lastTsEcr = -1;
  /** Out-of-order stretches in order of sequence. */
  readonly outOfOrder: Stretch[] = [];
  /** SACK blocks to report, newest first: positions [left, right) in pairs. */
  readonly sackBlocks: number[] = [];
  dsackStart = -1;
  dsackEnd = -1;
  // ACK policy
  ackScheduled = false;
  ackNow = false;
  ackPushed = 0;
  quick = 0;
  pingpong = false;
  atoUs = 0;
  lastReceivedUs = 0;
  rcvMss = 536;
  lastSegmentSize = 0;
  compressedAcks = 0;
  dupAckCounter = 0;
  compressedAt = 0;
  ecnEcho = false;
  ecnSendCwr = false;
  lastChallengeUs = -1e9;

  constructor(options: TcbOptions) {
    const { knobs } = options;
    this.knobs = knobs;
    this.probe = options.probe;
    this.pool = options.pool;
    this.isn = options.isn;
    this.mtu = options.mtu;
    this.timestampOffset = options.timestampOffset;
    this.cwnd = knobs.initialWindow;
    this.nodelay = !knobs.nagle;
    this.rtt = new RttEstimator(knobs.initialRtoMs * 1000, knobs.minRtoMs * 1000, knobs.rtoFloor);
    this.buffer = new ReceiveBuffer(knobs, options.receiveBuffer);
    this.congestion = makeCongestion(knobs, options.seed);
    this.paced = knobs.pacing || this.congestion.needsPacing;
  }

  /** Shift offered on the SYN: no more than the buffer needs where the application has fixed it (Linux `tcp_select_initial_window`). */
  get offeredScale(): number {
    const { windowScale } = this.knobs;
    return windowScale < 0 ? -1 : this.buffer.isFixed ? Math.min(windowScale, this.buffer.neededScale) : windowScale;
  }

  get srtt8Us(): number {
    return this.rtt.srtt8;
  }

  get minRttUs(): number {
    return this.rtt.minUs;
  }

  inFlight(): number {
    return this.packetsOut - this.sackedOut - this.lostOut + this.retransOut;
  }

  /** End of the peer's window. */
  get wndEnd(): number {
    return this.sndUna + this.sndWnd;
  }

  /** Payload and FIN that are written and not yet sent. */
  get unsent(): number {
    return this.writeEnd + (this.finWritten ? 1 : 0) - this.sndNxt;
  }

  /** Wire number of a position of ours. */
  toWire(position: number): number {
    return (this.isn + position) >>> 0;
  }

  /** Position of ours behind a wire number, near what is in flight. */
  fromWire(wire: number): number {
    return this.sndUna + ((wire - (this.isn + this.sndUna)) | 0);
  }

  /** Position of the peer's behind a wire number, near what is expected. */
  fromPeer(wire: number): number {
    return this.rcvNxt + ((wire - (this.irs + this.rcvNxt)) | 0);
  }

  /** This host's timestamp clock, ms ticks (RFC 7323 §4.3; Linux `TCP_TS_HZ` 1000). */
  timestamp(): number {
    return (Math.floor(this.nowUs / 1000) + this.timestampOffset) >>> 0;
  }

  metric(metric: Metric, value: number): void {
    this.probe.metric(this.now, metric, value);
  }

  event(kind: number, packet: number, a: number, b: number): number {
    return this.probe.event(this.now, kind, packet, this.causeKind, this.cause, a, b);
  }
}

const makeCongestion = (knobs: TcpKnobs, seed: number): CongestionControl => {
  switch (knobs.congestion) {
    case 'reno':
      return new Reno();
    case 'cubic':
      return new Cubic({ hystart: knobs.hystart, jiffyUs: knobs.timerTickMs > 0 ? knobs.timerTickMs * 1000 : 1000 });
    case 'bbr':
      return new Bbr(toUnit(seed));
  }
};
