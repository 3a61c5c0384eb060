import { nanos, NEVER } from '../../../base/time.ts';
import { frameSize } from '../../../wire/quic/frame/encode.ts';
import { isAckEliciting } from '../../../wire/quic/frame/frame.ts';
import {
  headerSize,
  INITIAL_DATAGRAM_SIZE,
  leastPayload,
  packetSize,
  TAG_SIZE,
} from '../../../wire/quic/packet/header.ts';
import type { PacketHeader } from '../../../wire/quic/packet/header.ts';
import { numberLength } from '../../../wire/quic/packet/number.ts';
import { varintSize } from '../../../wire/varint.ts';
import type { Core, PathState } from './core.ts';
import { flowFrames } from './flow.ts';
import { isBusy } from './handshaking.ts';
import { hasSendKeys, sendsEarly } from './keys.ts';
import { pathOf, takePathFrames } from './paths.ts';
import { datagramOf, Ecn, framed } from './pdu.ts';
import type { Frame, FramedPacket, QuicDatagram } from './pdu.ts';
import { allowance, discardSpace } from './recovery.ts';
import { SpaceId, SPACES } from './space.ts';
import type { Space } from './space.ts';
import { hasStreamData, takeStreamFrame } from './streams.ts';

/** Makes datagrams: which frames go into which packets, and which packets share a datagram (RFC 9000 §12.2, §14.1). */

interface Draft {
  readonly space: Space;
  readonly header: PacketHeader;
  readonly frames: Frame[];
  payload: number;
}

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

/** Fills a packet of one space with at most `room` bytes; null where it would be empty. `elicits`: the window lets it. */
const draft = (core: Core, space: Space, room: number, elicits: boolean): Draft | null => {
  const header = headerOf(core, space);
  const frames: Frame[] = [];
  let left = room - headerSize(header, room) - TAG_SIZE;
  if (left < leastPayload(header.numberLength)) return null;
  const full = left;
  const put = (frame: Frame): boolean => {
    const size = frameSize(frame);
    if (size > left) return false;
    frames.push(frame);
    left -= size;
    return true;
  };
  const isEarly = header.kind === 'zeroRtt';
  const acks = space.unacked > 0 && !isEarly;
  const goesAlong = core.knobs.bundleAcks && elicits && wants(core, space);
  if (acks && (ackIsDue(core, space) || goesAlong)) put(ackFrame(core, space));
  if (elicits) fill(core, space, put, () => left, isEarly);
  if (space.probes > 0 && elicits && !frames.some((frame) => isAckEliciting(frame.kind))) put({ kind: 'ping' });
  if (frames.length === 0) return null;
  const short = leastPayload(header.numberLength) - (full - left);
  if (short > 0) put({ kind: 'padding', length: short });
  return { space, header, frames, payload: full - left };
};

/** What asks for an acknowledgment, as far as it fits. */
const fill = (core: Core, space: Space, put: (frame: Frame) => boolean, left: () => number, isEarly: boolean): void => {
  if (space.id === SpaceId.Application) {
    if (!isEarly) for (const frame of takePathFrames(core)) put(frame);
    while (!isEarly && core.control[0] && put(core.control[0])) core.control.shift();
  }
  putCrypto(space, put, left);
  if (space.id !== SpaceId.Application) return;
  for (const frame of flowFrames(core, true)) if (!put(frame)) core.control.push(frame);
  for (let frame = takeStreamFrame(core, left()); frame; frame = takeStreamFrame(core, left())) put(frame);
};

const putCrypto = (space: Space, put: (frame: Frame) => boolean, left: () => number): void => {
  const { out } = space.crypto;
  while (out.fresh > 0 || out.hasLost) {
    // The length takes one byte below 64, two from there on; the frame is full by that measure or one byte short.
    const head = 1 + varintSize(out.nextDue);
    const room = left() - head - 1;
    const piece = out.take(room > 63 ? room - 1 : room, Infinity);
    if (!piece) return;
    put({ kind: 'crypto', offset: piece.offset, data: { length: piece.length } });
  }
};

const hasControl = (core: Core): boolean =>
  core.control.length > 0 || core.path.challengeDue || core.path.responses.length > 0;

/** Whether a space has something that asks for an acknowledgment. */
const wants = (core: Core, space: Space): boolean => {
  if (space.probes > 0) return true;
  if (space.crypto.out.fresh > 0 || space.crypto.out.hasLost) return true;
  return (
    space.id === SpaceId.Application &&
    ((!sendsEarly(core) && hasControl(core)) || hasStreamData(core) || flowFrames(core, false).length > 0)
  );
};

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
  const waiting = core.outbox.shift();
  if (waiting) return finish(core, [waiting.packet], pathOf(core, waiting.path), []);
  if (core.state === 'IDLE' || core.state === 'DRAINING' || core.state === 'CLOSED') return null;
  if (core.state === 'CLOSING') return core.closeDue ? closeDatagram(core) : null;
  if (isBusy(core)) return null;
  const most = Math.min(core.knobs.maxDatagram, core.limits.maxDatagram || core.knobs.maxDatagram);
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
  const spaces = core.spaces.filter((space) => hasSendKeys(core, space.id));
  return assemble(core, spaces, room, mayGo, most);
};

const assemble = (
  core: Core,
  spaces: readonly Space[],
  room: number,
  mayGo: boolean,
  most: number,
): QuicDatagram | null => {
  const drafts: Draft[] = [];
  let left = room;
  for (const space of spaces) {
    const made = draft(core, space, left, mayGo || space.probes > 0);
    if (!made) continue;
    drafts.push(made);
    left -= packetSize(made.header, made.payload);
  }
  const last = drafts[drafts.length - 1];
  if (!last) return null;
  if (isPadded(core, drafts)) {
    const missing =
      Math.min(Math.max(INITIAL_DATAGRAM_SIZE, core.isClient || core.knobs.padsHandshake ? most : 0), room) -
      (room - left);
    if (missing > 0) {
      last.frames.push({ kind: 'padding', length: missing });
      last.payload += missing;
    }
  }
  return finish(
    core,
    drafts.map((one) => framed(one.header, one.frames, one.payload)),
    core.path,
    drafts,
  );
};

/** RFC 9000 §14.1: Initials of a client always, of a server where they ask for an ACK; §8.2.1: challenges. */
const isPadded = (core: Core, drafts: readonly Draft[]): boolean =>
  drafts.some(({ space, frames, header }) => {
    if (space.id === SpaceId.Initial) return core.isClient || frames.some((frame) => isAckEliciting(frame.kind));
    if (frames.some((frame) => frame.kind === 'pathChallenge' || frame.kind === 'pathResponse')) return true;
    return core.knobs.padsHandshake && drafts.length > 1 && header.kind === 'oneRtt';
  });

/** Books what was made, and lets it go. */
const finish = (
  core: Core,
  packets: QuicDatagram['packets'],
  path: PathState,
  drafts: readonly Draft[],
): QuicDatagram => {
  const datagram = datagramOf(packets, path.path, core.knobs.ecn ? Ecn.Ect0 : Ecn.NotEct);
  path.sent += datagram.size;
  core.quietFrom = core.now;
  drafts.forEach(({ space }, i) => {
    book(core, space, packets[i] as FramedPacket);
  });
  core.probe.sent(core.now, datagram);
  // A client is done with Initials once it sends with Handshake keys (RFC 9001 §4.9.1).
  if (core.isClient && drafts.some(({ space }) => space.id === SpaceId.Handshake)) discardSpace(core, SpaceId.Initial);
  if (drafts.length > 0) core.reportWindow();
  return datagram;
};

const book = (core: Core, space: Space, packet: FramedPacket): void => {
  const isEliciting = packet.frames.some((frame) => isAckEliciting(frame.kind));
  const inFlight = isEliciting || packet.frames.some((frame) => frame.kind === 'padding');
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
    });
  }
  if (!isEliciting) return;
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
    const space = core.spaces[id];
    if (!hasSendKeys(core, id)) continue;
    const header = headerOf(core, space);
    // Before 1-RTT an application's words are hidden (RFC 9000 §10.2.3).
    const hidden = id !== SpaceId.Application && closing.frameType === null;
    const frame: Frame = hidden ? { ...closing, code: 0x0c, frameType: 0, reason: '' } : closing;
    drafts.push({ space, header, frames: [frame], payload: frameSize(frame) });
  }
  const last = drafts[drafts.length - 1];
  if (!last) return null;
  const size = drafts.reduce((sum, one) => sum + packetSize(one.header, one.payload), 0);
  if (core.isClient && drafts[0]?.space.id === SpaceId.Initial && size < INITIAL_DATAGRAM_SIZE) {
    last.frames.push({ kind: 'padding', length: INITIAL_DATAGRAM_SIZE - size });
    last.payload += INITIAL_DATAGRAM_SIZE - size;
  }
  return finish(
    core,
    drafts.map((one) => framed(one.header, one.frames, one.payload)),
    core.path,
    drafts,
  );
};

/** When something that waits for a clock alone may go: an ACK held back, or a packet that is paced. */
export const sendAt = (core: Core): number => {
  if (core.isEnding || core.state === 'IDLE' || isBusy(core)) return NEVER;
  if (allowance(core) < leastCredit(core)) return NEVER;
  let at: number = core.paceAt;
  for (const space of core.spaces) if (!space.isDiscarded) at = Math.min(at, space.ackAt);
  return at;
};
