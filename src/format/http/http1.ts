import { HttpKind } from '../../trace/http.ts';
import { CHUNKS_FOLLOW } from '../../wire/http/session.ts';
import { MessageReader } from '../../wire/http1/reader.ts';
import type { HttpEvent } from '../../wire/http1/reader.ts';
import { exchange } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import type { AppStream } from './place.ts';
import { looksHttp } from './recognise.ts';
import type { UnitTable } from './units.ts';

/** Missing bytes that are taken for content where their number is known: more would be a file of zeros. */
const MOST_FILLED = 1 << 26;

/** A message as it was read from one direction. */
export interface Message {
  /** Start line and fields. */
  readonly head: Extract<HttpEvent, { readonly kind: 'head' }>['message'];
  readonly at: number;
  readonly headEnd: number;
  /** Pieces of content, and lines of chunks. */
  readonly parts: {
    readonly kind: 'content' | 'chunk';
    readonly at: number;
    readonly end: number;
    readonly size: number;
  }[];
  readonly framing: Extract<HttpEvent, { readonly kind: 'head' }>['framing'];
  end: number;
  isWhole: boolean;
}

export interface Messages {
  readonly list: Message[];
  /** Byte behind the last whole message. */
  readonly end: number;
  /** Why nothing more could be read; null where all was. */
  readonly refused: string | null;
  /** Missing bytes that were taken for content, or passed over. */
  readonly lost: number;
}

/** Bytes of the capture, and zeros where it lacks some: [from, to) of either. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly isLost: boolean;
}

const piecesOf = (stream: AppStream, start: number): Piece[] => {
  const pieces: Piece[] = [];
  let at = start;
  for (const gap of stream.gaps) {
    if (gap.at < at) continue;
    if (gap.at > at) pieces.push({ from: at, to: gap.at, isLost: false });
    pieces.push({ from: gap.at, to: gap.at + (gap.lost ?? MOST_FILLED + 1), isLost: true });
    at = gap.at;
  }
  if (at < stream.bytes.length) pieces.push({ from: at, to: stream.bytes.length, isLost: false });
  return pieces;
};

/** Reads messages of one direction from byte `start` on. Where bytes are missing it goes on behind them, if it can. */
class Direction {
  readonly list: Message[] = [];
  end: number;
  refused: string | null = null;
  lost = 0;
  #reader: MessageReader;
  /** The reader's offsets and those of the stream: differ by what it began behind, and by zeros that were filled in. */
  #shift: number;
  #fills: { readonly at: number; readonly size: number }[] = [];
  readonly #kind: 'request' | 'response';

  constructor(
    private readonly stream: AppStream,
    start: number,
    kind: 'request' | 'response',
    private readonly methods: readonly string[],
  ) {
    this.#kind = kind;
    this.end = start;
    this.#shift = start;
    this.#reader = new MessageReader(kind);
    for (const method of methods) this.#reader.asked(method);
  }

  /** Place in the stream of an offset of the reader. */
  #placeOf(offset: number): number {
    let place = offset + this.#shift;
    for (const { at, size } of this.#fills) {
      if (place <= at) break;
      place = Math.max(at, place - size);
    }
    return place;
  }

  run(start: number): void {
    for (const { from, to, isLost } of piecesOf(this.stream, start)) {
      if (isLost) {
        this.lost++;
        const size = to - from;
        if (this.refused !== null || size > MOST_FILLED) {
          this.#restart(from);
          continue;
        }
        this.#fills.push({ at: from, size });
        const read = this.#reader.read(new Uint8Array(size));
        this.#take(read.events);
        this.refused = read.refused?.what ?? null;
        if (this.refused !== null) this.#restart(from);
        continue;
      }
      if (this.refused !== null) continue;
      const begin = Math.max(from, this.#shift);
      if (begin >= to) continue;
      const read = this.#reader.read(this.stream.bytes.subarray(begin, to));
      this.#take(read.events);
      this.refused = read.refused?.what ?? null;
      if (this.refused !== null && this.lost > 0) this.#restart(Math.max(begin, this.end), to);
    }
    if (this.refused === null) this.#take(this.#reader.finish().events);
  }

  /** Goes on with the next packet behind `from` that begins a message. */
  #restart(from: number, to = Infinity): void {
    for (const at of this.stream.starts(from)) {
      if (at >= to && to !== Infinity) break;
      if (looksHttp(this.stream.bytes, at) !== this.#kind) continue;
      this.#reader = new MessageReader(this.#kind);
      for (const method of this.methods.slice(this.list.length)) this.#reader.asked(method);
      this.#shift = at;
      this.#fills = [];
      this.refused = null;
      if (to !== Infinity) {
        const read = this.#reader.read(this.stream.bytes.subarray(at, to));
        this.#take(read.events);
        this.refused = read.refused?.what ?? null;
      }
      return;
    }
    this.refused ??= 'the capture lacks bytes';
  }

  #take(events: readonly HttpEvent[]): void {
    for (const event of events) {
      if (event.kind === 'head') {
        this.list.push({
          head: event.message,
          at: this.#placeOf(event.at),
          headEnd: this.#placeOf(event.end),
          parts: [],
          framing: event.framing,
          end: this.#placeOf(event.end),
          isWhole: false,
        });
        continue;
      }
      const message = this.list.at(-1);
      if (!message) continue;
      if (event.kind === 'end') {
        message.end = this.#placeOf(event.at);
        message.isWhole = true;
        this.end = message.end;
        continue;
      }
      const [at, end] = [this.#placeOf(event.at), this.#placeOf(event.end)];
      const last = message.parts.at(-1);
      const size = event.kind === 'content' ? event.end - event.at : event.size;
      // Content comes in pieces as it was read: neighbours are one.
      if (event.kind === 'content' && last?.kind === 'content' && last.end === at)
        message.parts[message.parts.length - 1] = { ...last, end, size: last.size + size };
      else message.parts.push({ kind: event.kind, at, end, size });
      message.end = end;
    }
  }
}

export const readMessages = (
  stream: AppStream,
  start: number,
  kind: 'request' | 'response',
  methods: readonly string[] = [],
): Messages => {
  const direction = new Direction(stream, start, kind, methods);
  direction.run(start);
  const { list, end, refused, lost } = direction;
  return { list, end, refused, lost };
};

/** Writes the rows of a message: its head with a plain body, or its head and its chunks. */
const addUnits = (message: Message, request: number, stream: AppStream, units: UnitTable): void => {
  const { flow, up } = stream;
  const { head, at, headEnd, parts, framing, end } = message;
  const kind = head.kind === 'request' ? HttpKind.Request : HttpKind.Response;
  const add = (unit: {
    kind: HttpKind;
    from: number;
    to: number;
    body: number;
    before: number;
    flags: number;
  }): void => {
    units.add(
      flow,
      up,
      {
        kind: unit.kind,
        request,
        flags: unit.flags,
        offset: unit.from,
        size: unit.to - unit.from,
        body: unit.body,
        from: unit.before,
      },
      stream.place(unit.from, unit.to),
    );
  };
  if (framing.kind !== 'chunked') {
    // All that stands behind the head is body, also where the capture has a gap in it and the parts count more than is there.
    const to = framing.kind === 'tunnel' ? headEnd : Math.max(headEnd, end);
    add({ kind, from: at, to, body: to - headEnd, before: 0, flags: 0 });
    return;
  }
  add({ kind, from: at, to: headEnd, body: 0, before: 0, flags: head.kind === 'response' ? CHUNKS_FOLLOW : 0 });
  let before = 0;
  const lines = parts.filter((part) => part.kind === 'chunk');
  lines.forEach((line, i) => {
    const to = lines[i + 1]?.at ?? Math.max(end, line.end);
    const body = Math.min(line.size, Math.max(0, to - line.end));
    add({ kind: line.size === 0 ? HttpKind.LastChunk : HttpKind.Chunk, from: line.at, to, body, before, flags: 0 });
    before += body;
  });
};

const isInterim = ({ head }: Message): boolean => head.kind === 'response' && head.status < 200 && head.status !== 101;

export interface Http1 {
  readonly exchanges: readonly Exchange[];
  readonly requests: Messages | null;
  readonly answers: Messages | null;
  /** The number of the request on the flow with which the connection leaves HTTP/1, and where its bytes go on; null: it does not. */
  readonly switched: {
    readonly request: number;
    readonly up: number;
    readonly down: number;
    readonly to: string;
  } | null;
}

const fieldOf = ({ head }: Message, name: string): string =>
  head.fields.find((field) => field.name.toLowerCase() === name)?.value ?? '';

/** Reads both directions of a connection of HTTP/1 into units and requests. `asks`: who sends requests. */
export const readHttp1 = (
  asking: AppStream | null,
  answering: AppStream | null,
  from: { readonly asking: number; readonly answering: number },
  first: number,
  units: UnitTable,
  sentBefore: (packet: number, than: number) => boolean,
): Http1 => {
  const requests = asking ? readMessages(asking, from.asking, 'request') : null;
  const methods = requests?.list.map(({ head }) => (head.kind === 'request' ? head.method : '')) ?? [];
  const answers = answering ? readMessages(answering, from.answering, 'response', methods) : null;
  const exchanges: Exchange[] = (requests?.list ?? []).map((message) => {
    const one = exchange(null);
    one.path = message.head.kind === 'request' ? message.head.target : null;
    if (asking) one.asked = asking.place(message.at, message.end);
    return one;
  });
  requests?.list.forEach((message, i) => {
    if (asking) addUnits(message, first + i, asking, units);
  });
  let switched: Http1['switched'] = null;
  let k = 0;
  for (const message of answers?.list ?? []) {
    if (!answering) break;
    const place = answering.place(message.at, message.headEnd);
    if ((answers?.lost ?? 0) > 0) {
      // An answer may be missing: this one is for the latest request that was sent before it, but for pipelined ones.
      const isLater = (i: number): boolean => {
        const next = exchanges[i]?.asked;
        return next !== undefined && next !== null && sentBefore(next.first, place.first);
      };
      while (isLater(k + 1) && exchanges[k]?.head === null && !isInterim(message)) k++;
    }
    const one = exchanges[k] ?? (exchanges[k] = exchange(null));
    addUnits(message, first + k, answering, units);
    if (isInterim(message)) continue;
    one.head = place;
    for (const part of message.parts)
      if (part.kind === 'content' && message.framing.kind !== 'tunnel')
        one.body.push({ place: answering.place(part.at, part.end), size: part.size });
    one.isWhole = message.isWhole || message.framing.kind === 'tunnel';
    if (message.framing.kind === 'tunnel') {
      const asked = requests?.list[k];
      switched = {
        request: first + k,
        up: asked?.end ?? from.asking,
        down: message.headEnd,
        to: fieldOf(message, 'upgrade').toLowerCase(),
      };
      break;
    }
    k++;
  }
  return { exchanges, requests, answers, switched };
};
