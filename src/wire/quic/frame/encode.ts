import type { Sized } from '../../http2/frame.ts';
import { putVarint, varintSize } from '../../varint.ts';
import type { Varint } from '../../varint.ts';
import { frameType } from './frame.ts';
import type { AckRange, QuicFrame } from './frame.ts';

/** The numbers of a range behind another: missing ones between them, and its own, each less one (RFC 9000 §19.3.1). */
const gap = (above: AckRange, range: AckRange): number => above.smallest - range.largest - 2;
const span = (range: AckRange): number => range.largest - range.smallest;

const ackSize = (ranges: readonly AckRange[]): number => {
  const first = ranges[0]!;
  let size = varintSize(first.largest) + varintSize(ranges.length - 1) + varintSize(span(first));
  for (let i = 1; i < ranges.length; i++)
    size += varintSize(gap(ranges[i - 1]!, ranges[i]!)) + varintSize(span(ranges[i]!));
  return size;
};

/** Bytes of a frame. */
export const frameSize = (frame: QuicFrame<Sized, Varint>): number => {
  switch (frame.kind) {
    case 'padding':
      return frame.length;
    case 'ping':
    case 'handshakeDone':
    case 'immediateAck':
      return 1;
    case 'ack': {
      const { ecn } = frame;
      const counts = ecn === null ? 0 : varintSize(ecn.ect0) + varintSize(ecn.ect1) + varintSize(ecn.ce);
      return 1 + ackSize(frame.ranges) + varintSize(frame.delay) + counts;
    }
    case 'resetStream':
      return 1 + varintSize(frame.stream) + varintSize(frame.code) + varintSize(frame.finalSize);
    case 'stopSending':
      return 1 + varintSize(frame.stream) + varintSize(frame.code);
    case 'crypto':
      return 1 + varintSize(frame.offset) + varintSize(frame.data.length) + frame.data.length;
    case 'newToken':
      return 1 + varintSize(frame.token.length) + frame.token.length;
    case 'stream':
      return (
        streamOverhead(frame.stream, frame.offset) +
        (frame.hasLength ? varintSize(frame.data.length) : 0) +
        frame.data.length
      );
    case 'maxData':
    case 'maxStreams':
      return 1 + varintSize(frame.max);
    case 'maxStreamData':
      return 1 + varintSize(frame.stream) + varintSize(frame.max);
    case 'dataBlocked':
    case 'streamsBlocked':
      return 1 + varintSize(frame.limit);
    case 'streamDataBlocked':
      return 1 + varintSize(frame.stream) + varintSize(frame.limit);
    case 'newConnectionId':
      return 1 + varintSize(frame.sequence) + varintSize(frame.retirePriorTo) + 1 + frame.id.length + 16;
    case 'retireConnectionId':
      return 1 + varintSize(frame.sequence);
    case 'pathChallenge':
    case 'pathResponse':
      return 1 + 8;
    case 'connectionClose': {
      const { code, frameType: wrong, reason } = frame;
      const about = wrong === null ? 0 : varintSize(wrong);
      return 1 + varintSize(code) + about + varintSize(reason.length) + reason.length;
    }
    case 'datagram':
      return 1 + (frame.hasLength ? varintSize(frame.data.length) : 0) + frame.data.length;
    case 'ackFrequency': {
      const { sequence, threshold, maxAckDelay, reordering } = frame;
      const numbers = varintSize(sequence) + varintSize(threshold) + varintSize(maxAckDelay) + varintSize(reordering);
      return varintSize(frameType(frame)) + numbers;
    }
    case 'timeStamp':
      return varintSize(frameType(frame)) + varintSize(frame.time);
  }
};

/** Bytes of a STREAM frame in front of its length, if it has one, and its data. */
const streamOverhead = (stream: Varint, offset: Varint): number =>
  1 + varintSize(stream) + (offset === 0 ? 0 : varintSize(offset));

/** Most bytes whose length field and they themselves fit `room`. */
const fitting = (room: number): number => {
  for (const size of [1, 2, 4, 8]) if (varintSize(Math.max(0, room - size)) <= size) return Math.max(-1, room - size);
  return -1;
};

/**
 * Most data that a STREAM frame of at most `room` bytes can carry; −1 where not even an empty one fits. Without a length
 * it fills the packet to its end.
 */
export const streamRoom = (room: number, stream: Varint, offset: Varint, hasLength: boolean): number => {
  const left = room - streamOverhead(stream, offset);
  return hasLength ? fitting(left) : Math.max(-1, left);
};

/** Most data that a CRYPTO frame of at most `room` bytes can carry; −1 where not even an empty one fits. */
export const cryptoRoom = (room: number, offset: Varint): number => fitting(room - 1 - varintSize(offset));

const putBytes = (bytes: Uint8Array, at: number, data: Uint8Array): number => {
  bytes.set(data, at);
  return at + data.length;
};

/** Writes a frame at `at`; returns the place behind it. */
export const putFrame = (bytes: Uint8Array, at: number, frame: QuicFrame<Uint8Array, Varint>): number => {
  if (frame.kind === 'padding') {
    bytes.fill(0, at, at + frame.length);
    return at + frame.length;
  }
  at = putVarint(bytes, at, frameType(frame));
  const numbers = (...values: readonly Varint[]): number => {
    for (const value of values) at = putVarint(bytes, at, value);
    return at;
  };
  switch (frame.kind) {
    case 'ping':
    case 'handshakeDone':
    case 'immediateAck':
      return at;
    case 'ack': {
      const { ranges, ecn } = frame;
      numbers(ranges[0]!.largest, frame.delay, ranges.length - 1, span(ranges[0]!));
      for (let i = 1; i < ranges.length; i++) numbers(gap(ranges[i - 1]!, ranges[i]!), span(ranges[i]!));
      return ecn === null ? at : numbers(ecn.ect0, ecn.ect1, ecn.ce);
    }
    case 'resetStream':
      return numbers(frame.stream, frame.code, frame.finalSize);
    case 'stopSending':
      return numbers(frame.stream, frame.code);
    case 'crypto':
      numbers(frame.offset, frame.data.length);
      return putBytes(bytes, at, frame.data);
    case 'newToken':
      numbers(frame.token.length);
      return putBytes(bytes, at, frame.token);
    case 'stream':
      numbers(frame.stream);
      if (frame.offset !== 0) numbers(frame.offset);
      if (frame.hasLength) numbers(frame.data.length);
      return putBytes(bytes, at, frame.data);
    case 'maxData':
    case 'maxStreams':
      return numbers(frame.max);
    case 'maxStreamData':
      return numbers(frame.stream, frame.max);
    case 'dataBlocked':
    case 'streamsBlocked':
      return numbers(frame.limit);
    case 'streamDataBlocked':
      return numbers(frame.stream, frame.limit);
    case 'newConnectionId':
      numbers(frame.sequence, frame.retirePriorTo);
      bytes[at++] = frame.id.length;
      return putBytes(bytes, putBytes(bytes, at, frame.id), frame.resetToken);
    case 'retireConnectionId':
      return numbers(frame.sequence);
    case 'pathChallenge':
    case 'pathResponse':
      return putBytes(bytes, at, frame.data);
    case 'connectionClose': {
      const { code, frameType: wrong, reason } = frame;
      numbers(code);
      if (wrong !== null) numbers(wrong);
      numbers(reason.length);
      for (let i = 0; i < reason.length; i++) bytes[at++] = reason.charCodeAt(i) & 0xff;
      return at;
    }
    case 'datagram':
      if (frame.hasLength) numbers(frame.data.length);
      return putBytes(bytes, at, frame.data);
    case 'ackFrequency':
      return numbers(frame.sequence, frame.threshold, frame.maxAckDelay, frame.reordering);
    case 'timeStamp':
      return numbers(frame.time);
  }
};

/** Bytes of a packet's frames. */
export const framesSize = (frames: readonly QuicFrame<Sized, Varint>[]): number =>
  frames.reduce((sum, frame) => sum + frameSize(frame), 0);

export const encodeFrames = (frames: readonly QuicFrame<Uint8Array, Varint>[]): Uint8Array => {
  const bytes = new Uint8Array(framesSize(frames));
  let at = 0;
  for (const frame of frames) at = putFrame(bytes, at, frame);
  return bytes;
};
