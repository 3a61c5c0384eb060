import type { Core } from './core.ts';
import { dataLimit, isDataDue, isDue } from './credit.ts';
import type { Frame } from './pdu.ts';
import type { Stream } from './stream.ts';
import { isOpen } from './streams.ts';

/** Flow control (RFC 9000 §4): larger limits for the peer, and what this end is blocked by. */

/** The frames that are due. `settle`: they are sent now; otherwise this only looks. */
export const flowFrames = (core: Core, settle: boolean): readonly Frame[] => {
  if (!core.flowChanged) return NONE;
  const frames: Frame[] = [];
  if (isDataDue(core)) {
    const max = dataLimit(core);
    if (settle) core.receiveLimit = max;
    frames.push({ kind: 'maxData', max });
  }
  streamLimits(core, frames, settle);
  let isHeld = false;
  for (const stream of core.streams.values()) {
    streamFrames(stream, frames, settle);
    if (stream.reset !== null || stream.out.fresh === 0 || !isOpen(core, stream)) continue;
    if (stream.out.next >= stream.sendLimit && stream.blockedAt !== stream.sendLimit) {
      if (settle) stream.blockedAt = stream.sendLimit;
      frames.push({ kind: 'streamDataBlocked', stream: stream.id, limit: stream.sendLimit });
    }
    isHeld ||= core.sentData >= core.sendLimit;
  }
  if (isHeld && core.dataBlockedAt !== core.sendLimit) {
    if (settle) core.dataBlockedAt = core.sendLimit;
    frames.push({ kind: 'dataBlocked', limit: core.sendLimit });
  }
  if (settle || frames.length === 0) core.flowChanged = false;
  return frames;
};
const NONE: readonly Frame[] = [];

/** Streams that are over make room for others (RFC 9000 §4.6). */
const streamLimits = (core: Core, frames: Frame[], settle: boolean): void => {
  for (const direction of ['bidi', 'uni'] as const) {
    const window = direction === 'bidi' ? core.own.streamsBidi : core.own.streamsUni;
    const max = window + core.retired[direction];
    if (!isDue(max, core.peerMayOpen[direction], window)) continue;
    if (settle) core.peerMayOpen[direction] = max;
    frames.push({ kind: 'maxStreams', direction, max });
  }
};

const streamFrames = (stream: Stream, frames: Frame[], settle: boolean): void => {
  const { reset, stop } = stream;
  if (reset?.due) {
    frames.push({ kind: 'resetStream', stream: stream.id, code: reset.code, finalSize: stream.out.next });
    if (settle) reset.due = false;
  }
  if (stop?.due) {
    frames.push({ kind: 'stopSending', stream: stream.id, code: stop.code });
    if (settle) stop.due = false;
  }
  if (!stream.limitDue) return;
  frames.push({ kind: 'maxStreamData', stream: stream.id, max: stream.receiveLimit });
  if (settle) stream.limitDue = false;
};
