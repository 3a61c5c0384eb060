import type { Varint } from '../varint.ts';

/** Numbers of HTTP/3 that go over the wire, and their names. */

/** RFC 9114 §7.2; PRIORITY_UPDATE for requests and for pushes by RFC 9218 §7.2. */
export const FrameType = {
  Data: 0x0,
  Headers: 0x1,
  CancelPush: 0x3,
  Settings: 0x4,
  PushPromise: 0x5,
  GoAway: 0x7,
  MaxPushId: 0xd,
  PriorityUpdateRequest: 0xf0700,
  PriorityUpdatePush: 0xf0701,
} as const;

/** Types of unidirectional streams (RFC 9114 §6.2, RFC 9204 §4.2). */
export const StreamType = { Control: 0x0, Push: 0x1, QpackEncoder: 0x2, QpackDecoder: 0x3 } as const;

/** RFC 9114 §7.2.4.1, RFC 9204 §5, RFC 9220 §3, RFC 9297 §2.1.1. */
export const Setting = {
  QpackMaxTableCapacity: 0x1,
  MaxFieldSectionSize: 0x6,
  QpackBlockedStreams: 0x7,
  EnableConnectProtocol: 0x8,
  H3Datagram: 0x33,
} as const;

/** RFC 9114 §8.1, RFC 9204 §6, RFC 9297 §5.2. */
export const ErrorCode = {
  DatagramError: 0x33,
  NoError: 0x100,
  GeneralProtocolError: 0x101,
  InternalError: 0x102,
  StreamCreationError: 0x103,
  ClosedCriticalStream: 0x104,
  FrameUnexpected: 0x105,
  FrameError: 0x106,
  ExcessiveLoad: 0x107,
  IdError: 0x108,
  SettingsError: 0x109,
  MissingSettings: 0x10a,
  RequestRejected: 0x10b,
  RequestCancelled: 0x10c,
  RequestIncomplete: 0x10d,
  MessageError: 0x10e,
  ConnectError: 0x10f,
  VersionFallback: 0x110,
  QpackDecompressionFailed: 0x200,
  QpackEncoderStreamError: 0x201,
  QpackDecoderStreamError: 0x202,
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** Numbers of HTTP/2's frames and settings, which mean errors here (RFC 9114 §7.2.8, §7.2.4.1). */
export const FORBIDDEN_FRAMES: ReadonlySet<Varint> = new Set([0x2, 0x6, 0x8, 0x9]);
export const FORBIDDEN_SETTINGS: ReadonlySet<Varint> = new Set([0x0, 0x2, 0x3, 0x4, 0x5]);

/** Numbers 0x1f · N + 0x21 mean nothing: they are sent to keep readers used to what they do not know (RFC 9114 §7.2.8). */
export const isReserved = (value: Varint): boolean => value >= 0x21 && (BigInt(value) - 0x21n) % 0x1fn === 0n;

const upper = (key: string): string => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
const named = (codes: Readonly<Record<string, number>>, prefix = ''): Map<Varint, string> =>
  new Map(Object.entries(codes).map(([key, code]) => [code, prefix + upper(key)]));
const frameTypes = named(FrameType)
  .set(FrameType.GoAway, 'GOAWAY')
  .set(FrameType.PriorityUpdateRequest, 'PRIORITY_UPDATE')
  .set(FrameType.PriorityUpdatePush, 'PRIORITY_UPDATE');
const settings = named(Setting);
const streamTypes = new Map<Varint, string>([
  [StreamType.Control, 'control'],
  [StreamType.Push, 'push'],
  [StreamType.QpackEncoder, 'QPACK encoder'],
  [StreamType.QpackDecoder, 'QPACK decoder'],
]);
const errors = new Map(
  Object.entries(ErrorCode).map(([key, code]): [Varint, string] => [
    code,
    code >= 0x200 ? upper(key) : `H3_${upper(key)}`,
  ]),
);

const name = (names: ReadonlyMap<Varint, string>, code: Varint, kind: string): string =>
  names.get(code) ?? (isReserved(code) ? 'GREASE' : `${kind} 0x${code.toString(16)}`);

export const frameTypeName = (type: Varint): string => name(frameTypes, type, 'type');
export const streamTypeName = (type: Varint): string => name(streamTypes, type, 'type');
export const settingName = (id: Varint): string => name(settings, id, 'setting');
export const errorName = (code: Varint): string => name(errors, code, 'error');
