import { lowerBound } from '../../base/bisect.ts';
import { traceIndex } from '../../trace/query/index.ts';
import { NONE } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import type { Compression, HeaderBlock, TableEntry } from './tables.ts';

/** When a frame left its sender, and when its receiver had all of it, ns; Infinity: never. */
export const timesOf = (trace: Trace, unit: number): { readonly sent: number; readonly read: number } => {
  const never = { sent: Infinity, read: Infinity };
  const { http } = trace;
  if (!http) return never;
  const { units } = http;
  const first = units.first[unit] as number;
  if (first === NONE) return never;
  const flow = units.flow[unit] as number;
  const ends = trace.flows[flow];
  const up = units.up[unit] === 1;
  const receiver = (up ? ends?.server.node : ends?.client.node) ?? 0;
  const stream = ends?.protocol === 'udp' ? (units.stream[unit] as number) : 0;
  const list = traceIndex(trace).deliveriesOf(flow, receiver, stream);
  const d = trace.deliveries;
  // The hand-over that brought its last byte: the first that ends at it or behind.
  let row = list ? Math.max(0, lowerBound(list.offset, units.end[unit] as number) - 1) : 0;
  const endOf = (k: number): number => {
    const at = list?.rows[k];
    return at === undefined ? Infinity : (d.offset[at] as number) + (d.bytes[at] as number);
  };
  while (list && row < list.rows.length && endOf(row) < (units.end[unit] as number)) row++;
  const at = list?.rows[row];
  return { sent: trace.packets.sent[first] as number, read: at === undefined ? Infinity : (d.time[at] as number) };
};

/** An entry as it stands at an instant. */
export interface EntryAt extends TableEntry {
  /** HPACK: the index that names it now (RFC 7541 §2.3.3). QPACK: its absolute index (RFC 9204 §3.2.4). */
  readonly index: number;
  /** The decoder has not read it yet. */
  readonly isOnItsWay: boolean;
}

/** The encoder's table at an instant, newest first, and what was driven out of it so far. */
export interface TableAt {
  readonly entries: readonly EntryAt[];
  readonly gone: readonly TableEntry[];
  /** Bytes that the entries count. */
  readonly size: number;
  /** The last block that was sent; null: none yet. */
  readonly block: HeaderBlock | null;
}

/** Entries of the static table come first. */
const FIRST_DYNAMIC = 62;

export const tableAt = (trace: Trace, compression: Compression, time: number): TableAt => {
  // QPACK's entries come by instructions of their own, HPACK's in the blocks.
  const told = new Set([...compression.blocks.map(({ unit }) => unit), ...compression.entries.map(({ by }) => by)]);
  const sentBy = new Map([...told].map((unit) => [unit, timesOf(trace, unit)]));
  const isSent = (unit: number): boolean => (sentBy.get(unit)?.sent ?? Infinity) <= time;
  const there = compression.entries.filter(({ by }) => isSent(by));
  const gone = there.filter(({ out }) => out >= 0 && isSent(out));
  const kept = there.filter((entry) => !gone.includes(entry)).reverse();
  const isQpack = compression.kind === 'qpack';
  return {
    entries: kept.map((entry, k) => ({
      ...entry,
      index: isQpack ? compression.entries.indexOf(entry) : FIRST_DYNAMIC + k,
      isOnItsWay: (sentBy.get(entry.by)?.read ?? Infinity) > time,
    })),
    gone,
    size: kept.reduce((sum, { size }) => sum + size, 0),
    block: compression.blocks.findLast(({ unit }) => isSent(unit)) ?? null,
  };
};
