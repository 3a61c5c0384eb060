import { fromMs, nanos, NEVER } from '../../../base/time.ts';
import { frameSize } from '../../../wire/quic/frame/encode.ts';
import { headerSize, INITIAL_DATAGRAM_SIZE, leastPayload, TAG_SIZE } from '../../../wire/quic/packet/header.ts';
import type { PacketHeader } from '../../../wire/quic/packet/header.ts';
import { numberLength } from '../../../wire/quic/packet/number.ts';
import { varintSize } from '../../../wire/varint.ts';
import type { Core, PathState } from './core.ts';
import { Draft } from './draft.ts';
import { flowFrames } from './flow.ts';
import { isBusy } from './handshaking.ts';
import { hasSendKeys, sendsEarly } from './keys.ts';
import { hasPathFrames, pathOf, takePathFrames } from './paths.ts';
import { datagramOf, Ecn } from './pdu.ts';
import type { Frame, FramedPacket, QuicDatagram, QuicPacket } from './pdu.ts';
import { allowance, discardSpace } from './recovery.ts';
import { SpaceId, SPACES } from './space.ts';
import type { Space } from './space.ts';
import { hasStreamData, LEAST_STREAM_FRAME, takeStreamFrame } from './streams.ts';

/** Makes datagrams: which frames go into which packets, and which packets share a datagram (RFC 9000 §12.2, §14.1). */

const headerOf = (core: Core, space: Space): PacketHeader => {
  const { destination, knobs, version } = core;
  const number = space.next;
  const length = numberLength(number, space.largestAcked);
  const source = core.issued[0]?.id ?? destination;
  if (space.id === SpaceId.Application && !sendsEarly(core)) {
    const keyPhase = (core.sendPhase & 1) as 0 | 1;
    return { kind: 'oneRtt', number, numberLength: length, destination, spin: core.spinBit, keyPhase };
  }
  const numbered = { number, numberLength: length, destination };
  const long = { ...numbered, version, source, ...(knobs.lengthSize === 0 ? {} : { lengthSize: knobs.lengthSize }) };
  if (space.id === SpaceId.Initial) return { kind: 'initial', token: core.isClient ? core.token : NO_TOKEN, ...long };
  if (space.id === SpaceId.Handshake) return { kind: 'handshake', ...long };
  return { kind: 'zeroRtt', ...long };
};
const NO_TOKEN = new Uint8Array(0);

const ackFrame = (core: Core, space: Space): Frame => {
  const { received, ecn } = space;
  const ranges = [];
  for (let i = received.count - 1; i >= 0 && ranges.length < core.knobs.ackRanges; i--) {
    if (ranges.length > 0 && received.end(i) <= space.ackFloor) break;
    ranges.push({ smallest: received.start(i), largest: received.end(i) - 1 });
  }
  const held = space.id === SpaceId.Application ? core.now - space.largestReceivedAt : 0;
  const delay = Math.floor(held / 1000 / (1 << core.knobs.ackDelayExponent));
  return { kind: 'ack', ranges, delay, ecn: ecn.ect0 + ecn.ect1 + ecn.ce > 0 ? { ...ecn } : null };
};

/** Whether an ACK has to leave now, whatever else goes. */
const ackIsDue = (core: Core, space: Space): boolean => space.ackNow || space.ackAt <= core.now;

/** A packet of one space of at most `room` bytes; null where it would be empty. `elicits`: the window lets it. */
const fill = (core: Core, space: Space, room: number, elicits: boolean): Draft | null => {
  const header = headerOf(core, space);
  const most = room - headerSize(header, room) - TAG_SIZE;
  if (most < leastPayload(header.numberLength)) return null;
  const draft = new Draft(space, header, most);
  const isEarly = header.kind === 'zeroRtt';
  const mayAck = space.unacked > 0 && !isEarly;
  if (mayAck && (ackIsDue(core, space) || (core.knobs.bundleAcks && elicits && wants(core, space))))
    draft.put(ackFrame(core, space));
  if (elicits) fillUp(core, draft, isEarly);
  if (space.probes > 0 && elicits && !draft.isEliciting) draft.put({ kind: 'ping' });
  if (draft.frames.length === 0) return null;
  draft.padToLeast();
  return draft;
};

/** What asks for an acknowledgment, as far as it fits. */
const fillUp = (core: Core, draft: Draft, isEarly: boolean): void => {
  const isApplication = draft.space.id === SpaceId.Application;
  if (isApplication && !isEarly) {
    for (const frame of takePathFrames(core)) draft.put(frame);
    while (core.control[0] && draft.put(core.control[0])) core.control.shift();
  }
  putCrypto(draft);
  if (!isApplication) return;
  for (const frame of flowFrames(core, true)) if (!draft.put(frame)) core.control.push(frame);
  while (draft.left >= LEAST_STREAM_FRAME) {
    const frame = takeStreamFrame(core, draft.left);
    if (!frame) return;
    draft.put(frame);
  }
};

const putCrypto = (draft: Draft): void => {
  const { out } = draft.space.crypto;
  while (out.fresh > 0 || out.hasLost) {
    // The length takes one byte below 64, two from there on; the frame is full by that measure or one byte short.
    const head = 1 + varintSize(out.nextDue);
    const room = draft.left - head - 1;
    const piece = out.take(room > 63 ? room - 1 : room, Infinity);
    if (!piece) return;
    draft.put({ kind: 'crypto', offset: piece.offset, data: { length: piece.length } });
  }
};

/** Whether a space has something that asks for an acknowledgment. */
const wants = (core: Core, space: Space): boolean => {
  if (space.probes > 0) return true;
  if (space.crypto.out.fresh > 0 || space.crypto.out.hasLost) return true;
  if (space.id !== SpaceId.Application) return false;
  return hasStreamData(core) || (!sendsEarly(core) && hasControl(core)) || flowFrames(core, false).length > 0;
};

const hasControl = (core: Core): boolean => core.control.length > 0 || hasPathFrames(core);

/**
 * Bytes that the three-times limit has to leave before anything is made: a whole datagram in the handshake, whose Initials
 * have to be filled up (RFC 9000 §14.1); on a new path, room for an ACK with all of its ranges.
 */
const leastCredit = (core: Core): number =>
  core.spaces[SpaceId.Initial].isDiscarded ? LEAST_CREDIT : core.knobs.maxDatagram;
const LEAST_CREDIT = 300;

/** The next datagram, or null where nothing is due or nothing may go. */
export const nextDatagram = (core: Core): QuicDatagram | null => {
  core.paceAt = NEVER;
  const waiting = core.outbox.length > 0 ? core.outbox.shift() : undefined;
  if (waiting) {
    const datagram = leave(core, [waiting.packet], pathOf(core, waiting.path));
    core.probe.sent(core.now, datagram);
    return datagram;
  }
  if (core.state === 'IDLE' || core.state === 'DRAINING' || core.state === 'CLOSED') return null;
  if (core.state === 'CLOSING') return core.closeDue ? closeDatagram(core) : null;
  if (isBusy(core)) return null;
  const probe = mtuProbe(core);
  if (probe) return probe;
  const most = Math.min(core.pathMtu.size, core.limits.maxDatagram || core.pathMtu.size);
  const room = Math.min(most, allowance(core));
  if (room < leastCredit(core)) return null;
  let isProbe = false;
  let hasAck = false;
  let isWanted = false;
  for (const space of core.spaces) {
    if (!hasSendKeys(core, space.id)) continue;
    isProbe ||= space.probes > 0;
    hasAck ||= space.unacked > 0 && ackIsDue(core, space);
    isWanted ||= wants(core, space);
  }
  if (!hasAck && !isWanted) {
    if (core.isConfirmed) core.window.onIdle();
    return null;
  }
  const mayGo = core.window.hasRoom && core.window.mayLeaveAt(core.now) <= core.now;
  if (isWanted && core.window.hasRoom && !mayGo) {
    core.paceAt = nanos(core.window.mayLeaveAt(core.now));
    core.window.onPaced();
  }
  if (!hasAck && !mayGo && !isProbe) return null;
  return assemble(core, room, mayGo, most);
};

/**
 * PING and PADDING up to the size that is tried, in a datagram of their own (RFC 9000 §14.4). It takes its part of the
 * window, and waits until nothing of a handshake does. Null: none may go now.
 */
const mtuProbe = (core: Core): QuicDatagram | null => {
  const { pathMtu, limits, knobs, window, now } = core;
  const size = pathMtu.next(limits.maxDatagram || pathMtu.size);
  if (size === 0 || !hasSendKeys(core, SpaceId.Application) || sendsEarly(core)) return null;
  if (knobs.mtuSearch.from === 'confirmed' && !core.isConfirmed) return null;
  if (core.spaces.some((space) => space.probes > 0 || space.crypto.out.fresh > 0 || space.crypto.out.hasLost))
    return null;
  if (window.bytesInFlight + size > window.bytes || allowance(core) < size) return null;
  const at = window.mayLeaveAt(now);
  if (at > now) {
    core.paceAt = nanos(at);
    return null;
  }
  const space = core.spaces[SpaceId.Application];
  const draft = new Draft(space, headerOf(core, space), size);
  draft.isMtuProbe = true;
  draft.put({ kind: 'ping' });
  draft.pad(size - draft.size);
  return send(core, [draft]);
};

const assemble = (core: Core, room: number, mayGo: boolean, most: number): QuicDatagram | null => {
  const drafts: Draft[] = [];
  let left = room;
  for (const space of core.spaces) {
    if (!hasSendKeys(core, space.id)) continue;
    const draft = fill(core, space, left, mayGo || space.probes > 0);
    if (!draft) continue;
    drafts.push(draft);
    left -= draft.size;
  }
  const last = drafts[drafts.length - 1];
  if (!last) return null;
  if (isFull(core, drafts)) {
    const least = Math.max(INITIAL_DATAGRAM_SIZE, core.isClient || core.knobs.padsHandshake ? most : 0);
    last.pad(Math.min(least, room) - (room - left));
  }
  return send(core, drafts);
};

/** RFC 9000 §14.1: Initials of a client always, of a server where they ask for an ACK; §8.2.1: challenges. */
const isFull = (core: Core, drafts: readonly Draft[]): boolean => {
  for (const { space, isEliciting, isProving, header } of drafts) {
    if (space.id === SpaceId.Initial ? core.isClient || isEliciting : isProving) return true;
    if (core.knobs.padsHandshake && drafts.length > 1 && header.kind === 'oneRtt') return true;
  }
  return false;
};

/** Books what was made, and lets it go. */
const send = (core: Core, drafts: readonly Draft[]): QuicDatagram => {
  const packets: FramedPacket[] = [];
  for (const draft of drafts) packets.push(draft.done());
  const datagram = leave(core, packets, core.path);
  for (let i = 0; i < drafts.length; i++) book(core, drafts[i] as Draft, packets[i] as FramedPacket);
  core.probe.sent(core.now, datagram);
  // A client is done with Initials once it sends with Handshake keys (RFC 9001 §4.9.1).
  if (core.isClient && drafts.some(({ space }) => space.id === SpaceId.Handshake)) discardSpace(core, SpaceId.Initial);
  core.reportWindow();
  return datagram;
};

const leave = (core: Core, packets: readonly QuicPacket[], path: PathState): QuicDatagram => {
  const datagram = datagramOf(packets, path.path, core.knobs.ecn ? Ecn.Ect0 : Ecn.NotEct);
  path.sent += datagram.size;
  core.quietFrom = core.now;
  return datagram;
};

const book = (core: Core, { space, isEliciting, isPadded, isMtuProbe }: Draft, packet: FramedPacket): void => {
  const inFlight = isEliciting || isPadded;
  if (packet.frames[0]?.kind === 'ack') {
    space.unacked = 0;
    space.ackNow = false;
    space.ackAt = NEVER;
  }
  const number = space.next++;
  if (packet.header.kind === 'oneRtt' && core.phaseSentFrom < 0) core.phaseSentFrom = number;
  if (inFlight) {
    const stamp = core.window.onSent(packet.size, core.now);
    space.sent.set(number, {
      number,
      sentAt: core.now,
      size: packet.size,
      isEliciting,
      inFlight,
      frames: packet.frames,
      stamp,
      position: core.window.sndNxt,
      isEarly: packet.header.kind === 'zeroRtt',
      isMtuProbe,
    });
  }
  if (!isEliciting) return;
  if (isMtuProbe) {
    // It has a timer of its own, and arms no other: its loss tells only of its size (RFC 8899 §5.1.1).
    const pto = core.rtt.pto + fromMs(core.limits.maxAckDelayMs);
    core.pathMtu.onSent(number, packet.size, nanos(core.now + pto * core.pathMtu.wait));
    return;
  }
  space.elicitingInFlight++;
  space.lastElicitingAt = core.now;
  if (space.probes > 0) space.probes--;
  if (!core.idleExtended) {
    core.idleExtended = true;
    core.idleFrom = core.now;
  }
};

/** CONNECTION_CLOSE in every space whose keys the peer may have (RFC 9000 §10.2.3). */
const closeDatagram = (core: Core): QuicDatagram | null => {
  const { closing } = core;
  core.closeDue = false;
  if (!closing || allowance(core) < INITIAL_DATAGRAM_SIZE) return null;
  const drafts: Draft[] = [];
  for (const id of SPACES) {
    if (!hasSendKeys(core, id)) continue;
    const space = core.spaces[id];
    // Before 1-RTT an application's words are hidden (RFC 9000 §10.2.3).
    const hidden = id !== SpaceId.Application && closing.frameType === null;
    const frame: Frame = hidden ? { ...closing, code: 0x0c, frameType: 0, reason: '' } : closing;
    const draft = new Draft(space, headerOf(core, space), frameSize(frame));
    draft.put(frame);
    drafts.push(draft);
  }
  const last = drafts[drafts.length - 1];
  if (!last) return null;
  const size = drafts.reduce((sum, one) => sum + one.size, 0);
  if (core.isClient && drafts[0]?.space.id === SpaceId.Initial) last.pad(INITIAL_DATAGRAM_SIZE - size);
  return send(core, drafts);
};

/** When something that waits for a clock alone may go: an ACK held back, or a packet that is paced. */
export const sendAt = (core: Core): number => {
  if (core.isEnding || core.state === 'IDLE' || isBusy(core)) return NEVER;
  if (allowance(core) < leastCredit(core)) return NEVER;
  let at: number = core.paceAt;
  for (const space of core.spaces) if (!space.isDiscarded) at = Math.min(at, space.ackAt);
  return at;
};
