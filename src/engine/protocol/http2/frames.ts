import { Flag, FrameType } from '../../../wire/http2/codes.ts';
import { encodeFrames, FRAME_HEADER_SIZE, frameFlags, frameStream, frameType } from '../../../wire/http2/frame.ts';
import type { Frame } from '../../../wire/http2/frame.ts';
import type { SentUnit } from '../../../wire/http/session.ts';

/** Bytes as text of one character each, as a unit holds them. */
export const latin1 = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

/** A frame that is not DATA, with all its bytes. */
export const frameUnit = (frame: Frame, request = -1): SentUnit => ({
  kind: 'frame',
  type: frameType(frame),
  flags: frameFlags(frame),
  stream: frameStream(frame),
  request,
  head: latin1(encodeFrames(frame)),
  body: 0,
  from: 0,
});

/** A DATA frame: its header stands here, its bytes are made when they are looked at (RFC 9113 §6.1). */
export const dataUnit = (
  stream: number,
  request: number,
  from: number,
  length: number,
  endStream: boolean,
): SentUnit => {
  const flags = endStream ? Flag.EndStream : 0;
  const head = new Uint8Array(FRAME_HEADER_SIZE);
  head.set([length >>> 16, (length >>> 8) & 255, length & 255, FrameType.Data, flags]);
  head.set([(stream >>> 24) & 127, (stream >>> 16) & 255, (stream >>> 8) & 255, stream & 255], 5);
  return { kind: 'frame', type: FrameType.Data, flags, stream, request, head: latin1(head), body: length, from };
};
