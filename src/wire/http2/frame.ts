import { putU16, putU32 } from '../bytes.ts';
import { Flag, FrameType } from './codes.ts';

/** Bytes of which the length is enough to know a frame's size. */
export interface Sized {
  readonly length: number;
}

/** The priority signal of RFC 7540, which RFC 9113 §5.3.2 keeps in form only. `weight`: 1 to 256. */
export interface OldPriority {
  readonly exclusive: boolean;
  readonly dependency: number;
  readonly weight: number;
}

export interface SettingValue {
  readonly id: number;
  readonly value: number;
}

/**
 * A frame (RFC 9113 §6). `D` is what its bytes are: `Uint8Array`, or anything with a length where only the size counts.
 * `padding` holds the zeros at the end; null: the frame has no field for them. Text is one character a byte.
 */
export type Frame<D extends Sized = Uint8Array> =
  | {
      readonly kind: 'data';
      readonly stream: number;
      readonly data: D;
      readonly endStream: boolean;
      readonly padding: D | null;
    }
  | {
      readonly kind: 'headers';
      readonly stream: number;
      /** HPACK; the whole block, or its start where `endHeaders` is not set. */
      readonly block: D;
      readonly endStream: boolean;
      readonly endHeaders: boolean;
      readonly priority: OldPriority | null;
      readonly padding: D | null;
    }
  | { readonly kind: 'priority'; readonly stream: number; readonly priority: OldPriority }
  | { readonly kind: 'rstStream'; readonly stream: number; readonly code: number }
  | { readonly kind: 'settings'; readonly values: readonly SettingValue[] }
  | { readonly kind: 'settingsAck' }
  | {
      readonly kind: 'pushPromise';
      readonly stream: number;
      readonly promised: number;
      readonly block: D;
      readonly endHeaders: boolean;
      readonly padding: D | null;
    }
  /** `data`: 8 bytes. */
  | { readonly kind: 'ping'; readonly ack: boolean; readonly data: Uint8Array }
  | { readonly kind: 'goAway'; readonly lastStream: number; readonly code: number; readonly debug: D }
  | { readonly kind: 'windowUpdate'; readonly stream: number; readonly increment: number }
  | { readonly kind: 'continuation'; readonly stream: number; readonly block: D; readonly endHeaders: boolean }
  | { readonly kind: 'altSvc'; readonly stream: number; readonly origin: string; readonly value: string }
  | { readonly kind: 'origin'; readonly origins: readonly string[] }
  | { readonly kind: 'priorityUpdate'; readonly prioritized: number; readonly value: string }
  /** Of a type that is not known here: to be passed over (RFC 9113 §5.5). */
  | {
      readonly kind: 'unknown';
      readonly type: number;
      readonly flags: number;
      readonly stream: number;
      readonly payload: D;
    };

export const FRAME_HEADER_SIZE = 9;
/** SETTINGS_MAX_FRAME_SIZE until it is said otherwise, and at most (RFC 9113 §4.2, §6.5.2). */
export const DEFAULT_MAX_FRAME_SIZE = 0x4000;
export const LARGEST_MAX_FRAME_SIZE = 0xff_ffff;
/** What a client sends first (RFC 9113 §3.4). */
export const PREFACE = Uint8Array.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', (c) => c.charCodeAt(0));

const types: Readonly<Record<Exclude<Frame['kind'], 'unknown'>, number>> = {
  data: FrameType.Data,
  headers: FrameType.Headers,
  priority: FrameType.Priority,
  rstStream: FrameType.RstStream,
  settings: FrameType.Settings,
  settingsAck: FrameType.Settings,
  pushPromise: FrameType.PushPromise,
  ping: FrameType.Ping,
  goAway: FrameType.GoAway,
  windowUpdate: FrameType.WindowUpdate,
  continuation: FrameType.Continuation,
  altSvc: FrameType.AltSvc,
  origin: FrameType.Origin,
  priorityUpdate: FrameType.PriorityUpdate,
};

export const frameType = (frame: Frame<Sized>): number => (frame.kind === 'unknown' ? frame.type : types[frame.kind]);

/** The stream in the header; 0 is the connection. */
export const frameStream = (frame: Frame<Sized>): number => ('stream' in frame ? frame.stream : 0);

/** A field of its length and the padding itself (RFC 9113 §6.1). */
const paddingSize = (padding: Sized | null): number => (padding === null ? 0 : 1 + padding.length);

/** Bytes behind the header. */
export const payloadSize = (frame: Frame<Sized>): number => {
  switch (frame.kind) {
    case 'data':
      return frame.data.length + paddingSize(frame.padding);
    case 'headers':
      return frame.block.length + paddingSize(frame.padding) + (frame.priority === null ? 0 : 5);
    case 'priority':
      return 5;
    case 'rstStream':
    case 'windowUpdate':
      return 4;
    case 'settings':
      return frame.values.length * 6;
    case 'settingsAck':
      return 0;
    case 'pushPromise':
      return 4 + frame.block.length + paddingSize(frame.padding);
    case 'ping':
      return 8;
    case 'goAway':
      return 8 + frame.debug.length;
    case 'continuation':
      return frame.block.length;
    case 'altSvc':
      return 2 + frame.origin.length + frame.value.length;
    case 'origin':
      return frame.origins.reduce((sum, origin) => sum + 2 + origin.length, 0);
    case 'priorityUpdate':
      return 4 + frame.value.length;
    case 'unknown':
      return frame.payload.length;
  }
};

/** Bytes of a frame, its header of 9 included. */
export const frameSize = (frame: Frame<Sized>): number => FRAME_HEADER_SIZE + payloadSize(frame);

export const frameFlags = (frame: Frame<Sized>): number => {
  const end = (isSet: boolean, flag: number): number => (isSet ? flag : 0);
  switch (frame.kind) {
    case 'data':
      return end(frame.endStream, Flag.EndStream) | end(frame.padding !== null, Flag.Padded);
    case 'headers':
      return (
        end(frame.endStream, Flag.EndStream) |
        end(frame.endHeaders, Flag.EndHeaders) |
        end(frame.padding !== null, Flag.Padded) |
        end(frame.priority !== null, Flag.Priority)
      );
    case 'pushPromise':
      return end(frame.endHeaders, Flag.EndHeaders) | end(frame.padding !== null, Flag.Padded);
    case 'continuation':
      return end(frame.endHeaders, Flag.EndHeaders);
    case 'settingsAck':
      return Flag.Ack;
    case 'ping':
      return end(frame.ack, Flag.Ack);
    case 'unknown':
      return frame.flags;
    case 'priority':
    case 'rstStream':
    case 'settings':
    case 'goAway':
    case 'windowUpdate':
    case 'altSvc':
    case 'origin':
    case 'priorityUpdate':
      return 0;
  }
};

const putBytes = (bytes: Uint8Array, at: number, data: Uint8Array): number => {
  bytes.set(data, at);
  return at + data.length;
};
const putAscii = (bytes: Uint8Array, at: number, text: string): number => {
  for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i) & 0xff;
  return at;
};
const put16 = (bytes: Uint8Array, at: number, value: number): number => {
  putU16(bytes, at, value);
  return at + 2;
};
const put32 = (bytes: Uint8Array, at: number, value: number): number => {
  putU32(bytes, at, value);
  return at + 4;
};
const putPriority = (bytes: Uint8Array, at: number, priority: OldPriority): number => {
  at = put32(bytes, at, ((priority.exclusive ? 0x8000_0000 : 0) | priority.dependency) >>> 0);
  bytes[at] = priority.weight - 1;
  return at + 1;
};

const putPayload = (bytes: Uint8Array, at: number, frame: Frame): number => {
  const padded = (padding: Uint8Array | null): void => {
    if (padding !== null) bytes[at++] = padding.length;
  };
  switch (frame.kind) {
    case 'data':
      padded(frame.padding);
      at = putBytes(bytes, at, frame.data);
      return frame.padding === null ? at : putBytes(bytes, at, frame.padding);
    case 'headers':
      padded(frame.padding);
      if (frame.priority !== null) at = putPriority(bytes, at, frame.priority);
      at = putBytes(bytes, at, frame.block);
      return frame.padding === null ? at : putBytes(bytes, at, frame.padding);
    case 'priority':
      return putPriority(bytes, at, frame.priority);
    case 'rstStream':
      return put32(bytes, at, frame.code);
    case 'settings':
      for (const { id, value } of frame.values) at = put32(bytes, put16(bytes, at, id), value);
      return at;
    case 'settingsAck':
      return at;
    case 'pushPromise':
      padded(frame.padding);
      at = putBytes(bytes, put32(bytes, at, frame.promised), frame.block);
      return frame.padding === null ? at : putBytes(bytes, at, frame.padding);
    case 'ping':
      return putBytes(bytes, at, frame.data);
    case 'goAway':
      return putBytes(bytes, put32(bytes, put32(bytes, at, frame.lastStream), frame.code), frame.debug);
    case 'windowUpdate':
      return put32(bytes, at, frame.increment);
    case 'continuation':
      return putBytes(bytes, at, frame.block);
    case 'altSvc':
      return putAscii(bytes, putAscii(bytes, put16(bytes, at, frame.origin.length), frame.origin), frame.value);
    case 'origin':
      for (const origin of frame.origins) at = putAscii(bytes, put16(bytes, at, origin.length), origin);
      return at;
    case 'priorityUpdate':
      return putAscii(bytes, put32(bytes, at, frame.prioritized), frame.value);
    case 'unknown':
      return putBytes(bytes, at, frame.payload);
  }
};

/** Writes a frame at `at`; returns the place behind it. */
export const putFrame = (bytes: Uint8Array, at: number, frame: Frame): number => {
  const length = payloadSize(frame);
  bytes[at] = length >>> 16;
  putU16(bytes, at + 1, length & 0xffff);
  bytes[at + 3] = frameType(frame);
  bytes[at + 4] = frameFlags(frame);
  putU32(bytes, at + 5, frameStream(frame));
  return putPayload(bytes, at + FRAME_HEADER_SIZE, frame);
};

/** Bytes of frames one behind the other. */
export const encodeFrames = (...frames: readonly Frame[]): Uint8Array => {
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frameSize(frame), 0));
  let at = 0;
  for (const frame of frames) at = putFrame(bytes, at, frame);
  return bytes;
};
