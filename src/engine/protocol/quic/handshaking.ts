import { fromMs, nanos, NEVER } from '../../../base/time.ts';
import { parametersSize } from '../../../wire/quic/transportParameters.ts';
import { Epoch } from '../../../wire/tls/epoch.ts';
import type { HandshakeMessage } from '../../../wire/tls/handshake/message.ts';
import { TlsHandshake } from '../tls/handshake.ts';
import type { HandshakeNotice, TlsItem } from '../tls/handshake.ts';
import type { Core } from './core.ts';
import { issuedId, originalId, tokenOf } from './ids.ts';
import { closeWith } from './life.ts';
import { limitsOf, parametersOf } from './parameters.ts';
import type { BoundIds } from './parameters.ts';
import { abandonSent, discardSpace, speedUp } from './recovery.ts';
import { SpaceId } from './space.ts';
import { applyLimits } from './streams.ts';

/** TLS inside QUIC (RFC 9001 §4): its messages go in CRYPTO frames, its alerts in CONNECTION_CLOSE, its keys by space. */

/** An alert of TLS as an error of QUIC (RFC 9001 §4.8). */
const CRYPTO_ERROR = 0x100;
const CRYPTO_FRAME = 0x06;

const spaceOf = (epoch: number): SpaceId =>
  epoch === Epoch.Plain ? SpaceId.Initial : epoch === Epoch.Handshake ? SpaceId.Handshake : SpaceId.Application;

/** RFC 9001 §8.3: messages that QUIC has no place for. */
const isBarred = (message: HandshakeMessage): boolean => message.type === 'endOfEarlyData';

const makeTls = (core: Core, ids: BoundIds): TlsHandshake => {
  const { client, server } = core.options;
  const list = parametersOf(core.knobs, core.side, ids);
  core.log.parameters[core.side] = list;
  const changes = { transportParameters: parametersSize(list), compatibility: false };
  return new TlsHandshake(client && { ...client, ...changes }, server && { ...server, ...changes }, {
    chainOf: (side) => (side === 'server' ? core.log.serverChain : core.log.clientChain),
    onState: () => {
      // The life of the connection is told by its own machine.
    },
  });
};

const issueFirst = (core: Core): Uint8Array => {
  const { log, side, knobs } = core;
  const first = issuedId(log.seed, log.id, side, 0, knobs.idLengths[side]);
  core.issued.push(first);
  return first.id;
};

export const startClient = (core: Core): void => {
  const { log, knobs, options } = core;
  const source = issueFirst(core);
  core.original = originalId(log.seed, log.id, knobs.idLengths.original);
  core.destination = core.original;
  core.token = options.token ?? core.token;
  core.tls = makeTls(core, { source, original: null, retry: null, resetToken: null });
  core.idleFrom = core.now;
  core.quietFrom = core.now;
  core.tls.command({ type: 'open' }, core.now);
};

/** At the first Initial that the server takes up. `original`: what the client called it at first. */
export const startServer = (core: Core, original: Uint8Array, peer: Uint8Array): void => {
  const source = issueFirst(core);
  core.original = original;
  core.destination = peer;
  core.peerIds.push({ sequence: 0, id: peer, resetToken: new Uint8Array(0) });
  const resetToken = core.issued[0]?.resetToken ?? null;
  core.tls = makeTls(core, { source, original, retry: core.retryFrom, resetToken });
};

/** Hands on the messages that are whole by now: the log knows which they are. */
export const receiveCrypto = (core: Core, id: SpaceId, offset: number, length: number): void => {
  const stream = core.spaces[id].crypto.in;
  const isNew = stream.add(offset, length, false) > 0;
  if (!isNew && !core.isClient && id !== SpaceId.Application) speedUp(core, null);
  const from = stream.delivered;
  if (stream.deliver() === 0 || !core.tls) return;
  for (const one of core.log.messages) {
    if (one.from !== core.peer || spaceOf(one.epoch) !== id || one.end <= from || one.end > stream.delivered) continue;
    if (core.isEnding) return;
    hear(core, core.tls, one.message, one.epoch);
    pump(core);
  }
};

const hear = (core: Core, tls: TlsHandshake, message: HandshakeMessage, epoch: number): void => {
  const before = tls.readEpoch;
  if (message.type === 'encryptedExtensions' || message.type === 'clientHello') {
    core.limits = limitsOf(core.log.parameters[core.peer]);
    applyLimits(core);
    if (core.isClient) takeServerToken(core);
  }
  tls.receive({ kind: 'handshake', epoch, message, size: 0, last: true }, core.now);
  if (core.isClient && before === Epoch.Plain && tls.readEpoch >= Epoch.Handshake) {
    core.move('HANDSHAKE_KEYS');
    if (core.knobs.agreementMs > 0) core.busyUntil = nanos(core.now + fromMs(core.knobs.agreementMs));
  }
};

/** The server's first id gets its reset token by a transport parameter (RFC 9000 §10.3). */
const takeServerToken = (core: Core): void => {
  const [first] = core.peerIds;
  const said = core.log.parameters.server.find((one) => one.kind === 'bytes' && one.id === 2);
  if (first && said?.kind === 'bytes') core.peerIds[0] = { ...first, resetToken: said.value };
};

/** Takes what TLS has to send and to tell. */
export const pump = (core: Core): void => {
  const { tls } = core;
  if (!tls) return;
  for (let item = tls.pollTransmit(); item; item = tls.pollTransmit()) write(core, item);
  for (let notice = tls.pollEvent(); notice; notice = tls.pollEvent()) heard(core, tls, notice);
  if (core.isClient && core.early === 'none' && tls.early === 'offered' && core.options.remembered) {
    core.early = 'offered';
    core.limits = core.options.remembered;
    applyLimits(core);
    core.notify({ type: 'writable', early: true });
  }
  if (!core.isClient && core.state === 'INITIAL' && tls.writeEpoch >= Epoch.Application) {
    core.move('HANDSHAKE_KEYS');
    // The server may speak before the client's Finished: half a round trip early (RFC 9001 §5.7).
    core.notify({ type: 'writable', early: true });
    issueIds(core);
  }
};

const write = (core: Core, item: TlsItem): void => {
  if (item.kind === 'alert') {
    closeWith(core, CRYPTO_ERROR + item.description, CRYPTO_FRAME, 'the TLS handshake failed');
    return;
  }
  if (item.kind === 'ccs' || isBarred(item.message)) return;
  const { out } = core.spaces[spaceOf(item.epoch)].crypto;
  out.written += item.size;
  core.log.messages.push({ from: core.side, epoch: item.epoch, message: item.message, end: out.written });
};

const heard = (core: Core, tls: TlsHandshake, notice: HandshakeNotice): void => {
  switch (notice.type) {
    case 'connected':
      core.hasComplete = true;
      core.notify({ type: 'connected' });
      if (core.isClient) {
        core.move('COMPLETE');
        issueIds(core);
        core.notify({ type: 'writable', early: false });
      } else confirmServer(core);
      break;
    case 'early':
      core.early = notice.accepted ? 'accepted' : 'rejected';
      core.notify({ type: 'early', accepted: notice.accepted });
      if (core.isClient && !notice.accepted) repeatEarly(core);
      // TLS over TCP waits for EndOfEarlyData; QUIC has none, the packets tell by their keys (RFC 9001 §8.3).
      if (!core.isClient && notice.accepted)
        tls.receive(
          { kind: 'handshake', epoch: Epoch.Early, message: { type: 'endOfEarlyData' }, size: 0, last: true },
          core.now,
        );
      break;
    case 'ticket':
      core.notify({ type: 'ticket', session: notice.session, limits: core.limits });
      break;
    default:
      // What fails comes as an alert, too; the rest is about records.
      break;
  }
};

/** 0-RTT was refused: all of it goes again in 1-RTT, under the limits of this connection (RFC 9000 §7.4.1, RFC 9001 §4.6.2). */
const repeatEarly = (core: Core): void => {
  abandonSent(core, core.spaces[SpaceId.Application], true);
  core.sentData = 0;
  core.limits = limitsOf(core.log.parameters.server);
  core.sendLimit = 0;
  core.mayOpen.bidi = 0;
  core.mayOpen.uni = 0;
  for (const stream of core.streams.values()) {
    stream.out.restart();
    stream.sendLimit = 0;
  }
  applyLimits(core);
};

/** The server knows that the client has its Finished: it says so until it is heard (RFC 9001 §4.1.2). */
const confirmServer = (core: Core): void => {
  core.control.push({ kind: 'handshakeDone' });
  const { log, knobs } = core;
  if (knobs.newToken > 0)
    core.control.push({ kind: 'newToken', token: tokenOf(log.seed, log.id, 'new token', knobs.newToken) });
  confirm(core);
};

export const confirm = (core: Core): void => {
  if (core.isConfirmed) return;
  core.isConfirmed = true;
  core.move('CONFIRM');
  discardSpace(core, SpaceId.Handshake);
  core.notify({ type: 'confirmed' });
  if (!core.isClient) core.notify({ type: 'writable', early: false });
};

/** Spare ids, as many as the peer keeps (RFC 9000 §5.1.1). */
const issueIds = (core: Core): void => {
  if (core.hasIssued) return;
  core.hasIssued = true;
  const { log, knobs, side } = core;
  const count = Math.min(knobs.spareIds, core.limits.activeIds - 1);
  for (let sequence = 1; sequence <= count; sequence++) {
    const one = issuedId(log.seed, log.id, side, sequence, knobs.idLengths[side]);
    core.issued.push(one);
    core.control.push({ kind: 'newConnectionId', retirePriorTo: 0, ...one });
  }
};

/** Whether TLS or a key agreement keeps the host busy: what arrives waits, nothing leaves. */
export const isBusy = (core: Core): boolean => (core.tls?.busy ?? false) || core.busyUntil !== NEVER;
