import type { Problem } from '../../base/result.ts';
import type { HeaderField } from '../hpack/table.ts';
import { ByteQueue } from './byteQueue.ts';
import { framingOf } from './framing.ts';
import type { Framing } from './framing.ts';
import type { Message, Start } from './message.ts';
import { lineText, parseField, parseStart } from './parse.ts';

/** What a reader finds, in order. Offsets count from the direction's first byte. */
export type HttpEvent =
  | {
      readonly kind: 'head';
      readonly at: number;
      readonly end: number;
      readonly message: Message;
      readonly framing: Framing;
      /** The n-th request, or the one that this answers; from 0. Interim answers have the number of the final one. */
      readonly request: number;
    }
  /** A piece of content, as it came: of a chunk, or of the whole. */
  | {
      readonly kind: 'content';
      readonly at: number;
      readonly end: number;
      readonly data: Uint8Array;
      readonly request: number;
    }
  /** The line in front of a chunk. */
  | {
      readonly kind: 'chunk';
      readonly at: number;
      readonly end: number;
      readonly size: number;
      readonly request: number;
    }
  | { readonly kind: 'end'; readonly at: number; readonly trailers: readonly HeaderField[]; readonly request: number };

export interface HttpRead {
  readonly events: readonly HttpEvent[];
  readonly refused: Problem | null;
}

/** Bytes of a head at most, and of a chunk's line. */
const HEAD_LIMIT = 1 << 18;
const LF = 10;

type State =
  | { readonly kind: 'start' }
  | { readonly kind: 'fields'; readonly at: number; readonly start: Start }
  | { readonly kind: 'length'; left: number }
  | { readonly kind: 'close' | 'tunnel' | 'chunkLine' | 'chunkEnd' }
  | { readonly kind: 'chunk'; left: number }
  | { readonly kind: 'trailers'; readonly at: number };

/**
 * Reads the messages of one direction of a connection, however its bytes come in (RFC 9112). Answers come in the order
 * of their requests, so that the reader of answers has to be told each request's method, by `asked`, before its answer.
 */
export class MessageReader {
  readonly #queue = new ByteQueue();
  readonly #kind: Message['kind'];
  #state: State = { kind: 'start' };
  #fields: HeaderField[] = [];
  /** Bytes of the queue in which no line end is: they are not looked at again. */
  #searched = 0;
  #request = 0;
  readonly #methods: string[] = [];
  #refused: Problem | null = null;

  constructor(kind: Message['kind']) {
    this.#kind = kind;
  }

  /** A request that this direction will answer, in order of asking. */
  asked(method: string): void {
    this.#methods.push(method);
  }

  /** What is there now. After a refusal nothing more is read: where one message ends wrong, no next one begins. */
  read(chunk: Uint8Array): HttpRead {
    const events: HttpEvent[] = [];
    if (this.#refused === null) {
      this.#queue.push(chunk);
      while (this.#refused === null && this.#step(events));
    }
    return { events, refused: this.#refused };
  }

  /** The connection has ended: that ends some answers, and cuts others. */
  finish(): HttpRead {
    const events: HttpEvent[] = [];
    const { kind } = this.#state;
    if (kind === 'close' || kind === 'tunnel') this.#end(events, []);
    else if (this.#refused === null && (kind !== 'start' || this.#queue.length > 0))
      this.#refuse('the connection ends in the middle of a message');
    return { events, refused: this.#refused };
  }

  #refuse(what: string): false {
    this.#refused = { where: `byte ${String(this.#queue.taken)}`, what };
    return false;
  }

  /** The next whole line, taken; null where it is not whole yet, or too long. */
  #line(): string | null {
    const { view } = this.#queue;
    const found = view.indexOf(LF, this.#searched);
    if (found < 0) {
      this.#searched = view.length;
      if (view.length > HEAD_LIMIT) this.#refuse(`a line is longer than ${String(HEAD_LIMIT)} bytes`);
      return null;
    }
    this.#searched = 0;
    const line = lineText(view, 0, found + 1);
    this.#queue.drop(found + 1);
    return line;
  }

  /** One step; says whether there may be another. */
  #step(events: HttpEvent[]): boolean {
    const state = this.#state;
    switch (state.kind) {
      case 'start':
        return this.#readStart();
      case 'fields':
        return this.#readFields(() => this.#head(state.start, state.at, events), state.at);
      case 'trailers':
        return this.#readFields(() => {
          this.#end(events, this.#fields);
          return true;
        }, state.at);
      case 'length':
      case 'chunk':
        return this.#readCounted(state, events);
      case 'close':
      case 'tunnel':
        this.#content(this.#queue.length, events);
        return false;
      case 'chunkLine':
        return this.#readChunkLine(events);
      case 'chunkEnd': {
        const line = this.#line();
        if (line === null) return false;
        if (line !== '') return this.#refuse('a chunk is longer than its size says');
        this.#state = { kind: 'chunkLine' };
        return true;
      }
    }
  }

  #readStart(): boolean {
    const at = this.#queue.taken;
    const line = this.#line();
    if (line === null) return false;
    // An empty line before a request is passed over (RFC 9112 §2.2).
    if (line === '' && this.#kind === 'request') return true;
    const start = parseStart(line, this.#kind);
    if (typeof start === 'string') return this.#refuse(start);
    this.#fields = [];
    this.#state = { kind: 'fields', at, start };
    return true;
  }

  /** Reads field lines up to the empty one, and then goes on with `done`. `from`: where the head starts. */
  #readFields(done: () => boolean, from: number): boolean {
    const line = this.#line();
    if (line === null) return false;
    if (line === '') return done();
    if (this.#queue.taken - from > HEAD_LIMIT) return this.#refuse(`a head is longer than ${String(HEAD_LIMIT)} bytes`);
    if (line.startsWith(' ') || line.startsWith('\t'))
      return this.#refuse('a field goes on in the next line, which is allowed no more (RFC 9112 §5.2)');
    const field = parseField(line);
    if (typeof field === 'string') return this.#refuse(field);
    this.#fields.push(field);
    return true;
  }

  #head(start: Start, at: number, events: HttpEvent[]): boolean {
    const message: Message = { ...start, fields: this.#fields };
    this.#fields = [];
    const isInterim = message.kind === 'response' && message.status < 200 && message.status !== 101;
    const method = message.kind === 'request' ? message.method : (this.#methods[this.#request] ?? 'GET');
    const framing = framingOf(message, method);
    if (typeof framing === 'string') return this.#refuse(framing);
    events.push({ kind: 'head', at, end: this.#queue.taken, message, framing, request: this.#request });
    switch (framing.kind) {
      case 'none':
        if (isInterim) this.#state = { kind: 'start' };
        else this.#end(events, []);
        break;
      case 'length':
        if (framing.length === 0) this.#end(events, []);
        else this.#state = { kind: 'length', left: framing.length };
        break;
      case 'chunked':
        this.#state = { kind: 'chunkLine' };
        break;
      case 'close':
      case 'tunnel':
        this.#state = { kind: framing.kind };
    }
    return true;
  }

  #content(length: number, events: HttpEvent[]): void {
    if (length === 0) return;
    const at = this.#queue.taken;
    const data = this.#queue.take(length);
    events.push({ kind: 'content', at, end: at + length, data, request: this.#request });
  }

  #readCounted(state: Extract<State, { readonly kind: 'length' | 'chunk' }>, events: HttpEvent[]): boolean {
    const length = Math.min(state.left, this.#queue.length);
    this.#content(length, events);
    state.left -= length;
    if (state.left > 0) return false;
    if (state.kind === 'chunk') this.#state = { kind: 'chunkEnd' };
    else this.#end(events, []);
    return true;
  }

  #readChunkLine(events: HttpEvent[]): boolean {
    const at = this.#queue.taken;
    const line = this.#line();
    if (line === null) return false;
    // Extensions behind a semicolon are passed over (RFC 9112 §7.1.1).
    const digits = (line.split(';')[0] ?? '').trimEnd();
    if (!/^[0-9a-fA-F]{1,12}$/.test(digits)) return this.#refuse(`“${line.slice(0, 40)}” is no size of a chunk`);
    const size = parseInt(digits, 16);
    events.push({ kind: 'chunk', at, end: this.#queue.taken, size, request: this.#request });
    this.#state = size === 0 ? { kind: 'trailers', at } : { kind: 'chunk', left: size };
    return true;
  }

  #end(events: HttpEvent[], trailers: readonly HeaderField[]): void {
    events.push({ kind: 'end', at: this.#queue.taken, trailers, request: this.#request });
    this.#request++;
    this.#fields = [];
    this.#state = { kind: 'start' };
  }
}
