import type { TraceTls } from '../../trace/tls.ts';
import type { Trace } from '../../trace/types.ts';
import type { Side } from '../../wire/tls/make/session.ts';
import { madeSession } from '../made.ts';

/** What is inside the records of a trace: kept beside a capture, made for a run. */
export interface TlsContents {
  /** Content of a record; null where it is closed, or plain on the wire and not kept twice. */
  record(record: number): Uint8Array | null;
  /** Bytes of a handshake message, header included; none where they are not made yet. */
  message(message: number): Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** What was read from a capture. */
export const keptContents = (tls: Pick<TraceTls, 'records' | 'messages' | 'plain'>): TlsContents => ({
  record: (record) => {
    const at = tls.records.content[record] as number;
    return at < 0 ? null : tls.plain.subarray(at, at + (tls.records.contentLength[record] as number));
  },
  message: (message) => {
    const at = tls.messages.at[message] as number;
    return tls.plain.subarray(at, at + (tls.messages.length[message] as number));
  },
});

/** What a simulated run would have sent; see `prepareBytes`. */
const madeContents = (trace: Trace, tls: TraceTls): TlsContents => {
  /** First row of each direction. */
  const first = new Map<number, number>();
  const key = (record: number): number =>
    2 * (tls.records.flow[record] as number) + (tls.records.up[record] === 1 ? 0 : 1);
  for (let r = tls.recordCount - 1; r >= 0; r--) first.set(key(r), r);
  const side = (record: number): Side => (tls.records.up[record] === 1 ? 'client' : 'server');
  return {
    record: (record) => {
      const made = madeSession(trace, tls.records.flow[record] as number);
      return made ? made.content(side(record), record - (first.get(key(record)) ?? 0)) : null;
    },
    message: (message) => {
      const record = tls.messages.record[message] as number;
      const made = madeSession(trace, tls.records.flow[record] as number);
      const at = tls.messages.at[message] as number;
      return made ? made.handshake[side(record)].subarray(at, at + (tls.messages.length[message] as number)) : NOTHING;
    },
  };
};

const known = new WeakMap<TraceTls, TlsContents>();

export const contentsOf = (trace: Trace, tls: TraceTls): TlsContents => {
  let contents = known.get(tls);
  if (!contents) {
    contents = trace.captured ? keptContents(tls) : madeContents(trace, tls);
    known.set(tls, contents);
  }
  return contents;
};
