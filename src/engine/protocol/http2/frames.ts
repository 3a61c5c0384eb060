import { Flag, FrameType } from '../../../wire/http2/codes.ts';
import { encodeFrames, FRAME_HEADER_SIZE, frameFlags, frameStream, frameType } from '../../../wire/http2/frame.ts';
import type { Frame, SettingValue } from '../../../wire/http2/frame.ts';
import { cutBytes, splitBlock } from '../../../wire/http2/split.ts';
import type { SentUnit } from '../../../wire/http/session.ts';

/** Bytes as text of one character each, as a unit holds them. */
export const latin1 = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

/** The bytes that a unit holds as text. */
export const bytesOf = ({ head }: SentUnit): Uint8Array => {
  const bytes = new Uint8Array(head.length);
  for (let i = 0; i < head.length; i++) bytes[i] = head.charCodeAt(i);
  return bytes;
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

/** A header block as HEADERS and as many CONTINUATION as it takes, none longer than `most` bytes (RFC 9113 §6.2, §6.10). */
export const headersParts = (stream: number, block: Uint8Array, endStream: boolean, most: number): Frame[] =>
  splitBlock(
    { kind: 'headers', stream, block, endStream, endHeaders: true, priority: null, padding: null },
    cutBytes,
    most,
  );

/** The same as PUSH_PROMISE (RFC 9113 §6.6). */
export const promiseParts = (stream: number, promised: number, block: Uint8Array, most: number): Frame[] =>
  splitBlock({ kind: 'pushPromise', stream, promised, block, endHeaders: true, padding: null }, cutBytes, most);

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

const number32 = (text: string, at: number): number =>
  text.charCodeAt(at) * 0x100_0000 +
  (text.charCodeAt(at + 1) << 16) +
  (text.charCodeAt(at + 2) << 8) +
  text.charCodeAt(at + 3);

/** The number that is all of a frame's payload: the increment of WINDOW_UPDATE, the code of RST_STREAM (RFC 9113 §6.4, §6.9). */
export const numberIn = (unit: SentUnit): number => number32(unit.head, FRAME_HEADER_SIZE);

/** The stream that a PUSH_PROMISE reserves (RFC 9113 §6.6). */
export const promisedIn = (unit: SentUnit): number => number32(unit.head, FRAME_HEADER_SIZE);

/** What a SETTINGS frame says (RFC 9113 §6.5.1). */
export const settingsIn = ({ head }: SentUnit): SettingValue[] => {
  const values: SettingValue[] = [];
  for (let at = FRAME_HEADER_SIZE; at + 6 <= head.length; at += 6)
    values.push({ id: (head.charCodeAt(at) << 8) | head.charCodeAt(at + 1), value: number32(head, at + 2) });
  return values;
};
