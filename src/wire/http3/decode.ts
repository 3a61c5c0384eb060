import type { Problem } from '../../base/result.ts';
import { textOf } from '../hpack/huffman.ts';
import { Reader } from '../tls/reader.ts';
import { readVarint } from '../varint.ts';
import type { Varint } from '../varint.ts';
import { ErrorCode, FORBIDDEN_FRAMES, FORBIDDEN_SETTINGS, FrameType, frameTypeName, settingName } from './codes.ts';
import type { Frame, SettingValue } from './frame.ts';

/** Why bytes were refused, and the code that closes the connection (RFC 9114 §8). */
export interface Refusal {
  readonly ok: false;
  readonly problems: readonly Problem[];
  readonly code: ErrorCode;
}
export type Decoded<T> = { readonly ok: true; readonly value: T } | Refusal;
/** A frame as it is read: its numbers may be larger than a `number` holds exactly. */
export type ReadFrame = Frame<Uint8Array, Varint>;

/** `at`: byte of the stream. */
export const refuse = (at: number, code: ErrorCode, what: string): Refusal => ({
  ok: false,
  problems: [{ where: `byte ${String(at)}`, what }],
  code,
});

/** The settings of a payload; refused where one is there twice, or is one of HTTP/2's (RFC 9114 §7.2.4). */
const readSettings = (reader: Reader, at: number): SettingValue<Varint>[] | Refusal => {
  const values: SettingValue<Varint>[] = [];
  const seen = new Set<Varint>();
  while (reader.left > 0) {
    const id = readVarint(reader, 'setting');
    const value = readVarint(reader, 'value of the setting');
    if (reader.problem !== null) break;
    if (FORBIDDEN_SETTINGS.has(id)) return refuse(at, ErrorCode.SettingsError, `${settingName(id)} is one of HTTP/2’s`);
    if (seen.has(id)) return refuse(at, ErrorCode.SettingsError, `${settingName(id)} is there twice`);
    seen.add(id);
    values.push({ id, value });
  }
  return values;
};

/** Reads a payload, all of `bytes`. `at`: the frame's first byte in its stream. */
export const decodePayload = (type: Varint, bytes: Uint8Array, at: number): Decoded<ReadFrame> => {
  if (FORBIDDEN_FRAMES.has(type))
    return refuse(at, ErrorCode.FrameUnexpected, `frames of ${frameTypeName(type)} are HTTP/2’s only`);
  const reader = new Reader(bytes);
  const name = frameTypeName(type);
  let frame: ReadFrame;
  switch (type) {
    case FrameType.Data:
      frame = { kind: 'data', data: bytes };
      break;
    case FrameType.Headers:
      frame = { kind: 'headers', section: bytes };
      break;
    case FrameType.CancelPush:
      frame = { kind: 'cancelPush', push: readVarint(reader, name) };
      break;
    case FrameType.Settings: {
      const values = readSettings(reader, at);
      if ('ok' in values) return values;
      frame = { kind: 'settings', values };
      break;
    }
    case FrameType.PushPromise:
      frame = { kind: 'pushPromise', push: readVarint(reader, name), section: reader.rest() };
      break;
    case FrameType.GoAway:
      frame = { kind: 'goAway', id: readVarint(reader, name) };
      break;
    case FrameType.MaxPushId:
      frame = { kind: 'maxPushId', push: readVarint(reader, name) };
      break;
    case FrameType.PriorityUpdateRequest:
    case FrameType.PriorityUpdatePush: {
      const id = readVarint(reader, name);
      const rest = reader.rest();
      const of = type === FrameType.PriorityUpdateRequest ? 'request' : 'push';
      // RFC 9218 §7.2: it has to be a stream that a client opened for a request.
      if (of === 'request' && reader.problem === null && BigInt(id) % 4n !== 0n)
        return refuse(at, ErrorCode.IdError, `${name} names stream ${String(id)}, which carries no request`);
      frame = { kind: 'priorityUpdate', of, id, value: textOf(rest, 0, rest.length) };
      break;
    }
    default:
      frame = { kind: 'unknown', type, payload: bytes };
  }
  if (reader.problem !== null) return refuse(at, ErrorCode.FrameError, `${name}: ${reader.problem}`);
  const isOpen = frame.kind === 'data' || frame.kind === 'headers' || frame.kind === 'unknown';
  if (reader.left > 0 && !isOpen)
    // RFC 9114 §7.1: what follows the last field is an error
    return refuse(at, ErrorCode.FrameError, `${name} has ${String(reader.left)} bytes too many`);
  return { ok: true, value: frame };
};
