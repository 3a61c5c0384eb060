import { QuicVersion } from '../../../wire/quic/codes.ts';
import { retrySize, versionNegotiationSize } from '../../../wire/quic/packet/header.ts';
import type { Retry } from '../../../wire/quic/packet/header.ts';
import type { Core } from './core.ts';
import { originalId, retryId, sameBytes, tokenOf } from './ids.ts';
import { drain, end } from './life.ts';
import type { QuicDatagram } from './pdu.ts';
import { abandonSent } from './recovery.ts';
import { SpaceId } from './space.ts';

/** Packets outside every packet number space: version negotiation, Retry, stateless reset. */

/** A reset that is as small as a packet with a short id looks like any other (RFC 9000 §10.3). */
const RESET_SIZE = 43;

/** What a server says to a client whose connection it does not keep; true: it said something, and takes nothing up. */
export const answerStateless = (core: Core, datagram: QuicDatagram): boolean => {
  const [first] = datagram.packets;
  if (first?.kind !== 'frames') return false;
  const { header } = first;
  const { knobs, log } = core;
  if (core.hasForgotten) {
    const token = core.issued.find((one) => sameBytes(one.id, header.destination))?.resetToken;
    // Smaller than what it answers, so that two ends cannot go on forever (RFC 9000 §10.3.3).
    const size = Math.min(RESET_SIZE, datagram.size - 1);
    if (token && header.kind === 'oneRtt' && size >= 21)
      core.outbox.push({ packet: { kind: 'statelessReset', token, size }, path: datagram.path });
    return true;
  }
  if (header.kind !== 'initial') return false;
  const turned = { destination: header.source, source: header.destination };
  if (!knobs.versions.includes(header.version)) {
    const packet = { ...turned, versions: knobs.versions, unused: 0x40 };
    core.outbox.push({
      packet: { kind: 'versionNegotiation', packet, size: versionNegotiationSize(packet) },
      path: datagram.path,
    });
    return true;
  }
  if (!knobs.retry || header.token.length > 0) return false;
  // The token holds the first id; a simulated server may as well remember it (RFC 9000 §8.1.2).
  core.original = header.destination;
  core.retryFrom = retryId(log.seed, log.id, knobs.idLengths.server);
  const retry: Retry = {
    ...turned,
    source: core.retryFrom,
    version: header.version,
    token: tokenOf(log.seed, log.id, 'retry token', knobs.retryToken),
    unused: 0,
  };
  core.outbox.push({ packet: { kind: 'retry', retry, size: retrySize(retry) }, path: datagram.path });
  return true;
};

/** The first flight goes again, its numbers go on (RFC 9000 §17.2.5.3). */
const repeatFlight = (core: Core): void => {
  const initial = core.spaces[SpaceId.Initial];
  const application = core.spaces[SpaceId.Application];
  abandonSent(core, initial);
  initial.crypto.out.restart();
  abandonSent(core, application);
  for (const stream of core.streams.values()) stream.out.restart();
  core.sentData = 0;
  core.ptoCount = 0;
  initial.probes = 0;
};

export const receiveRetry = (core: Core, retry: Retry): void => {
  // Only the first, and none behind another answer (RFC 9000 §17.2.5.2).
  if (!core.isClient || core.peerIds.length > 0 || retry.token.length === 0 || !core.move('RCV_RETRY')) return;
  core.retryFrom = retry.source;
  core.destination = retry.source;
  core.token = retry.token;
  repeatFlight(core);
};

export const receiveVersions = (core: Core, offered: readonly number[]): void => {
  // One that lists the version in use is an echo of something else (RFC 9000 §6.2).
  if (!core.isClient || core.peerIds.length > 0 || offered.includes(core.version)) return;
  const chosen = core.knobs.versions.find((one) => offered.includes(one) && one !== QuicVersion.Negotiation);
  if (chosen === undefined) {
    const sentence = 'Closed: the server speaks none of the versions that this client speaks.';
    end(core, 'IDLE', { type: 'closed', by: 'error', sentence });
    return;
  }
  if (!core.move('RCV_VERSIONS')) return;
  core.version = chosen;
  // Another version has other keys for the same id: a new attempt calls the server by a new one (RFC 9000 §6.2, §7.2).
  core.original = originalId(core.log.seed, core.log.id, core.knobs.idLengths.original, 1);
  core.destination = core.original;
  repeatFlight(core);
};

export const receiveStatelessReset = (core: Core, token: Uint8Array): void => {
  if (core.peerIds.some((one) => one.resetToken.length > 0 && sameBytes(one.resetToken, token)))
    drain(core, 'reset', 'The peer has forgotten this connection: it sent a stateless reset.');
};
