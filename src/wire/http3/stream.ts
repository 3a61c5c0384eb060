import { ByteQueue } from '../http1/byteQueue.ts';
import { Reader } from '../tls/reader.ts';
import { asNumber, readVarint, varintSizeAt } from '../varint.ts';
import type { Varint } from '../varint.ts';
import { ErrorCode, FrameType, frameTypeName, StreamType } from './codes.ts';
import { decodePayload, refuse } from './decode.ts';
import type { ReadFrame, Refusal } from './decode.ts';

/** What a stream carries: a request with its answer, or what its first number says. */
export type StreamKind = 'request' | 'control' | 'push' | 'qpackEncoder' | 'qpackDecoder' | 'unknown';

/** A frame, or a piece of a DATA frame: those are handed on as they come. */
export interface StreamFrame {
  /** The frame's first byte in its stream, and the place behind its last. */
  readonly at: number;
  readonly end: number;
  readonly frame: ReadFrame;
  /** Whether this is all of the frame, or its last piece. */
  readonly isLast: boolean;
}

export interface Read {
  readonly frames: readonly StreamFrame[];
  /** Bytes of a QPACK stream, which has no frames. */
  readonly bytes: Uint8Array | null;
  readonly refused: Refusal | null;
}

interface OpenFrame {
  readonly type: Varint;
  readonly at: number;
  readonly end: number;
}

/** Longest frame that is waited for, DATA aside, which never waits. */
const LONGEST = 1 << 20;

const kinds = new Map<Varint, StreamKind>([
  [StreamType.Control, 'control'],
  [StreamType.Push, 'push'],
  [StreamType.QpackEncoder, 'qpackEncoder'],
  [StreamType.QpackDecoder, 'qpackDecoder'],
]);

/** Where each frame may stand (RFC 9114 §7.2, table 1); types that are not here may stand anywhere. */
const allowed = new Map<Varint, readonly StreamKind[]>([
  [FrameType.Data, ['request', 'push']],
  [FrameType.Headers, ['request', 'push']],
  [FrameType.PushPromise, ['request']],
  [FrameType.CancelPush, ['control']],
  [FrameType.Settings, ['control']],
  [FrameType.GoAway, ['control']],
  [FrameType.MaxPushId, ['control']],
  [FrameType.PriorityUpdateRequest, ['control']],
  [FrameType.PriorityUpdatePush, ['control']],
]);

/** Reads one direction of one stream, however its bytes come in; offsets count from the stream's first byte. */
export class StreamReader {
  readonly #queue = new ByteQueue();
  /** Null: the type of a unidirectional stream has not come yet. */
  #kind: StreamKind | null;
  #push: Varint | null = null;
  /** The frame that is being read: its type, its start, its end. */
  #open: OpenFrame | null = null;
  #hasHeaders = false;
  #hasSettings = false;
  #refused: Refusal | null = null;

  constructor(direction: 'bidirectional' | 'unidirectional') {
    this.#kind = direction === 'bidirectional' ? 'request' : null;
  }

  get kind(): StreamKind | null {
    return this.#kind;
  }
  /** The number of a push stream. */
  get push(): Varint | null {
    return this.#push;
  }

  /** What is whole now. After a refusal nothing more is read. */
  read(chunk: Uint8Array): Read {
    const frames: StreamFrame[] = [];
    if (this.#refused === null) {
      this.#queue.push(chunk);
      if (this.#readType()) {
        if (this.#kind === 'qpackEncoder' || this.#kind === 'qpackDecoder')
          return { frames, bytes: this.#queue.take(this.#queue.length), refused: null };
        if (this.#kind === 'unknown') this.#queue.drop(this.#queue.length); // RFC 9114 §6.2: passed over
        while (this.#refused === null && this.#readFrame(frames));
      }
    }
    return { frames, bytes: null, refused: this.#refused };
  }

  /** The stream has ended: refused where that cuts a frame (RFC 9114 §7.1). */
  finish(): Refusal | null {
    if (this.#refused === null && this.#kind !== 'unknown' && (this.#queue.length > 0 || this.#open !== null))
      this.#refused = refuse(this.#queue.taken, ErrorCode.FrameError, 'the stream ends in the middle of a frame');
    return this.#refused;
  }

  /** Two numbers at the queue's start, one, or none: as many as are whole. */
  #numbers(count: 1 | 2): { readonly values: readonly Varint[]; readonly end: number } | null {
    const { view } = this.#queue;
    let end = 0;
    for (let i = 0; i < count; i++) {
      if (end >= view.length) return null;
      end += varintSizeAt(view, end);
    }
    if (end > view.length) return null;
    const reader = new Reader(view, 0, end);
    return { values: Array.from({ length: count }, () => readVarint(reader, 'number')), end };
  }

  #readType(): boolean {
    if (this.#kind !== null) return true;
    const type = this.#numbers(1);
    if (type === null) return false;
    const kind = kinds.get(type.values[0] ?? 0) ?? 'unknown';
    if (kind === 'push') {
      const both = this.#numbers(2);
      if (both === null) return false;
      this.#push = both.values[1] ?? 0;
      this.#queue.drop(both.end);
    } else this.#queue.drop(type.end);
    this.#kind = kind;
    return true;
  }

  /** Reads one frame, or one piece; says whether there may be more. */
  #readFrame(frames: StreamFrame[]): boolean {
    const open = this.#open ?? this.#start();
    if (open === null) return false;
    const { at, end } = open;
    const left = end - this.#queue.taken;
    if (open.type === FrameType.Data) {
      const data = this.#queue.take(Math.min(left, this.#queue.length));
      const isLast = data.length === left;
      if (data.length > 0 || isLast) frames.push({ at, end, frame: { kind: 'data', data }, isLast });
      this.#open = isLast ? null : open;
      return isLast;
    }
    this.#open = open;
    if (this.#queue.length < left) return false;
    const decoded = decodePayload(open.type, this.#queue.take(left), at);
    this.#open = null;
    if (decoded.ok) frames.push({ at, end, frame: decoded.value, isLast: true });
    else this.#refused = decoded;
    return decoded.ok;
  }

  #start(): OpenFrame | null {
    const head = this.#numbers(2);
    if (head === null) return null;
    const [type = 0, length = 0] = head.values;
    const at = this.#queue.taken;
    this.#refused = this.#misplaced(type, at);
    if (this.#refused === null && type !== FrameType.Data && length > LONGEST)
      this.#refused = refuse(
        at,
        ErrorCode.ExcessiveLoad,
        `${frameTypeName(type)} is longer than ${String(LONGEST)} bytes`,
      );
    if (this.#refused !== null) return null;
    this.#queue.drop(head.end);
    return { type, at, end: at + head.end + asNumber(length) };
  }

  #misplaced(type: Varint, at: number): Refusal | null {
    const kind = this.#kind ?? 'unknown';
    const name = frameTypeName(type);
    if (kind === 'control' && !this.#hasSettings && type !== FrameType.Settings)
      return refuse(at, ErrorCode.MissingSettings, `the control stream begins with ${name}, not with SETTINGS`);
    const places = allowed.get(type);
    if (places && !places.includes(kind))
      return refuse(at, ErrorCode.FrameUnexpected, `${name} may not stand on a ${kind} stream`);
    if (type === FrameType.Settings && this.#hasSettings)
      return refuse(at, ErrorCode.FrameUnexpected, 'SETTINGS is there twice');
    if (type === FrameType.Data && !this.#hasHeaders)
      return refuse(at, ErrorCode.FrameUnexpected, 'DATA stands before HEADERS'); // RFC 9114 §4.1
    this.#hasSettings ||= type === FrameType.Settings;
    this.#hasHeaders ||= type === FrameType.Headers;
    return null;
  }
}
