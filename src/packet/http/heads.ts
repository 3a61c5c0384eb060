import { upperBound } from '../../base/bisect.ts';
import { HttpKind } from '../../trace/http.ts';
import type { TraceHttp } from '../../trace/http.ts';
import { isUpward } from '../../trace/direction.ts';
import type { TraceTls } from '../../trace/tls.ts';
import { NONE } from '../../trace/types.ts';
import type { CapturedBytes, Trace } from '../../trace/types.ts';
import { Flag, FrameType } from '../../wire/http2/codes.ts';
import { FRAME_HEADER_SIZE } from '../../wire/http2/frame.ts';
import { ContentType } from '../../wire/tls/codes.ts';
import { streamBytes } from '../quic/streams.ts';
import { payloadPlace } from '../tls/streams.ts';
import { headText } from './units.ts';

/** Records that were opened and bring what an application wrote, of one direction; `starts`: where each begins among those bytes. */
interface Opened {
  readonly rows: number[];
  readonly starts: number[];
  size: number;
}

const openedOf = new WeakMap<TraceTls, ReadonlyMap<number, Opened>>();

/** By 2 × flow, plus 1 for what the server sent: the records that `openedStream` of `format/http` joins. */
const opened = (tls: TraceTls): ReadonlyMap<number, Opened> => {
  const known = openedOf.get(tls);
  if (known) return known;
  const all = new Map<number, Opened>();
  const { records: r } = tls;
  for (let k = 0; k < tls.recordCount; k++) {
    if (r.inner[k] !== ContentType.ApplicationData || (r.content[k] as number) < 0 || r.contentLength[k] === 0)
      continue;
    const key = 2 * (r.flow[k] as number) + (r.up[k] === 1 ? 0 : 1);
    let one = all.get(key);
    if (!one) all.set(key, (one = { rows: [], starts: [], size: 0 }));
    one.rows.push(k);
    one.starts.push(one.size);
    one.size += r.contentLength[k] as number;
  }
  openedOf.set(tls, all);
  return all;
};

/** Bytes [offset, offset + length) of what was opened; null where the record at stream offset `at` is none of it. */
const openedBytes = (tls: TraceTls, key: number, offset: number, at: number, length: number): Uint8Array | null => {
  const one = opened(tls).get(key);
  let k = one ? upperBound(one.starts, offset, one.starts.length) - 1 : -1;
  if (!one || k < 0 || tls.records.at[one.rows[k] as number] !== at) return null;
  const bytes = new Uint8Array(Math.max(0, Math.min(length, one.size - offset)));
  for (let done = 0; done < bytes.length; k++) {
    const row = one.rows[k] as number;
    const skip = offset + done - (one.starts[k] as number);
    const from = (tls.records.content[row] as number) + skip;
    const taken = Math.min(bytes.length - done, (tls.records.contentLength[row] as number) - skip);
    bytes.set(tls.plain.subarray(from, from + taken), done);
    done += taken;
  }
  return bytes;
};

/** Packets that are looked through for the next byte of a head: a capture may have them out of order. */
const REACH = 4096;

/** Bytes from stream offset `at` on, as the packets from `first` on have them in clear. */
const clearBytes = (
  trace: Trace,
  captured: CapturedBytes,
  flow: number,
  up: boolean,
  first: number,
  at: number,
  length: number,
): Uint8Array => {
  const { offset, flow: flows, hop } = trace.packets;
  const bytes = new Uint8Array(length);
  let done = 0;
  // Mostly one packet, or neighbours; what came out of order is found on a further walk.
  for (let found = true; found && done < length;) {
    found = false;
    for (let i = first; i < Math.min(trace.packetCount, first + REACH) && done < length; i++) {
      if (flows[i] !== flow || hop[i] !== 0 || isUpward(trace, i) !== up) continue;
      const place = payloadPlace(trace, captured, i);
      const skip = at + done - (offset[i] as number);
      if (skip < 0 || skip >= place.length) continue;
      const taken = Math.min(length - done, place.length - skip);
      bytes.set(captured.bytes.subarray(place.at + skip, place.at + skip + taken), done);
      done += taken;
      found = true;
    }
  }
  return bytes.subarray(0, done);
};

const NEWLINE = 10;

/** What stands in front of a body, where more than that is around it: a chunk's end of line, padding. */
const inFront = ({ units }: TraceHttp, unit: number, bytes: Uint8Array): Uint8Array => {
  const kind = units.kind[unit];
  // RFC 9112 §7.1: the line of a chunk.
  if (kind === HttpKind.Chunk || kind === HttpKind.LastChunk) return bytes.subarray(0, bytes.indexOf(NEWLINE) + 1);
  // RFC 9113 §6.1: Pad Length, and the padding is behind the data.
  const isPadded = ((units.flags[unit] as number) & Flag.Padded) !== 0;
  return kind === HttpKind.Frame && units.type[unit] === FrameType.Data
    ? bytes.subarray(0, FRAME_HEADER_SIZE + (isPadded ? 1 : 0))
    : bytes;
};

const known = new WeakMap<TraceHttp, Map<number, Uint8Array | null>>();

const capturedHead = (trace: Trace, http: TraceHttp, unit: number): Uint8Array | null => {
  const { units } = http;
  const [flow, up] = [units.flow[unit] as number, units.up[unit] === 1];
  const [offset, at] = [units.offset[unit] as number, units.at[unit] as number];
  const length = (units.size[unit] as number) - (units.body[unit] as number);
  if (trace.flows[flow]?.protocol === 'udp')
    return trace.quic
      ? streamBytes(trace, trace.quic, { flow, up, stream: units.stream[unit] as number }, offset, length)
      : null;
  const inside = trace.tls && openedBytes(trace.tls, 2 * flow + (up ? 0 : 1), offset, at, length);
  const first = units.first[unit] as number;
  if (!inside && (!trace.captured || first === NONE)) return null;
  const bytes = inside ?? clearBytes(trace, trace.captured as CapturedBytes, flow, up, first, at, length);
  return inFront(http, unit, bytes);
};

/**
 * All of a unit but its body: made, or from the bytes of the capture or of what its secrets opened. Null where nobody has them (a capture without keys, a log).
 */
export const headBytes = (trace: Trace, unit: number): Uint8Array | null => {
  const { http } = trace;
  if (!http) return null;
  const made = headText(trace, unit);
  if (made !== null) return Uint8Array.from(made, (c) => c.charCodeAt(0));
  let all = known.get(http);
  if (!all) known.set(http, (all = new Map<number, Uint8Array | null>()));
  let found = all.get(unit);
  if (found === undefined) all.set(unit, (found = capturedHead(trace, http, unit)));
  return found;
};
