import { nanos, NEVER } from '../../../base/time.ts';
import { TransportError } from '../../../wire/quic/codes.ts';
import { frameType, isProbing, mayCarry } from '../../../wire/quic/frame/frame.ts';
import type { PacketHeader } from '../../../wire/quic/packet/header.ts';
import { INITIAL_DATAGRAM_SIZE } from '../../../wire/quic/packet/header.ts';
import type { Core, PathState } from './core.ts';
import { receiveFrame } from './frames.ts';
import { startServer } from './handshaking.ts';
import { sameBytes } from './ids.ts';
import { hasReadKeys } from './keys.ts';
import { heardWhileClosing, closeWith } from './life.ts';
import { answerStateless, receiveRetry, receiveStatelessReset, receiveVersions } from './offside.ts';
import { follow, pathOf } from './paths.ts';
import { Ecn } from './pdu.ts';
import type { FramedPacket, QuicDatagram, QuicPacket } from './pdu.ts';
import { ackDelay, discardSpace } from './recovery.ts';
import { SpaceId } from './space.ts';
import type { Space } from './space.ts';

/** What arrives: datagrams, their packets, and what each packet changes before its frames are read. */

/** Packets that wait for their keys at most (RFC 9001 §5.7 leaves the number open). */
const MOST_WAITING = 64;

const spaceOf = (kind: PacketHeader['kind']): SpaceId =>
  kind === 'initial' ? SpaceId.Initial : kind === 'handshake' ? SpaceId.Handshake : SpaceId.Application;

export const receiveDatagram = (core: Core, datagram: QuicDatagram): void => {
  if (core.state === 'CLOSED' || core.state === 'DRAINING') {
    if (core.hasForgotten) answerStateless(core, datagram);
    return;
  }
  const path = core.isClient
    ? core.path
    : core.state === 'IDLE'
      ? firstPath(core, datagram)
      : pathOf(core, datagram.path);
  path.received += datagram.size;
  core.quietFrom = core.now;
  heardWhileClosing(core);
  for (const packet of datagram.packets) receivePacket(core, packet, datagram, path);
};

const firstPath = (core: Core, { path }: QuicDatagram): PathState => {
  core.path = { ...core.path, path };
  return core.path;
};

const receivePacket = (core: Core, packet: QuicPacket, datagram: QuicDatagram, path: PathState): void => {
  if (core.state === 'DRAINING' || core.state === 'CLOSED') return;
  switch (packet.kind) {
    case 'retry':
      receiveRetry(core, packet.retry);
      return;
    case 'versionNegotiation':
      receiveVersions(core, packet.packet.versions);
      return;
    case 'statelessReset':
      receiveStatelessReset(core, packet.token);
      return;
    case 'frames':
      receiveFramed(core, packet, datagram, path);
  }
};

/**
 * Of an attempt that was given up: in a version that this connection does not use, or that this server does not speak
 * (RFC 9000 §5.2.1, §6.1), or early data for the id that a Retry took the place of. Whoever answers without state keeps
 * none of it (§8.1.2): what is in it has to come again.
 */
const isGivenUp = (core: Core, header: PacketHeader): boolean => {
  if (header.kind === 'oneRtt') return false;
  if (
    core.state === 'IDLE'
      ? header.kind === 'zeroRtt' && !core.knobs.versions.includes(header.version)
      : header.version !== core.version
  )
    return true;
  return header.kind === 'zeroRtt' && core.retryFrom !== null && !sameBytes(header.destination, core.retryFrom);
};

const receiveFramed = (core: Core, packet: FramedPacket, datagram: QuicDatagram, path: PathState): void => {
  const { header } = packet;
  if (isGivenUp(core, header)) return;
  if (core.state === 'IDLE' && !takeUp(core, packet, datagram, path)) return;
  // An Initial in too small a datagram is not taken (RFC 9000 §14.1).
  if (header.kind === 'initial' && !core.isClient && datagram.size < INITIAL_DATAGRAM_SIZE) return;
  const keys = hasReadKeys(core, header.kind);
  if (keys === null) return;
  if (!keys) {
    if (core.undecryptable.length < MOST_WAITING) core.undecryptable.push({ packet, datagram });
    return;
  }
  openPacket(core, packet, datagram, path);
};

/** A server meets a client: it answers without state, or takes the connection up (RFC 9000 §5.2.2, §6.1, §8.1.2). */
const takeUp = (core: Core, packet: FramedPacket, datagram: QuicDatagram, path: PathState): boolean => {
  const { header } = packet;
  if (core.isClient || datagram.size < INITIAL_DATAGRAM_SIZE) return false;
  if (header.kind === 'zeroRtt') {
    if (core.undecryptable.length < MOST_WAITING) core.undecryptable.push({ packet, datagram });
    return false;
  }
  if (header.kind !== 'initial') return false;
  if (answerStateless(core, datagram)) {
    core.undecryptable.length = 0;
    return false;
  }
  core.version = header.version;
  path.validated = header.token.length > 0;
  startServer(core, core.retryFrom ? core.original : header.destination, header.source);
  core.idleFrom = core.now;
  core.move('RCV_INITIAL');
  return true;
};

/** Packets whose keys have come by now. */
export const openWaiting = (core: Core): void => {
  if (core.undecryptable.length === 0) return;
  const ready = core.undecryptable.filter(
    ({ packet }) => packet.kind === 'frames' && hasReadKeys(core, packet.header.kind) !== false,
  );
  if (ready.length === 0) return;
  const rest = core.undecryptable.filter((one) => !ready.includes(one));
  core.undecryptable.splice(0, core.undecryptable.length, ...rest);
  for (const { packet, datagram } of ready)
    receivePacket(core, packet, datagram, core.isClient ? core.path : pathOf(core, datagram.path));
};

const openPacket = (core: Core, packet: FramedPacket, datagram: QuicDatagram, path: PathState): void => {
  const { header, frames } = packet;
  const space = core.spaces[spaceOf(header.kind)];
  if (space.received.has(header.number)) return;
  if (header.kind === 'oneRtt') readShort(core, header);
  else if (header.kind === 'initial' && core.isClient && core.peerIds.length === 0) {
    // From here on the server goes by the name that it gave itself (RFC 9000 §7.2).
    core.destination = header.source;
    core.peerIds.push({ sequence: 0, id: header.source, resetToken: new Uint8Array(0) });
  } else if (header.kind === 'handshake' && !core.isClient) {
    // Only who got the server's Initial can write one: the address is proven (RFC 9000 §8.1, RFC 9001 §4.9.1).
    core.path.validated = true;
    discardSpace(core, SpaceId.Initial);
  }
  const isNewest = header.number > space.received.last;
  note(core, space, packet, datagram.ecn);
  core.idleFrom = core.now;
  core.idleExtended = false;
  for (const frame of frames) {
    if (core.isEnding && frame.kind !== 'connectionClose') continue;
    if (mayCarry(header.kind, frame)) receiveFrame(core, space, frame, path);
    else closeWith(core, TransportError.ProtocolViolation, frameType(frame), 'a frame that this packet may not carry');
  }
  if (path !== core.path && !core.isClient && isNewest && core.isConfirmed && core.isAlive) {
    if (frames.some((frame) => !isProbing(frame.kind))) follow(core, path);
  }
};

/** The bits of a short header: spin (RFC 9000 §17.4) and key phase (RFC 9001 §6). */
const readShort = (core: Core, header: Extract<PacketHeader, { kind: 'oneRtt' }>): void => {
  if (core.knobs.spin && header.number > core.spinNumber) {
    core.spinNumber = header.number;
    core.spinBit = core.isClient ? !header.spin : header.spin;
  }
  if (header.keyPhase === (core.readPhase & 1) || header.number < core.phaseReadFrom) return;
  core.readPhase++;
  core.phaseReadFrom = header.number;
  if (core.sendPhase < core.readPhase) {
    core.sendPhase = core.readPhase;
    core.phaseSentFrom = -1;
  }
};

/** Books a packet as received, and decides when its ACK leaves (RFC 9000 §13.2). */
const note = (core: Core, space: Space, { header, isEliciting }: FramedPacket, ecn: number): void => {
  const { last } = space.received;
  const inOrder = last < 0 || header.number === last + 1;
  space.received.add(header.number, header.number + 1);
  if (header.number > last) space.largestReceivedAt = core.now;
  if (ecn === Ecn.Ect0) space.ecn.ect0++;
  else if (ecn === Ecn.Ect1) space.ecn.ect1++;
  else if (ecn === Ecn.Ce) space.ecn.ce++;
  if (!isEliciting) return;
  space.unacked++;
  const isImmediate = space.id !== SpaceId.Application || !inOrder || ecn === Ecn.Ce;
  if (isImmediate || space.unacked >= core.knobs.ackEvery) space.ackNow = true;
  else if (space.ackAt === NEVER) space.ackAt = nanos(core.now + ackDelay(core));
};
