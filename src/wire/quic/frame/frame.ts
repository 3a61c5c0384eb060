import type { Sized } from '../../http2/frame.ts';
import type { Varint } from '../../varint.ts';
import { FrameType, StreamFlag } from '../codes.ts';

/** Packet numbers from `smallest` to `largest`, both included. */
export interface AckRange {
  readonly smallest: number;
  readonly largest: number;
}

export type StreamDirection = 'bidi' | 'uni';

/**
 * A frame (RFC 9000 §19). `D` is what its data is: `Uint8Array`, or anything with a length where only the size counts.
 * `N` is what its numbers are: frames that are read may hold a `bigint` where they are above 2^53.
 */
export type QuicFrame<D extends Sized = Uint8Array, N extends Varint = number> =
  /** `length` frames of one zero byte each. */
  | { readonly kind: 'padding'; readonly length: number }
  | { readonly kind: 'ping' }
  | {
      readonly kind: 'ack';
      /** From the largest down, with at least one missing between them. */
      readonly ranges: readonly AckRange[];
      /** As it is sent: microseconds, shifted right by ack_delay_exponent. */
      readonly delay: N;
      readonly ecn: { readonly ect0: N; readonly ect1: N; readonly ce: N } | null;
    }
  | { readonly kind: 'resetStream'; readonly stream: N; readonly code: N; readonly finalSize: N }
  | { readonly kind: 'stopSending'; readonly stream: N; readonly code: N }
  | { readonly kind: 'crypto'; readonly offset: N; readonly data: D }
  | { readonly kind: 'newToken'; readonly token: D }
  | {
      readonly kind: 'stream';
      readonly stream: N;
      readonly offset: N;
      readonly data: D;
      readonly fin: boolean;
      /** Not set: the data goes on to the packet's end. */
      readonly hasLength: boolean;
    }
  | { readonly kind: 'maxData'; readonly max: N }
  | { readonly kind: 'maxStreamData'; readonly stream: N; readonly max: N }
  | { readonly kind: 'maxStreams'; readonly direction: StreamDirection; readonly max: N }
  | { readonly kind: 'dataBlocked'; readonly limit: N }
  | { readonly kind: 'streamDataBlocked'; readonly stream: N; readonly limit: N }
  | { readonly kind: 'streamsBlocked'; readonly direction: StreamDirection; readonly limit: N }
  | {
      readonly kind: 'newConnectionId';
      readonly sequence: N;
      readonly retirePriorTo: N;
      readonly id: Uint8Array;
      /** 16 bytes. */
      readonly resetToken: Uint8Array;
    }
  | { readonly kind: 'retireConnectionId'; readonly sequence: N }
  /** 8 bytes each. */
  | { readonly kind: 'pathChallenge'; readonly data: Uint8Array }
  | { readonly kind: 'pathResponse'; readonly data: Uint8Array }
  | {
      readonly kind: 'connectionClose';
      readonly code: N;
      /** The type of the frame that was wrong, 0 where it is not known; null: the application closes. */
      readonly frameType: N | null;
      /** One character a byte. */
      readonly reason: string;
    }
  | { readonly kind: 'handshakeDone' }
  | { readonly kind: 'datagram'; readonly data: D; readonly hasLength: boolean }
  /** How often the peer is to acknowledge: after so many packets, or so many microseconds. */
  | {
      readonly kind: 'ackFrequency';
      readonly sequence: N;
      readonly threshold: N;
      readonly maxAckDelay: N;
      readonly reordering: N;
    }
  | { readonly kind: 'immediateAck' }
  /** The sender's clock: microseconds, shifted right by ack_delay_exponent. */
  | { readonly kind: 'timeStamp'; readonly time: N };

export type FrameKind = QuicFrame['kind'];
/** A frame as it is read. */
export type ReadFrame = QuicFrame<Uint8Array, Varint>;

const types: Readonly<Record<FrameKind, number>> = {
  padding: FrameType.Padding,
  ping: FrameType.Ping,
  ack: FrameType.Ack,
  resetStream: FrameType.ResetStream,
  stopSending: FrameType.StopSending,
  crypto: FrameType.Crypto,
  newToken: FrameType.NewToken,
  stream: FrameType.Stream,
  maxData: FrameType.MaxData,
  maxStreamData: FrameType.MaxStreamData,
  maxStreams: FrameType.MaxStreamsBidi,
  dataBlocked: FrameType.DataBlocked,
  streamDataBlocked: FrameType.StreamDataBlocked,
  streamsBlocked: FrameType.StreamsBlockedBidi,
  newConnectionId: FrameType.NewConnectionId,
  retireConnectionId: FrameType.RetireConnectionId,
  pathChallenge: FrameType.PathChallenge,
  pathResponse: FrameType.PathResponse,
  connectionClose: FrameType.ConnectionClose,
  handshakeDone: FrameType.HandshakeDone,
  datagram: FrameType.Datagram,
  ackFrequency: FrameType.AckFrequency,
  immediateAck: FrameType.ImmediateAck,
  timeStamp: FrameType.TimeStamp,
};

/** The type of a frame. */
export const frameType = (frame: QuicFrame<Sized, Varint>): number => {
  const type = types[frame.kind];
  switch (frame.kind) {
    case 'ack':
      return frame.ecn === null ? type : FrameType.AckEcn;
    case 'stream':
      return (
        type |
        (frame.fin ? StreamFlag.Fin : 0) |
        (frame.hasLength ? StreamFlag.Length : 0) |
        (frame.offset === 0 ? 0 : StreamFlag.Offset)
      );
    case 'maxStreams':
    case 'streamsBlocked':
      return frame.direction === 'bidi' ? type : type + 1;
    case 'connectionClose':
      return frame.frameType === null ? FrameType.ApplicationClose : type;
    case 'datagram':
      return frame.hasLength ? FrameType.DatagramLength : type;
    default:
      return type;
  }
};

/** Whether its packet asks for an acknowledgment (RFC 9000 §13.2). */
export const isAckEliciting = (kind: FrameKind): boolean =>
  kind !== 'ack' && kind !== 'padding' && kind !== 'connectionClose';

/** Frames that may be sent on a path before it is in use (RFC 9000 §9.1). */
export const isProbing = (kind: FrameKind): boolean =>
  kind === 'pathChallenge' || kind === 'pathResponse' || kind === 'newConnectionId' || kind === 'padding';

const everywhere = new Set<FrameKind>(['padding', 'ping', 'connectionClose']);
const inHandshake = new Set<FrameKind>(['ack', 'crypto']);
const notEarly = new Set<FrameKind>([
  'ack',
  'crypto',
  'handshakeDone',
  'newToken',
  'pathResponse',
  'retireConnectionId',
]);

/** Whether a frame may stand in a packet of a kind (RFC 9000 §12.4, table 3, §12.5). */
export const mayCarry = (
  packet: 'initial' | 'handshake' | 'zeroRtt' | 'oneRtt',
  frame: QuicFrame<Sized, Varint>,
): boolean => {
  // An application's close would tell an attacker about it before the handshake is done (RFC 9000 §10.2.3).
  const isClose = frame.kind === 'connectionClose';
  if (isClose && frame.frameType === null) return packet === 'zeroRtt' || packet === 'oneRtt';
  if (everywhere.has(frame.kind) || packet === 'oneRtt') return true;
  return packet === 'zeroRtt' ? !notEarly.has(frame.kind) : inHandshake.has(frame.kind);
};
