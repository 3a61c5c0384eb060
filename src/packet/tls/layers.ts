import { isUpward } from '../../trace/direction.ts';
import type { TraceTls } from '../../trace/tls.ts';
import type { Trace } from '../../trace/types.ts';
import { FieldWriter, grouped } from '../../wire/field.ts';
import { ContentType } from '../../wire/tls/codes.ts';
import { Epoch } from '../../wire/tls/epoch.ts';
import { RECORD_HEADER_SIZE } from '../../wire/tls/record.ts';
import type { Layer } from '../layers.ts';
import { contentsOf } from './contents.ts';
import type { TlsContents } from './contents.ts';
import { messageLabel, recordLabel } from './label.ts';
import { recordFields } from './recordFields.ts';
import type { RecordPart } from './recordFields.ts';

/** Where the rows of each direction and the messages of each record begin. */
interface Index {
  /** First row and row behind the last, by 2 × flow, plus 1 for the server's direction. */
  readonly rows: ReadonlyMap<number, readonly [from: number, to: number]>;
  readonly messages: Int32Array;
}

const indexes = new WeakMap<TraceTls, Index>();

const directionKey = (flow: number, up: boolean): number => 2 * flow + (up ? 0 : 1);

const indexOf = (tls: TraceTls): Index => {
  const known = indexes.get(tls);
  if (known) return known;
  const rows = new Map<number, [number, number]>();
  const messages = new Int32Array(tls.recordCount + 1).fill(tls.messageCount);
  let m = 0;
  for (let r = 0; r < tls.recordCount; r++) {
    const key = directionKey(tls.records.flow[r] as number, tls.records.up[r] === 1);
    const range = rows.get(key);
    if (range) range[1] = r + 1;
    else rows.set(key, [r, r + 1]);
    messages[r] = m;
    while (m < tls.messageCount && tls.messages.record[m] === r) m++;
  }
  const index = { rows, messages };
  indexes.set(tls, index);
  return index;
};

/** Stream offset behind a record. */
const endOf = (tls: TraceTls, r: number): number =>
  (tls.records.at[r] as number) + RECORD_HEADER_SIZE + (tls.records.length[r] as number);

const names: Readonly<Record<number, string>> = {
  [ContentType.ChangeCipherSpec]: 'TLS change of cipher',
  [ContentType.Alert]: 'TLS alert',
  [ContentType.Handshake]: 'TLS handshake',
  [ContentType.ApplicationData]: 'TLS application data',
};

const recordLayer = (tls: TraceTls, contents: TlsContents, part: RecordPart, is13: boolean): Layer => {
  const { record, nth, messages } = part;
  const { records } = tls;
  const labels: string[] = [];
  for (let m = messages[0]; m < messages[1]; m++) labels.push(messageLabel(contents.message(m)));
  const what = labels.length > 0 ? labels.join(', ') : recordLabel(tls, contents, record);
  const rfc = is13 ? 'RFC 8446 §5.1' : 'RFC 5246 §6.2.1';
  const w = new FieldWriter('tls', 0, rfc);
  recordFields(w, tls, contents, part, is13);
  return {
    id: nth === 0 ? 'tls' : `tls.${nth}`,
    name: names[records.inner[record] as number] ?? 'TLS record',
    summary: part.isEnd ? what : `part of a record of ${grouped(records.length[record] as number)} bytes`,
    from: part.from,
    length: part.length,
    rfc,
    fields: w.fields,
  };
};

/** Rows [from, to) of the records that have bytes among the first `length` of a packet's payload. */
export const recordsWithin = (
  trace: Trace,
  tls: TraceTls,
  packet: number,
  length: number,
): { readonly from: number; readonly to: number } => {
  const flow = trace.packets.flow[packet] as number;
  const range = indexOf(tls).rows.get(directionKey(flow, isUpward(trace, packet)));
  if (!range) return { from: 0, to: 0 };
  const start = trace.packets.offset[packet] as number;
  let lo = range[0];
  let hi = range[1];
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (endOf(tls, mid) <= start) lo = mid + 1;
    else hi = mid;
  }
  const from = lo;
  while (lo < range[1] && (tls.records.at[lo] as number) < start + length) lo++;
  return { from, to: lo };
};

/** Number of a record among those of its direction, from 0. */
export const rowOf = (tls: TraceTls, record: number): number =>
  record -
  (indexOf(tls).rows.get(directionKey(tls.records.flow[record] as number, tls.records.up[record] === 1))?.[0] ?? 0);

/** Rows [from, to) of the messages that end in a record. */
export const messagesWithin = (tls: TraceTls, record: number): readonly [number, number] => {
  const { messages } = indexOf(tls);
  return [messages[record] as number, messages[record + 1] as number];
};

/**
 * A layer for each TLS record that has bytes in a packet; its payload is [from, end) of its bytes. A record of
 * several segments has its fields where it ends. Empty where no TLS was found. `observed`: only of those in the clear.
 */
export const tlsLayers = (
  trace: Trace,
  packet: number,
  bytes: Uint8Array,
  from: number,
  end: number,
  observed = false,
): Layer[] => {
  const { tls } = trace;
  if (!tls) return [];
  const contents = contentsOf(trace, tls);
  const index = indexOf(tls);
  const flow = trace.packets.flow[packet] as number;
  const start = trace.packets.offset[packet] as number;
  const stop = start + (end - from);
  const rows = recordsWithin(trace, tls, packet, stop - start);
  const is13 = tls.flows.find((t) => t.flow === flow)?.version === 0x0304;
  const layers: Layer[] = [];
  for (let r = rows.from; r < rows.to; r++) {
    if (observed && tls.records.epoch[r] !== Epoch.Plain) continue;
    const at = tls.records.at[r] as number;
    const first = Math.max(start, at);
    const last = Math.min(stop, endOf(tls, r));
    const isEnd = endOf(tls, r) <= stop;
    const part: RecordPart = {
      record: r,
      nth: layers.length,
      from: from + (first - start),
      length: last - first,
      isStart: at >= start,
      isEnd,
      messages: isEnd ? [index.messages[r] as number, index.messages[r + 1] as number] : [0, 0],
      bytes,
    };
    layers.push(recordLayer(tls, contents, part, is13));
  }
  return layers;
};
