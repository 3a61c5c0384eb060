import type { SentUnit } from '../../../wire/http/session.ts';
import { dataUnit } from './frames.ts';
import type { Http2Stream } from './stream.ts';

/** What a scheduler works on: the connection's window and its largest frame. */
export interface Outgoing {
  connectionWindow: number;
  readonly maxFrameSize: number;
  /** The stream has sent its last byte. */
  readonly ended: (stream: Http2Stream) => void;
}

/** Decides which stream's body goes next, and in which frames. */
export interface Scheduler {
  /** A stream has a body to send. */
  add(stream: Http2Stream): void;
  /** A stream is gone: nothing more of it is sent. */
  remove(stream: Http2Stream): void;
  /** The next DATA frame; null: nothing can go now. */
  next(): SentUnit | null;
  /** A frame has left this layer altogether. */
  sent(unit: SentUnit): void;
  /** A window has grown; null: the connection's. */
  opened(stream: Http2Stream | null): void;
  /** Does the next thing that makes frames, whether there is room for them or not; false: there is none. */
  advance(): boolean;
}

/** Puts up to `most` bytes of a stream into a frame, as far as both windows go (RFC 9113 §6.9.1). */
export const cutFrame = (stream: Http2Stream, most: number, out: Outgoing): SentUnit => {
  const length = Math.min(most, stream.left, stream.sendWindow, out.connectionWindow);
  const end = length === stream.left;
  const unit = dataUnit(stream.id, stream.request, stream.from, length, end);
  stream.left -= length;
  stream.from += length;
  stream.sendWindow -= length;
  out.connectionWindow -= length;
  if (end) out.ended(stream);
  return unit;
};

/**
 * RFC 9218 §10: by urgency; within one, in order of request, but for incremental ones, which take turns frame by frame.
 * Frames are made when there is room for them, so that what is more urgent overtakes at once.
 */
export class UrgencyScheduler implements Scheduler {
  readonly #out: Outgoing;
  readonly #most: number;
  #streams: Http2Stream[] = [];

  /** `most`: bytes a frame, SETTINGS_MAX_FRAME_SIZE aside. */
  constructor(out: Outgoing, most = 16_384) {
    this.#out = out;
    this.#most = most;
  }

  add(stream: Http2Stream): void {
    this.#streams.push(stream);
  }

  remove(stream: Http2Stream): void {
    this.#streams = this.#streams.filter((one) => one !== stream);
  }

  next(): SentUnit | null {
    if (this.#out.connectionWindow <= 0) return null;
    let best: Http2Stream | null = null;
    for (const stream of this.#streams) {
      if (stream.sendWindow <= 0) continue;
      if (
        best === null ||
        stream.urgency < best.urgency ||
        (stream.urgency === best.urgency && goesFirst(stream, best))
      )
        best = stream;
    }
    if (best === null) return null;
    const unit = cutFrame(best, Math.min(this.#most, this.#out.maxFrameSize), this.#out);
    if (best.left === 0) this.remove(best);
    else if (best.incremental) {
      // To the end of the line: the others have their turn first.
      this.remove(best);
      this.#streams.push(best);
    }
    return unit;
  }

  sent(): void {
    // Frames are made one by one: nothing waits for this.
  }

  opened(): void {
    // Windows are looked at whenever a frame is made.
  }

  advance(): boolean {
    return false;
  }
}

/** Of the same urgency: whole answers before those that share, the earlier request first. The list holds turns. */
const goesFirst = (stream: Http2Stream, best: Http2Stream): boolean =>
  stream.incremental === best.incremental ? !stream.incremental && stream.id < best.id : !stream.incremental;
