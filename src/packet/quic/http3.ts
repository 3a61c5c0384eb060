import type { TraceQuic } from '../../trace/quic/types.ts';
import type { Trace } from '../../trace/types.ts';
import { DynamicTable } from '../../wire/hpack/table.ts';
import { FrameType, Setting, StreamType } from '../../wire/http3/codes.ts';
import { decodePayload } from '../../wire/http3/decode.ts';
import { applyInstruction } from '../../wire/qpack/decoder.ts';
import type { QpackContext } from '../../wire/qpack/fields.ts';
import { encoderInstructionEnd, decoderInstructionEnd, readEncoderInstruction } from '../../wire/qpack/instruction.ts';
import { Reader } from '../../wire/tls/reader.ts';
import { asNumber, readVarint, varintSizeAt } from '../../wire/varint.ts';
import { sentUpTo, streamBytes, streamKey, streamsOf } from './streams.ts';
import type { StreamPlace } from './streams.ts';

/** What stands on a stream of HTTP/3: bytes [at, end). `type`: of the frame, or of the stream. */
export interface Http3Unit {
  readonly kind: 'streamType' | 'frame' | 'encoder' | 'decoder';
  readonly at: number;
  readonly end: number;
  readonly type: number;
  /** Behind the frame's header. */
  readonly bodyAt: number;
}

/** Whether a flow speaks HTTP/3: its ALPN says so (RFC 9114 §3.1). */
export const speaksHttp3 = (trace: Trace, quic: TraceQuic, flow: number): boolean => {
  const { http, quic: session } = trace.flows[flow] ?? {};
  if (session) return http?.version === '3';
  return quic.flows.find((one) => one.flow === flow)?.alpn?.startsWith('h3') ?? false;
};

/** Two numbers of eight bytes. */
const LONGEST_HEAD = 16;

/** Numbers at an offset of a stream, and where they end; null where they are not whole. */
const numbersAt = (
  trace: Trace,
  quic: TraceQuic,
  place: StreamPlace,
  at: number,
  count: 1 | 2,
): { readonly values: readonly number[]; readonly end: number } | null => {
  const bytes = streamBytes(trace, quic, place, at, LONGEST_HEAD);
  let end = 0;
  for (let i = 0; i < count; i++) {
    if (end >= bytes.length) return null;
    end += varintSizeAt(bytes, end);
  }
  if (end > bytes.length) return null;
  const reader = new Reader(bytes, 0, end);
  return { values: Array.from({ length: count }, () => asNumber(readVarint(reader, 'number'))), end: at + end };
};

/** How far a stream was cut, and into what. */
interface Walk {
  readonly units: Http3Unit[];
  next: number;
  /** Null: the type of a unidirectional stream has not come. */
  kind: 'frames' | 'encoder' | 'decoder' | 'unknown' | null;
}

const walks = new WeakMap<TraceQuic, Map<string, Walk>>();

const walkOf = (quic: TraceQuic, place: StreamPlace): Walk => {
  let all = walks.get(quic);
  if (!all) walks.set(quic, (all = new Map<string, Walk>()));
  const key = streamKey(place);
  let walk = all.get(key);
  if (!walk) {
    // Request streams are the client's; what a server would open both ways means nothing (RFC 9114 §6.1).
    const kind = (place.stream & 2) !== 0 ? null : (place.stream & 1) === 0 ? 'frames' : 'unknown';
    all.set(key, (walk = { units: [], next: 0, kind }));
  }
  return walk;
};

const openWalk = (trace: Trace, quic: TraceQuic, place: StreamPlace, walk: Walk): boolean => {
  const head = numbersAt(trace, quic, place, 0, 1);
  if (!head) return false;
  const type = head.values[0] ?? 0;
  const isPush = type === StreamType.Push;
  const end = isPush ? (numbersAt(trace, quic, place, 0, 2)?.end ?? -1) : head.end;
  if (end < 0) return false;
  walk.units.push({ kind: 'streamType', at: 0, end, type, bodyAt: end });
  walk.next = end;
  walk.kind =
    type === StreamType.Control || isPush
      ? 'frames'
      : type === StreamType.QpackEncoder
        ? 'encoder'
        : type === StreamType.QpackDecoder
          ? 'decoder'
          : 'unknown';
  return true;
};

/** Goes on by one unit; false where no more is whole. */
const step = (trace: Trace, quic: TraceQuic, place: StreamPlace, walk: Walk): boolean => {
  if (walk.kind === null) return openWalk(trace, quic, place, walk);
  if (walk.kind === 'unknown') return false;
  const at = walk.next;
  if (walk.kind === 'frames') {
    const head = numbersAt(trace, quic, place, at, 2);
    if (!head) return false;
    const [type = 0, length = 0] = head.values;
    walk.next = head.end + length;
    walk.units.push({ kind: 'frame', at, end: walk.next, type, bodyAt: head.end });
    return true;
  }
  const bytes = streamBytes(trace, quic, place, at, 1 << 16);
  const end = (walk.kind === 'encoder' ? encoderInstructionEnd : decoderInstructionEnd)(bytes, 0, bytes.length);
  if (end <= 0 || end > bytes.length) return false;
  walk.next = at + end;
  walk.units.push({ kind: walk.kind, at, end: walk.next, type: -1, bodyAt: at });
  return true;
};

/** What begins on a stream before an offset, in order: its type, frames, or instructions of QPACK. */
export const http3Units = (trace: Trace, quic: TraceQuic, place: StreamPlace, until: number): readonly Http3Unit[] => {
  const walk = walkOf(quic, place);
  while (walk.next < until && step(trace, quic, place, walk));
  return walk.units;
};

/** The stream of a direction that has a type. */
const typed = (trace: Trace, quic: TraceQuic, flow: number, up: boolean, type: number): StreamPlace | null => {
  for (const stream of streamsOf(trace, quic, flow, up)) {
    const isOwn = (stream & 2) !== 0 && ((stream & 1) === 0) === up;
    if (isOwn && http3Units(trace, quic, { flow, up, stream }, 1)[0]?.type === type) return { flow, up, stream };
  }
  return null;
};

/** Most that a decoder lets the encoder's table hold: its SETTINGS say it (RFC 9204 §5). Null where nobody saw them. */
export const allowedTable = (trace: Trace, quic: TraceQuic, flow: number, up: boolean): number | null => {
  const control = typed(trace, quic, flow, up, StreamType.Control);
  if (!control) return null;
  const settings = http3Units(trace, quic, control, 2).find(
    ({ kind, type }) => kind === 'frame' && type === FrameType.Settings,
  );
  if (!settings) return null;
  const { bodyAt, end } = settings;
  const read = decodePayload(FrameType.Settings, streamBytes(trace, quic, control, bodyAt, end - bodyAt), bodyAt);
  if (!read.ok || read.value.kind !== 'settings') return null;
  return asNumber(read.value.values.find(({ id }) => id === Setting.QpackMaxTableCapacity)?.value ?? 0);
};

/**
 * The dynamic table with which a direction's sections in a datagram can be read: all that its encoder had inserted when
 * the datagram was sent. Null where nothing was.
 */
export const qpackContext = (
  trace: Trace,
  quic: TraceQuic,
  flow: number,
  up: boolean,
  packet: number,
): QpackContext | null => {
  const encoder = typed(trace, quic, flow, up, StreamType.QpackEncoder);
  const capacity = allowedTable(trace, quic, flow, !up) ?? 0;
  if (!encoder || capacity === 0) return null;
  const until = sentUpTo(trace, quic, encoder, packet);
  const table = new DynamicTable(0);
  for (const { kind, at, end } of http3Units(trace, quic, encoder, until)) {
    if (kind !== 'encoder' || end > until) continue;
    const reader = new Reader(streamBytes(trace, quic, encoder, at, end - at));
    const instruction = readEncoderInstruction(reader);
    if (reader.problem !== null || applyInstruction(table, instruction, capacity) !== null) break;
  }
  return { table, capacity };
};
