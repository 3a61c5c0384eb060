import type { Varint } from '../varint.ts';

/** Numbers of QUIC that go over the wire, and their names. */

/** RFC 9000 §15, RFC 9369 §3.1; the draft is met in captures. */
export const QuicVersion = { Negotiation: 0, V1: 0x0000_0001, V2: 0x6b33_43cf, Draft29: 0xff00_001d } as const;

/**
 * RFC 9000 §19; DATAGRAM by RFC 9221 §4. STREAM takes eight numbers, by its three flags. The last three are not yet
 * standard, but sent: draft-ietf-quic-ack-frequency §4 and §5, draft-huitema-quic-ts §3.
 */
export const FrameType = {
  Padding: 0x00,
  Ping: 0x01,
  Ack: 0x02,
  AckEcn: 0x03,
  ResetStream: 0x04,
  StopSending: 0x05,
  Crypto: 0x06,
  NewToken: 0x07,
  Stream: 0x08,
  MaxData: 0x10,
  MaxStreamData: 0x11,
  MaxStreamsBidi: 0x12,
  MaxStreamsUni: 0x13,
  DataBlocked: 0x14,
  StreamDataBlocked: 0x15,
  StreamsBlockedBidi: 0x16,
  StreamsBlockedUni: 0x17,
  NewConnectionId: 0x18,
  RetireConnectionId: 0x19,
  PathChallenge: 0x1a,
  PathResponse: 0x1b,
  ConnectionClose: 0x1c,
  ApplicationClose: 0x1d,
  HandshakeDone: 0x1e,
  Datagram: 0x30,
  DatagramLength: 0x31,
  ImmediateAck: 0x1f,
  AckFrequency: 0xaf,
  TimeStamp: 0x2f5,
} as const;

/** Flags in the type of STREAM (RFC 9000 §19.8). */
export const StreamFlag = { Fin: 0x01, Length: 0x02, Offset: 0x04 } as const;

/** RFC 9000 §20.1; 0x100 to 0x1ff carry an alert of TLS. */
export const TransportError = {
  NoError: 0x00,
  InternalError: 0x01,
  ConnectionRefused: 0x02,
  FlowControlError: 0x03,
  StreamLimitError: 0x04,
  StreamStateError: 0x05,
  FinalSizeError: 0x06,
  FrameEncodingError: 0x07,
  TransportParameterError: 0x08,
  ConnectionIdLimitError: 0x09,
  ProtocolViolation: 0x0a,
  InvalidToken: 0x0b,
  ApplicationError: 0x0c,
  CryptoBufferExceeded: 0x0d,
  KeyUpdateError: 0x0e,
  AeadLimitReached: 0x0f,
  NoViablePath: 0x10,
  VersionNegotiationError: 0x11,
} as const;
export type TransportError = (typeof TransportError)[keyof typeof TransportError];

/** RFC 9000 §18.2, RFC 9368 §3, RFC 9221 §3, RFC 9287 §3. */
export const ParameterId = {
  OriginalDestinationConnectionId: 0x00,
  MaxIdleTimeout: 0x01,
  StatelessResetToken: 0x02,
  MaxUdpPayloadSize: 0x03,
  InitialMaxData: 0x04,
  InitialMaxStreamDataBidiLocal: 0x05,
  InitialMaxStreamDataBidiRemote: 0x06,
  InitialMaxStreamDataUni: 0x07,
  InitialMaxStreamsBidi: 0x08,
  InitialMaxStreamsUni: 0x09,
  AckDelayExponent: 0x0a,
  MaxAckDelay: 0x0b,
  DisableActiveMigration: 0x0c,
  PreferredAddress: 0x0d,
  ActiveConnectionIdLimit: 0x0e,
  InitialSourceConnectionId: 0x0f,
  RetrySourceConnectionId: 0x10,
  VersionInformation: 0x11,
  MaxDatagramFrameSize: 0x20,
  GreaseQuicBit: 0x2ab2,
} as const;

const snake = (key: string): string => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
const named = (codes: Readonly<Record<string, number>>, write: (key: string) => string): Map<Varint, string> =>
  new Map(Object.entries(codes).map(([key, code]) => [code, write(key)]));
const upper = (key: string): string => snake(key).toUpperCase();
const hex = (code: Varint): string => `0x${code.toString(16)}`;

const frames = named(FrameType, upper)
  .set(FrameType.AckEcn, 'ACK')
  .set(FrameType.MaxStreamsBidi, 'MAX_STREAMS')
  .set(FrameType.MaxStreamsUni, 'MAX_STREAMS')
  .set(FrameType.StreamsBlockedBidi, 'STREAMS_BLOCKED')
  .set(FrameType.StreamsBlockedUni, 'STREAMS_BLOCKED')
  .set(FrameType.ApplicationClose, 'CONNECTION_CLOSE')
  .set(FrameType.DatagramLength, 'DATAGRAM');
for (let type = 0x08; type <= 0x0f; type++) frames.set(type, 'STREAM');
const errors = named(TransportError, upper);
const parameters = named(ParameterId, (key) => snake(key).toLowerCase());

export const frameTypeName = (type: Varint): string => frames.get(type) ?? `frame ${hex(type)}`;
export const transportErrorName = (code: Varint): string =>
  errors.get(code) ?? (code >= 0x100 && code <= 0x1ff ? `CRYPTO_ERROR ${hex(code)}` : `error ${hex(code)}`);
/** Numbers 31 · N + 27 are reserved to be sent and passed over (RFC 9000 §18.1). */
export const parameterName = (id: Varint): string =>
  parameters.get(id) ?? (BigInt(id) % 31n === 27n ? 'GREASE' : `parameter ${hex(id)}`);
export const quicVersionName = (version: number): string => {
  if (version === QuicVersion.Negotiation) return 'version negotiation';
  if (version === QuicVersion.V1) return 'QUIC 1';
  if (version === QuicVersion.V2) return 'QUIC 2';
  if (version >>> 8 === 0xff0000) return `draft ${String(version & 0xff)}`;
  return (version & 0x0f0f_0f0f) === 0x0a0a_0a0a ? 'GREASE' : `version 0x${version.toString(16).padStart(8, '0')}`;
};
