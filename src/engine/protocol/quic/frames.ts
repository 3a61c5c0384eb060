import { TransportError, transportErrorName } from '../../../wire/quic/codes.ts';
import type { Core, PathState } from './core.ts';
import { confirm, receiveCrypto } from './handshaking.ts';
import { closeWith, drain } from './life.ts';
import { receiveResponse } from './paths.ts';
import type { Frame } from './pdu.ts';
import { receiveAck } from './recovery.ts';
import type { Space } from './space.ts';
import { openerOf, isUni } from './stream.ts';
import { receiveReset, receiveStream, resetStream, streamOf } from './streams.ts';

/** What each frame does at its receiver (RFC 9000 §19). */
export const receiveFrame = (core: Core, space: Space, frame: Frame, path: PathState): void => {
  if (frame.kind !== 'stream' && frame.kind !== 'ack' && frame.kind !== 'padding') core.flowChanged = true;
  switch (frame.kind) {
    case 'ack':
      receiveAck(core, space, frame);
      break;
    case 'crypto':
      receiveCrypto(core, space.id, frame.offset, frame.data.length);
      break;
    case 'stream':
      receiveStream(core, frame);
      break;
    case 'resetStream':
      receiveReset(core, frame);
      break;
    case 'stopSending':
      core.notify({ type: 'stopped', stream: frame.stream, code: frame.code });
      resetStream(core, frame.stream, frame.code);
      break;
    case 'maxData':
      core.sendLimit = Math.max(core.sendLimit, frame.max);
      break;
    case 'maxStreamData':
      if (isUni(frame.stream) && openerOf(frame.stream) !== core.side) {
        closeWith(core, TransportError.StreamStateError, 0x11, 'a limit for a stream that only the peer sends on');
        break;
      }
      streamOf(core, frame.stream).sendLimit = Math.max(streamOf(core, frame.stream).sendLimit, frame.max);
      break;
    case 'maxStreams':
      core.mayOpen[frame.direction] = Math.max(core.mayOpen[frame.direction], frame.max);
      break;
    case 'newConnectionId':
      receiveId(core, frame);
      break;
    case 'retireConnectionId':
      retireId(core, frame.sequence);
      break;
    case 'newToken':
      core.notify({ type: 'token', token: new Uint8Array(frame.token.length) });
      break;
    case 'pathChallenge':
      path.responses.push(frame.data);
      break;
    case 'pathResponse':
      receiveResponse(core, frame.data);
      break;
    case 'handshakeDone':
      if (core.isClient) confirm(core);
      else closeWith(core, TransportError.ProtocolViolation, 0x1e, 'only a server says that the handshake is done');
      break;
    case 'connectionClose': {
      const what = frame.frameType === null ? 'its application is done' : transportErrorName(frame.code);
      drain(core, 'peer', `Closed by the peer: ${frame.reason || what}`);
      break;
    }
    default:
      // PING and PADDING ask for nothing more; what the peer is blocked by, it says for people.
      break;
  }
};

const receiveId = (core: Core, frame: Extract<Frame, { kind: 'newConnectionId' }>): void => {
  if (core.peerIds.some((one) => one.sequence === frame.sequence)) return;
  core.peerIds.push({ sequence: frame.sequence, id: frame.id, resetToken: frame.resetToken });
  core.peerIds.sort((a, b) => a.sequence - b.sequence);
  if (core.peerIds.length > core.knobs.activeIdLimit)
    closeWith(core, TransportError.ConnectionIdLimitError, 0x18, 'more connection ids than this end keeps');
};

/** The peer gives an id up (RFC 9000 §19.16). */
const retireId = (core: Core, sequence: number): void => {
  const i = core.issued.findIndex((one) => one.sequence === sequence);
  if (i > 0) core.issued.splice(i, 1);
};
