import { TransportError } from '../../../wire/quic/codes.ts';
import { streamRoom } from '../../../wire/quic/frame/encode.ts';
import type { Core } from './core.ts';
import { isDataDue } from './credit.ts';
import { closeWith } from './life.ts';
import type { Frame } from './pdu.ts';
import { indexOf, isUni, openerOf, Stream } from './stream.ts';

type StreamFrame = Extract<Frame, { kind: 'stream' }>;

/** Longest data for which two bytes of length are enough. */
const LENGTH_2 = 16383;
/** Type, stream and length of the shortest frame: one that only ends a stream (RFC 9000 §19.8). */
export const LEAST_STREAM_FRAME = 3;

const kindOf = (id: number): 'bidi' | 'uni' => (isUni(id) ? 'uni' : 'bidi');

/** How far the peer, and this end, takes bytes of a new stream (RFC 9000 §18.2). */
const sendLimitOf = (core: Core, id: number): number => {
  if (isUni(id)) return core.limits.uni;
  return openerOf(id) === core.side ? core.limits.bidiRemote : core.limits.bidiLocal;
};
const receiveLimitOf = (core: Core, id: number): number => {
  if (isUni(id)) return core.own.uni;
  return openerOf(id) === core.side ? core.own.bidiLocal : core.own.bidiRemote;
};

export const streamOf = (core: Core, id: number): Stream => {
  let stream = core.streams.get(id);
  if (!stream) {
    stream = new Stream(id, core.side, sendLimitOf(core, id), receiveLimitOf(core, id));
    core.streams.set(id, stream);
    if (stream.sends) core.writers.push(stream);
  }
  return stream;
};

/** The peer's parameters are known, or those that early data keeps to: limits can only grow (RFC 9000 §7.4.1). */
export const applyLimits = (core: Core): void => {
  const { limits } = core;
  core.flowChanged = true;
  core.sendLimit = Math.max(core.sendLimit, limits.data);
  core.mayOpen.bidi = Math.max(core.mayOpen.bidi, limits.streamsBidi);
  core.mayOpen.uni = Math.max(core.mayOpen.uni, limits.streamsUni);
  for (const stream of core.streams.values())
    stream.sendLimit = Math.max(stream.sendLimit, sendLimitOf(core, stream.id));
};

/** May this stream be used yet? One that this end opens needs the peer's leave (RFC 9000 §4.6). */
export const isOpen = (core: Core, stream: Stream): boolean =>
  !stream.isOwn || stream.index < core.mayOpen[stream.kind];

const hasDue = (core: Core, stream: Stream): boolean => {
  const { out } = stream;
  if (!out.hasDue || stream.reset !== null || !isOpen(core, stream)) return false;
  // What is lost counted against the limits when it went first; an end alone takes nothing of them.
  if (out.hasLost || out.fresh === 0) return true;
  return out.next < stream.sendLimit && core.sentData < core.sendLimit;
};

/** The stream whose turn it is: by urgency, then in order of opening, incremental ones in turns (RFC 9218 §10). */
const chosen = (core: Core): Stream | null => {
  let best: Stream | null = null;
  for (const stream of core.writers) {
    if (!hasDue(core, stream)) continue;
    if (best === null || stream.urgency < best.urgency) best = stream;
    else if (stream.urgency === best.urgency && stream.incremental && stream.turn < best.turn) best = stream;
  }
  return best;
};

export const hasStreamData = (core: Core): boolean => {
  for (const stream of core.writers) if (hasDue(core, stream)) return true;
  return false;
};

/** The next STREAM frame of at most `room` bytes; null where none is due or fits. */
export const takeStreamFrame = (core: Core, room: number): StreamFrame | null => {
  const stream = chosen(core);
  if (!stream) return null;
  const { out } = stream;
  // One byte of length; longer data takes a second one.
  let most = streamRoom(room, stream.id, out.nextDue, false) - 1;
  if (most > 63) most = Math.min(most - 1, LENGTH_2);
  if (most < 1 && out.fresh + (out.hasLost ? 1 : 0) > 0) return null;
  if (most < 0) return null;
  const before = out.next;
  const piece = out.take(most, Math.min(stream.sendLimit, out.next + core.sendLimit - core.sentData));
  if (!piece) return null;
  core.sentData += out.next - before;
  if (out.next >= stream.sendLimit || core.sentData >= core.sendLimit) core.flowChanged = true;
  stream.turn = ++core.turn;
  const { offset, length, fin } = piece;
  return { kind: 'stream', stream: stream.id, offset, data: { length }, fin, hasLength: true };
};

const retire = (core: Core, stream: Stream): void => {
  if (stream.isRetired || !stream.isOver) return;
  stream.isRetired = true;
  core.flowChanged = true;
  if (!stream.isOwn) core.retired[stream.kind]++;
};

/** Whether the peer may name this stream at all; closes the connection where it may not (RFC 9000 §4.6, §19.8). */
const isAllowed = (core: Core, id: number, type: number): boolean => {
  if (openerOf(id) === core.side) {
    if (core.streams.has(id) && !isUni(id)) return true;
    closeWith(core, TransportError.StreamStateError, type, 'a stream that was not opened');
    return false;
  }
  if (indexOf(id) < core.peerMayOpen[kindOf(id)]) return true;
  closeWith(core, TransportError.StreamLimitError, type, 'more streams than allowed');
  return false;
};

/** New bytes count against both limits (RFC 9000 §4.1); the end may not move (§4.5). */
const fits = (core: Core, stream: Stream, end: number, fin: boolean, type: number): boolean => {
  const { finalSize, highest } = stream.in;
  if (finalSize >= 0 ? end > finalSize || (fin && end !== finalSize) : fin && end < highest) {
    closeWith(core, TransportError.FinalSizeError, type, 'the end of the stream has moved');
    return false;
  }
  const grown = Math.max(0, end - highest);
  if (end > stream.receiveLimit || core.receivedData + grown > core.receiveLimit) {
    closeWith(core, TransportError.FlowControlError, type, 'more bytes than allowed');
    return false;
  }
  core.receivedData += grown;
  return true;
};

export const receiveStream = (core: Core, frame: StreamFrame): void => {
  const { offset, data, fin } = frame;
  const type = 0x08;
  if (!isAllowed(core, frame.stream, type)) return;
  const stream = streamOf(core, frame.stream);
  if (!fits(core, stream, offset + data.length, fin, type) || stream.peerReset) return;
  stream.in.add(offset, data.length, fin);
  const from = stream.in.delivered;
  const bytes = stream.in.deliver();
  const isEnd = stream.in.isWhole && !stream.endTold;
  if (bytes > 0 || isEnd) {
    stream.endTold = stream.in.isWhole;
    core.probe.delivered(core.now, stream.id, from, bytes);
    core.notify({ type: 'readable', stream: stream.id, offset: from, bytes, fin: stream.in.isWhole });
  }
  const { waiting } = stream.in;
  core.probe.blocked(core.now, stream.id, waiting > 0 ? stream.in.delivered : -1, waiting);
  retire(core, stream);
};

export const receiveReset = (core: Core, frame: Extract<Frame, { kind: 'resetStream' }>): void => {
  if (!isAllowed(core, frame.stream, 0x04)) return;
  const stream = streamOf(core, frame.stream);
  if (!fits(core, stream, frame.finalSize, true, 0x04) || stream.peerReset || stream.in.isWhole) return;
  stream.peerReset = true;
  // What never arrives counts as read, so that the connection's window does not shrink for good (RFC 9000 §4.5).
  core.consumedData += frame.finalSize - stream.consumed;
  stream.consumed = frame.finalSize;
  core.probe.blocked(core.now, stream.id, -1, 0);
  core.notify({ type: 'reset', stream: stream.id, code: frame.code });
  retire(core, stream);
};

/** The application has read: limits move on. */
export const readStream = (core: Core, id: number, bytes: number): void => {
  const stream = core.streams.get(id);
  if (!stream || stream.peerReset) return;
  const read = Math.min(bytes, stream.in.delivered - stream.consumed);
  stream.consumed += read;
  core.consumedData += read;
  if (isDataDue(core)) core.flowChanged = true;
  const window = receiveLimitOf(core, id);
  const isWanted = stream.in.finalSize < 0 && 2 * (stream.consumed + window - stream.receiveLimit) >= window;
  if (!isWanted) return;
  stream.receiveLimit = stream.consumed + window;
  stream.limitDue = true;
  core.flowChanged = true;
};

/** A piece of a stream is acknowledged. */
export const onStreamAcked = (core: Core, frame: StreamFrame): void => {
  const stream = core.streams.get(frame.stream);
  if (!stream) return;
  const wasDone = stream.out.isDone;
  stream.out.onAcked({ offset: frame.offset, length: frame.data.length, fin: frame.fin });
  if (!wasDone && stream.out.isDone) {
    core.notify({ type: 'acknowledged', stream: stream.id });
    stopWriting(core, stream);
  }
  retire(core, stream);
};

const stopWriting = (core: Core, stream: Stream): void => {
  const at = core.writers.indexOf(stream);
  if (at >= 0) core.writers.splice(at, 1);
};

/** The peer wants no more of a stream: it is reset (RFC 9000 §3.5). */
export const resetStream = (core: Core, id: number, code: number): void => {
  const stream = streamOf(core, id);
  if (!stream.sends || stream.reset !== null || stream.out.isDone) return;
  stream.reset = { code, due: true, acked: false };
  core.flowChanged = true;
};
export const onResetAcked = (core: Core, id: number): void => {
  const stream = core.streams.get(id);
  if (!stream?.reset) return;
  stream.reset.acked = true;
  stopWriting(core, stream);
  retire(core, stream);
};
