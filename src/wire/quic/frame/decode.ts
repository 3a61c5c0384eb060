import type { Problem } from '../../../base/result.ts';
import { u8 } from '../../bytes.ts';
import { textOf } from '../../hpack/huffman.ts';
import { Reader } from '../../tls/reader.ts';
import { readLength, readVarint, VARINT_LIMIT } from '../../varint.ts';
import type { Varint } from '../../varint.ts';
import { FrameType, frameTypeName, StreamFlag, TransportError } from '../codes.ts';
import { MAX_CONNECTION_ID } from '../packet/header.ts';
import type { AckRange, ReadFrame } from './frame.ts';

/** Why a payload was refused, and the code that closes the connection (RFC 9000 §20.1). */
export interface Refusal {
  readonly ok: false;
  readonly problems: readonly Problem[];
  readonly code: TransportError;
}
export interface PlacedFrame {
  readonly frame: ReadFrame;
  readonly at: number;
  readonly end: number;
}
export type DecodedFrames = { readonly ok: true; readonly value: readonly PlacedFrame[] } | Refusal;

/** Streams are counted to 2^60, since their ids hold two more bits (RFC 9000 §4.6). */
const MAX_STREAMS = 1n << 60n;

/** The ranges of an ACK (RFC 9000 §19.3.1). A packet number above 2^53 is refused: no connection comes so far. */
const readRanges = (reader: Reader, largest: number, count: number): AckRange[] => {
  const ranges: AckRange[] = [];
  let top = largest;
  for (let i = 0; i <= count && reader.problem === null; i++) {
    if (i > 0) top -= readLength(reader, 'gap') + 2;
    const smallest = top - readLength(reader, 'range');
    if (smallest < 0) reader.fail(`the ranges of ACK go below packet number 0 before byte ${String(reader.at)}`);
    ranges.push({ smallest, largest: top });
    top = smallest;
  }
  return ranges;
};

const readAck = (reader: Reader, hasEcn: boolean): ReadFrame => {
  const largest = readVarint(reader, 'largest acknowledged');
  const delay = readVarint(reader, 'ACK delay');
  const count = readLength(reader, 'number of ranges');
  if (typeof largest !== 'number') reader.fail('ACK names a packet number above 2^53, which no connection reaches');
  const ranges = readRanges(reader, Number(largest), count);
  const number = (): Varint => readVarint(reader, 'ECN count');
  return { kind: 'ack', ranges, delay, ecn: hasEcn ? { ect0: number(), ect1: number(), ce: number() } : null };
};

const readStream = (reader: Reader, type: number): ReadFrame => {
  const has = (flag: number): boolean => (type & flag) !== 0;
  const stream = readVarint(reader, 'stream id');
  const offset = has(StreamFlag.Offset) ? readVarint(reader, 'offset') : 0;
  const hasLength = has(StreamFlag.Length);
  const data = hasLength ? reader.bytes(readLength(reader, 'length'), 'stream data') : reader.rest();
  return { kind: 'stream', stream, offset, data, fin: has(StreamFlag.Fin), hasLength };
};

const readConnectionId = (reader: Reader): ReadFrame => {
  const sequence = readVarint(reader, 'sequence number');
  const retirePriorTo = readVarint(reader, 'Retire Prior To');
  const length = reader.u8('length of the id');
  if (length < 1 || length > MAX_CONNECTION_ID)
    reader.fail(`a connection id of ${String(length)} bytes: 1 to 20 are allowed`);
  if (retirePriorTo > sequence) reader.fail('Retire Prior To is above the sequence number');
  const id = reader.bytes(length, 'connection id');
  return { kind: 'newConnectionId', sequence, retirePriorTo, id, resetToken: reader.bytes(16, 'reset token') };
};

const readClose = (reader: Reader, isTransport: boolean): ReadFrame => {
  const code = readVarint(reader, 'error code');
  const frameType = isTransport ? readVarint(reader, 'frame type') : null;
  const reason = reader.bytes(readLength(reader, 'length of the reason'), 'reason');
  return { kind: 'connectionClose', code, frameType, reason: textOf(reason, 0, reason.length) };
};

/** Reads what follows the type; null for a type that is not known. */
const readBody = (reader: Reader, type: Varint): ReadFrame | null => {
  const number = (what: string): Varint => readVarint(reader, what);
  const streams = (what: string): Varint => {
    const count = number(what);
    if (BigInt(count) > MAX_STREAMS) reader.fail(`${what} is above 2^60`);
    return count;
  };
  switch (type) {
    case FrameType.Ping:
      return { kind: 'ping' };
    case FrameType.Ack:
    case FrameType.AckEcn:
      return readAck(reader, type === FrameType.AckEcn);
    case FrameType.ResetStream:
      return {
        kind: 'resetStream',
        stream: number('stream id'),
        code: number('error code'),
        finalSize: number('final size'),
      };
    case FrameType.StopSending:
      return { kind: 'stopSending', stream: number('stream id'), code: number('error code') };
    case FrameType.Crypto:
      return {
        kind: 'crypto',
        offset: number('offset'),
        data: reader.bytes(readLength(reader, 'length'), 'crypto data'),
      };
    case FrameType.NewToken: {
      const token = reader.bytes(readLength(reader, 'token length'), 'token');
      if (token.length === 0) reader.fail('NEW_TOKEN has an empty token'); // RFC 9000 §19.7
      return { kind: 'newToken', token };
    }
    case FrameType.MaxData:
      return { kind: 'maxData', max: number('maximum') };
    case FrameType.MaxStreamData:
      return { kind: 'maxStreamData', stream: number('stream id'), max: number('maximum') };
    case FrameType.MaxStreamsBidi:
      return { kind: 'maxStreams', direction: 'bidi', max: streams('number of streams') };
    case FrameType.MaxStreamsUni:
      return { kind: 'maxStreams', direction: 'uni', max: streams('number of streams') };
    case FrameType.DataBlocked:
      return { kind: 'dataBlocked', limit: number('limit') };
    case FrameType.StreamDataBlocked:
      return { kind: 'streamDataBlocked', stream: number('stream id'), limit: number('limit') };
    case FrameType.StreamsBlockedBidi:
      return { kind: 'streamsBlocked', direction: 'bidi', limit: streams('number of streams') };
    case FrameType.StreamsBlockedUni:
      return { kind: 'streamsBlocked', direction: 'uni', limit: streams('number of streams') };
    case FrameType.NewConnectionId:
      return readConnectionId(reader);
    case FrameType.RetireConnectionId:
      return { kind: 'retireConnectionId', sequence: number('sequence number') };
    case FrameType.PathChallenge:
      return { kind: 'pathChallenge', data: reader.bytes(8, 'path data') };
    case FrameType.PathResponse:
      return { kind: 'pathResponse', data: reader.bytes(8, 'path data') };
    case FrameType.ConnectionClose:
    case FrameType.ApplicationClose:
      return readClose(reader, type === FrameType.ConnectionClose);
    case FrameType.HandshakeDone:
      return { kind: 'handshakeDone' };
    case FrameType.Datagram:
      return { kind: 'datagram', data: reader.rest(), hasLength: false };
    case FrameType.DatagramLength:
      return { kind: 'datagram', data: reader.bytes(readLength(reader, 'length'), 'datagram'), hasLength: true };
    case FrameType.ImmediateAck:
      return { kind: 'immediateAck' };
    case FrameType.AckFrequency:
      return {
        kind: 'ackFrequency',
        sequence: number('sequence number'),
        threshold: number('threshold'),
        maxAckDelay: number('requested delay'),
        reordering: number('reordering threshold'),
      };
    case FrameType.TimeStamp:
      return { kind: 'timeStamp', time: number('time') };
    default:
      return type >= 0x08 && type <= 0x0f ? readStream(reader, Number(type)) : null;
  }
};

/**
 * The frames of a packet's payload, zeros in a row as one. Refused as RFC 9000 §12.4 has it: an empty payload, a type
 * that is not known, and what is cut.
 */
export const decodeFrames = (bytes: Uint8Array, at = 0, end = bytes.length): DecodedFrames => {
  const refuse = (place: number, code: TransportError, what: string): Refusal => ({
    ok: false,
    problems: [{ where: `byte ${String(place)}`, what }],
    code,
  });
  if (at >= end) return refuse(at, TransportError.ProtocolViolation, 'a packet without frames');
  const reader = new Reader(bytes, at, end);
  const frames: PlacedFrame[] = [];
  while (reader.left > 0) {
    const start = reader.at;
    const type = readVarint(reader, 'frame type');
    if (type === FrameType.Padding && reader.problem === null) {
      while (reader.left > 0 && u8(bytes, reader.at) === 0) reader.u8('padding');
      frames.push({ frame: { kind: 'padding', length: reader.at - start }, at: start, end: reader.at });
      continue;
    }
    const frame = readBody(reader, type);
    if (frame === null && reader.problem === null)
      return refuse(start, TransportError.FrameEncodingError, `${frameTypeName(type)} is of no known type`);
    if (reader.problem !== null)
      return refuse(start, TransportError.FrameEncodingError, `${frameTypeName(type)}: ${reader.problem}`);
    if (frame === null) break;
    if ((frame.kind === 'stream' || frame.kind === 'crypto') && isBeyond(frame.offset, frame.data.length))
      return refuse(
        start,
        TransportError.FrameEncodingError,
        `${frameTypeName(type)} ends beyond byte 2^62 of its stream`,
      );
    frames.push({ frame, at: start, end: reader.at });
  }
  return { ok: true, value: frames };
};

/** RFC 9000 §19.6, §19.8: no stream is longer than a number can say. */
const isBeyond = (offset: Varint, length: number): boolean =>
  typeof offset === 'bigint' && offset + BigInt(length) > VARINT_LIMIT;
