import type { Nanos } from '../../../base/time.ts';
import { RECORD_LIMIT } from '../../../wire/tls/record.ts';
import type { TcpCommand, TcpConnection, TcpNotice } from '../../protocol/tcp/connection.ts';
import type { TlsConnection, TlsNotice } from '../../protocol/tls/connection.ts';
import type { Layered, TransportNotice } from '../transport.ts';

/** What one end of TLS reports while it runs. */
export interface SecureProbe {
  /** Application bytes may be sent encrypted. */
  secured(now: Nanos): void;
  /** The connection was given up: the alert's number, and who sent it. */
  failed(now: Nanos, alert: number, fromPeer: boolean): void;
  /** Whether early data was taken (RFC 8446 §4.2.10). */
  early(now: Nanos, accepted: boolean): void;
  /** Bytes of a record lie here and wait for its last one: stream offset of the record and its size; −1: none does. */
  record(now: Nanos, offset: number, size: number): void;
}

export interface TlsTransportOptions {
  readonly tcp: TcpConnection;
  readonly tls: TlsConnection;
  readonly isClient: boolean;
  /** The client writes before the handshake is done (RFC 8446 §2.3). */
  readonly early: boolean;
  readonly probe: SecureProbe;
  /** This end asks for new keys once it has written so many bytes (RFC 8446 §4.6.3); 0: never. */
  readonly keyUpdateAfter: number;
}

/**
 * TLS between an application and TCP: one end. What the application writes becomes records, what TCP delivers becomes
 * bytes again record by record. It reads from TCP as long as less than a record's content waits for the application, so
 * that a slow reader closes the window here, too.
 */
export class TlsTransport implements Layered {
  readonly #o: TlsTransportOptions;
  readonly #notices: TransportNotice[] = [];
  #buffered = 0;
  #pulled = 0;
  #written = 0;
  #updated = false;
  #told = false;
  /** TCP stands, and the client has begun its hello. */
  #opened = false;
  #peerClosed = false;
  /** TCP has handed on the end of the peer's stream. */
  #streamEnded = false;
  /** How TCP is to end once what TLS still has to send is written. */
  #ending: 'close' | 'shutdown' | 'abort' | null = null;
  /** The application has closed both ways: what the peer still sends is read by nobody. */
  #abandoned = false;

  constructor(options: TlsTransportOptions) {
    this.#o = options;
  }

  get readable(): number {
    return this.#buffered;
  }

  get isFull(): boolean {
    return this.#o.tcp.isFull;
  }

  get isDeferred(): boolean {
    return this.#o.tcp.isDeferred;
  }

  get unsent(): number {
    return this.#o.tcp.unsent;
  }

  nextTimeout(): Nanos {
    return this.#o.tls.nextTimeout();
  }

  onTimeout(now: Nanos): void {
    this.#o.tls.onTimeout(now);
    this.#pump(now);
    this.#pull(now);
  }

  pollEvent(): TransportNotice | null {
    return this.#notices.shift() ?? null;
  }

  command(command: TcpCommand, now: Nanos): void {
    switch (command.type) {
      case 'write':
        this.#write(command.bytes, now);
        break;
      case 'read':
        this.take(command.bytes, now);
        break;
      case 'close':
      case 'shutdown':
        this.#end(command.type, now);
        break;
      case 'open':
        // A hello goes before anything that the application may have to say.
        this.#o.tcp.command({ type: 'open', writesFirst: this.#o.isClient }, now);
        break;
      default:
        this.#o.tcp.command(command, now);
    }
  }

  /**
   * Takes leave, and ends TCP behind it. Whoever closes both ways waits for the peer's close_notify with TCP half open,
   * since a socket closed at once would answer that with a reset; unread bytes are answered so (RFC 1122 §4.2.2.13).
   */
  #end(how: 'close' | 'shutdown', now: Nanos): void {
    const { tls } = this.#o;
    const speaks = this.#hasBegun && !tls.handshake.isOver;
    if (how === 'shutdown' || !speaks) this.#ending = how;
    else {
      this.#ending = this.#buffered > 0 ? 'abort' : this.#peerClosed ? 'close' : 'shutdown';
      this.#abandoned = true;
    }
    if (speaks) tls.command({ type: 'close' }, now);
    this.#pump(now);
  }

  /** Before anything was said there is nothing to take leave of. */
  get #hasBegun(): boolean {
    return this.#o.isClient ? this.#opened : this.#o.tls.handshake.state !== 'START';
  }

  take(bytes: number, now: Nanos): number {
    const taken = Math.min(bytes, this.#buffered);
    this.#buffered -= taken;
    if (taken > 0) this.#pull(now);
    return taken;
  }

  /** Hears what TCP has to tell. */
  hear(now: Nanos): void {
    const { tcp } = this.#o;
    for (let notice = tcp.pollEvent(); notice !== null; notice = tcp.pollEvent()) this.#heard(notice, now);
  }

  #heard(notice: TcpNotice, now: Nanos): void {
    const { tls, isClient, early } = this.#o;
    switch (notice) {
      case 'connected':
        if (isClient) {
          this.#opened = true;
          tls.command({ type: 'open' }, now);
        }
        // Early data is asked for by writing before the hello has gone.
        if (early) this.#tell(now);
        this.#pull(now);
        break;
      case 'readable':
        this.#pull(now);
        break;
      case 'peer-closed':
        this.#streamEnded = true;
        this.#pull(now);
        break;
      default:
        this.#notices.push(notice);
    }
  }

  #tell(now: Nanos): void {
    if (this.#told) return;
    this.#told = true;
    this.#o.probe.secured(now);
    this.#notices.push('connected');
  }

  #close(now: Nanos): void {
    if (this.#peerClosed) return;
    this.#peerClosed = true;
    this.#notices.push('peer-closed');
    if (this.#abandoned && this.#ending === null) this.#o.tcp.command({ type: 'close' }, now);
  }

  #write(bytes: number, now: Nanos): void {
    const { tls, keyUpdateAfter } = this.#o;
    const before = keyUpdateAfter > 0 && !this.#updated ? Math.min(bytes, keyUpdateAfter - this.#written) : bytes;
    this.#written += before;
    if (before > 0) tls.command({ type: 'write', bytes: before }, now);
    if (keyUpdateAfter > 0 && !this.#updated && this.#written >= keyUpdateAfter) {
      this.#updated = true;
      tls.command({ type: 'keyUpdate', request: true }, now);
      if (bytes > before) tls.command({ type: 'write', bytes: bytes - before }, now);
    }
    this.#pump(now);
  }

  /** Takes from TCP what the record under way still lacks, one after another, as a library reads a socket. */
  #pull(now: Nanos): void {
    const { tcp, tls, probe } = this.#o;
    while (tcp.readable > 0 && !tls.handshake.busy && !tls.handshake.isOver && this.#buffered < RECORD_LIMIT) {
      const bytes = Math.min(tcp.readable, tls.lacking);
      tcp.command({ type: 'read', bytes }, now);
      this.#pulled += bytes;
      tls.receive({ bytes }, now);
      this.#pump(now);
    }
    // Behind the last record that can be read; a stream that ends without close_notify was cut (RFC 8446 §6.1).
    if (this.#streamEnded && (tcp.readable === 0 || tls.handshake.isOver)) this.#close(now);
    const { waiting } = tls;
    probe.record(now, waiting > 0 ? this.#pulled - waiting : -1, waiting > 0 ? waiting + tls.lacking : 0);
  }

  /** What TLS has to send goes to TCP, what it has to say is passed on. */
  #pump(now: Nanos): void {
    const { tcp, tls } = this.#o;
    for (let notice = tls.pollEvent(); notice; notice = tls.pollEvent()) this.#say(notice, now);
    // Hello and early data leave in one write where that is the SYN's (OpenSSL buffers both: `SSL_write_early_data`).
    let onSyn = 0;
    for (let write = tls.pollTransmit(); write; write = tls.pollTransmit()) {
      if (tcp.isDeferred) onSyn += write.bytes;
      else tcp.command({ type: 'write', bytes: write.bytes }, now);
    }
    if (onSyn > 0) tcp.command({ type: 'write', bytes: onSyn }, now);
    if (this.#ending === null || !(tls.hasClosed || tls.handshake.isOver || !this.#hasBegun)) return;
    tcp.command({ type: this.#ending }, now);
    this.#ending = null;
    if (this.#abandoned && this.#peerClosed) tcp.command({ type: 'close' }, now);
  }

  #say(notice: TlsNotice, now: Nanos): void {
    const { probe } = this.#o;
    switch (notice.type) {
      case 'writable':
        this.#tell(now);
        break;
      case 'readable':
        this.#buffered += notice.bytes;
        if (this.#abandoned) this.#o.tcp.command({ type: 'abort' }, now);
        else this.#notices.push('readable');
        break;
      case 'peer-closed':
        this.#close(now);
        break;
      case 'early':
        probe.early(now, notice.accepted);
        break;
      case 'failed':
        probe.failed(now, notice.alert, notice.fromPeer);
        this.#notices.push('failed');
        this.#ending = 'close';
        break;
      default:
        break;
    }
  }
}
