import { nanos } from '../../base/time.ts';
import type { TraceBuilder } from '../../trace/builder.ts';
import { QuicFrameBit, QuicFrameIndex } from '../../trace/quic/types.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import { Fate } from '../../trace/types.ts';
import type { TraceRequest } from '../../trace/types.ts';
import type { RequestNote } from './log.ts';

/** What was seen of one stream that a client opened to ask on. */
export interface StreamSeen {
  readonly stream: number;
  sent: number;
  /** Arrival of its first byte at the client. */
  first: number;
  asked: number;
  /** Bytes in order at the client, and when the last of them came to be. */
  bytes: number;
  last: number;
  /** Where it ends; NaN where no FIN was seen. */
  final: number;
}

/** Bidirectional streams that a client opened (RFC 9000 §2.1). */
const isRequestStream = (stream: number): boolean => stream >= 0 && stream % 4 === 0;

/** Streams of one flow that may be requests, in order of their numbers. `deliveries`: how many rows of those are written. */
export const streamsOf = (
  builder: TraceBuilder,
  quic: Pick<TraceQuic, 'packets' | 'frames'>,
  flow: number,
  datagrams: readonly number[],
  firstPacket: Int32Array,
  deliveries: number,
): StreamSeen[] => {
  const { packets: p } = builder;
  const { packets: q, frames: f } = quic;
  const client = builder.flows[flow]?.client.node;
  const streams = new Map<number, StreamSeen>();
  for (const i of datagrams) {
    const isUp = builder.links[p.link[i] as number]?.from === client;
    const isHere = p.fate[i] === Fate.Delivered;
    for (let row = firstPacket[i] as number; row < (firstPacket[i + 1] as number); row++) {
      const end = (q.frame[row] as number) + (q.frames[row] as number);
      for (let k = q.frame[row] as number; k < end; k++) {
        const stream = f.stream[k] as number;
        if (f.kind[k] !== QuicFrameIndex.stream || !isRequestStream(stream)) continue;
        let seen = streams.get(stream);
        if (!seen) {
          seen = { stream, sent: Infinity, first: Infinity, asked: 0, bytes: 0, last: -Infinity, final: NaN };
          streams.set(stream, seen);
        }
        const to = (f.offset[k] as number) + (f.length[k] as number);
        if (isUp) {
          seen.sent = Math.min(seen.sent, p.sent[i] as number);
          seen.asked = Math.max(seen.asked, to);
          continue;
        }
        if (isHere && (f.length[k] as number) > 0) seen.first = Math.min(seen.first, p.arrived[i] as number);
        if (((f.bits[k] as number) & QuicFrameBit.Fin) !== 0) seen.final = to;
      }
    }
  }
  const { deliveries: d } = builder;
  for (let i = 0; i < deliveries; i++) {
    if (d.flow[i] !== flow || d.node[i] !== client) continue;
    const seen = streams.get(d.stream[i] as number);
    if (!seen) continue;
    seen.bytes += d.bytes[i] as number;
    seen.last = Math.max(seen.last, d.time[i] as number);
  }
  return [...streams.values()].sort((a, b) => a.stream - b.stream);
};

const known = (time: number): ReturnType<typeof nanos> | null => (Number.isFinite(time) ? nanos(time) : null);

/** A request as its stream shows it. `body`: what HTTP/3 said of the answer, null where the log does not tell. */
export const requestOf = (
  flow: number,
  seen: StreamSeen,
  index: number,
  body: { readonly path: string | null; readonly bytes: number | null },
): TraceRequest => {
  const isWhole = !(seen.bytes < seen.final);
  return {
    flow,
    id: `stream ${String(seen.stream)}`,
    path: body.path,
    sent: known(seen.sent),
    firstByte: known(seen.first),
    completion: isWhole ? known(seen.last) : null,
    requestOffset: 0,
    requestBytes: seen.asked,
    responseOffset: 0,
    responseBytes: seen.bytes,
    delivered: body.bytes ?? seen.bytes,
    index,
    stream: seen.stream,
  };
};

/** A request of a run that was exported: as the run knew it. */
export const toldRequest = (flow: number, note: RequestNote, shift: number): TraceRequest => {
  const at = (time: number | null): ReturnType<typeof nanos> | null => (time === null ? null : nanos(time + shift));
  return {
    flow,
    id: note.id,
    path: note.path,
    sent: at(note.sent),
    firstByte: at(note.firstByte),
    completion: at(note.completion),
    requestOffset: note.requestOffset,
    requestBytes: note.requestBytes,
    responseOffset: note.responseOffset,
    responseBytes: note.responseBytes,
    delivered: note.delivered,
    ...(note.index === null ? {} : { index: note.index }),
    ...(note.stretches === null ? {} : { stretches: note.stretches }),
    ...(note.stream === null ? {} : { stream: note.stream }),
  };
};
