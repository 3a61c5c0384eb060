import { fromMs, fromUs, nanos, NEVER } from '../../../base/time.ts';
import type { Nanos } from '../../../base/time.ts';
import { TransportError } from '../../../wire/quic/codes.ts';
import { Metric } from '../metrics.ts';
import type { Core } from './core.ts';
import { hasSendKeys } from './keys.ts';
import { closeWith } from './life.ts';
import { onFrameAcked, onFrameLost } from './outcome.ts';
import type { Frame } from './pdu.ts';
import { GRANULARITY } from './rtt.ts';
import { SpaceId } from './space.ts';
import type { SentPacket, Space } from './space.ts';
import { hasStreamData } from './streams.ts';

/** Acknowledgments, loss and probe time-outs (RFC 9002 appendix A). */

/** Longer waits than 2^20 PTOs do not happen: the idle time ends a connection first. */
const MOST_DOUBLINGS = 20;

type AckFrame = Extract<Frame, { kind: 'ack' }>;

/** Takes what an ACK names out of the flight, the oldest first. */
const takeAcked = (core: Core, space: Space, { ranges }: AckFrame): SentPacket[] => {
  const acked: SentPacket[] = [];
  let i = ranges.length - 1;
  for (const packet of space.sent.values()) {
    while (i >= 0 && (ranges[i]?.largest ?? 0) < packet.number) i--;
    if (i < 0) break;
    if ((ranges[i]?.smallest ?? 0) <= packet.number) acked.push(packet);
  }
  for (const packet of acked) leave(core, space, packet);
  return acked;
};

/** It went by the way in use: only such packets tell window and round-trip time anything (RFC 9000 §9.4). */
const countsHere = (core: Core, space: Space, { number }: SentPacket): boolean =>
  space.id !== SpaceId.Application || number >= core.countsFrom;

const leave = (core: Core, space: Space, packet: SentPacket): void => {
  space.sent.delete(packet.number);
  if (packet.inFlight && countsHere(core, space, packet)) core.window.forget(packet.size);
  if (packet.isEliciting && !packet.isMtuProbe) space.elicitingInFlight--;
};

export const receiveAck = (core: Core, space: Space, frame: AckFrame): void => {
  const largest = frame.ranges[0]?.largest ?? -1;
  if (largest >= space.next || (frame.ranges[frame.ranges.length - 1]?.smallest ?? 0) < space.first) {
    closeWith(core, TransportError.ProtocolViolation, 0x02, 'a packet is acknowledged that was never sent');
    return;
  }
  const priorLargest = space.largestAcked;
  const isNews = largest > priorLargest;
  space.largestAcked = Math.max(space.largestAcked, largest);
  const prior = core.window.bytesInFlight;
  const acked = takeAcked(core, space, frame);
  if (acked.length === 0) return;
  const newest = acked[acked.length - 1] as SentPacket;
  const isHere = countsHere(core, space, newest);
  let rtt = -1;
  if (isHere && isNews && newest.number === largest && acked.some((packet) => packet.isEliciting)) {
    rtt = core.now - newest.sentAt;
    core.rtt.sample(rtt, ackDelayOf(core, space, frame));
    core.probe.metric(core.now, Metric.rtt, rtt);
    core.probe.metric(core.now, Metric.srtt, core.rtt.smoothed);
  }
  let bytes = 0;
  for (const packet of acked) {
    if (packet.inFlight && countsHere(core, space, packet)) bytes += packet.size;
    for (const one of packet.frames) onFrameAcked(core, space, one);
    core.probe.acked(core.now, space.id, packet.number);
    if (packet.isMtuProbe) mtuFits(core, packet.number);
  }
  if (frame.ecn !== null && frame.ecn.ce > space.ceSeen) {
    space.ceSeen = frame.ecn.ce;
    if (isHere && core.window.onCongestion(newest.sentAt, core.now)) core.probe.recovery(core.now, 'congestion mark');
  }
  const lost = detectLost(core, space, acked, priorLargest);
  const wasRecovering = core.window.isRecovering;
  if (isHere) core.window.onAck(newest, bytes, lost, rtt, core.now, prior);
  if (wasRecovering && !core.window.isRecovering) core.probe.recovery(core.now, null);
  if (isPeerValidated(core)) core.ptoCount = 0;
  core.reportWindow();
};

/** What the peer held its ACK back; bounded once the handshake is confirmed (RFC 9002 §5.3). */
const ackDelayOf = (core: Core, space: Space, { delay }: AckFrame): number => {
  if (space.id !== SpaceId.Application) return 0;
  const said = fromUs(delay * (1 << core.limits.ackDelayExponent));
  return core.isConfirmed ? Math.min(said, fromMs(core.limits.maxAckDelayMs)) : said;
};

/** Declares lost what is three packets or 9/8 of a round trip older than the latest acknowledged (RFC 9002 §6.1). */
const detectLost = (
  core: Core,
  space: Space,
  acked: readonly SentPacket[] = [],
  priorLargest = space.largestAcked,
): number => {
  space.lossTime = NEVER;
  const lostBefore = core.now - core.rtt.lossDelay;
  const lost: SentPacket[] = [];
  for (const packet of space.sent.values()) {
    if (packet.number > space.largestAcked) break;
    const byPackets = space.largestAcked >= packet.number + core.knobs.packetThreshold;
    if (byPackets || packet.sentAt <= lostBefore) {
      lost.push(packet);
      core.probe.lost(core.now, space.id, packet.number, byPackets ? 'packets' : 'time');
    } else space.lossTime = Math.min(space.lossTime, packet.sentAt + core.rtt.lossDelay) as Nanos;
  }
  if (lost.length === 0) return 0;
  for (const packet of lost) {
    leave(core, space, packet);
    for (const frame of packet.frames) onFrameLost(core, space, frame);
  }
  for (const { isMtuProbe, number } of lost) if (isMtuProbe) core.pathMtu.onLost(number);
  // A probe that was too large has met no congestion (RFC 9000 §14.4).
  const counted = lost.filter((packet) => packet.inFlight && !packet.isMtuProbe && countsHere(core, space, packet));
  const last = counted[counted.length - 1];
  core.window.lostTotal += counted.length;
  if (last && core.window.onCongestion(last.sentAt, core.now)) core.probe.recovery(core.now, 'loss');
  if (
    isPersistent(
      core,
      counted.filter((packet) => packet.number > priorLargest),
      acked,
    )
  )
    core.window.onPersistentCongestion(core.now);
  core.reportWindow();
  return counted.length;
};

/** A datagram of the size that was tried has arrived: the window counts in such ones from now on (RFC 9002 §7.2). */
const mtuFits = (core: Core, probe: number): void => {
  if (!core.pathMtu.onAcked(probe)) return;
  core.window.resize(core.pathMtu.size);
  core.notify({ type: 'mtu', size: core.pathMtu.size });
};

/** When the probe of the path's size is given up. */
export const mtuAt = (core: Core): number => (core.isAlive ? core.pathMtu.until : NEVER);

export const onMtuTimeout = (core: Core): void => {
  const { pathMtu } = core;
  const space = core.spaces[SpaceId.Application];
  const packet = space.sent.get(pathMtu.underWay);
  pathMtu.onLost(pathMtu.underWay);
  if (!packet) return;
  leave(core, space, packet);
  core.probe.lost(core.now, space.id, packet.number, 'timeout');
  core.reportWindow();
};

/** Two ack-eliciting packets lost, so far apart and nothing acknowledged between them (RFC 9002 §7.6). */
const isPersistent = (core: Core, lost: readonly SentPacket[], acked: readonly SentPacket[]): boolean => {
  if (!core.rtt.hasSample) return false;
  const span = (core.rtt.pto + fromMs(core.limits.maxAckDelayMs)) * core.knobs.persistentCongestion;
  let first: SentPacket | null = null;
  for (const packet of lost) {
    if (!packet.isEliciting) continue;
    const from = first?.number ?? -1;
    if (first === null || acked.some(({ number }) => number > from && number < packet.number)) first = packet;
    if (packet.sentAt - first.sentAt > span) return true;
  }
  return false;
};

/** The server has proof of the client's address, as far as this end knows (RFC 9002 §A.6). */
const isPeerValidated = (core: Core): boolean =>
  !core.isClient || core.spaces[SpaceId.Handshake].largestAcked >= 0 || core.isConfirmed;

/** A server may not send before more has come from the client (RFC 9000 §8.1). */
export const allowance = (core: Core): number =>
  core.path.validated ? Infinity : 3 * core.path.received - core.path.sent;

/** When the first packet becomes lost by its age; NEVER: none waits for that. */
const lossAt = ({ spaces }: Core): Nanos => {
  let at = NEVER;
  for (const { lossTime } of spaces) if (lossTime < at) at = lossTime;
  return at;
};

/** When the probe of a space is due, as far as packets in flight ask for one (RFC 9002 §A.8). */
const probeAt = (core: Core, space: Space): Nanos => {
  if (space.isDiscarded || space.elicitingInFlight === 0) return NEVER;
  const isApplication = space.id === SpaceId.Application;
  // Until the handshake is confirmed the peer may not have the keys to read it (RFC 9002 §6.2.1).
  if (isApplication && !core.isConfirmed) return NEVER;
  const more = isApplication ? fromMs(core.limits.maxAckDelayMs) : 0;
  return nanos(space.lastElicitingAt + (core.rtt.pto + more) * backoff(core));
};
const backoff = (core: Core): number => 1 << Math.min(core.ptoCount, MOST_DOUBLINGS);

/** The space whose probe is due first (RFC 9002 §A.8, GetPtoTimeAndSpace); null: none is. */
const firstProbe = (core: Core): Space | null => {
  let first: Space | null = null;
  let at = NEVER;
  for (const space of core.spaces) {
    const due = probeAt(core, space);
    if (due >= at) continue;
    at = due;
    first = space;
  }
  return first;
};

/** The client goes on so that the server may: it could be out of credit (RFC 9002 §6.2.2.1). Null: it need not. */
const deadlockProbe = (core: Core): Space | null => {
  if (isPeerValidated(core)) return null;
  const space = core.spaces[hasSendKeys(core, SpaceId.Handshake) ? SpaceId.Handshake : SpaceId.Initial];
  return space.isDiscarded ? null : space;
};

const mayProbe = (core: Core): boolean => core.isAlive && allowance(core) >= core.knobs.maxDatagram;

const ptoAt = (core: Core): Nanos => {
  if (!mayProbe(core)) return NEVER;
  let at = NEVER;
  for (const space of core.spaces) {
    const due = probeAt(core, space);
    if (due < at) at = due;
  }
  if (at < NEVER || deadlockProbe(core) === null) return at;
  return nanos(core.quietFrom + core.rtt.pto * backoff(core));
};

/** When loss detection wants to be called. */
export const recoveryAt = (core: Core): Nanos => {
  const at = lossAt(core);
  return at !== NEVER ? at : ptoAt(core);
};

export const onRecoveryTimeout = (core: Core): void => {
  const at = lossAt(core);
  if (at !== NEVER) {
    const space = core.spaces.find(({ lossTime }) => lossTime === at);
    if (space && at <= core.now) detectLost(core, space);
    return;
  }
  if (ptoAt(core) > core.now) return;
  const space = firstProbe(core) ?? deadlockProbe(core);
  if (!space) return;
  core.ptoCount++;
  core.quietFrom = core.now;
  core.probe.timeout(core.now, space.id, core.ptoCount);
  space.probes = space.id === SpaceId.Application ? core.knobs.probes.application : core.knobs.probes.handshake;
  prepareProbes(core, space);
  if (space.id !== SpaceId.Application) speedUp(core, space.id);
};

/**
 * What else of the handshake is in flight goes along: the peer lacks it, too (RFC 9002 §6.2.4). Also done where the peer
 * repeats CRYPTO that this end had (§6.2.3).
 */
export const speedUp = (core: Core, except: SpaceId | null): void => {
  for (const id of [SpaceId.Initial, SpaceId.Handshake] as const) {
    const space = core.spaces[id];
    if (id === except || space.isDiscarded || space.elicitingInFlight === 0 || space.probes > 0) continue;
    space.probes = 1;
    prepareProbes(core, space);
  }
};

/** A probe carries new data where there is some, else what is oldest once more (RFC 9002 §6.2.4). */
const prepareProbes = (core: Core, space: Space): void => {
  if (space.id === SpaceId.Application && hasStreamData(core)) return;
  let left = space.probes;
  for (const packet of space.sent.values()) {
    if (!packet.isEliciting || packet.isMtuProbe) continue;
    for (const frame of packet.frames) onFrameLost(core, space, frame);
    if (--left === 0) return;
  }
};

/** Keys are gone: what was sent under them counts for nothing (RFC 9002 §6.4, RFC 9001 §4.9). */
export const discardSpace = (core: Core, id: SpaceId): void => {
  const space = core.spaces[id];
  if (space.isDiscarded) return;
  space.isDiscarded = true;
  abandonSent(core, space);
  space.lossTime = NEVER;
  space.ackAt = NEVER;
  space.ackNow = false;
  space.probes = 0;
  core.ptoCount = 0;
};

/** Forgets what is in flight in a space; `earlyOnly`: only what went as 0-RTT. */
export const abandonSent = (core: Core, space: Space, earlyOnly = false): void => {
  for (const packet of space.sent.values()) if (!earlyOnly || packet.isEarly) leave(core, space, packet);
};

/** How long an ACK of the application space is held back. */
export const ackDelay = (core: Core): number => {
  const most = fromMs(core.knobs.maxAckDelayMs);
  // ngtcp2's `conn_compute_ack_delay`: an eighth of the round trip, a millisecond at least.
  return core.knobs.ackWaits === 'max'
    ? most
    : Math.min(most, Math.max(Math.floor(core.rtt.smoothed / 8), GRANULARITY));
};
