import { FrameType } from '../../../wire/http2/codes.ts';
import type { SentUnit } from '../../../wire/http/session.ts';
import { cutFrame } from './scheduler.ts';
import type { Outgoing, Scheduler } from './scheduler.ts';
import type { Http2Stream } from './stream.ts';

/** `http2_chunk_size`, by default. */
const CHUNK = 8192;
/** `output_buffers 2 32k`, by default: what an answer has read of its file and not yet sent. */
const BUFFERS = 2;
const BUFFER = 32_768;

/** What nginx keeps of an answer. */
interface Writer {
  readonly stream: Http2Stream;
  /** Bytes of the file that are in no buffer yet. */
  unread: number;
  /** Bytes of each buffer that have not gone; and those of them that are in no frame. */
  readonly buffers: number[];
  chain: number;
  /** Frames that wait in the queue. */
  queued: number;
  /** It is woken when its own window grows; or in turn, when the connection's does. */
  exhausted: boolean;
  waiting: boolean;
  posted: boolean;
}

/**
 * The order in which nginx 1.22 sends (`ngx_http_v2_filter_module.c`): frames wait in one queue, first come, first
 * served, whatever the client's priorities; an answer has two buffers of 32 KB of its file in that queue, and puts in
 * the next one when the first has gone. So answers take turns of 64 KB.
 */
export class NginxScheduler implements Scheduler {
  readonly #out: Outgoing;
  readonly #writers = new Map<number, Writer>();
  readonly #frames: SentUnit[] = [];
  /** Answers that the event loop wakes next (`ngx_posted_events`), and those that wait for the connection's window. */
  readonly #posted: Writer[] = [];
  readonly #waiting: Writer[] = [];
  #current: Writer | null = null;

  constructor(out: Outgoing) {
    this.#out = out;
  }

  add(stream: Http2Stream): void {
    const writer: Writer = {
      stream,
      unread: stream.left,
      buffers: [],
      chain: 0,
      queued: 0,
      exhausted: false,
      waiting: false,
      posted: false,
    };
    this.#writers.set(stream.id, writer);
    this.#post(writer);
  }

  remove(stream: Http2Stream): void {
    const writer = this.#writers.get(stream.id);
    if (!writer) return;
    writer.unread = 0;
    writer.chain = 0;
    this.#writers.delete(stream.id);
    for (let i = this.#frames.length - 1; i >= 0; i--)
      if (this.#frames[i]?.stream === stream.id) this.#frames.splice(i, 1);
  }

  next(): SentUnit | null {
    return this.#frames.shift() ?? null;
  }

  sent(unit: SentUnit): void {
    if (unit.type !== FrameType.Data) return;
    const writer = this.#writers.get(unit.stream);
    if (!writer) return;
    writer.queued--;
    let bytes = unit.body;
    while (bytes > 0 && writer.buffers.length > 0) {
      const first = writer.buffers[0] as number;
      const taken = Math.min(first, bytes);
      bytes -= taken;
      if (taken === first) writer.buffers.shift();
      else writer.buffers[0] = first - taken;
    }
    if (!writer.waiting && !writer.exhausted && writer !== this.#current) this.#post(writer);
  }

  opened(stream: Http2Stream | null): void {
    if (stream === null) return;
    const writer = this.#writers.get(stream.id);
    if (!writer?.exhausted || stream.sendWindow <= 0) return;
    writer.exhausted = false;
    this.#post(writer);
  }

  advance(): boolean {
    for (;;) {
      // An answer reads into every buffer that is free before anyone else is woken.
      this.#current ??= this.#nextPosted();
      if (this.#current === null) return false;
      if (this.#step(this.#current)) return true;
      this.#current = null;
    }
  }

  #nextPosted(): Writer | null {
    if (this.#out.connectionWindow > 0) {
      const writer = this.#waiting.shift();
      if (writer) {
        writer.waiting = false;
        return writer;
      }
    }
    const writer = this.#posted.shift() ?? null;
    if (writer) writer.posted = false;
    return writer;
  }

  #post(writer: Writer): void {
    if (writer.posted) return;
    writer.posted = true;
    this.#posted.push(writer);
  }

  /** Reads a buffer where one is free, and puts into frames what the windows allow. False: nothing came of it. */
  #step(writer: Writer): boolean {
    if (writer.unread > 0 && writer.buffers.length < BUFFERS) {
      const bytes = Math.min(BUFFER, writer.unread);
      writer.unread -= bytes;
      writer.buffers.push(bytes);
      writer.chain += bytes;
    }
    let made = false;
    while (writer.chain > 0 && this.#mayGo(writer)) {
      const unit = cutFrame(writer.stream, Math.min(CHUNK, writer.chain, this.#out.maxFrameSize), this.#out);
      writer.chain -= unit.body;
      writer.queued++;
      this.#frames.push(unit);
      made = true;
    }
    return made;
  }

  /** `ngx_http_v2_flow_control`. */
  #mayGo(writer: Writer): boolean {
    if (writer.stream.sendWindow <= 0) {
      writer.exhausted = true;
      return false;
    }
    if (this.#out.connectionWindow <= 0) {
      if (!writer.waiting) this.#waiting.push(writer);
      writer.waiting = true;
      return false;
    }
    return true;
  }
}
