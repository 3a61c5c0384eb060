import type { HttpLog, SentUnit } from '../../../wire/http/session.ts';
import { priorityText } from '../../../wire/http2/priority.ts';
import type { Priority } from '../../../wire/http2/priority.ts';
import type { HeaderField } from '../../../wire/hpack/table.ts';
import { requestFields, responseFields } from '../../protocol/http/fields.ts';
import type { Scheme } from '../../protocol/http/fields.ts';
import type { HttpBytes, HttpHooks, HttpNotice } from '../../protocol/http/notices.ts';
import { Http1Client } from '../../protocol/http1/client.ts';
import { requestHead, responseHead } from '../../protocol/http1/heads.ts';
import { Http1Server } from '../../protocol/http1/server.ts';
import { NginxEncoder, TableEncoder } from '../../protocol/http2/blocks.ts';
import { Http2Connection } from '../../protocol/http2/connection.ts';
import { NginxScheduler } from '../../protocol/http2/nginx.ts';
import { UrgencyScheduler } from '../../protocol/http2/scheduler.ts';
import type { UnitSource } from './outlet.ts';
import { clientProfile, serverProfile } from './settings.ts';
import type { HttpSettings, PageRequest } from './settings.ts';

/** What both sides' applications need of their version of HTTP. */
interface Speaker extends UnitSource {
  /** The connection is up. */
  open(): void;
  receive(bytes: HttpBytes): void;
  pollEvent(): HttpNotice | null;
  /** Says that no more follows, where the version has words for it. */
  takeLeave(): void;
}

export interface ClientSpeaker extends Speaker {
  /** How many more requests may go now. */
  readonly room: number;
  /** Requests without their whole answer. */
  readonly outstanding: number;
  ask(request: number): void;
  /** Gives a request up; false: only closing the connection would do that. */
  cancel(request: number): boolean;
  /** Tells the server that a request matters otherwise now, where the version has words for it (RFC 9218 §7). */
  reprioritize(request: number, priority: Priority): void;
}

export interface ServerSpeaker extends Speaker {
  /** Every answer has been handed out with its last byte. */
  readonly isDone: boolean;
  respond(request: number): void;
  /** Promises an answer that nobody has asked for, beside that of `parent`; false: that cannot be. */
  promise(parent: number, request: number): boolean;
}

type PriorityOf = (request: number) => Priority;

const schemeOf = (s: HttpSettings): Scheme => (s.isSecure ? 'https' : 'http');
const requestAt = (s: HttpSettings, i: number): PageRequest => s.requests[i] as PageRequest;

/** Whether a connection is used again for another request. */
export const persists = (s: HttpSettings): boolean => s.keepAlive;

class Client1 implements ClientSpeaker {
  readonly #s: HttpSettings;
  readonly #http: Http1Client;
  readonly #log: HttpLog;
  #next: number;
  #asked = 0;

  constructor(s: HttpSettings, log: HttpLog) {
    this.#s = s;
    this.#http = new Http1Client(log);
    this.#log = log;
    this.#next = 0;
  }

  get room(): number {
    if (!persists(this.#s)) return 1 - this.#asked;
    return (this.#s.version === '1.1' ? this.#s.pipelining : 1) - this.#http.outstanding;
  }
  get outstanding(): number {
    return this.#http.outstanding;
  }

  open(): void {
    // Nothing goes before the first request.
  }

  ask(i: number): void {
    const { version, client } = this.#s;
    this.#asked++;
    const request = requestAt(this.#s, i);
    const head = requestHead(version === '1.0' ? '1.0' : '1.1', client, request, schemeOf(this.#s), persists(this.#s));
    this.#http.command({ type: 'request', request: i, head, body: request.requestBytes });
  }

  cancel(): boolean {
    return false;
  }

  reprioritize(): void {
    // HTTP/1 answers in the order of requests, and has no words for anything else.
  }

  receive(bytes: HttpBytes): void {
    this.#http.receive(bytes);
  }

  pollEvent(): HttpNotice | null {
    return this.#http.pollEvent();
  }

  pollUnit(): SentUnit | null {
    return this.#log.client[this.#next] === undefined ? null : (this.#log.client[this.#next++] as SentUnit);
  }

  takeLeave(): void {
    // Closing is enough (RFC 9112 §9.6).
  }
}

class Server1 implements ServerSpeaker {
  readonly #s: HttpSettings;
  readonly #http: Http1Server;

  constructor(s: HttpSettings, log: HttpLog, hooks: HttpHooks) {
    this.#s = s;
    this.#http = new Http1Server(log, hooks);
  }

  open(): void {
    // The client speaks first.
  }

  get isDone(): boolean {
    return this.#http.outstanding === 0;
  }

  respond(i: number): void {
    const { version, chunkBytes } = this.#s;
    const request = requestAt(this.#s, i);
    const chunk = version === '1.1' ? chunkBytes : 0; // 1.0 has no chunks (RFC 9112 §7.1)
    const head = responseHead(request, persists(this.#s), chunk > 0);
    this.#http.command({ type: 'respond', request: i, head, body: request.responseBytes, chunk });
  }

  promise(): boolean {
    return false;
  }

  receive(bytes: HttpBytes): void {
    this.#http.receive(bytes);
  }

  pollEvent(): HttpNotice | null {
    return this.#http.pollEvent();
  }

  pollUnit(): SentUnit | null {
    return this.#http.pollUnit();
  }

  takeLeave(): void {
    // Closing is enough (RFC 9112 §9.6).
  }
}

/** Lines of the first request that the server takes for those of what it pushes (nginx 1.22 `ngx_http_v2_push_headers`). */
const GUESSED: ReadonlySet<string> = new Set(['accept-encoding', 'accept-language', 'user-agent']);

class Speaker2 implements ClientSpeaker, ServerSpeaker {
  readonly #s: HttpSettings;
  readonly #http: Http2Connection;
  readonly #saysGoodbye: boolean;
  readonly #priority: PriorityOf;

  constructor(s: HttpSettings, log: HttpLog, hooks: HttpHooks, side: 'client' | 'server', priority: PriorityOf) {
    this.#s = s;
    this.#priority = priority;
    const isNginx = side === 'server' && s.server === 'nginx';
    const profile = side === 'client' ? clientProfile(s) : serverProfile(s);
    this.#saysGoodbye = profile.goAway;
    this.#http = new Http2Connection({
      side,
      log,
      settings: profile.settings,
      connectionWindow: profile.connectionWindow,
      encoder: isNginx ? new NginxEncoder() : new TableEncoder(),
      scheduler: (out) => (isNginx ? new NginxScheduler(out) : new UrgencyScheduler(out)),
      hooks,
      priority,
    });
  }

  get room(): number {
    return this.#http.room;
  }
  get outstanding(): number {
    return this.#http.active;
  }
  get isDone(): boolean {
    return this.#http.isDone;
  }

  open(): void {
    this.#http.command({ type: 'open' });
  }

  #fieldsOf(i: number): HeaderField[] {
    const request = requestAt(this.#s, i);
    const scheme = schemeOf(this.#s);
    const priority = priorityText(this.#priority(i));
    return [
      { name: ':method', value: request.requestBytes > 0 ? 'POST' : 'GET' },
      { name: ':path', value: request.path },
      { name: ':scheme', value: scheme },
      { name: ':authority', value: request.authority },
      ...requestFields(this.#s.client, request, scheme, priority),
    ];
  }

  ask(i: number): void {
    const fields = this.#fieldsOf(i);
    this.#http.command({ type: 'request', request: i, fields, body: requestAt(this.#s, i).requestBytes });
  }

  promise(parent: number, i: number): boolean {
    if (!this.#http.mayPromise(parent)) return false;
    const fields = this.#fieldsOf(i).filter(({ name }) => name.startsWith(':') || GUESSED.has(name));
    this.#http.command({ type: 'promise', parent, request: i, fields });
    return true;
  }

  respond(i: number): void {
    const { responseBytes } = requestAt(this.#s, i);
    const fields = [{ name: ':status', value: '200' }, ...responseFields(responseBytes)];
    this.#http.command({ type: 'respond', request: i, fields, body: responseBytes });
  }

  cancel(request: number): boolean {
    this.#http.command({ type: 'cancel', request });
    return true;
  }

  reprioritize(request: number, priority: Priority): void {
    this.#http.command({ type: 'reprioritize', request, priority });
  }

  receive(bytes: HttpBytes): void {
    this.#http.receive(bytes);
  }

  pollEvent(): HttpNotice | null {
    return this.#http.pollEvent();
  }

  pollUnit(): SentUnit | null {
    return this.#http.pollUnit();
  }

  sent(unit: SentUnit): void {
    this.#http.sent(unit);
  }

  advance(): boolean {
    return this.#http.advance();
  }

  takeLeave(): void {
    if (this.#saysGoodbye) this.#http.command({ type: 'goAway' });
  }
}

/** `priority`: what the client wants of a request when it asks. */
export const clientSpeaker = (s: HttpSettings, log: HttpLog, hooks: HttpHooks, priority: PriorityOf): ClientSpeaker =>
  s.version === '2' ? new Speaker2(s, log, hooks, 'client', priority) : new Client1(s, log);

/** `priority`: what the client said of a request when it asked. */
export const serverSpeaker = (s: HttpSettings, log: HttpLog, hooks: HttpHooks, priority: PriorityOf): ServerSpeaker =>
  s.version === '2' ? new Speaker2(s, log, hooks, 'server', priority) : new Server1(s, log, hooks);
