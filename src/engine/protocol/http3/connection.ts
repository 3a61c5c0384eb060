import { unitSize } from '../../../wire/http/session.ts';
import type { SentUnit } from '../../../wire/http/session.ts';
import type { HeaderField } from '../../../wire/hpack/table.ts';
import { parsePriority, updateText } from '../../../wire/http2/priority.ts';
import type { Priority } from '../../../wire/http2/priority.ts';
import { ErrorCode, FrameType, StreamType } from '../../../wire/http3/codes.ts';
import { asNumber } from '../../../wire/varint.ts';
import type { HttpNotice } from '../http/notices.ts';
import type { StreamEvent } from '../http2/machine.ts';
import { nextStreamState } from '../http2/table.ts';
import { isUni } from '../quic/stream.ts';
import { FieldSections } from './fieldSections.ts';
import type { Http3Command, Http3Input, Http3Options, Http3Output } from './options.ts';
import { PeerStreams } from './peerStreams.ts';
import { newStream } from './stream.ts';
import type { Http3Stream } from './stream.ts';
import { dataUnit, frameIn, frameUnit, headersUnit, streamTypeUnit } from './units.ts';

/** Ids of the streams that each side opens for itself, as nghttp3 does: control, QPACK encoder, QPACK decoder (RFC 9000 §2.1). */
const OWN = {
  client: { control: 2, encoder: 6, decoder: 10 },
  server: { control: 3, encoder: 7, decoder: 11 },
} as const;

const isPriorityUpdate = (type: number): boolean =>
  type === FrameType.PriorityUpdateRequest || type === FrameType.PriorityUpdatePush;
const NOT_HERE = 'PRIORITY_UPDATE belongs on the control stream of a client';

/**
 * One end of a connection of HTTP/3 (RFC 9114), with QPACK (RFC 9204) and priorities (RFC 9218). What it sends stands in
 * the log; the peer reads it there. Nothing is pushed: MAX_PUSH_ID is never sent, so that no server may (RFC 9114 §4.6).
 */
export class Http3Connection {
  readonly #o: Http3Options;
  readonly #own: { readonly control: number; readonly encoder: number; readonly decoder: number };
  readonly #sent: SentUnit[];
  readonly #peer: PeerStreams;
  readonly #out: Http3Output[] = [];
  readonly #notices: HttpNotice[] = [];
  readonly #streams = new Map<number, Http3Stream>();
  readonly #streamOf = new Map<number, Http3Stream>();
  /** Streams that are closed here: what still comes on them is read and dropped. */
  readonly #closed = new Set<number>();
  readonly #sections: FieldSections;
  /** The latest that PRIORITY_UPDATE said of streams whose request is not read yet (RFC 9218 §7). */
  readonly #updates = new Map<number, Priority>();
  #nextStream = 0;
  /** The first stream of the peer's that is not taken up: what GOAWAY names. */
  #nextPeerStream = 0;
  #opened = false;
  #goingAway = false;
  #failed = false;

  constructor(options: Http3Options) {
    const { side, log } = options;
    this.#o = options;
    this.#own = OWN[side];
    this.#sent = side === 'client' ? log.client : log.server;
    this.#peer = new PeerStreams(side === 'client' ? log.server : log.client);
    this.#sections = new FieldSections(options, this.#own, (code, reason) => {
      this.#fail(code, reason);
    });
  }

  #fail(code: number, reason: string): void {
    this.#failed = true;
    this.#out.push({ type: 'close', code, reason });
  }

  /** Requests that are not over at this end. */
  get active(): number {
    return this.#streams.size;
  }
  /** No new request may go on this connection. */
  get isGoingAway(): boolean {
    return this.#goingAway;
  }
  /** Both tables of this end: what it has inserted, and what the peer has. */
  get tables(): FieldSections['tables'] {
    return this.#sections.tables;
  }

  command(command: Http3Command): void {
    switch (command.type) {
      case 'open':
        this.#open(command.early);
        break;
      case 'request': {
        const stream = this.#newStream(this.#nextStream, command.request);
        this.#nextStream += 4; // clients open every fourth (RFC 9000 §2.1)
        this.#message(stream, command.fields, command.body);
        break;
      }
      case 'respond': {
        const stream = this.#streamOf.get(command.request);
        if (stream) this.#message(stream, command.fields, command.body);
        break;
      }
      case 'cancel': {
        const stream = this.#streamOf.get(command.request);
        if (stream) this.#abandon(stream);
        break;
      }
      case 'reprioritize': {
        const stream = this.#streamOf.get(command.request);
        if (stream) this.#reprioritize(stream.id, command.priority);
        break;
      }
      case 'goAway': {
        this.#goingAway = true;
        // A server names the first request that it leaves alone, a client a push (RFC 9114 §5.2, §7.2.6).
        const id = this.#o.side === 'server' ? this.#nextPeerStream : 0;
        this.#send(frameUnit(this.#own.control, { kind: 'goAway', id }));
        break;
      }
    }
  }

  /** The three streams of each side (RFC 9114 §6.2.1, RFC 9204 §4.2). They go before any answer, whatever its urgency. */
  #open(early: boolean): void {
    if (this.#opened) return;
    this.#opened = true;
    const { control, encoder, decoder } = this.#own;
    for (const stream of [control, decoder, encoder])
      this.#out.push({ type: 'prioritize', stream, urgency: 0, incremental: false });
    this.#send(streamTypeUnit(control, StreamType.Control));
    this.#send(frameUnit(control, { kind: 'settings', values: this.#o.settings }));
    this.#send(streamTypeUnit(decoder, StreamType.QpackDecoder));
    this.#send(streamTypeUnit(encoder, StreamType.QpackEncoder));
    if (early && this.#o.remembered !== null) this.#sections.setPeer(this.#o.remembered);
  }

  /** What follows on the same stream goes in the same write. */
  #send(unit: SentUnit, fin = false): void {
    const { stream } = unit;
    const last = this.#out.at(-1);
    const joins = last?.type === 'write' && last.stream === stream;
    if (joins) this.#out.pop();
    this.#sent.push(unit);
    this.#out.push({ type: 'write', stream, bytes: (joins ? last.bytes : 0) + unitSize(unit), fin });
  }

  /** HEADERS and DATA; entries that the section needs go on the encoder stream, ahead of it. */
  #message(stream: Http3Stream, fields: readonly HeaderField[], body: number): void {
    const { instructions, section } = this.#sections.encode(stream.id, fields);
    for (const one of instructions) this.#send(one);
    this.#send(headersUnit(stream.id, stream.request, section, this.#o.lengthSize), body === 0);
    this.#move(stream, 'SND_HEADERS');
    const most = this.#o.dataBytes || body;
    for (let from = 0; from < body; from += most) {
      const length = Math.min(most, body - from);
      this.#send(dataUnit(stream.id, stream.request, from, length), from + length === body);
    }
  }

  /** On the control stream: it may overtake the request that it is about (RFC 9218 §7.2). */
  #reprioritize(id: number, priority: Priority): void {
    const frame = { kind: 'priorityUpdate', of: 'request', id, value: updateText(priority) } as const;
    this.#send(frameUnit(this.#own.control, frame));
  }

  #newStream(id: number, request: number): Http3Stream {
    const stream = newStream(id, request);
    this.#streams.set(id, stream);
    this.#streamOf.set(request, stream);
    return stream;
  }

  #move(stream: Http3Stream, event: StreamEvent['type']): void {
    const next = nextStreamState(stream.state, event);
    if (next === null || next === stream.state) return;
    stream.state = next;
    this.#o.hooks.streamState(stream.id, stream.request, next);
    if (next !== 'closed') return;
    if (stream.isBlocked) this.#o.hooks.held(stream.request, null);
    this.#streams.delete(stream.id);
    this.#streamOf.delete(stream.request);
    this.#closed.add(stream.id);
    this.#updates.delete(stream.id);
  }

  /** Neither written nor read any further (RFC 9114 §4.1.1). */
  #abort(stream: number, code: number): void {
    this.#out.push({ type: 'stopSending', stream, code });
    this.#out.push({ type: 'reset', stream, code });
  }

  #abandon(stream: Http3Stream): void {
    this.#abort(stream.id, ErrorCode.RequestCancelled);
    this.#drop(stream, 'SND_RST_STREAM');
  }

  /** A stream is over before its time; the peer's encoder is told that its section may never be read (RFC 9204 §2.2.2.2). */
  #drop(stream: Http3Stream, event: StreamEvent['type']): void {
    if (!stream.isComplete) this.#sections.cancel(stream.id);
    if (stream.unread > 0) this.#out.push({ type: 'read', stream: stream.id, bytes: stream.unread });
    this.#move(stream, event);
  }

  receive(input: Http3Input): void {
    if (this.#failed) return;
    const { stream: id } = input;
    const stream = this.#streams.get(id) ?? null;
    switch (input.type) {
      case 'readable':
        if (isUni(id)) this.#heardOwn(id, input.bytes);
        else this.#heard(stream, input);
        break;
      case 'acknowledged':
        if (stream) this.#move(stream, 'SND_END_STREAM');
        break;
      case 'stopped': // QUIC resets this end's part by itself (RFC 9000 §3.5)
      case 'reset':
        if (stream) {
          this.#drop(stream, 'RCV_RST_STREAM');
          this.#notices.push({ type: 'reset', request: stream.request, code: input.code });
        } else if (this.#o.side === 'server' && !isUni(id) && !this.#closed.has(id)) {
          this.#ignore(id); // it was given up before anything of it could be read
        }
        break;
    }
  }

  /** A request that nobody looks at. */
  #ignore(id: number): void {
    this.#closed.add(id);
    this.#sections.cancel(id);
  }

  /** Bytes of a request or its answer. */
  #heard(known: Http3Stream | null, { stream: id, bytes, fin }: Extract<Http3Input, { type: 'readable' }>): void {
    const isNew = known === null && this.#o.side === 'server' && !this.#closed.has(id);
    // What comes behind GOAWAY is refused unseen (RFC 9114 §5.2, §4.1.1).
    const isLate = isNew && this.#goingAway;
    if (isLate) {
      this.#abort(id, ErrorCode.RequestRejected);
      this.#ignore(id);
    }
    if (isLate || (known === null && !isNew)) {
      if (bytes > 0) this.#out.push({ type: 'read', stream: id, bytes });
      return;
    }
    const stream = known ?? this.#newStream(id, this.#peer.requestOf(id));
    if (known === null) {
      this.#nextPeerStream = Math.max(this.#nextPeerStream, id + 4);
      this.#move(stream, 'RCV_HEADERS'); // the first of its bytes opens it (RFC 9000 §3.2)
    }
    stream.unread += bytes;
    stream.hasEnd ||= fin;
    stream.waiting.push(...this.#peer.push(id, bytes));
    this.#advance(stream);
  }

  /** Deals with what has come, as far as QPACK lets it. */
  #advance(stream: Http3Stream): void {
    const { id, request, waiting } = stream;
    while (!stream.isBlocked && waiting.length > 0) {
      const piece = waiting.shift();
      if (piece?.unit.type === FrameType.Data) {
        if (piece.body > 0) this.#notices.push({ type: 'body', request, bytes: piece.body });
      } else if (piece?.unit.type === FrameType.Headers && piece.ends) this.#section(stream, piece.unit);
      else if (piece && isPriorityUpdate(piece.unit.type)) {
        this.#fail(ErrorCode.FrameUnexpected, NOT_HERE);
        return;
      }
    }
    if (stream.isBlocked || this.#failed) return;
    if (stream.unread > 0) this.#out.push({ type: 'read', stream: id, bytes: stream.unread });
    stream.unread = 0;
    if (!stream.hasEnd || stream.isComplete) return;
    stream.isComplete = true;
    this.#move(stream, 'RCV_END_STREAM');
    this.#notices.push({ type: this.#o.side === 'client' ? 'complete' : 'request', request });
  }

  #section(stream: Http3Stream, headers: SentUnit): void {
    const fields = this.#sections.decode(stream.id, headers);
    if (fields !== null) this.#fields(stream, fields);
    stream.isBlocked = this.#sections.waits(stream.id);
    if (stream.isBlocked) this.#o.hooks.held(stream.request, 'QPACK table');
  }

  #fields(stream: Http3Stream, fields: readonly HeaderField[]): void {
    if (this.#o.side === 'client') {
      this.#notices.push({ type: 'head', request: stream.request });
      return;
    }
    // RFC 9218 §5, §10: the field says how the answer is to share the connection.
    const said = fields.find(({ name }) => name === 'priority')?.value ?? '';
    this.#prioritize(stream.id, this.#updates.get(stream.id) ?? parsePriority(said));
    this.#updates.delete(stream.id);
    stream.isAsked = true;
  }

  #prioritize(stream: number, said: Priority): void {
    const { urgency, incremental } = this.#o.order === 'priority' ? said : parsePriority('i');
    this.#out.push({ type: 'prioritize', stream, urgency, incremental });
  }

  /** Bytes of one of the peer's own streams: they are read at once. */
  #heardOwn(id: number, bytes: number): void {
    if (bytes > 0) this.#out.push({ type: 'read', stream: id, bytes });
    for (const { unit, ends } of this.#peer.push(id, bytes)) {
      if (!ends || unit.kind === 'streamType' || this.#failed) continue;
      const type = this.#peer.typeOf(id)?.head.charCodeAt(0);
      if (type === StreamType.QpackEncoder) this.#insert(unit);
      else if (type === StreamType.QpackDecoder) this.#sections.acknowledge(unit);
      else if (type === StreamType.Control) this.#control(unit);
    }
  }

  /** An entry may set sections free that wait for it. */
  #insert(unit: SentUnit): void {
    for (const { stream: id, fields } of this.#sections.insert(unit)) {
      const stream = this.#streams.get(id);
      if (!stream) continue;
      stream.isBlocked = false;
      this.#o.hooks.held(stream.request, null);
      this.#fields(stream, fields);
      this.#advance(stream);
    }
  }

  #control(unit: SentUnit): void {
    const read = frameIn(unit);
    if (!read.ok) {
      this.#fail(read.code, read.problems[0]?.what ?? '');
      return;
    }
    const frame = read.value;
    if (frame.kind === 'settings') this.#sections.setPeer(frame.values);
    else if (frame.kind === 'goAway') this.#heardGoAway(asNumber(frame.id));
    else if (frame.kind === 'priorityUpdate') this.#heardPriority(frame.of, asNumber(frame.id), frame.value);
  }

  /** RFC 9218 §7.2: from a client only, about a stream that it may open, or a push that was promised: here none is. */
  #heardPriority(of: 'request' | 'push', id: number, value: string): void {
    const { side, maxStreams = Infinity } = this.#o;
    if (side === 'client') this.#fail(ErrorCode.FrameUnexpected, NOT_HERE);
    else if (of === 'push') this.#fail(ErrorCode.IdError, 'PRIORITY_UPDATE names a push that was not promised');
    else if (id >= this.#nextPeerStream + 4 * maxStreams)
      this.#fail(ErrorCode.IdError, 'PRIORITY_UPDATE names a stream beyond those that may be opened');
    else if (this.#closed.has(id)) return;
    else if (this.#streams.get(id)?.isAsked === true) this.#prioritize(id, parsePriority(value));
    else this.#updates.set(id, parsePriority(value));
  }

  /** Requests from `id` on are not answered; they may go again elsewhere (RFC 9114 §5.2). */
  #heardGoAway(id: number): void {
    this.#goingAway = true;
    this.#notices.push({ type: 'goAway' });
    if (this.#o.side === 'server') return; // a client's names a push
    for (const stream of [...this.#streams.values()]) {
      if (stream.id < id) continue;
      this.#abandon(stream);
      this.#notices.push({ type: 'reset', request: stream.request, code: ErrorCode.RequestRejected });
    }
  }

  /** The next thing that QUIC is to do. What QPACK's decoder has to say goes last, for all that has been heard. */
  pollTransmit(): Http3Output | null {
    if (this.#out.length === 0 && this.#opened) for (const one of this.#sections.feedback()) this.#send(one);
    return this.#out.shift() ?? null;
  }

  pollEvent(): HttpNotice | null {
    return this.#notices.shift() ?? null;
  }
}
