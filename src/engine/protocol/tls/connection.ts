import type { Nanos } from '../../../base/time.ts';
import { Alert, ContentType } from '../../../wire/tls/codes.ts';
import { Epoch } from '../../../wire/tls/epoch.ts';
import { handshakeSize } from '../../../wire/tls/handshake/message.ts';
import { RECORD_LIMIT } from '../../../wire/tls/record.ts';
import type { SentRecord, SessionLog, Side } from '../../../wire/tls/make/session.ts';
import type { Endpoint } from '../endpoint.ts';
import type { ClientConfig, ServerConfig } from './config.ts';
import { TlsHandshake } from './handshake.ts';
import type { HandshakeNotice } from './handshake.ts';
import { RecordWriter } from './records.ts';

/** Bytes of the TCP stream: to be written in one call, or newly there in order. Which records they are, the log knows. */
export interface TlsBytes {
  readonly bytes: number;
}

export type TlsCommand =
  | { readonly type: 'open' }
  /** Application bytes. Before the handshake is done they wait, or go as early data. */
  | { readonly type: 'write'; readonly bytes: number }
  | { readonly type: 'keyUpdate'; readonly request: boolean }
  /** close_notify, behind everything written. */
  | { readonly type: 'close' };

export type TlsNotice =
  | HandshakeNotice
  /** Application bytes of one whole record; `early`: they may be a replay (RFC 8446 §8). */
  | { readonly type: 'readable'; readonly bytes: number; readonly early: boolean; readonly record: number };

export interface TlsConnectionOptions {
  readonly side: Side;
  /** The client's settings; null at the server. */
  readonly client: ClientConfig | null;
  readonly server: ServerConfig | null;
  /** Shared by both ends of the connection: what each sent. */
  readonly log: SessionLog;
  readonly onState: (now: Nanos, state: string) => void;
  /** The n-th protected record that this end sends arrives changed; 0: none. */
  readonly damage: number;
}

/** One end of TLS over TCP: the handshake, and the record layer beside it (RFC 8446 §5). */
export class TlsConnection implements Endpoint<TlsBytes, TlsCommand, TlsNotice> {
  readonly handshake: TlsHandshake;
  readonly #options: TlsConnectionOptions;
  readonly #writer: RecordWriter;
  readonly #incoming: readonly SentRecord[];
  readonly #notices: TlsNotice[] = [];
  /** Writes that TCP has not taken yet, bytes each. */
  readonly #writes: number[] = [];
  #open = 0;
  #pending = 0;
  #earlySent = 0;
  #closeWaits = false;
  #writable = false;
  /** Bytes of the peer's stream: arrived in order, and used up by whole records. */
  #arrived = 0;
  #used = 0;
  #nextRecord = 0;
  /** Handshake bytes read, and those of messages handed on; next message of the log. */
  #handshakeRead = 0;
  #handshakeDone = 0;
  #nextMessage = 0;

  constructor(options: TlsConnectionOptions) {
    const { client, server, log, side } = options;
    this.#options = options;
    this.#incoming = log.records[side === 'client' ? 'server' : 'client'];
    this.handshake = new TlsHandshake(client, server, {
      chainOf: (from) => (from === 'server' ? log.serverChain : log.clientChain),
      onState: options.onState,
    });
    this.#writer = new RecordWriter(this.handshake, log.records[side], options.damage);
  }

  /** Bytes that have arrived and are of no use before the last one of their record is there. */
  get waiting(): number {
    return this.#arrived - this.#used;
  }
  /** Bytes that the next record still lacks; 0 before the peer has written it. */
  get lacking(): number {
    const record = this.#incoming[this.#nextRecord];
    return record ? record.size - this.waiting : 0;
  }
  /** close_notify has gone: nothing of this end follows it. */
  get hasClosed(): boolean {
    return this.handshake.context.closed;
  }

  command(command: TlsCommand, now: Nanos): void {
    switch (command.type) {
      case 'open':
        this.handshake.command({ type: 'open' }, now);
        break;
      case 'write':
        this.#pending += command.bytes;
        this.#send();
        break;
      case 'keyUpdate':
        this.handshake.command(command, now);
        break;
      case 'close':
        this.#closeWaits = true;
        break;
    }
    this.#pump(now);
  }

  receive({ bytes }: TlsBytes, now: Nanos): void {
    this.#arrived += bytes;
    this.#read(now);
  }

  nextTimeout(): Nanos {
    return this.handshake.nextTimeout();
  }

  onTimeout(now: Nanos): void {
    this.handshake.onTimeout(now);
    this.#pump(now);
    this.#read(now);
  }

  pollTransmit(): TlsBytes | null {
    const bytes = this.#writes.shift();
    return bytes === undefined ? null : { bytes };
  }

  pollEvent(): TlsNotice | null {
    return this.#notices.shift() ?? null;
  }

  /** Reads whole records as long as the handshake has time for them. */
  #read(now: Nanos): void {
    for (;;) {
      const record = this.#incoming[this.#nextRecord];
      const { handshake } = this;
      if (!record || this.#used + record.size > this.#arrived || handshake.busy || handshake.isOver) return;
      this.#used += record.size;
      this.#hear(record, this.#nextRecord++, now);
      this.#pump(now);
    }
  }

  #hear(record: SentRecord, index: number, now: Nanos): void {
    const { handshake } = this;
    // Early data that was not accepted cannot be opened: it is passed over (RFC 8446 §4.2.10).
    if (record.epoch === Epoch.Early && handshake.early === 'rejected') return;
    const config = this.#options.client ?? this.#options.server;
    const limit = record.epoch === Epoch.Plain ? RECORD_LIMIT : (config?.recordSizeLimit ?? RECORD_LIMIT);
    if (record.damaged) handshake.command({ type: 'fail', alert: Alert.BadRecordMac }, now);
    else if (record.length > limit) handshake.command({ type: 'fail', alert: Alert.RecordOverflow }, now);
    else if (record.alert) {
      const [level, description] = record.alert;
      handshake.receive({ kind: 'alert', epoch: record.epoch, level, description, last: true }, now);
    } else if (record.type === ContentType.ChangeCipherSpec) {
      handshake.receive({ kind: 'ccs', epoch: record.epoch, last: true }, now);
    } else if (record.type === ContentType.Handshake) {
      this.#handshakeRead += record.length;
      this.#messages(record.epoch, now);
    } else {
      const early = record.epoch === Epoch.Early;
      if (handshake.isConnected || early)
        this.#notices.push({ type: 'readable', bytes: record.length, early, record: index });
      else handshake.command({ type: 'fail', alert: Alert.UnexpectedMessage }, now);
    }
  }

  /** Hands on the messages whose last byte is there: a record may hold a part of one, or several. */
  #messages(epoch: number, now: Nanos): void {
    const { messages } = this.#options.log;
    for (; this.#nextMessage < messages.length; this.#nextMessage++) {
      const sent = messages[this.#nextMessage];
      if (!sent || sent.from === this.#options.side) continue;
      const size = handshakeSize(sent.message);
      if (this.#handshakeDone + size > this.#handshakeRead) return;
      this.#handshakeDone += size;
      this.handshake.receive({ kind: 'handshake', epoch, message: sent.message, size, last: true }, now);
    }
  }

  /** What the handshake has to send becomes records, what it has to say is passed on. */
  #pump(now: Nanos): void {
    const { handshake } = this;
    this.#take();
    for (let notice = handshake.pollEvent(); notice; notice = handshake.pollEvent()) {
      if (notice.type === 'writable') this.#writable = true;
      // The carrier sends again what the server did not take; not all bytes are safe to repeat, these were the request.
      else if (notice.type === 'early' && !notice.accepted && this.#options.client) {
        this.#pending += this.#earlySent;
        this.#earlySent = 0;
      }
      this.#notices.push(notice);
    }
    this.#send();
    if (this.#closeWaits && this.#pending === 0 && (this.#writable || handshake.isConnected)) {
      this.#closeWaits = false;
      this.#writable = false;
      handshake.command({ type: 'close' }, now);
      this.#take();
    }
  }

  #take(): void {
    for (let item = this.handshake.pollTransmit(); item; item = this.handshake.pollTransmit()) {
      if (item.kind === 'handshake')
        this.#options.log.messages.push({ from: this.#options.side, message: item.message });
      this.#open += this.#writer.item(item);
      if (!item.last) continue;
      if (item.kind !== 'alert') this.#open += this.#early();
      this.#writes.push(this.#open);
      this.#open = 0;
    }
  }

  /** Early data rides in the write of the ClientHello; returns its size. */
  #early(): number {
    const { handshake, client } = { handshake: this.handshake, client: this.#options.client };
    if (handshake.early !== 'offered' || !client?.stored) return 0;
    const bytes = Math.min(this.#pending, client.stored.maxEarly - this.#earlySent);
    if (bytes <= 0) return 0;
    this.#pending -= bytes;
    this.#earlySent += bytes;
    return this.#writer.content(ContentType.ApplicationData, Epoch.Early, bytes);
  }

  /** What the application wrote, in one write. */
  #send(): void {
    if (this.#pending === 0 || this.handshake.isOver) return;
    if (!this.#writable) {
      // Early data that is written later than the hello goes at once.
      if (this.handshake.early === 'offered' && this.handshake.writeEpoch === Epoch.Early) {
        const size = this.#early();
        if (size > 0) this.#writes.push(size);
      }
      return;
    }
    this.#writes.push(this.#writer.content(ContentType.ApplicationData, this.handshake.writeEpoch, this.#pending));
    this.#pending = 0;
  }
}
