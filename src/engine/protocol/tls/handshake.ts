import { fromMs, nanos, NEVER } from '../../../base/time.ts';
import type { Nanos } from '../../../base/time.ts';
import { Alert, AlertLevel } from '../../../wire/tls/codes.ts';
import { Epoch } from '../../../wire/tls/epoch.ts';
import { handshakeSize } from '../../../wire/tls/handshake/message.ts';
import type { ClientHello, HandshakeMessage } from '../../../wire/tls/handshake/message.ts';
import { alertSentence } from '../../../wire/tls/alerts.ts';
import { alertName } from '../../../wire/tls/names.ts';
import type { Chain } from '../../../wire/x509/chain.ts';
import type { Endpoint } from '../endpoint.ts';
import { agreementMs } from './effort.ts';
import type { ClientConfig, Costs, ServerConfig, StoredSession } from './config.ts';
import { finishClient12, receiveClient12 } from './client12.ts';
import { finishClient13, openClient, receiveClient13, retryClient } from './client13.ts';
import { answerHello, completeServer13, receiveServer13 } from './server13.ts';
import { completeServer12, receiveServer12 } from './server12.ts';
import { nextState, tables } from './table.ts';
import type { TlsContext, TlsEvent, TlsTable } from './table.ts';

/** What one end gives to its carrier: records over TCP, CRYPTO frames over QUIC. `last`: the flight may be sent now. */
export type TlsItem =
  | {
      readonly kind: 'handshake';
      readonly epoch: number;
      readonly message: HandshakeMessage;
      readonly size: number;
      last: boolean;
    }
  | { readonly kind: 'ccs'; readonly epoch: number; last: boolean }
  | {
      readonly kind: 'alert';
      readonly epoch: number;
      readonly level: number;
      readonly description: number;
      last: boolean;
    };

export type HandshakeCommand =
  | { readonly type: 'open' }
  /** New keys for what this end sends; `request`: for the peer too (RFC 8446 §4.6.3). */
  | { readonly type: 'keyUpdate'; readonly request: boolean }
  | { readonly type: 'close' }
  /** The carrier found a fault: a wrong tag, a record too large. */
  | { readonly type: 'fail'; readonly alert: number };

export type HandshakeNotice =
  /** Application bytes may be sent. */
  | { readonly type: 'writable' }
  /** Both Finished are through. */
  | { readonly type: 'connected' }
  | { readonly type: 'early'; readonly accepted: boolean }
  | { readonly type: 'ticket'; readonly session: StoredSession }
  | { readonly type: 'peer-closed' }
  | { readonly type: 'failed'; readonly alert: number; readonly fromPeer: boolean; readonly sentence: string };

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** Work that takes the host's time; while it lasts, what arrives waits. */
export type Deed = 'open' | 'retry' | 'finish13' | 'finish12' | 'answer' | 'complete13' | 'complete12';

export interface HandshakeOptions {
  readonly chainOf: (side: 'client' | 'server') => Chain | null;
  /** Told of each state entered. */
  readonly onState: (now: Nanos, state: string) => void;
}

/** One end of a TLS handshake (RFC 8446 §4, RFC 5246 §7), without records: what carries its messages is another's matter. */
export class TlsHandshake implements Endpoint<TlsItem, HandshakeCommand, HandshakeNotice> {
  state = 'START';
  now = 0 as Nanos;
  readEpoch: number = Epoch.Plain;
  writeEpoch: number = Epoch.Plain;
  /** What was negotiated; zero until it is. */
  version = 0;
  suite = 0;
  group = 0;
  alpn: string | null = null;
  early: 'none' | 'offered' | 'accepted' | 'rejected' = 'none';
  /** Content that the peer takes in a record (RFC 8449). */
  peerLimit = 16384;
  readonly context: { -readonly [K in keyof TlsContext]: TlsContext[K] } = {
    psk: false,
    early: false,
    asked: false,
    empty: false,
    closed: false,
    resumed: false,
    ticket: false,
  };
  hello: ClientHello | null = null;
  sentCcs = false;
  retried = false;
  /** Which group and cookie a HelloRetryRequest asked for. */
  retryGroup = 0;
  retryCookie = 0;
  extended = false;
  table: TlsTable;
  readonly #outbox: TlsItem[] = [];
  readonly #inbox: TlsItem[] = [];
  readonly #notices: HandshakeNotice[] = [];
  #deed: Deed | null = null;
  #dueAt = NEVER;

  constructor(
    readonly client: ClientConfig | null,
    readonly server: ServerConfig | null,
    readonly options: HandshakeOptions,
  ) {
    this.table = client ? tables.client13 : tables.server13;
  }

  get costs(): Costs {
    const config = this.client ?? this.server;
    return config?.costs ?? { signMs: 0, verifyMs: 0, smallMs: 0 };
  }
  /** Work is under way: what arrives is to wait. */
  get busy(): boolean {
    return this.#deed !== null;
  }
  get isConnected(): boolean {
    return this.state === 'CONNECTED' || this.state === 'PEER_CLOSED' || this.state === 'CLOSING';
  }
  get isOver(): boolean {
    return this.state === 'FAILED' || this.state === 'CLOSED';
  }

  command(command: HandshakeCommand, now: Nanos): void {
    this.now = now;
    switch (command.type) {
      case 'open':
        this.later('open', this.costs.smallMs + sum(this.client?.shares.map(agreementMs) ?? []));
        break;
      case 'keyUpdate':
        if (this.isConnected && this.writeEpoch >= Epoch.Application) this.sendKeyUpdate(command.request);
        break;
      case 'close':
        if (!this.move('CLOSE')) break;
        this.context.closed = true;
        this.sendAlert(AlertLevel.Warning, Alert.CloseNotify);
        break;
      case 'fail':
        this.fail(command.alert);
        break;
    }
  }

  receive(item: TlsItem, now: Nanos): void {
    this.now = now;
    if (this.busy) this.#inbox.push(item);
    else this.#hear(item);
  }

  nextTimeout(): Nanos {
    return this.#dueAt;
  }

  onTimeout(now: Nanos): void {
    this.now = now;
    const deed = this.#deed;
    if (deed === null || this.#dueAt > now) return;
    this.#deed = null;
    this.#dueAt = NEVER;
    this.#do(deed);
    while (!this.busy && this.#inbox.length > 0) this.#hear(this.#inbox.shift() as TlsItem);
  }

  pollTransmit(): TlsItem | null {
    return this.#outbox.shift() ?? null;
  }

  pollEvent(): HandshakeNotice | null {
    return this.#notices.shift() ?? null;
  }

  /** Begins work that takes `ms` of this host. */
  later(deed: Deed, ms: number): void {
    this.#deed = deed;
    this.#dueAt = nanos(this.now + fromMs(ms));
  }

  notify(notice: HandshakeNotice): void {
    this.#notices.push(notice);
  }

  /** Lets the machine hear an event; false where it means nothing in this state. */
  move(event: TlsEvent): boolean {
    const next = nextState(this.table, this.state, event, this.context);
    if (next === null) return false;
    if (next !== this.state) {
      this.state = next;
      this.options.onState(this.now, next);
    }
    return true;
  }

  /** An event that the peer's message brought: where it has no place, the connection ends (RFC 8446 §6.2). */
  heard(event: TlsEvent): boolean {
    if (this.move(event)) return true;
    this.fail(Alert.UnexpectedMessage);
    return false;
  }

  send(message: HandshakeMessage, epoch = this.writeEpoch): void {
    this.#outbox.push({ kind: 'handshake', epoch, message, size: handshakeSize(message), last: false });
  }

  sendCcs(): void {
    this.sentCcs = true;
    this.#outbox.push({ kind: 'ccs', epoch: Epoch.Plain, last: false });
  }

  /** The compatibility change_cipher_spec, once (RFC 8446 appendix D.4). */
  sendCompatibility(): void {
    if ((this.client ?? this.server)?.compatibility === true && !this.sentCcs) this.sendCcs();
  }

  /** What was sent up to here leaves in one write. */
  flush(): void {
    const last = this.#outbox[this.#outbox.length - 1];
    if (last) last.last = true;
  }

  sendKeyUpdate(request: boolean): void {
    // Nothing follows this end's close_notify (RFC 8446 §6.1).
    if (this.context.closed) return;
    this.send({ type: 'keyUpdate', request });
    this.writeEpoch++;
    this.flush();
  }

  sendAlert(level: number, description: number): void {
    this.#outbox.push({ kind: 'alert', epoch: this.writeEpoch, level, description, last: true });
  }

  /** Ends the connection with a fatal alert. */
  fail(alert: number): void {
    if (this.isOver) return;
    if (this.context.closed) {
      this.#end(alert, false);
      return;
    }
    // The keys of an encrypted alert come after the client's change_cipher_spec, as for any other record.
    if (this.writeEpoch === Epoch.Handshake) this.sendCompatibility();
    this.sendAlert(AlertLevel.Fatal, alert);
    this.#end(alert, false);
  }

  #end(alert: number, fromPeer: boolean): void {
    this.#deed = null;
    this.#dueAt = NEVER;
    this.#inbox.length = 0;
    this.move('FAIL');
    const who = fromPeer ? 'The peer sent' : 'Sent';
    this.notify({ type: 'failed', alert, fromPeer, sentence: `${who} ${alertName(alert)}: ${alertSentence(alert)}` });
  }

  #hear(item: TlsItem): void {
    if (this.isOver) return;
    if (item.kind === 'alert') {
      if (item.description !== Alert.CloseNotify) this.#end(item.description, true);
      else if (this.move('RCV_CLOSE_NOTIFY')) this.notify({ type: 'peer-closed' });
      return;
    }
    const is12 = this.table === tables.client12 || this.table === tables.server12;
    if (item.kind === 'ccs') {
      // TLS 1.3 drops it without a thought (RFC 8446 §5).
      if (is12 && this.heard('RCV_CHANGE_CIPHER_SPEC')) this.readEpoch = Epoch.Application;
      return;
    }
    if (this.client) (is12 ? receiveClient12 : receiveClient13)(this, this.client, item.message);
    else if (this.server) (is12 ? receiveServer12 : receiveServer13)(this, this.server, item.message);
  }

  #do(deed: Deed): void {
    const { client, server } = this;
    if (client) {
      if (deed === 'open') openClient(this, client);
      else if (deed === 'retry') retryClient(this, client);
      else if (deed === 'finish13') finishClient13(this, client);
      else if (deed === 'finish12') finishClient12(this, client);
    } else if (server) {
      if (deed === 'answer') answerHello(this, server);
      else if (deed === 'complete13') completeServer13(this, server);
      else if (deed === 'complete12') completeServer12(this);
    }
  }
}
