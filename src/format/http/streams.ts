import { upperBound } from '../../base/bisect.ts';
import { offsetAt, pieceAt } from '../../packet/tls/streams.ts';
import type { TlsStream } from '../../packet/tls/streams.ts';
import type { TraceTls } from '../../trace/tls.ts';
import { ContentType } from '../../wire/tls/codes.ts';
import type { AppStream } from './place.ts';

/** The bytes of one direction of TCP as they stand there. */
export const clearStream = (stream: TlsStream): AppStream => ({
  flow: stream.flow,
  up: stream.up,
  bytes: stream.bytes,
  gaps: stream.gaps.map(({ at, lost }) => ({ at, lost })),
  place: (from, to) => {
    const last = Math.max(from, to - 1);
    return {
      at: offsetAt(stream, from),
      end: offsetAt(stream, last) + 1,
      first: stream.packets[pieceAt(stream, from)] ?? -1,
      last: stream.packets[pieceAt(stream, last)] ?? -1,
    };
  },
  *starts(from) {
    for (let k = pieceAt(stream, from); k < stream.ends.length; k++) {
      const start = k === 0 ? 0 : (stream.ends[k - 1] as number);
      if (start >= from) yield start;
    }
  },
});

/** Bytes in front of the first record of a stream and behind each one's header (RFC 8446 §5.1). */
const RECORD_HEADER = 5;

/**
 * What applications wrote inside the TLS of one direction: the content of its records, as far as they were opened. Null
 * where none was. A record that stayed closed is a gap of which nobody knows the size.
 */
export const openedStream = (tls: TraceTls, flow: number, up: boolean): AppStream | null => {
  const { records: r } = tls;
  const rows: number[] = [];
  const starts: number[] = [];
  const gaps: { at: number; lost: null }[] = [];
  let size = 0;
  let behind = -1;
  let isOpen = false;
  for (let k = 0; k < tls.recordCount; k++) {
    if (r.flow[k] !== flow || r.up[k] !== (up ? 1 : 0)) continue;
    const at = r.at[k] as number;
    const isLost = behind >= 0 && at > behind;
    behind = at + RECORD_HEADER + (r.length[k] as number);
    const isApplication = r.inner[k] === ContentType.ApplicationData;
    const isShut = isApplication && (r.content[k] as number) < 0;
    if ((isLost || isShut) && isOpen && gaps.at(-1)?.at !== size) gaps.push({ at: size, lost: null });
    if (!isApplication || isShut || r.contentLength[k] === 0) continue;
    isOpen = true;
    rows.push(k);
    starts.push(size);
    size += r.contentLength[k] as number;
  }
  if (rows.length === 0) return null;
  const bytes = new Uint8Array(size);
  rows.forEach((k, i) => {
    const at = r.content[k] as number;
    bytes.set(tls.plain.subarray(at, at + (r.contentLength[k] as number)), starts[i]);
  });
  const recordAt = (at: number): number => rows[Math.max(0, upperBound(starts, at, starts.length) - 1)] as number;
  return {
    flow,
    up,
    bytes,
    gaps,
    place: (from, to) => {
      const [first, last] = [recordAt(from), recordAt(Math.max(from, to - 1))];
      return {
        at: r.at[first] as number,
        end: (r.at[last] as number) + RECORD_HEADER + (r.length[last] as number),
        first: r.first[first] as number,
        last: r.last[last] as number,
      };
    },
    *starts(from) {
      for (let i = Math.max(0, upperBound(starts, from - 1, starts.length)); i < starts.length; i++)
        yield starts[i] as number;
    },
  };
};
