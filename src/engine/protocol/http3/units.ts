import { encodeFrames, encodeStreamType, frameHeaderSize, frameType } from '../../../wire/http3/frame.ts';
import type { Frame } from '../../../wire/http3/frame.ts';
import { FrameType } from '../../../wire/http3/codes.ts';
import { decodePayload } from '../../../wire/http3/decode.ts';
import type { Decoded, ReadFrame } from '../../../wire/http3/decode.ts';
import type { SentUnit, UnitKind } from '../../../wire/http/session.ts';
import { asNumber, putVarint, varintSize, varintSizeAt } from '../../../wire/varint.ts';
import type { Varint } from '../../../wire/varint.ts';
import { bytesOf, latin1 } from '../http2/frames.ts';

const unit = (kind: UnitKind, type: number, stream: number, request: number, head: Uint8Array): SentUnit => ({
  kind,
  type,
  flags: 0,
  stream,
  request,
  head: latin1(head),
  body: 0,
  from: 0,
});

/** What opens a unidirectional stream (RFC 9114 §6.2). */
export const streamTypeUnit = (stream: number, type: number): SentUnit =>
  unit('streamType', -1, stream, -1, encodeStreamType(type));

/** An instruction of QPACK, on a stream of its own kind (RFC 9204 §4.2). */
export const instructionUnit = (stream: number, bytes: Uint8Array): SentUnit =>
  unit('instruction', -1, stream, -1, bytes);

/** A frame of the control stream, with all its bytes. */
export const frameUnit = (stream: number, frame: Frame<Uint8Array, Varint>): SentUnit =>
  unit('frame', asNumber(frameType(frame)), stream, -1, encodeFrames(frame));

/** A HEADERS frame whose length takes `lengthSize` bytes at least (RFC 9114 §7.2.2). */
export const headersUnit = (stream: number, request: number, section: Uint8Array, lengthSize: 1 | 2): SentUnit => {
  const size = Math.max(lengthSize, varintSize(section.length)) as ReturnType<typeof varintSize>;
  const bytes = new Uint8Array(1 + size + section.length);
  bytes.set(section, putVarint(bytes, putVarint(bytes, 0, FrameType.Headers), section.length, size));
  return unit('frame', FrameType.Headers, stream, request, bytes);
};

/** A DATA frame: its header stands here, its bytes are made when they are looked at (RFC 9114 §7.2.1). */
export const dataUnit = (stream: number, request: number, from: number, length: number): SentUnit => {
  const head = new Uint8Array(frameHeaderSize(FrameType.Data, length));
  putVarint(head, putVarint(head, 0, FrameType.Data), length);
  return { ...unit('frame', FrameType.Data, stream, request, head), body: length, from };
};

/** A frame's payload: what stands behind its type and its length (RFC 9114 §7.1). */
export const payloadIn = (frame: SentUnit): Uint8Array => {
  const bytes = bytesOf(frame);
  const lengthAt = varintSizeAt(bytes, 0);
  return bytes.subarray(lengthAt + varintSizeAt(bytes, lengthAt));
};

/** What a frame of the control stream says, or the error that it is. */
export const frameIn = (frame: SentUnit): Decoded<ReadFrame> => decodePayload(frame.type, payloadIn(frame), 0);
