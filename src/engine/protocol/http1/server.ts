import { NEVER } from '../../../base/time.ts';
import type { Nanos } from '../../../base/time.ts';
import { CHUNKS_FOLLOW, plainUnit, unitSize } from '../../../wire/http/session.ts';
import type { HttpLog, SentUnit } from '../../../wire/http/session.ts';
import type { Endpoint } from '../endpoint.ts';
import type { HttpBytes, HttpHooks, HttpNotice } from '../http/notices.ts';
import { UnitReader } from '../http/unitReader.ts';

export interface Http1Answer {
  readonly type: 'respond';
  readonly request: number;
  readonly head: string;
  readonly body: number;
  /** Bytes a chunk; 0: the body goes as it is (RFC 9112 §7.1). */
  readonly chunk: number;
}

/**
 * The server's end of an HTTP/1 connection. Answers leave in the order of their requests: one that is ready earlier waits
 * (RFC 9112 §9.3.2). What is to be sent is handed out unit by unit.
 */
export class Http1Server implements Endpoint<HttpBytes, Http1Answer, HttpNotice> {
  readonly #log: HttpLog;
  readonly #hooks: HttpHooks;
  readonly #reader: UnitReader;
  readonly #notices: HttpNotice[] = [];
  /** Requests that are not answered, in order, and the answers that are ready. */
  readonly #turns: number[] = [];
  readonly #ready = new Map<number, Http1Answer>();
  /** Answers whose turn it is, and how much of the first one's body is in chunks; −1: its head has not gone. */
  readonly #leaving: Http1Answer[] = [];
  #chunked = -1;

  constructor(log: HttpLog, hooks: HttpHooks) {
    this.#log = log;
    this.#hooks = hooks;
    this.#reader = new UnitReader(log.client);
  }

  /** Requests whose answers have not been handed out. */
  get outstanding(): number {
    return this.#turns.length + this.#leaving.length;
  }

  command(answer: Http1Answer): void {
    this.#ready.set(answer.request, answer);
    if (this.#turns[0] !== answer.request) this.#hooks.held(answer.request, 'response order');
    for (let next = this.#turn(); next !== null; next = this.#turn()) this.#write(next);
  }

  #turn(): Http1Answer | null {
    return this.#ready.get(this.#turns[0] ?? -1) ?? null;
  }

  #write(answer: Http1Answer): void {
    this.#turns.shift();
    this.#ready.delete(answer.request);
    this.#hooks.held(answer.request, null);
    this.#leaving.push(answer);
  }

  receive({ bytes }: HttpBytes): void {
    for (const { unit, ends } of this.#reader.push(bytes)) {
      if (!ends) continue;
      const { request } = unit;
      this.#turns.push(request);
      this.#notices.push({ type: 'request', request });
    }
  }

  onTimeout(): void {
    // No timer runs here.
  }

  nextTimeout(): Nanos {
    return NEVER;
  }

  /** The next unit to send, now part of the log; null: there is none now. */
  pollUnit(): SentUnit | null {
    const answer = this.#leaving[0];
    if (!answer) return null;
    const unit = this.#next(answer);
    this.#log.server.push(unit);
    return unit;
  }

  /** An answer's head with its body, or its head and then chunk after chunk. */
  #next({ request, head, body, chunk }: Http1Answer): SentUnit {
    if (chunk === 0) {
      this.#leaving.shift();
      return plainUnit('response', request, head, body);
    }
    const from = this.#chunked;
    if (from < 0) {
      this.#chunked = 0;
      return plainUnit('response', request, head, 0, 0, CHUNKS_FOLLOW);
    }
    // The line break behind a chunk's data stands before the next one's size.
    const line = from > 0 ? '\r\n' : '';
    if (from === body) {
      this.#leaving.shift();
      this.#chunked = -1;
      return plainUnit('lastChunk', request, `${line}0\r\n\r\n`);
    }
    const bytes = Math.min(chunk, body - from);
    this.#chunked += bytes;
    return plainUnit('chunk', request, `${line}${bytes.toString(16)}\r\n`, bytes, from);
  }

  pollTransmit(): HttpBytes | null {
    const unit = this.pollUnit();
    return unit === null ? null : { bytes: unitSize(unit) };
  }

  pollEvent(): HttpNotice | null {
    return this.#notices.shift() ?? null;
  }
}
