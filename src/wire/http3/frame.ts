import type { Sized } from '../http2/frame.ts';
import { putVarint, varintSize } from '../varint.ts';
import type { Varint } from '../varint.ts';
import { FrameType } from './codes.ts';

export interface SettingValue<N extends Varint = number> {
  readonly id: N;
  readonly value: N;
}

/**
 * A frame (RFC 9114 §7.2). `D` is what its bytes are: `Uint8Array`, or anything with a length where only the size
 * counts. `N` is what its numbers are: frames that are read may hold a `bigint` where they are above 2^53.
 */
export type Frame<D extends Sized = Uint8Array, N extends Varint = number> =
  | { readonly kind: 'data'; readonly data: D }
  /** `section`: QPACK. */
  | { readonly kind: 'headers'; readonly section: D }
  | { readonly kind: 'cancelPush'; readonly push: N }
  | { readonly kind: 'settings'; readonly values: readonly SettingValue<N>[] }
  | { readonly kind: 'pushPromise'; readonly push: N; readonly section: D }
  /** From a server a stream, from a client a push. */
  | { readonly kind: 'goAway'; readonly id: N }
  | { readonly kind: 'maxPushId'; readonly push: N }
  | { readonly kind: 'priorityUpdate'; readonly of: 'request' | 'push'; readonly id: N; readonly value: string }
  /** Of a type that is not known here: to be passed over (RFC 9114 §9). */
  | { readonly kind: 'unknown'; readonly type: N; readonly payload: D };

const types: Readonly<Record<Exclude<Frame['kind'], 'unknown' | 'priorityUpdate'>, number>> = {
  data: FrameType.Data,
  headers: FrameType.Headers,
  cancelPush: FrameType.CancelPush,
  settings: FrameType.Settings,
  pushPromise: FrameType.PushPromise,
  goAway: FrameType.GoAway,
  maxPushId: FrameType.MaxPushId,
};

export const frameType = (frame: Frame<Sized, Varint>): Varint =>
  frame.kind === 'unknown'
    ? frame.type
    : frame.kind === 'priorityUpdate'
      ? frame.of === 'request'
        ? FrameType.PriorityUpdateRequest
        : FrameType.PriorityUpdatePush
      : types[frame.kind];

const payloadSize = (frame: Frame<Sized, Varint>): number => {
  switch (frame.kind) {
    case 'data':
      return frame.data.length;
    case 'headers':
      return frame.section.length;
    case 'cancelPush':
    case 'maxPushId':
      return varintSize(frame.push);
    case 'settings':
      return frame.values.reduce((sum, { id, value }) => sum + varintSize(id) + varintSize(value), 0);
    case 'pushPromise':
      return varintSize(frame.push) + frame.section.length;
    case 'goAway':
      return varintSize(frame.id);
    case 'priorityUpdate':
      return varintSize(frame.id) + frame.value.length;
    case 'unknown':
      return frame.payload.length;
  }
};

/** Bytes in front of a payload of `length` bytes. */
export const frameHeaderSize = (type: Varint, length: number): number => varintSize(type) + varintSize(length);

/** Bytes of a frame, type and length included. */
export const frameSize = (frame: Frame<Sized, Varint>): number => {
  const length = payloadSize(frame);
  return frameHeaderSize(frameType(frame), length) + length;
};

const putBytes = (bytes: Uint8Array, at: number, data: Uint8Array): number => {
  bytes.set(data, at);
  return at + data.length;
};

/** Writes a frame at `at`; returns the place behind it. */
export const putFrame = (bytes: Uint8Array, at: number, frame: Frame<Uint8Array, Varint>): number => {
  at = putVarint(bytes, at, frameType(frame));
  at = putVarint(bytes, at, payloadSize(frame));
  switch (frame.kind) {
    case 'data':
      return putBytes(bytes, at, frame.data);
    case 'headers':
      return putBytes(bytes, at, frame.section);
    case 'cancelPush':
    case 'maxPushId':
      return putVarint(bytes, at, frame.push);
    case 'settings':
      for (const { id, value } of frame.values) at = putVarint(bytes, putVarint(bytes, at, id), value);
      return at;
    case 'pushPromise':
      return putBytes(bytes, putVarint(bytes, at, frame.push), frame.section);
    case 'goAway':
      return putVarint(bytes, at, frame.id);
    case 'priorityUpdate':
      at = putVarint(bytes, at, frame.id);
      for (let i = 0; i < frame.value.length; i++) bytes[at++] = frame.value.charCodeAt(i) & 0xff;
      return at;
    case 'unknown':
      return putBytes(bytes, at, frame.payload);
  }
};

/** Bytes of frames one behind the other. */
export const encodeFrames = (...frames: readonly Frame<Uint8Array, Varint>[]): Uint8Array => {
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frameSize(frame), 0));
  let at = 0;
  for (const frame of frames) at = putFrame(bytes, at, frame);
  return bytes;
};

/** The bytes that open a unidirectional stream: its type, and for a push its number (RFC 9114 §6.2). */
export const encodeStreamType = (type: Varint, push: Varint | null = null): Uint8Array => {
  const bytes = new Uint8Array(varintSize(type) + (push === null ? 0 : varintSize(push)));
  const at = putVarint(bytes, 0, type);
  if (push !== null) putVarint(bytes, at, push);
  return bytes;
};
