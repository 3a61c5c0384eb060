import { NEVER } from '../../../base/time.ts';
import type { Nanos } from '../../../base/time.ts';
import { CHUNKS_FOLLOW, plainUnit, unitSize } from '../../../wire/http/session.ts';
import type { HttpLog, SentUnit } from '../../../wire/http/session.ts';
import type { Endpoint } from '../endpoint.ts';
import type { HttpBytes, HttpNotice } from '../http/notices.ts';
import { UnitReader } from '../http/unitReader.ts';

export interface Http1Ask {
  readonly type: 'request';
  readonly request: number;
  readonly head: string;
  readonly body: number;
}

/** Behind it nothing of the message comes: the head says how long it is (RFC 9112 §6.3). */
const isLast = ({ kind, flags }: SentUnit): boolean =>
  kind === 'lastChunk' || (kind === 'response' && flags !== CHUNKS_FOLLOW);

/** The client's end of an HTTP/1 connection: answers belong to requests by their order alone (RFC 9112 §9.3.2). */
export class Http1Client implements Endpoint<HttpBytes, Http1Ask, HttpNotice> {
  readonly #log: HttpLog;
  readonly #reader: UnitReader;
  readonly #notices: HttpNotice[] = [];
  readonly #writes: number[] = [];
  /** Requests without their whole answer, in order. */
  readonly #open: number[] = [];

  constructor(log: HttpLog) {
    this.#log = log;
    this.#reader = new UnitReader(log.server);
  }

  /** Requests whose answers are not complete. */
  get outstanding(): number {
    return this.#open.length;
  }

  command({ request, head, body }: Http1Ask): void {
    this.#open.push(request);
    const unit = plainUnit('request', request, head, body);
    this.#log.client.push(unit);
    this.#writes.push(unitSize(unit));
  }

  receive({ bytes }: HttpBytes): void {
    for (const { unit, body, begins, ends } of this.#reader.push(bytes)) {
      const { kind, request } = unit;
      if (kind === 'response' && begins) this.#notices.push({ type: 'head', request });
      if (body > 0) this.#notices.push({ type: 'body', request, bytes: body });
      if (ends && isLast(unit)) {
        this.#open.shift();
        this.#notices.push({ type: 'complete', request });
      }
    }
  }

  onTimeout(): void {
    // No timer runs here.
  }

  nextTimeout(): Nanos {
    return NEVER;
  }

  pollTransmit(): HttpBytes | null {
    const bytes = this.#writes.shift();
    return bytes === undefined ? null : { bytes };
  }

  pollEvent(): HttpNotice | null {
    return this.#notices.shift() ?? null;
  }
}
