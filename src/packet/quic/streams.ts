import { upperBound } from '../../base/bisect.ts';
import { isUpward } from '../../trace/direction.ts';
import { QuicFrameIndex } from '../../trace/quic/types.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import type { Trace } from '../../trace/types.ts';
import { writeStream } from '../payload.ts';

/** One direction of a stream. */
export interface StreamPlace {
  readonly flow: number;
  readonly up: boolean;
  readonly stream: number;
}

export const streamKey = ({ flow, up, stream }: StreamPlace): string =>
  `${String(flow)} ${up ? 'up' : 'down'} ${String(stream)}`;

/** Where the pieces of a stream are, by the STREAM frames that carried them. */
interface Pieces {
  /** Frame rows, by offset. */
  readonly rows: readonly number[];
  readonly starts: Float64Array;
}

const known = new WeakMap<TraceQuic, ReadonlyMap<string, Pieces>>();

const piecesOf = (trace: Trace, quic: TraceQuic): ReadonlyMap<string, Pieces> => {
  let streams = known.get(quic);
  if (streams) return streams;
  const rows = new Map<string, number[]>();
  const { kind, packet, stream, offset } = quic.frames;
  for (let f = 0; f < quic.frameCount; f++) {
    if (kind[f] !== QuicFrameIndex.stream) continue;
    const datagram = quic.packets.datagram[packet[f] as number] as number;
    const place = {
      flow: trace.packets.flow[datagram] as number,
      up: isUpward(trace, datagram),
      stream: stream[f] as number,
    };
    const key = streamKey(place);
    const list = rows.get(key);
    if (list) list.push(f);
    else rows.set(key, [f]);
  }
  const made = new Map<string, Pieces>();
  for (const [key, list] of rows) {
    const sorted = list.toSorted((a, b) => (offset[a] as number) - (offset[b] as number) || a - b);
    made.set(key, { rows: sorted, starts: Float64Array.from(sorted, (f) => offset[f] as number) });
  }
  known.set(quic, (streams = made));
  return streams;
};

/** Numbers of the streams that bytes of a direction went on. */
export const streamsOf = (trace: Trace, quic: TraceQuic, flow: number, up: boolean): number[] => {
  const prefix = streamKey({ flow, up, stream: 0 }).slice(0, -1);
  return [...piecesOf(trace, quic).keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => Number(key.slice(prefix.length)));
};

/** Offset behind the last byte that the datagrams up to `packet`, it included, carried. */
export const sentUpTo = (trace: Trace, quic: TraceQuic, place: StreamPlace, packet: number): number => {
  const { offset, length, packet: row } = quic.frames;
  let end = 0;
  for (const f of piecesOf(trace, quic).get(streamKey(place))?.rows ?? [])
    if ((quic.packets.datagram[row[f] as number] as number) <= packet)
      end = Math.max(end, (offset[f] as number) + (length[f] as number));
  return end;
};

/** How many pieces in front of the one looked for may reach over it: repeated ones are cut anew. */
const REACH = 64;

const capturedBytes = (quic: TraceQuic, pieces: Pieces, from: number, length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  const { offset, length: lengths, at } = quic.frames;
  let done = 0;
  while (done < length) {
    const place = from + done;
    const last = upperBound(pieces.starts, place, pieces.rows.length) - 1;
    let taken = 0;
    for (let k = last; k >= 0 && k > last - REACH && taken === 0; k--) {
      const f = pieces.rows[k] as number;
      const skip = place - (offset[f] as number);
      if ((at[f] as number) < 0 || skip >= (lengths[f] as number)) continue;
      taken = Math.min(length - done, (lengths[f] as number) - skip);
      const start = (at[f] as number) + skip;
      bytes.set(quic.plain.subarray(start, start + taken), done);
    }
    if (taken === 0) break;
    done += taken;
  }
  return bytes.subarray(0, done);
};

/** Bytes of a stream from an offset on: made, or captured. Shorter than asked where the rest is not there. */
export const streamBytes = (
  trace: Trace,
  quic: TraceQuic,
  place: StreamPlace,
  offset: number,
  length: number,
): Uint8Array => {
  const pieces = piecesOf(trace, quic).get(streamKey(place));
  if (!pieces) return new Uint8Array(0);
  if (!trace.flows[place.flow]?.quic) return capturedBytes(quic, pieces, offset, length);
  const { offset: starts, length: lengths } = quic.frames;
  const last = pieces.rows.reduce((end, f) => Math.max(end, (starts[f] as number) + (lengths[f] as number)), 0);
  const bytes = new Uint8Array(Math.max(0, Math.min(length, last - offset)));
  writeStream(trace, place.flow, place.up, place.stream, offset, bytes.length, bytes, 0);
  return bytes;
};
