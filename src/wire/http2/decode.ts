import type { Problem } from '../../base/result.ts';
import { u16, u32, u8 } from '../bytes.ts';
import { textOf } from '../hpack/huffman.ts';
import { ErrorCode, Flag, FrameType, frameTypeName, Setting } from './codes.ts';
import { DEFAULT_MAX_FRAME_SIZE, FRAME_HEADER_SIZE } from './frame.ts';
import type { Frame, OldPriority, SettingValue } from './frame.ts';

/** Why bytes were refused, and what the peer is to be told: for one stream, or for the connection (RFC 9113 §5.4). */
export interface Refusal {
  readonly ok: false;
  readonly problems: readonly Problem[];
  readonly code: ErrorCode;
  readonly scope: 'connection' | 'stream';
  /** The byte that `problems` names. */
  readonly at: number;
}
export type Decoded<T> = { readonly ok: true; readonly value: T } | Refusal;

export const refuse = (at: number, code: ErrorCode, what: string, scope: Refusal['scope'] = 'connection'): Refusal => ({
  ok: false,
  problems: [{ where: `byte ${String(at)}`, what }],
  code,
  scope,
  at,
});

/** The same refusal with its offset counted from `base` bytes earlier. */
export const shifted = ({ problems, code, scope, at }: Refusal, base: number): Refusal =>
  refuse(at + base, code, problems[0]?.what ?? '', scope);

/** The header in front of each frame (RFC 9113 §4.1). */
export interface FrameHeader {
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
}

/** Reads the 9 bytes at `at`, which have to be there. */
export const readFrameHeader = (bytes: Uint8Array, at: number): FrameHeader => ({
  length: (u8(bytes, at) << 16) | u16(bytes, at + 1),
  type: u8(bytes, at + 3),
  flags: u8(bytes, at + 4),
  stream: u32(bytes, at + 5) & 0x7fff_ffff, // the first bit is reserved, and ignored
});

const { ProtocolError, FrameSizeError, FlowControlError } = ErrorCode;

/** Frames that belong to a stream, and frames that belong to the connection (RFC 9113 §6). */
const onStream = new Set<number>([
  FrameType.Data,
  FrameType.Headers,
  FrameType.Priority,
  FrameType.RstStream,
  FrameType.PushPromise,
  FrameType.Continuation,
]);
const onConnection = new Set<number>([FrameType.Settings, FrameType.Ping, FrameType.GoAway, FrameType.PriorityUpdate]);
/** Payloads of one size only. */
const exact = new Map<number, number>([
  [FrameType.Priority, 5],
  [FrameType.RstStream, 4],
  [FrameType.Ping, 8],
  [FrameType.WindowUpdate, 4],
]);
const least = new Map<number, number>([
  [FrameType.GoAway, 8],
  [FrameType.PriorityUpdate, 4],
]);

/** The first rule that a header breaks; null where it breaks none. */
const wrongHeader = ({ length, type, flags, stream }: FrameHeader, at: number): Refusal | null => {
  const name = frameTypeName(type);
  if (onStream.has(type) && stream === 0)
    return refuse(at, ProtocolError, `${name} belongs to a stream, this one is on stream 0`);
  if (onConnection.has(type) && stream !== 0)
    return refuse(at, ProtocolError, `${name} belongs to the connection, this one is on stream ${String(stream)}`);
  const size = exact.get(type);
  if (size !== undefined && length !== size)
    return refuse(
      at,
      FrameSizeError,
      `${name} has ${String(size)} bytes, this one ${String(length)}`,
      type === FrameType.Priority ? 'stream' : 'connection', // RFC 9113 §6.3
    );
  if (length < (least.get(type) ?? 0))
    return refuse(
      at,
      FrameSizeError,
      `${name} has at least ${String(least.get(type))} bytes, this one ${String(length)}`,
    );
  if (type === FrameType.Settings && (length % 6 !== 0 || ((flags & Flag.Ack) !== 0 && length > 0)))
    return refuse(at, FrameSizeError, `SETTINGS of ${String(length)} bytes: 6 for each value, and none to acknowledge`);
  return null;
};

/** Values that a setting may not have (RFC 9113 §6.5.2, RFC 9218 §2.1). */
const wrongSetting = (at: number, { id, value }: SettingValue): Refusal | null => {
  if (id === Setting.InitialWindowSize && value > 0x7fff_ffff)
    return refuse(at, FlowControlError, `INITIAL_WINDOW_SIZE ${String(value)} is above 2^31 − 1`);
  if (id === Setting.MaxFrameSize && (value < DEFAULT_MAX_FRAME_SIZE || value > 0xff_ffff))
    return refuse(at, ProtocolError, `MAX_FRAME_SIZE ${String(value)} is outside 16,384 to 16,777,215`);
  const isSwitch =
    id === Setting.EnablePush || id === Setting.EnableConnectProtocol || id === Setting.NoRfc7540Priorities;
  return isSwitch && value > 1
    ? refuse(at, ProtocolError, `setting ${String(id)} is 0 or 1, not ${String(value)}`)
    : null;
};

const readPriority = (bytes: Uint8Array, at: number): OldPriority => ({
  exclusive: u8(bytes, at) >= 0x80,
  dependency: u32(bytes, at) & 0x7fff_ffff,
  weight: u8(bytes, at + 4) + 1,
});

/** Reads the payload from `from` to `end` of a frame whose header is right. */
const readPayload = (bytes: Uint8Array, header: FrameHeader, from: number, end: number): Decoded<Frame> => {
  const { type, flags, stream } = header;
  const isSet = (flag: number): boolean => (flags & flag) !== 0;
  const ok = (value: Frame): Decoded<Frame> => ({ ok: true, value });
  let padding: Uint8Array | null = null;
  const padded = type === FrameType.Data || type === FrameType.Headers || type === FrameType.PushPromise;
  const start = from;
  if (padded && isSet(Flag.Padded)) {
    const length = u8(bytes, from);
    // RFC 9113 §6.1: padding as long as what is left is an error, not an empty frame.
    if (from >= end || length > end - from - 1)
      return refuse(from, ProtocolError, `padding of ${String(length)} bytes is longer than its frame`);
    padding = bytes.slice(end - length, end);
    end -= length;
    from++;
  }
  const needs = (size: number): boolean => end - from >= size;
  switch (type) {
    case FrameType.Data:
      return ok({ kind: 'data', stream, data: bytes.slice(from, end), endStream: isSet(Flag.EndStream), padding });
    case FrameType.Headers: {
      const priority = isSet(Flag.Priority);
      if (priority && !needs(5)) return refuse(start, FrameSizeError, 'HEADERS is too short for its priority');
      return ok({
        kind: 'headers',
        stream,
        block: bytes.slice(priority ? from + 5 : from, end),
        endStream: isSet(Flag.EndStream),
        endHeaders: isSet(Flag.EndHeaders),
        priority: priority ? readPriority(bytes, from) : null,
        padding,
      });
    }
    case FrameType.Priority:
      return ok({ kind: 'priority', stream, priority: readPriority(bytes, from) });
    case FrameType.RstStream:
      return ok({ kind: 'rstStream', stream, code: u32(bytes, from) });
    case FrameType.Settings: {
      if (isSet(Flag.Ack)) return ok({ kind: 'settingsAck' });
      const values: SettingValue[] = [];
      for (let at = from; at < end; at += 6) {
        const one = { id: u16(bytes, at), value: u32(bytes, at + 2) };
        const wrong = wrongSetting(at, one);
        if (wrong) return wrong;
        values.push(one);
      }
      return ok({ kind: 'settings', values });
    }
    case FrameType.PushPromise: {
      if (!needs(4)) return refuse(start, FrameSizeError, 'PUSH_PROMISE is too short for the stream it promises');
      const promised = u32(bytes, from) & 0x7fff_ffff;
      if (promised === 0 || promised % 2 === 1)
        return refuse(from, ProtocolError, `stream ${String(promised)} cannot be promised: servers open even ones`);
      const block = bytes.slice(from + 4, end);
      return ok({ kind: 'pushPromise', stream, promised, block, endHeaders: isSet(Flag.EndHeaders), padding });
    }
    case FrameType.Ping:
      return ok({ kind: 'ping', ack: isSet(Flag.Ack), data: bytes.slice(from, end) });
    case FrameType.GoAway:
      return ok({
        kind: 'goAway',
        lastStream: u32(bytes, from) & 0x7fff_ffff,
        code: u32(bytes, from + 4),
        debug: bytes.slice(from + 8, end),
      });
    case FrameType.WindowUpdate: {
      const increment = u32(bytes, from) & 0x7fff_ffff;
      return increment === 0 // RFC 9113 §6.9
        ? refuse(from, ProtocolError, 'a window cannot grow by 0', stream === 0 ? 'connection' : 'stream')
        : ok({ kind: 'windowUpdate', stream, increment });
    }
    case FrameType.Continuation:
      return ok({ kind: 'continuation', stream, block: bytes.slice(from, end), endHeaders: isSet(Flag.EndHeaders) });
    case FrameType.PriorityUpdate: {
      const prioritized = u32(bytes, from) & 0x7fff_ffff;
      return prioritized === 0 // RFC 9218 §7.1
        ? refuse(from, ProtocolError, 'PRIORITY_UPDATE names stream 0')
        : ok({ kind: 'priorityUpdate', prioritized, value: textOf(bytes, from + 4, end) });
    }
    case FrameType.AltSvc: {
      const split = from + 2 + u16(bytes, from);
      // What does not fit is passed over, not an error (RFC 7838 §4).
      if (!needs(2) || split > end) break;
      return ok({ kind: 'altSvc', stream, origin: textOf(bytes, from + 2, split), value: textOf(bytes, split, end) });
    }
    case FrameType.Origin: {
      const origins: string[] = [];
      let at = from;
      for (; at + 2 <= end && at + 2 + u16(bytes, at) <= end; at += 2 + u16(bytes, at))
        origins.push(textOf(bytes, at + 2, at + 2 + u16(bytes, at)));
      if (at !== end || stream !== 0 || flags !== 0) break; // RFC 8336 §2.1
      return ok({ kind: 'origin', origins });
    }
  }
  return ok({ kind: 'unknown', type, flags, stream, payload: bytes.slice(from, end) });
};

/** A frame and the place behind it. */
export interface PlacedFrame {
  readonly frame: Frame;
  readonly at: number;
  readonly end: number;
}

/**
 * Reads the frame at `at`, which has to end before `end`. Refused with the error code that RFC 9113 asks for; offsets
 * count from the start of `bytes`.
 */
export const decodeFrame = (
  bytes: Uint8Array,
  at = 0,
  end = bytes.length,
  maxFrameSize = DEFAULT_MAX_FRAME_SIZE,
): Decoded<PlacedFrame> => {
  if (end - at < FRAME_HEADER_SIZE)
    return refuse(at, FrameSizeError, `a frame header needs 9 bytes, ${String(Math.max(0, end - at))} are there`);
  const header = readFrameHeader(bytes, at);
  const { length } = header;
  const name = frameTypeName(header.type);
  if (length > maxFrameSize)
    return refuse(
      at,
      FrameSizeError,
      `${name} of ${String(length)} bytes is longer than the ${String(maxFrameSize)} allowed`,
    );
  const from = at + FRAME_HEADER_SIZE;
  if (from + length > end)
    return refuse(at, FrameSizeError, `${name} needs ${String(length)} bytes, ${String(end - from)} are there`);
  const wrong = wrongHeader(header, at);
  if (wrong) return wrong;
  const frame = readPayload(bytes, header, from, from + length);
  return frame.ok ? { ok: true, value: { frame: frame.value, at, end: from + length } } : frame;
};
