import { HttpKind } from '../../trace/http.ts';
import { isUpward } from '../../trace/direction.ts';
import type { Trace } from '../../trace/types.ts';
import { Setting } from '../../wire/http3/codes.ts';
import { frameType } from '../../wire/http3/frame.ts';
import { StreamReader } from '../../wire/http3/stream.ts';
import type { StreamFrame } from '../../wire/http3/stream.ts';
import { QpackDecoder } from '../../wire/qpack/decoder.ts';
import type { ReadSection } from '../../wire/qpack/decoder.ts';
import { encoderStream } from '../../wire/qpack/instructionStream.ts';
import { asNumber } from '../../wire/varint.ts';
import type { Arrivals } from './arrivals.ts';
import { exchange } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { valueOf } from './http2.ts';
import { quicStreams } from './quicStream.ts';
import type { QuicStream } from './quicStream.ts';
import type { Unit, UnitTable } from './units.ts';

/** What is found on the streams of a connection of QUIC. */
export interface Http3 {
  readonly exchanges: readonly Exchange[];
  arrivals(stream: number): Arrivals | undefined;
}

/** Size of the QPACK table where its reader's SETTINGS are not in the capture: what most ends allow. */
const USUAL_TABLE = 4096;
/** Blocked streams that are followed: what an end allows is taken as kept. */
const BLOCKED_LIMIT = 1 << 16;
/** Numbers of streams that fit the column. */
const MOST_STREAM = 0xffff_ffff;

const isUni = (stream: number): boolean => stream % 4 >= 2;
const isRequest = (stream: number): boolean => stream % 4 === 0;

/** Units of a stream before they are written: those of one stream stand together. */
interface Lane {
  readonly reader: StreamReader;
  readonly units: Unit[];
  /** Body bytes so far. */
  body: number;
  isRefused: boolean;
}

/** Reads one direction of a connection: its lanes, and the QPACK that its headers are in. */
class Side {
  readonly lanes = new Map<number, Lane>();
  #qpack: QpackDecoder | null = null;
  /** QPACK_MAX_TABLE_CAPACITY that this side announced; null: not yet. */
  tableCapacity: number | null = null;
  readonly #instructions = encoderStream();
  #isInStep = true;

  constructor(
    /** What the other side allows. */
    private readonly allowed: () => number | null,
    private readonly found: (section: ReadSection) => void,
    private readonly refused: (what: string) => void,
  ) {}

  /** Made with the first header: the other side's SETTINGS have come by then, if any part of it hangs on them. */
  get #decoder(): QpackDecoder {
    return (this.#qpack ??= new QpackDecoder(this.allowed() ?? USUAL_TABLE, BLOCKED_LIMIT));
  }

  take(stream: QuicStream, fresh: Uint8Array): void {
    let lane = this.lanes.get(stream.stream);
    if (!lane) {
      const reader = new StreamReader(isUni(stream.stream) ? 'unidirectional' : 'bidirectional');
      lane = { reader, units: [], body: 0, isRefused: false };
      this.lanes.set(stream.stream, lane);
    }
    if (lane.isRefused) return;
    const at = stream.length - fresh.length;
    const wasKnown = lane.reader.kind !== null;
    const read = lane.reader.read(fresh);
    if (!wasKnown && lane.reader.kind !== null) this.#type(lane, stream, read.frames[0]?.at ?? null);
    if (read.bytes && read.bytes.length > 0) {
      const from = lane.units.at(-1);
      const start = from ? from.offset + from.size : at;
      lane.units.push({
        kind: HttpKind.Instruction,
        stream: stream.stream,
        offset: start,
        size: stream.length - start,
      });
      if (lane.reader.kind === 'qpackEncoder') this.#insert(read.bytes);
    }
    for (const one of read.frames) this.#frame(lane, stream, one);
    if (read.refused) {
      lane.isRefused = true;
      this.refused(`stream ${String(stream.stream)}: ${read.refused.problems[0]?.what ?? ''}`);
    }
  }

  /** The number in front of a unidirectional stream; of one without frames it is as long as its first byte says. */
  #type(lane: Lane, stream: QuicStream, firstFrame: number | null): void {
    const size = firstFrame ?? 1 << ((stream.bytes[0] ?? 0) >>> 6);
    lane.units.push({ kind: HttpKind.StreamType, type: typeOf(lane), stream: stream.stream, offset: 0, size });
  }

  #frame(lane: Lane, stream: QuicStream, { at, end, frame }: StreamFrame): void {
    if (frame.kind === 'data') {
      const known = lane.units.at(-1);
      const before = lane.body;
      lane.body += frame.data.length;
      if (known?.offset !== at)
        lane.units.push({
          kind: HttpKind.Frame,
          type: 0,
          stream: stream.stream,
          offset: at,
          size: end - at,
          body: frame.data.length,
          from: before,
        });
      else lane.units[lane.units.length - 1] = { ...known, body: (known.body ?? 0) + frame.data.length };
      return;
    }
    lane.units.push({
      kind: HttpKind.Frame,
      type: Math.min(asNumber(frameType(frame)), MOST_STREAM),
      stream: stream.stream,
      offset: at,
      size: end - at,
    });
    if (frame.kind === 'settings') {
      const capacity = frame.values.find(({ id }) => id === Setting.QpackMaxTableCapacity)?.value ?? 0;
      this.tableCapacity = asNumber(capacity);
    }
    if (frame.kind !== 'headers' || !this.#isInStep) return;
    const read = this.#sectionDecoder(frame.section).bytes(stream.stream, frame.section);
    if (!read.ok) this.#lose(read.problems[0]?.what ?? '');
    else if (read.value) this.found(read.value);
  }

  /** A section without dynamic entries is read by any decoder (RFC 9204 §4.5.1.1). */
  #sectionDecoder(section: Uint8Array): QpackDecoder {
    return section[0] === 0 ? (this.#qpack ?? new QpackDecoder()) : this.#decoder;
  }

  #insert(bytes: Uint8Array): void {
    if (!this.#isInStep) return;
    const instructions = this.#instructions.push(bytes);
    const freed = instructions.ok ? this.#decoder.insert(instructions.value) : instructions;
    if (!freed.ok) this.#lose(freed.problems[0]?.what ?? '');
    else freed.value.forEach(this.found);
  }

  #lose(what: string): void {
    this.#isInStep = false;
    this.refused(`headers are not read from here on: ${what}`);
  }
}

const typeOf = ({ reader }: Lane): number =>
  ({ control: 0, push: 1, qpackEncoder: 2, qpackDecoder: 3, request: 0, unknown: 0x21 })[reader.kind ?? 'unknown'];

/** Requests of a connection that is no HTTP/3: each stream that the client opened, its answer whole as body. */
const plainExchange = (up: QuicStream, down: QuicStream | undefined): Exchange => {
  const one = exchange(up.stream);
  one.asked = up.place(0, up.length);
  // The requests of HTTP/0.9 that tests of QUIC send (hq-interop).
  const text = String.fromCharCode(...up.bytes.subarray(0, 512));
  one.path = /^GET (\S+)\r?\n?$/.exec(text)?.[1] ?? null;
  if (!down || down.length === 0) return one;
  one.head = down.place(0, 1);
  one.body.push({ place: down.place(0, down.length), size: down.length });
  one.isWhole = down.isWhole;
  return one;
};

/**
 * Reads what a connection of QUIC carries: units and requests of HTTP/3, or requests alone where it speaks something else.
 * Null where nothing of its streams was opened.
 */
export const readHttp3 = (
  trace: Trace,
  flow: number,
  units: UnitTable,
  warn: (sentence: string) => void,
): Http3 | null => {
  const { quic } = trace;
  const facts = quic?.flows.find((one) => one.flow === flow);
  if (!quic || !facts || facts.opened === 0) return null;
  const mayBeHttp3 = facts.alpn === null || facts.alpn.startsWith('h3');
  const refusals: string[] = [];
  const byStream = new Map<number, Exchange>();
  const of = (stream: number): Exchange => {
    let one = byStream.get(stream);
    if (!one) byStream.set(stream, (one = exchange(stream)));
    return one;
  };
  const side = (up: boolean): Side => {
    const who = up ? 'client' : 'server';
    return new Side(
      () => sides[up ? 'down' : 'up'].tableCapacity,
      (section) => {
        if (!up || !isRequest(section.stream)) return;
        of(section.stream).path ??= valueOf(section.fields, ':path') ?? valueOf(section.fields, ':authority');
      },
      (what) => {
        refusals.push(`HTTP/3 from the ${who}, ${what}.`);
      },
    );
  };
  const sides: { readonly up: Side; readonly down: Side } = { up: side(true), down: side(false) };
  const streams = quicStreams(
    trace,
    quic,
    flow,
    (packet) => isUpward(trace, packet),
    (stream, fresh) => {
      if (mayBeHttp3) sides[stream.up ? 'up' : 'down'].take(stream, fresh);
    },
  );
  if (streams.up.size + streams.down.size === 0) return null;
  // Nobody says what it is: without SETTINGS it is no HTTP/3 (RFC 9114 §6.2.1).
  const isHttp3 =
    mayBeHttp3 && (facts.alpn !== null || sides.up.tableCapacity !== null || sides.down.tableCapacity !== null);
  if (isHttp3) refusals.forEach(warn);
  const holes = [...streams.up.values(), ...streams.down.values()].filter(({ hasHole }) => hasHole);
  if (holes.length > 0)
    warn(
      `Of stream${holes.length > 1 ? 's' : ''} ${holes
        .slice(0, 8)
        .map((one) => String(one.stream))
        .join(', ')} the capture lacks bytes: what lies behind them is not read.`,
    );
  const arrivals = (stream: number): Arrivals | undefined => streams.down.get(stream)?.arrivals;
  const asked = [...streams.up.values()].filter(({ stream }) => isRequest(stream)).sort((a, b) => a.stream - b.stream);
  if (!isHttp3) return { exchanges: asked.map((up) => plainExchange(up, streams.down.get(up.stream))), arrivals };
  const exchanges = asked.map((up) => {
    const one = of(up.stream);
    one.asked = up.place(0, up.length);
    const down = streams.down.get(up.stream);
    const lane = sides.down.lanes.get(up.stream);
    if (!down || !lane) return one;
    for (const unit of lane.units) {
      if (unit.kind !== HttpKind.Frame) continue;
      if (unit.type === 1) one.head ??= down.place(unit.offset, unit.offset + unit.size);
      if (unit.type !== 0 || (unit.body ?? 0) === 0) continue;
      const end = Math.min(unit.offset + unit.size, down.length);
      one.body.push({ place: down.place(end - (unit.body ?? 0), end), size: unit.body ?? 0 });
    }
    one.isWhole = down.isWhole;
    return one;
  });
  const indexOf = new Map(asked.map(({ stream }, index) => [stream, index]));
  for (const up of [true, false]) {
    const name = up ? 'up' : 'down';
    for (const [id, lane] of [...sides[name].lanes].sort(([a], [b]) => a - b)) {
      const stream = streams[name].get(id);
      if (!stream) continue;
      for (const unit of lane.units)
        units.add(
          flow,
          up,
          { ...unit, request: indexOf.get(id) ?? -1 },
          stream.place(unit.offset, Math.min(unit.offset + unit.size, Math.max(stream.length, unit.offset + 1))),
        );
    }
  }
  return { exchanges, arrivals };
};
