import type { ByteRange } from '../../blocked.ts';
import type { Trace, TraceRequest } from '../../types.ts';
import { traceIndex } from '../index.ts';
import type { Steps } from '../queue.ts';
import { recordEnd } from '../records.ts';
import { piecesOf } from './pieces.ts';
import type { Piece } from './pieces.ts';
import { overlapOf, Seen } from './ranges.ts';

/** A resource's bytes at the client over time: what had arrived, and what HTTP had been handed. */
export interface StreamLane {
  /** Row of `trace.requests`. */
  readonly request: number;
  readonly ranges: readonly ByteRange[];
  /** Bytes of its stream that bring it: body, and records or frames around it. */
  readonly bytes: number;
  /** Stairs of bytes; step k of `arrived` is due to `packets[k]`. */
  readonly arrived: Steps;
  readonly packets: Int32Array;
  readonly delivered: Steps;
}

/** Where the answer's body lies in its stream. */
export const rangesOf = (request: TraceRequest): readonly ByteRange[] =>
  request.stretches?.map(([from, to]) => ({ from, to })) ??
  (request.responseBytes > 0
    ? [{ from: request.responseOffset, to: request.responseOffset + request.responseBytes }]
    : []);

/** The stream in the terms of `deliveries`: TCP has one, QUIC numbers them. */
export const streamOf = (trace: Trace, request: TraceRequest): number =>
  trace.flows[request.flow]?.protocol === 'udp' ? (request.stream ?? 0) : 0;

/** Up to which offset HTTP had a stream's bytes, and when: behind TLS, whole records. */
interface Front {
  readonly time: readonly number[];
  readonly upTo: readonly number[];
}

const frontOf = (trace: Trace, flow: number, stream: number): Front => {
  const client = trace.flows[flow]?.client.node ?? 0;
  const list = traceIndex(trace).deliveriesOf(flow, client, stream);
  const d = trace.deliveries;
  const time: number[] = [];
  const upTo: number[] = [];
  for (const row of list?.rows ?? []) {
    time.push(d.time[row] as number);
    upTo.push((d.offset[row] as number) + (d.bytes[row] as number));
  }
  const { tls } = trace;
  const isWrapped = stream === 0 && tls?.flows.some((one) => one.flow === flow) === true;
  if (!tls || !isWrapped) return { time, upTo };
  const whole = { time: [] as number[], upTo: [] as number[] };
  let k = 0;
  for (let r = 0; r < tls.recordCount; r++) {
    if (tls.records.flow[r] !== flow || tls.records.up[r] === 1) continue;
    const end = recordEnd(tls, r);
    while (k < upTo.length && (upTo[k] as number) < end) k++;
    if (k === upTo.length) break;
    whole.time.push(time[k] as number);
    whole.upTo.push(end);
  }
  return whole;
};

const steps = (time: readonly number[], value: readonly number[]): Steps => ({
  time: Float64Array.from(time),
  value: Float64Array.from(value),
});

const arrivedOf = (
  ranges: readonly ByteRange[],
  pieces: readonly (Piece & { readonly fresh: readonly ByteRange[] })[],
): { arrived: Steps; packets: Int32Array } => {
  const [time, value, packets]: [number[], number[], number[]] = [[], [], []];
  let sum = 0;
  for (const piece of pieces) {
    let bytes = 0;
    for (const { from, to } of piece.fresh) bytes += overlapOf(ranges, from, to);
    if (bytes === 0) continue;
    sum += bytes;
    time.push(piece.time);
    value.push(sum);
    packets.push(piece.packet);
  }
  return { arrived: steps(time, value), packets: Int32Array.from(packets) };
};

const deliveredOf = (ranges: readonly ByteRange[], front: Front): Steps => {
  const [time, value]: [number[], number[]] = [[], []];
  let sum = 0;
  let before = 0;
  front.upTo.forEach((upTo, k) => {
    const bytes = overlapOf(ranges, before, upTo);
    before = Math.max(before, upTo);
    if (bytes === 0) return;
    sum += bytes;
    time.push(front.time[k] as number);
    value.push(sum);
  });
  return steps(time, value);
};

const build = (trace: Trace): StreamLane[] => {
  const pieces = piecesOf(trace);
  const fronts = new Map<string, Front>();
  const news = new Map<string, (Piece & { readonly fresh: readonly ByteRange[] })[]>();
  for (const [flow, list] of pieces) {
    const seen = new Map<number, Seen>();
    for (const piece of list) {
      let bytes = seen.get(piece.stream);
      if (!bytes) seen.set(piece.stream, (bytes = new Seen()));
      const key = `${String(flow)} ${String(piece.stream)}`;
      const own = news.get(key);
      const one = { ...piece, fresh: bytes.add(piece.from, piece.to) };
      if (own) own.push(one);
      else news.set(key, [one]);
    }
  }
  return trace.requests.map((request, row) => {
    const stream = streamOf(trace, request);
    const key = `${String(request.flow)} ${String(stream)}`;
    let front = fronts.get(key);
    if (!front) fronts.set(key, (front = frontOf(trace, request.flow, stream)));
    const ranges = rangesOf(request);
    return {
      request: row,
      ranges,
      bytes: ranges.reduce((sum, { from, to }) => sum + to - from, 0),
      ...arrivedOf(ranges, news.get(key) ?? []),
      delivered: deliveredOf(ranges, front),
    };
  });
};

const known = new WeakMap<Trace, readonly StreamLane[]>();

/** One lane a request, in the order of `trace.requests`. */
export const lanesOf = (trace: Trace): readonly StreamLane[] => {
  let lanes = known.get(trace);
  if (!lanes) known.set(trace, (lanes = build(trace)));
  return lanes;
};
