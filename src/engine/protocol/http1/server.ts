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
  readonly #units: SentUnit[] = [];

  constructor(log: HttpLog, hooks: HttpHooks) {
    this.#log = log;
    this.#hooks = hooks;
    this.#reader = new UnitReader(log.client);
  }

  /** Requests that are not answered. */
  get outstanding(): number {
    return this.#turns.length;
  }

  command(answer: Http1Answer): void {
    this.#ready.set(answer.request, answer);
    if (this.#turns[0] !== answer.request) this.#hooks.held(answer.request, 'response order');
    for (let next = this.#next(); next !== null; next = this.#next()) this.#write(next);
  }

  #next(): Http1Answer | null {
    return this.#ready.get(this.#turns[0] ?? -1) ?? null;
  }

  #write({ request, head, body, chunk }: Http1Answer): void {
    this.#turns.shift();
    this.#ready.delete(request);
    this.#hooks.held(request, null);
    const units = [plainUnit('response', request, head, chunk > 0 ? 0 : body, 0, chunk > 0 ? CHUNKS_FOLLOW : 0)];
    if (chunk > 0) {
      for (let from = 0; from < body; from += chunk) {
        const bytes = Math.min(chunk, body - from);
        // The line break behind a chunk's data stands before the next one's size.
        const size = `${from > 0 ? '\r\n' : ''}${bytes.toString(16)}\r\n`;
        units.push(plainUnit('chunk', request, size, bytes, from));
      }
      units.push(plainUnit('lastChunk', request, `${body > 0 ? '\r\n' : ''}0\r\n\r\n`));
    }
    this.#log.server.push(...units);
    this.#units.push(...units);
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

  /** The next unit to send; null: there is none now. */
  pollUnit(): SentUnit | null {
    return this.#units.shift() ?? null;
  }

  pollTransmit(): HttpBytes | null {
    const unit = this.pollUnit();
    return unit === null ? null : { bytes: unitSize(unit) };
  }

  pollEvent(): HttpNotice | null {
    return this.#notices.shift() ?? null;
  }
}
