/** Numbers of HTTP/2 that go over the wire, and their names. */

/** RFC 9113 §6; ALTSVC by RFC 7838 §4, ORIGIN by RFC 8336 §2, PRIORITY_UPDATE by RFC 9218 §7.1. */
export const FrameType = {
  Data: 0x0,
  Headers: 0x1,
  Priority: 0x2,
  RstStream: 0x3,
  Settings: 0x4,
  PushPromise: 0x5,
  Ping: 0x6,
  GoAway: 0x7,
  WindowUpdate: 0x8,
  Continuation: 0x9,
  AltSvc: 0xa,
  Origin: 0xc,
  PriorityUpdate: 0x10,
} as const;

/** Flags: one bit may say two things, by the frame it is in. */
export const Flag = { Ack: 0x1, EndStream: 0x1, EndHeaders: 0x4, Padded: 0x8, Priority: 0x20 } as const;

/** RFC 9113 §6.5.2; ENABLE_CONNECT_PROTOCOL by RFC 8441 §3, NO_RFC7540_PRIORITIES by RFC 9218 §2.1. */
export const Setting = {
  HeaderTableSize: 0x1,
  EnablePush: 0x2,
  MaxConcurrentStreams: 0x3,
  InitialWindowSize: 0x4,
  MaxFrameSize: 0x5,
  MaxHeaderListSize: 0x6,
  EnableConnectProtocol: 0x8,
  NoRfc7540Priorities: 0x9,
} as const;

/** RFC 9113 §7. */
export const ErrorCode = {
  NoError: 0x0,
  ProtocolError: 0x1,
  InternalError: 0x2,
  FlowControlError: 0x3,
  SettingsTimeout: 0x4,
  StreamClosed: 0x5,
  FrameSizeError: 0x6,
  RefusedStream: 0x7,
  Cancel: 0x8,
  CompressionError: 0x9,
  ConnectError: 0xa,
  EnhanceYourCalm: 0xb,
  InadequateSecurity: 0xc,
  Http11Required: 0xd,
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

const upper = (codes: Readonly<Record<string, number>>): Map<number, string> =>
  new Map(Object.entries(codes).map(([key, code]) => [code, key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()]));

const hex = (code: number): string => `0x${code.toString(16)}`;
const frameTypes = upper(FrameType).set(FrameType.GoAway, 'GOAWAY').set(FrameType.AltSvc, 'ALTSVC');
const settings = upper(Setting).set(Setting.NoRfc7540Priorities, 'NO_RFC7540_PRIORITIES');
const errors = upper(ErrorCode).set(ErrorCode.Http11Required, 'HTTP_1_1_REQUIRED');

export const frameTypeName = (type: number): string => frameTypes.get(type) ?? `type ${hex(type)}`;
export const settingName = (id: number): string => settings.get(id) ?? `setting ${hex(id)}`;
export const errorName = (code: number): string => errors.get(code) ?? `error ${hex(code)}`;
