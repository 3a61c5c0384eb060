import type { AckRange, QuicFrame } from '../../wire/quic/frame/frame.ts';
import { QuicFrameBit, QuicFrameIndex, quicFrameKinds } from './types.ts';
import type { TraceQuic } from './types.ts';

/** Data of which only the length is known. */
export interface Sized {
  readonly length: number;
}
export type RowFrame = QuicFrame<Sized>;

/** What a frame has besides stream, offset, length and bits: its numbers, and its bytes. `QuicBuilder` writes an ACK's itself. */
export const partsOf = (
  frame: RowFrame,
): { readonly words: readonly number[]; readonly blobs: readonly Uint8Array[] } => {
  switch (frame.kind) {
    case 'resetStream':
      return { words: [frame.code, frame.finalSize], blobs: [] };
    case 'stopSending':
      return { words: [frame.code], blobs: [] };
    case 'newToken':
      return { words: [], blobs: frame.token instanceof Uint8Array ? [frame.token] : [] };
    case 'maxData':
    case 'maxStreamData':
    case 'maxStreams':
      return { words: [frame.max], blobs: [] };
    case 'dataBlocked':
    case 'streamDataBlocked':
    case 'streamsBlocked':
      return { words: [frame.limit], blobs: [] };
    case 'newConnectionId':
      return { words: [frame.sequence, frame.retirePriorTo], blobs: [frame.id, frame.resetToken] };
    case 'retireConnectionId':
      return { words: [frame.sequence], blobs: [] };
    case 'pathChallenge':
    case 'pathResponse':
      return { words: [], blobs: [frame.data] };
    case 'connectionClose':
      return {
        words: [frame.code, frame.frameType ?? -1],
        blobs: [Uint8Array.from(frame.reason, (c) => c.charCodeAt(0))],
      };
    case 'ackFrequency':
      return { words: [frame.sequence, frame.threshold, frame.maxAckDelay, frame.reordering], blobs: [] };
    case 'timeStamp':
      return { words: [frame.time], blobs: [] };
    default:
      return NOTHING;
  }
};
const NOTHING = { words: [], blobs: [] };

/** Stream, offset, length and bits of a frame other than STREAM, as their columns hold them. */
export const placeOf = (
  frame: RowFrame,
): { readonly stream: number; readonly offset: number; readonly length: number; readonly bits: number } => {
  const stream = 'stream' in frame ? frame.stream : -1;
  const offset = frame.kind === 'crypto' ? frame.offset : 0;
  const length =
    frame.kind === 'padding'
      ? frame.length
      : 'data' in frame
        ? frame.data.length
        : frame.kind === 'newToken'
          ? frame.token.length
          : 0;
  const bits =
    ('hasLength' in frame && frame.hasLength ? QuicFrameBit.Length : 0) |
    ('direction' in frame && frame.direction === 'uni' ? QuicFrameBit.Uni : 0) |
    (frame.kind === 'connectionClose' && frame.frameType === null ? QuicFrameBit.Application : 0);
  return { stream, offset, length, bits };
};

const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

/** The ranges of an ACK's row, from the largest down; none for any other frame. */
export const ackRangesAt = ({ frames, words }: TraceQuic, row: number): AckRange[] => {
  const first = frames.word[row] as number;
  const count = frames.kind[row] === QuicFrameIndex.ack ? (words[first + 4] ?? 0) : 0;
  return Array.from({ length: count }, (_, i) => ({
    smallest: words[first + 5 + 2 * i] ?? 0,
    largest: words[first + 6 + 2 * i] ?? 0,
  }));
};

/** The frame of a row. Data that the trace holds is given as bytes, other data by its length. */
export const frameAt = (quic: TraceQuic, row: number): RowFrame => {
  const { frames: f, words, blobs, plain } = quic;
  const kind = quicFrameKinds[f.kind[row] as number] ?? 'padding';
  const [stream, offset, length, bits] = [
    f.stream[row] as number,
    f.offset[row] as number,
    f.length[row] as number,
    f.bits[row] as number,
  ];
  const first = f.word[row] as number;
  const word = (n: number): number => words[first + n] ?? 0;
  const blob = (n: number): Uint8Array => blobs[(f.blob[row] as number) + n] ?? new Uint8Array(0);
  const at = f.at[row] as number;
  const data = at < 0 ? { length } : plain.subarray(at, at + length);
  const hasLength = (bits & QuicFrameBit.Length) !== 0;
  const direction = (bits & QuicFrameBit.Uni) !== 0 ? 'uni' : 'bidi';
  switch (kind) {
    case 'padding':
      return { kind, length };
    case 'ack':
      return {
        kind,
        delay: word(0),
        ecn: word(1) < 0 ? null : { ect0: word(1), ect1: word(2), ce: word(3) },
        ranges: ackRangesAt(quic, row),
      };
    case 'resetStream':
      return { kind, stream, code: word(0), finalSize: word(1) };
    case 'stopSending':
      return { kind, stream, code: word(0) };
    case 'crypto':
      return { kind, offset, data };
    case 'newToken':
      return { kind, token: (f.blob[row] as number) > 0 ? blob(0) : data };
    case 'stream':
      return { kind, stream, offset, data, fin: (bits & QuicFrameBit.Fin) !== 0, hasLength };
    case 'maxData':
      return { kind, max: word(0) };
    case 'maxStreamData':
      return { kind, stream, max: word(0) };
    case 'maxStreams':
      return { kind, direction, max: word(0) };
    case 'dataBlocked':
      return { kind, limit: word(0) };
    case 'streamDataBlocked':
      return { kind, stream, limit: word(0) };
    case 'streamsBlocked':
      return { kind, direction, limit: word(0) };
    case 'newConnectionId':
      return { kind, sequence: word(0), retirePriorTo: word(1), id: blob(0), resetToken: blob(1) };
    case 'retireConnectionId':
      return { kind, sequence: word(0) };
    case 'pathChallenge':
    case 'pathResponse':
      return { kind, data: blob(0) };
    case 'connectionClose':
      return {
        kind,
        code: word(0),
        frameType: (bits & QuicFrameBit.Application) !== 0 ? null : Math.max(0, word(1)),
        reason: latin1(blob(0)),
      };
    case 'datagram':
      return { kind, data, hasLength };
    case 'ackFrequency':
      return { kind, sequence: word(0), threshold: word(1), maxAckDelay: word(2), reordering: word(3) };
    case 'timeStamp':
      return { kind, time: word(0) };
    case 'ping':
    case 'handshakeDone':
    case 'immediateAck':
      return { kind };
  }
};
