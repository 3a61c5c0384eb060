import { upperBound } from '../../../base/bisect.ts';
import type { ByteRange } from '../../blocked.ts';
import { NONE, SpanKind } from '../../types.ts';
import type { Trace } from '../../types.ts';
import { traceIndex } from '../index.ts';
import { recordEnd } from '../records.ts';
import { rangesOf, streamOf } from './lanes.ts';
import { carriedBy, piecesOf } from './pieces.ts';
import type { Piece } from './pieces.ts';
import { overlapOf, unionLength, without } from './ranges.ts';
import type { Stretch } from './ranges.ts';

/** Where somebody waits for somebody else's turn: one name a layer, from the wire up. */
export type BlockLayer = 'tcp' | 'tls' | 'quic' | 'qpack' | 'flow' | 'order' | 'connection';

/** The names as they are said, in the order in which they are listed. */
export const blockLayers: readonly (readonly [layer: BlockLayer, name: string])[] = [
  ['tcp', 'TCP byte order'],
  ['tls', 'TLS record'],
  ['quic', 'QUIC stream order'],
  ['qpack', 'QPACK table'],
  ['flow', 'flow control'],
  ['order', 'HTTP/1.1 response order'],
  ['connection', 'no free connection'],
];

export const layerName = (layer: BlockLayer): string => blockLayers.find(([one]) => one === layer)?.[1] ?? layer;

/** A stretch of time in which one request could not go on, and for whose sake. Times in ns. */
export interface Blocking {
  /** Row of `trace.requests`. */
  readonly request: number;
  readonly layer: BlockLayer;
  readonly start: number;
  readonly end: number;
  /** Row of `trace.spans` that tells it. */
  readonly span: number;
  /** The packet that is waited for; NONE: it is no packet. */
  readonly packet: number;
  /** The packet carries bytes of this request itself. */
  readonly own: boolean;
  /** Rows of the requests whose bytes the packet carries, or of the one whose turn it is. */
  readonly culprits: readonly number[];
  /** Bytes of the request that lay at the client at the end, undeliverable; 0: none had come, it stood still all the same. */
  readonly bytes: number;
}

/** What is looked up for each span. */
interface Context {
  readonly trace: Trace;
  /** Where each request's answer lies in its stream. */
  readonly ranges: readonly (readonly ByteRange[])[];
  readonly pieces: ReadonlyMap<number, readonly Piece[]>;
  readonly times: ReadonlyMap<number, Float64Array>;
  /** Rows of the requests that a flow carries. */
  readonly rows: ReadonlyMap<number, readonly number[]>;
}

const contextOf = (trace: Trace): Context => {
  const rows = new Map<number, number[]>();
  trace.requests.forEach(({ flow }, row) => {
    const list = rows.get(flow);
    if (list) list.push(row);
    else rows.set(flow, [row]);
  });
  const pieces = piecesOf(trace);
  const times = new Map([...pieces].map(([flow, list]) => [flow, Float64Array.from(list, (piece) => piece.time)]));
  return { trace, ranges: trace.requests.map(rangesOf), pieces, times, rows };
};

/** Requests whose answers lie, in part, in bytes that a packet carries. */
const carriedFor = ({ trace, ranges, rows }: Context, packet: number): number[] => {
  const pieces = packet === NONE ? [] : carriedBy(trace, packet);
  return (rows.get(trace.packets.flow[packet] as number) ?? []).filter((row) => {
    const stream = streamOf(trace, trace.requests[row] as Trace['requests'][number]);
    const own = ranges[row] ?? [];
    return pieces.some((piece) => piece.stream === stream && overlapOf(own, piece.from, piece.to) > 0);
  });
};

/** While it was asked for and not done: that part of [start, end). */
const openIn = (trace: Trace, row: number, start: number, end: number): Stretch | null => {
  const request = trace.requests[row];
  if (!request || request.sent === null) return null;
  const from = Math.max(start, request.sent);
  const to = Math.min(end, request.completion === null ? Infinity : Math.max(request.completion, end));
  const isDone = request.completion !== null && request.completion <= start;
  return !isDone && to > from ? [from, to] : null;
};

/** Bytes of one stream came past a hole: everything behind it waits, and who has nothing there stands still, too. */
const ofByteOrder = (
  context: Context,
  span: number,
  stream: number,
  hole: number,
  layer: 'tcp' | 'quic',
): Blocking[] => {
  const { trace, ranges, pieces, times, rows } = context;
  const s = trace.spans;
  const flow = s.flow[span] as number;
  const [start, end] = [s.start[span] as number, s.end[span] as number];
  const packet = s.packet[span] as number;
  const list = pieces.get(flow) ?? [];
  const at = times.get(flow) ?? new Float64Array();
  const culprits = carriedFor(context, packet);
  // What lies behind the hole was sent after the packet that made it, and so came later.
  const first = packet === NONE ? 0 : upperBound(at, trace.packets.sent[packet] as number);
  const blockings: Blocking[] = [];
  for (const row of rows.get(flow) ?? []) {
    if (streamOf(trace, trace.requests[row] as Trace['requests'][number]) !== stream) continue;
    const answer = ranges[row] ?? [];
    let since = Infinity;
    let bytes = 0;
    for (let k = first; k < list.length && (at[k] as number) < end; k++) {
      const piece = list[k] as Piece;
      if (piece.stream !== stream || piece.from <= hole) continue;
      const some = overlapOf(answer, piece.from, piece.to);
      if (some === 0) continue;
      since = Math.min(since, piece.time);
      bytes += some;
    }
    const stretch = bytes > 0 ? ([Math.max(since, start), end] as const) : openIn(trace, row, start, end);
    if (!stretch || stretch[1] <= stretch[0]) continue;
    const own = culprits.includes(row);
    blockings.push({ request: row, layer, start: stretch[0], end: stretch[1], span, packet, own, culprits, bytes });
  }
  return blockings;
};

/** Bytes of a record lie there and wait for its last one, unless TCP held that back: then it is TCP's. */
const ofRecord = ({ trace, ranges, rows }: Context, span: number, known: readonly Blocking[]): Blocking[] => {
  const s = trace.spans;
  const flow = s.flow[span] as number;
  const [from, size] = [s.a[span] as number, s.b[span] as number];
  const packet = lastOfRecord(trace, flow, from);
  return (rows.get(flow) ?? []).flatMap((row) => {
    const bytes = overlapOf(ranges[row] ?? [], from, from + size);
    if (bytes === 0) return [];
    const lower = known.filter((b) => b.request === row).map((b): Stretch => [b.start, b.end]);
    return without(s.start[span] as number, s.end[span] as number, lower).map(([start, end]): Blocking => ({
      request: row,
      layer: 'tls',
      start,
      end,
      span,
      packet,
      own: true,
      culprits: [row],
      bytes,
    }));
  });
};

const lastOfRecord = (trace: Trace, flow: number, at: number): number => {
  const { tls } = trace;
  if (!tls) return NONE;
  for (let r = 0; r < tls.recordCount; r++)
    if (tls.records.flow[r] === flow && tls.records.up[r] === 0 && recordEnd(tls, r) > at)
      return tls.records.last[r] as number;
  return NONE;
};

const heldLayers: Readonly<Record<string, BlockLayer>> = {
  'response order': 'order',
  'stream window': 'flow',
  'connection window': 'flow',
  'no free connection': 'connection',
};

/** A message that its own side holds back. */
const ofHeld = ({ trace, rows }: Context, span: number, rowOf: (flow: number, index: number) => number): Blocking[] => {
  const s = trace.spans;
  const label = trace.labels[s.label[span] as number] ?? '';
  const layer = heldLayers[label] ?? (label.includes('QPACK') ? 'qpack' : undefined);
  const flow = s.flow[span] as number;
  const request = rowOf(flow, s.a[span] as number);
  if (layer === undefined || request < 0) return [];
  const before = layer === 'order' ? (rows.get(flow) ?? []).filter((row) => row < request).at(-1) : undefined;
  return [
    {
      request,
      layer,
      start: s.start[span] as number,
      end: s.end[span] as number,
      span,
      packet: s.packet[span] as number,
      own: false,
      culprits: before === undefined ? [] : [before],
      bytes: 0,
    },
  ];
};

/** The server may send nothing of a stream, or nothing at all: whose answer is under way stands still. */
const ofLimit = ({ trace, ranges, pieces, times, rows }: Context, span: number, stream: number): Blocking[] => {
  const s = trace.spans;
  const flow = s.flow[span] as number;
  if (s.node[span] !== trace.flows[flow]?.server.node) return [];
  const [start, end] = [s.start[span] as number, s.end[span] as number];
  // All that was sent before is there by the end: what comes next is what is held.
  const list = pieces.get(flow) ?? [];
  const arrived = upperBound(times.get(flow) ?? [], end);
  const isTcp = trace.flows[flow]?.protocol !== 'udp';
  let reached = 0;
  if (isTcp) for (let k = 0; k < arrived; k++) reached = Math.max(reached, (list[k] as Piece).to);
  return (rows.get(flow) ?? []).flatMap((row) => {
    const request = trace.requests[row] as Trace['requests'][number];
    if (isTcp) {
      const next = (ranges[row] ?? []).find((range) => range.to > reached);
      if (!next || next.from > reached + MOST_FRAMING) return [];
    } else if (stream >= 0 && streamOf(trace, request) !== stream) return [];
    const open = openIn(trace, row, start, end);
    return open
      ? [
          {
            request: row,
            layer: 'flow' as const,
            start: open[0],
            end: open[1],
            span,
            packet: NONE,
            own: false,
            culprits: [],
            bytes: 0,
          },
        ]
      : [];
  });
};

/** Headers, frames and records between two bodies, bytes: what comes next belongs to the body behind them. */
const MOST_FRAMING = 2000;

const build = (trace: Trace): Blocking[] => {
  if (trace.requests.length === 0) return [];
  const context = contextOf(trace);
  const index = traceIndex(trace);
  const s = trace.spans;
  const atClient = (span: number): boolean => s.node[span] === trace.flows[s.flow[span] as number]?.client.node;
  const groupOf = (flow: number): number => trace.flows[flow]?.group ?? -1 - flow;
  const byIndex = new Map(
    trace.requests.map((request, row) => [`${String(groupOf(request.flow))} ${String(request.index ?? row)}`, row]),
  );
  const rowOf = (flow: number, i: number): number => byIndex.get(`${String(groupOf(flow))} ${String(i)}`) ?? -1;
  const rows = (kind: SpanKind): number[] => [...index.spans(kind).rows];

  const found = rows(SpanKind.Blocked)
    .filter(atClient)
    .flatMap((span) => ofByteOrder(context, span, 0, s.a[span] as number, 'tcp'));
  for (const span of rows(SpanKind.StreamBlocked).filter(atClient))
    found.push(...ofByteOrder(context, span, s.a[span] as number, s.b[span] as number, 'quic'));
  const below = found.slice();
  for (const span of rows(SpanKind.Record).filter(atClient)) found.push(...ofRecord(context, span, below));
  for (const span of rows(SpanKind.HttpHeld)) found.push(...ofHeld(context, span, rowOf));
  for (const span of rows(SpanKind.FlowBlocked)) found.push(...ofLimit(context, span, s.a[span] as number));
  for (const span of rows(SpanKind.WindowLimited)) found.push(...ofLimit(context, span, -1));
  return found.sort((a, b) => a.request - b.request || a.start - b.start || a.end - b.end);
};

const known = new WeakMap<Trace, readonly Blocking[]>();

/** Every stretch in which a request stood still, and why: by request, then by time. */
export const blockings = (trace: Trace): readonly Blocking[] => {
  let list = known.get(trace);
  if (!list) known.set(trace, (list = build(trace)));
  return list;
};

/** Whether bytes lay at the client, or the message was ready at its sender: it was blocked, and did not merely stand by. */
export const isBlocked = (one: Blocking): boolean => one.bytes > 0 || (one.layer !== 'tcp' && one.layer !== 'quic');

/** ns that `list` blocked in a layer, each request counted by itself; null: in any. Overlaps within a request count once. */
export const blockedFor = (list: readonly Blocking[], layer: BlockLayer | null): number => {
  const byRequest = new Map<number, Stretch[]>();
  for (const one of list) {
    if (!isBlocked(one) || (layer !== null && one.layer !== layer)) continue;
    const stretches = byRequest.get(one.request);
    if (stretches) stretches.push([one.start, one.end]);
    else byRequest.set(one.request, [[one.start, one.end]]);
  }
  return [...byRequest.values()].reduce((sum, stretches) => sum + unionLength(stretches), 0);
};
