import type { Core } from './core.ts';
import type { Frame } from './pdu.ts';
import type { Space } from './space.ts';
import { onResetAcked, onStreamAcked } from './streams.ts';

/** What becomes of a frame once its packet is acknowledged or lost (RFC 9000 §13.3). */

export const onFrameAcked = (core: Core, space: Space, frame: Frame): void => {
  switch (frame.kind) {
    case 'crypto':
      space.crypto.out.onAcked({ offset: frame.offset, length: frame.data.length, fin: false });
      break;
    case 'stream':
      onStreamAcked(core, frame);
      break;
    case 'resetStream':
      onResetAcked(core, frame.stream);
      break;
    case 'ack':
      space.ackFloor = Math.max(space.ackFloor, frame.ranges[0]?.largest ?? 0);
      break;
    default:
      break;
  }
};

export const onFrameLost = (core: Core, space: Space, frame: Frame): void => {
  if (frame.kind !== 'stream' && frame.kind !== 'crypto') core.flowChanged = true;
  const stream = 'stream' in frame ? core.streams.get(frame.stream) : undefined;
  switch (frame.kind) {
    case 'crypto':
      space.crypto.out.onLost({ offset: frame.offset, length: frame.data.length, fin: false });
      break;
    case 'stream':
      if (stream?.reset === null)
        stream.out.onLost({ offset: frame.offset, length: frame.data.length, fin: frame.fin });
      break;
    case 'resetStream':
      if (stream?.reset) stream.reset.due = !stream.reset.acked;
      break;
    case 'stopSending':
      if (stream?.stop) stream.stop.due = true;
      break;
    // A limit is told anew as it is now; an old one says nothing (RFC 9000 §13.3).
    case 'maxStreamData':
      if (stream && stream.in.finalSize < 0 && frame.max === stream.receiveLimit) stream.limitDue = true;
      break;
    case 'maxData':
      if (frame.max === core.receiveLimit) core.control.push(frame);
      break;
    case 'maxStreams':
      if (frame.max === core.peerMayOpen[frame.direction]) core.control.push(frame);
      break;
    case 'streamDataBlocked':
      if (stream) stream.blockedAt = -1;
      break;
    case 'dataBlocked':
      core.dataBlockedAt = -1;
      break;
    case 'handshakeDone':
    case 'newToken':
    case 'newConnectionId':
    case 'retireConnectionId':
      core.control.push(frame);
      break;
    default:
      // Padding, PING, ACK, paths and closes are not sent again as they were.
      break;
  }
};
