import { NEVER } from '../../../base/time.ts';
import type { Nanos } from '../../../base/time.ts';
import { ErrorCode, Flag, FrameType, Setting } from '../../../wire/http2/codes.ts';
import { DEFAULT_MAX_FRAME_SIZE, PREFACE } from '../../../wire/http2/frame.ts';
import type { Frame } from '../../../wire/http2/frame.ts';
import { updateText } from '../../../wire/http2/priority.ts';
import type { Priority } from '../../../wire/http2/priority.ts';
import { plainUnit, unitSize } from '../../../wire/http/session.ts';
import type { SentUnit } from '../../../wire/http/session.ts';
import type { HeaderField } from '../../../wire/hpack/table.ts';
import type { Endpoint } from '../endpoint.ts';
import type { HttpBytes, HttpNotice } from '../http/notices.ts';
import { UnitReader } from '../http/unitReader.ts';
import type { UnitPiece } from '../http/unitReader.ts';
import { frameUnit, headersParts, latin1, numberIn, promisedIn, promiseParts, settingsIn } from './frames.ts';
import { DEFAULT_WINDOW, LARGEST_WINDOW } from './options.ts';
import type { Http2Command, Http2Options } from './options.ts';
import type { Scheduler } from './scheduler.ts';
import { PeerSettings, settingOf } from './peerSettings.ts';
import { PriorityUpdates } from './priorityUpdates.ts';
import { holdOf, isPushed, moveStream, newStream } from './stream.ts';
import type { Http2Stream } from './stream.ts';
import type { StreamEvent } from './machine.ts';

/** One end of a connection of HTTP/2 (RFC 9113). What it sends stands in the log; the peer reads it there. */
export class Http2Connection implements Endpoint<HttpBytes, Http2Command, HttpNotice> {
  readonly #o: Http2Options;
  readonly #reader: UnitReader;
  readonly #peerUnits: readonly SentUnit[];
  readonly #notices: HttpNotice[] = [];
  readonly #scheduler: Scheduler;
  readonly #out: { connectionWindow: number; maxFrameSize: number; readonly ended: (stream: Http2Stream) => void };
  /** Frames that go before any DATA: HEADERS, and those of the connection. */
  readonly #first: SentUnit[] = [];
  readonly #streams = new Map<number, Http2Stream>();
  readonly #streamOf = new Map<number, Http2Stream>();
  readonly #sentUnits: SentUnit[];
  readonly #streamWindow: number;
  readonly #peer = new PeerSettings();
  #received = 0;
  #nextStream = 1;
  /** Servers open even streams (RFC 9113 §5.1.1). */
  #nextPushed = 2;
  /** Pushed streams among those that are open. */
  #pushed = 0;
  /** Highest stream that the peer has opened: what GOAWAY names. */
  #lastPeerStream = 0;
  readonly #updates: PriorityUpdates;
  #goingAway = false;
  #opened = false;
  #failed = false;

  constructor(options: Http2Options) {
    const { side, log, settings } = options;
    this.#o = options;
    this.#peerUnits = side === 'client' ? log.server : log.client;
    this.#sentUnits = side === 'client' ? log.client : log.server;
    this.#reader = new UnitReader(this.#peerUnits);
    this.#streamWindow = settingOf(settings, Setting.InitialWindowSize) ?? DEFAULT_WINDOW;
    this.#updates = new PriorityUpdates(side, settingOf(settings, Setting.MaxConcurrentStreams) ?? Infinity);
    this.#out = {
      connectionWindow: DEFAULT_WINDOW,
      maxFrameSize: DEFAULT_MAX_FRAME_SIZE,
      ended: (stream) => {
        this.#move(stream, 'SND_END_STREAM');
      },
    };
    this.#scheduler = options.scheduler(this.#out);
  }

  /** Streams that are open, of those that the peer counts (RFC 9113 §5.1.2). */
  get active(): number {
    return this.#streams.size;
  }
  /** No stream has bytes that are not in frames. */
  get isDone(): boolean {
    for (const { left } of this.#streams.values()) if (left > 0) return false;
    return true;
  }
  /** How many more requests may be sent. */
  get room(): number {
    // Each end limits what the other opens: pushed ones are none of ours (RFC 9113 §5.1.2).
    return this.#goingAway ? 0 : Math.max(0, this.#peer.maxStreams - this.active + this.#pushed);
  }

  /** Whether something may be promised with the answer of this request (RFC 9113 §6.6, §8.4). */
  mayPromise(parent: number): boolean {
    const stream = this.#streamOf.get(parent);
    const isOpen = stream?.state === 'open' || stream?.state === 'half-closed (remote)';
    return (
      isOpen && !isPushed(stream) && this.#peer.takesPush && !this.#goingAway && this.#pushed < this.#peer.maxStreams
    );
  }
  /** Bytes of the connection that the peer still takes. */
  get sendWindow(): number {
    return this.#out.connectionWindow;
  }

  command(command: Http2Command): void {
    switch (command.type) {
      case 'open':
        this.#open();
        break;
      case 'request':
        this.#request(command.request, command.fields, command.body);
        break;
      case 'respond':
        this.#respond(command.request, command.fields, command.body);
        break;
      case 'promise':
        this.#promise(command.parent, command.request, command.fields);
        break;
      case 'cancel':
        this.#cancel(command.request);
        break;
      case 'reprioritize':
        this.#reprioritize(command.request, command.priority);
        break;
      case 'ping':
        this.#send({ kind: 'ping', ack: false, data: new Uint8Array(8) });
        break;
      case 'goAway':
        this.#goingAway = true;
        this.#sayGoodbye(ErrorCode.NoError);
        break;
    }
    this.#judge();
  }

  #sayGoodbye(code: number): void {
    this.#send({ kind: 'goAway', lastStream: this.#lastPeerStream, code, debug: new Uint8Array(0) });
  }

  /** The peer has broken a rule: nothing but GOAWAY goes any more (RFC 9113 §5.4.1). */
  #fail(code: number): void {
    this.#failed = true;
    this.#goingAway = true;
    this.#sayGoodbye(code);
    this.#notices.push({ type: 'failed', code });
  }

  /** Preface and settings, and the connection's window where it is to be larger than it begins (RFC 9113 §3.4, §6.9.2). */
  #open(): void {
    if (this.#opened) return;
    this.#opened = true;
    const { side, settings, connectionWindow } = this.#o;
    if (side === 'client') this.#first.push(plainUnit('preface', -1, latin1(PREFACE)));
    this.#send({ kind: 'settings', values: settings });
    if (connectionWindow > DEFAULT_WINDOW)
      this.#send({ kind: 'windowUpdate', stream: 0, increment: connectionWindow - DEFAULT_WINDOW });
  }

  #send(frame: Frame, request = -1): void {
    this.#first.push(frameUnit(frame, request));
  }

  #headers(stream: Http2Stream, fields: readonly HeaderField[], body: number): void {
    const block = this.#o.encoder.encode(fields);
    for (const part of headersParts(stream.id, block, body === 0, this.#out.maxFrameSize))
      this.#send(part, stream.request);
    this.#move(stream, 'SND_HEADERS');
    if (body === 0) this.#move(stream, 'SND_END_STREAM');
    else {
      stream.left = body;
      this.#scheduler.add(stream);
    }
  }

  #request(request: number, fields: readonly HeaderField[], body: number): void {
    const stream = this.#newStream(this.#nextStream, request);
    this.#nextStream += 2; // clients open odd ones (RFC 9113 §5.1.1)
    this.#headers(stream, fields, body);
  }

  #respond(request: number, fields: readonly HeaderField[], body: number): void {
    const stream = this.#streamOf.get(request);
    if (stream) this.#headers(stream, fields, body);
  }

  #promise(parent: number, request: number, fields: readonly HeaderField[]): void {
    const on = this.#streamOf.get(parent);
    if (!on) return;
    const stream = this.#newStream(this.#nextPushed, request);
    this.#nextPushed += 2;
    const block = this.#o.encoder.encode(fields);
    for (const part of promiseParts(on.id, stream.id, block, this.#out.maxFrameSize)) this.#send(part, request);
    this.#move(stream, 'SND_PUSH_PROMISE');
  }

  #cancel(request: number): void {
    const stream = this.#streamOf.get(request);
    if (!stream) return;
    this.#scheduler.remove(stream);
    this.#send({ kind: 'rstStream', stream: stream.id, code: ErrorCode.Cancel }, request);
    this.#move(stream, 'SND_RST_STREAM');
  }

  /** The server hears of it on stream 0, whatever holds back the stream that it is about (RFC 9218 §7.1). */
  #reprioritize(request: number, priority: Priority): void {
    const stream = this.#streamOf.get(request);
    if (!stream) return;
    Object.assign(stream, priority);
    this.#send({ kind: 'priorityUpdate', prioritized: stream.id, value: updateText(priority) });
  }

  #newStream(id: number, request: number): Http2Stream {
    const stream = newStream(id, request, this.#peer.streamWindow, this.#updates.take(id) ?? this.#o.priority(request));
    if (isPushed(stream)) this.#pushed++;
    this.#streams.set(id, stream);
    this.#streamOf.set(request, stream);
    return stream;
  }

  #move(stream: Http2Stream, event: StreamEvent['type']): void {
    moveStream(stream, event, (state) => {
      this.#o.hooks.streamState(stream.id, stream.request, state);
      if (state !== 'closed') return;
      if (stream.hold !== null) this.#o.hooks.held(stream.request, null);
      if (isPushed(stream)) this.#pushed--;
      this.#streams.delete(stream.id);
      this.#streamOf.delete(stream.request);
    });
  }

  receive({ bytes }: HttpBytes): void {
    for (const piece of this.#reader.push(bytes)) {
      if (this.#failed) return;
      if (piece.unit.type === FrameType.Data) this.#data(piece);
      else if (piece.ends) this.#frame(piece.unit);
    }
    this.#judge();
  }

  #data({ unit, body, ends }: UnitPiece): void {
    const stream = this.#streams.get(unit.stream);
    const isEnd = (unit.flags & Flag.EndStream) !== 0;
    if (body > 0) {
      // The connection's window counts what comes for a closed stream, too (RFC 9113 §6.9).
      this.#received += body;
      if (2 * this.#received >= this.#o.connectionWindow - 1) {
        this.#send({ kind: 'windowUpdate', stream: 0, increment: this.#received });
        this.#received = 0;
      }
    }
    if (!stream) return;
    if (body > 0) {
      stream.received += body;
      // nghttp2 `nghttp2_should_send_window_update`: once half is used; a stream that ends with this frame needs none.
      if (!isEnd && 2 * stream.received >= this.#streamWindow - 1) {
        this.#send({ kind: 'windowUpdate', stream: stream.id, increment: stream.received }, stream.request);
        stream.received = 0;
      }
      this.#notices.push({ type: 'body', request: stream.request, bytes: body });
    }
    if (ends && isEnd) this.#ended(stream);
  }

  #ended(stream: Http2Stream): void {
    this.#move(stream, 'RCV_END_STREAM');
    this.#notices.push({ type: this.#o.side === 'client' ? 'complete' : 'request', request: stream.request });
  }

  #frame(unit: SentUnit): void {
    const stream = this.#streams.get(unit.stream) ?? null;
    switch (unit.type) {
      case FrameType.Headers:
        this.#heardHeaders(unit, stream);
        break;
      case FrameType.PushPromise:
        this.#heardPromise(unit);
        break;
      case FrameType.Settings:
        if ((unit.flags & Flag.Ack) === 0) this.#heardSettings(unit);
        break;
      case FrameType.WindowUpdate:
        this.#heardWindow(stream, unit.stream, numberIn(unit));
        break;
      case FrameType.PriorityUpdate:
        this.#heardPriority(unit);
        break;
      case FrameType.RstStream:
        if (stream) {
          this.#scheduler.remove(stream);
          this.#move(stream, 'RCV_RST_STREAM');
          this.#notices.push({ type: 'reset', request: stream.request, code: numberIn(unit) });
        }
        break;
      case FrameType.Ping:
        if ((unit.flags & Flag.Ack) === 0) this.#send({ kind: 'ping', ack: true, data: new Uint8Array(8) });
        break;
      case FrameType.GoAway:
        this.#goingAway = true;
        this.#notices.push({ type: 'goAway' });
        break;
      default:
        break;
    }
  }

  #heardPriority(unit: SentUnit): void {
    const active = this.active - this.#pushed;
    const heard = this.#updates.hear(unit, { last: this.#lastPeerStream, lastPushed: this.#nextPushed - 2, active });
    if (heard.code !== null) this.#fail(heard.code);
    // One that is closed is passed over (RFC 9218 §7.1).
    else Object.assign(this.#streams.get(heard.stream) ?? {}, heard.priority);
  }

  #heardHeaders(unit: SentUnit, known: Http2Stream | null): void {
    const isClient = this.#o.side === 'client';
    // A stream that the client has given up is not opened again by an answer that was on its way.
    if (known === null && isClient) return;
    const stream = known ?? this.#newStream(unit.stream, unit.request);
    this.#lastPeerStream = Math.max(this.#lastPeerStream, unit.stream);
    this.#move(stream, 'RCV_HEADERS');
    if (isClient) this.#notices.push({ type: 'head', request: stream.request });
    if ((unit.flags & Flag.EndStream) !== 0) this.#ended(stream);
  }

  #heardPromise(unit: SentUnit): void {
    const stream = this.#newStream(promisedIn(unit), unit.request);
    this.#lastPeerStream = Math.max(this.#lastPeerStream, stream.id);
    this.#move(stream, 'RCV_PUSH_PROMISE');
    this.#notices.push({ type: 'promise', request: stream.request });
  }

  /** Taken up at once, and acknowledged (RFC 9113 §6.5.3). */
  #heardSettings(unit: SentUnit): void {
    const peer = this.#peer;
    const before = peer.streamWindow;
    peer.take(settingsIn(unit));
    this.#out.maxFrameSize = peer.maxFrameSize;
    if (peer.tableSize !== null) this.#o.encoder.setLimit(peer.tableSize);
    // It moves the windows of open streams by the difference, below zero even (RFC 9113 §6.9.2).
    for (const stream of peer.streamWindow === before ? [] : this.#streams.values()) {
      stream.sendWindow += peer.streamWindow - before;
      this.#scheduler.opened(stream);
    }
    this.#send({ kind: 'settingsAck' });
  }

  #heardWindow(stream: Http2Stream | null, id: number, increment: number): void {
    if (id === 0) {
      this.#out.connectionWindow = Math.min(LARGEST_WINDOW, this.#out.connectionWindow + increment);
      this.#scheduler.opened(null);
    } else if (stream) {
      stream.sendWindow = Math.min(LARGEST_WINDOW, stream.sendWindow + increment);
      this.#scheduler.opened(stream);
    }
  }

  /** Says of each stream with bytes to send whether a window holds it back. */
  #judge(): void {
    for (const stream of this.#streams.values()) {
      const hold = holdOf(stream, this.#out.connectionWindow);
      if (hold === stream.hold) continue;
      stream.hold = hold;
      this.#o.hooks.held(stream.request, hold);
    }
  }

  onTimeout(): void {
    // No timer runs here.
  }

  nextTimeout(): Nanos {
    return NEVER;
  }

  /** The next frame to send, now part of the log; null: there is none, or a window is closed. */
  pollUnit(): SentUnit | null {
    const unit = this.#first.shift() ?? (this.#failed ? null : this.#scheduler.next());
    if (unit === null) return null;
    this.#sentUnits.push(unit);
    this.#judge();
    return unit;
  }

  /** A unit has left this layer with its last byte. */
  sent(unit: SentUnit): void {
    this.#scheduler.sent(unit);
  }

  /** Makes more frames where there are any to make. */
  advance(): boolean {
    const more = !this.#failed && this.#scheduler.advance();
    if (more) this.#judge();
    return more;
  }

  pollTransmit(): HttpBytes | null {
    const unit = this.pollUnit();
    return unit === null ? null : { bytes: unitSize(unit) };
  }

  pollEvent(): HttpNotice | null {
    return this.#notices.shift() ?? null;
  }
}
