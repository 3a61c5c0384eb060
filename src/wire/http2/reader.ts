import { u8 } from '../bytes.ts';
import { ByteQueue } from '../http1/byteQueue.ts';
import { ErrorCode, frameTypeName } from './codes.ts';
import { decodeFrame, readFrameHeader, refuse, shifted } from './decode.ts';
import type { PlacedFrame, Refusal } from './decode.ts';
import { DEFAULT_MAX_FRAME_SIZE, FRAME_HEADER_SIZE, frameStream, frameType, PREFACE } from './frame.ts';
import type { Frame } from './frame.ts';

/** A header block put together from its frames. */
export interface HeaderBlock {
  readonly kind: 'headers' | 'pushPromise';
  readonly stream: number;
  /** The stream that is promised; 0 for HEADERS. */
  readonly promised: number;
  readonly endStream: boolean;
  readonly block: Uint8Array;
  /** How many frames it came in. */
  readonly frames: number;
}

/** One frame as it was received: itself, and the block that it completed; or why it was refused. */
export interface ReadFrame {
  readonly at: number;
  readonly end: number;
  readonly frame: Frame | null;
  readonly block: HeaderBlock | null;
  readonly refused: Refusal | null;
  /** A rule that it breaks, for which an end would have refused it; a bystander reads on. */
  readonly remark: string | null;
}

const FIRST_FRAME = 'the first frame has to be SETTINGS (RFC 9113 §3.4)';
/** Bytes of one header block at most, over all its frames: what keeps a flood of CONTINUATION out. */
const BLOCK_LIMIT = 1 << 20;

/** Puts HEADERS or PUSH_PROMISE and their CONTINUATION together (RFC 9113 §4.3, §6.10). */
class BlockAssembler {
  #open: Omit<HeaderBlock, 'block' | 'frames'> | null = null;
  #parts: Uint8Array[] = [];
  #length = 0;

  /** Takes the next frame. Refused: a frame between the parts of a block, or a part without a start. */
  take({ frame, at }: PlacedFrame): HeaderBlock | Refusal | null {
    const open = this.#open;
    if (open !== null && (frame.kind !== 'continuation' || frame.stream !== open.stream))
      return refuse(
        at,
        ErrorCode.ProtocolError,
        `${frameTypeName(frameType(frame))} on stream ${String(frameStream(frame))} stands where the header block of stream ${String(open.stream)} has to go on`,
      );
    if (frame.kind === 'headers') this.#start({ ...frame, promised: 0 });
    else if (frame.kind === 'pushPromise') this.#start({ ...frame, endStream: false });
    else if (frame.kind !== 'continuation') return null;
    else if (open === null)
      return refuse(
        at,
        ErrorCode.ProtocolError,
        `CONTINUATION on stream ${String(frame.stream)} continues no header block`,
      );
    this.#parts.push(frame.block);
    this.#length += frame.block.length;
    if (this.#length > BLOCK_LIMIT || this.#parts.length > BLOCK_LIMIT / 64)
      return refuse(at, ErrorCode.EnhanceYourCalm, `a header block goes on for more than ${String(BLOCK_LIMIT)} bytes`);
    return frame.endHeaders ? this.#done() : null;
  }

  #start({ kind, stream, promised, endStream }: Omit<HeaderBlock, 'block' | 'frames'>): void {
    this.#open = { kind, stream, promised, endStream };
    this.#parts = [];
    this.#length = 0;
  }

  #done(): HeaderBlock {
    const block = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      block.set(part, at);
      at += part.length;
    }
    const frames = this.#parts.length;
    const open = this.#open!;
    this.#open = null;
    this.#parts = [];
    return { ...open, block, frames };
  }
}

/** Cuts one direction of a connection into frames, however its bytes come in. Offsets count from its first byte. */
export class FrameReader {
  readonly #queue = new ByteQueue();
  readonly #assembler = new BlockAssembler();
  readonly #preface: number;
  readonly #isBystander: boolean;
  #isFirst = true;
  #isClosed = false;
  /** Our SETTINGS_MAX_FRAME_SIZE, from its acknowledgement on. */
  maxFrameSize = DEFAULT_MAX_FRAME_SIZE;

  /**
   * `from`: whose bytes these are; a client sends the preface first. `reader`: a bystander, who reads what others said to
   * each other, goes on where an end would close, as long as the frames can be cut.
   */
  constructor(from: 'client' | 'server', reader: 'end' | 'bystander' = 'end') {
    this.#preface = from === 'client' ? PREFACE.length : 0;
    this.#isBystander = reader === 'bystander';
  }

  /**
   * The frames that are whole now. One that is refused for its stream alone is passed over; after one that is refused
   * for the connection nothing more is read.
   */
  push(chunk: Uint8Array): ReadFrame[] {
    const frames: ReadFrame[] = [];
    if (!this.#isClosed) this.#queue.push(chunk);
    if (!this.#passPreface(frames)) return frames;
    while (!this.#isClosed) {
      const { view, taken } = this.#queue;
      if (view.length < FRAME_HEADER_SIZE) break;
      const size = FRAME_HEADER_SIZE + readFrameHeader(view, 0).length;
      // One that is too long is refused by its header alone.
      if (view.length < size && size <= FRAME_HEADER_SIZE + this.maxFrameSize) break;
      const read = this.#readOne(view, size, taken);
      this.#isClosed = read.refused?.scope === 'connection';
      frames.push(read);
      this.#queue.drop(Math.min(size, view.length));
    }
    return frames;
  }

  #readOne(view: Uint8Array, size: number, taken: number): ReadFrame {
    const place = { at: taken, end: taken + size, frame: null, block: null, refused: null, remark: null };
    const read = decodeFrame(view, 0, view.length, this.maxFrameSize);
    if (!read.ok) return { ...place, refused: shifted(read, taken) };
    const { frame } = read.value;
    const remark = this.#isFirst && frame.kind !== 'settings' ? FIRST_FRAME : null;
    if (remark !== null && !this.#isBystander)
      return { ...place, refused: refuse(taken, ErrorCode.ProtocolError, remark) };
    this.#isFirst = false;
    const block = this.#assembler.take({ ...read.value, at: taken });
    return block !== null && 'ok' in block ? { ...place, refused: block } : { ...place, frame, block, remark };
  }

  /** Says whether the preface is behind; a byte that differs from it is refused as soon as it comes. */
  #passPreface(frames: ReadFrame[]): boolean {
    if (this.#isClosed) return false;
    if (this.#queue.taken >= this.#preface) return true;
    const { view } = this.#queue;
    const wrong = PREFACE.findIndex((byte, i) => i < view.length && u8(view, i) !== byte);
    if (wrong >= 0) {
      this.#isClosed = true;
      const refused = refuse(
        wrong,
        ErrorCode.ProtocolError,
        'the connection does not begin with the preface of HTTP/2',
      );
      frames.push({ at: 0, end: view.length, frame: null, block: null, refused, remark: null });
      return false;
    }
    if (view.length < this.#preface) return false;
    this.#queue.drop(this.#preface);
    return true;
  }
}
