import { HttpKind } from '../../trace/http.ts';
import type { Trace } from '../../trace/types.ts';
import { applyLine, DEFAULT_TABLE_SIZE } from '../../wire/hpack/decoder.ts';
import type { TableState } from '../../wire/hpack/fields.ts';
import { lineSize, readLine } from '../../wire/hpack/line.ts';
import type { HpackLine } from '../../wire/hpack/line.ts';
import { DynamicTable, entrySize } from '../../wire/hpack/table.ts';
import type { HeaderField } from '../../wire/hpack/table.ts';
import { Flag, FrameType } from '../../wire/http2/codes.ts';
import { Reader } from '../../wire/tls/reader.ts';
import { LINE_OVERHEAD, unknownEntry } from './compression.ts';
import type { CodedField, Compression, HeaderBlock, TableEntry } from './compression.ts';
import { qpackOf } from './qpackTables.ts';
import { headBytes } from './heads.ts';
import { unitRows } from './units.ts';

export type { CodedField, Compression, HeaderBlock, TableEntry } from './compression.ts';

const FRAME_HEADER = 9;
const OLD_PRIORITY = 5;
/** The promised stream (RFC 9113 §6.6). */
const PROMISED = 4;

const STATIC_ENTRIES = 61;

const hows = { add: 'literal, added', without: 'literal', never: 'literal, never indexed' } as const;

const codedOf = (line: Exclude<HpackLine, { kind: 'size' }>, field: HeaderField): CodedField => {
  const index = line.kind === 'indexed' ? line.index : typeof line.name === 'number' ? line.name : 0;
  const isText = line.kind === 'literal';
  return {
    ...field,
    how: isText ? hows[line.indexing] : 'indexed',
    from: index === 0 ? 'text' : index <= STATIC_ENTRIES ? 'static' : 'dynamic',
    huffman: isText && (line.value.huffman || (typeof line.name !== 'number' && line.name.huffman)),
    bytes: lineSize(line),
    plain: field.name.length + field.value.length + LINE_OVERHEAD,
  };
};

/** Bytes of a header block that a frame's head holds; null where it holds none. */
const fragmentOf = (trace: Trace, unit: number): Uint8Array | null => {
  const { kind, type, flags } = (trace.http as NonNullable<Trace['http']>).units;
  const isPromise = type[unit] === FrameType.PushPromise;
  const carries = isPromise || type[unit] === FrameType.Headers || type[unit] === FrameType.Continuation;
  if (kind[unit] !== HttpKind.Frame || !carries) return null;
  const head = headBytes(trace, unit);
  if (!head) return null;
  const has = (flag: number): boolean =>
    type[unit] !== FrameType.Continuation && ((flags[unit] as number) & flag) !== 0;
  const skip = isPromise ? PROMISED : has(Flag.Priority) ? OLD_PRIORITY : 0;
  // Zeros at the end, and in front how many (RFC 9113 §6.2, §6.6).
  const padding = has(Flag.Padded) ? (head[FRAME_HEADER] ?? 0) : -1;
  return head.subarray(FRAME_HEADER + (padding < 0 ? 0 : 1) + skip, head.length - Math.max(0, padding));
};

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
};

/** The header blocks of one direction, each by the frame that begins it (RFC 9113 §4.3). */
const blocksOf = (trace: Trace, flow: number, up: boolean): { unit: number; bytes: Uint8Array }[] => {
  const { type } = (trace.http as NonNullable<Trace['http']>).units;
  const blocks: { unit: number; bytes: Uint8Array }[] = [];
  for (const unit of unitRows(trace, flow, up)) {
    const bytes = fragmentOf(trace, unit);
    const last = blocks.at(-1);
    if (!bytes) continue;
    if (type[unit] === FrameType.Continuation && last) last.bytes = joined(last.bytes, bytes);
    else blocks.push({ unit, bytes });
  }
  return blocks;
};

/** What a line says; an entry from before the capture is named by its number, and its place in the table kept. */
const fieldOf = (table: DynamicTable, line: HpackLine): HeaderField | null => {
  const field = applyLine(table, line);
  if (typeof field !== 'string') return field;
  if (line.kind === 'size') return null;
  const index = line.kind === 'indexed' ? line.index : line.name;
  const unknown = { name: unknownEntry(Number(index)), value: line.kind === 'literal' ? line.value.text : '' };
  if (line.kind === 'literal' && line.indexing === 'add') table.insert(unknown);
  return unknown;
};

const read = (trace: Trace, flow: number, up: boolean): Compression => {
  const table = new DynamicTable(DEFAULT_TABLE_SIZE);
  const blocks: HeaderBlock[] = [];
  const entries: { -readonly [K in keyof TableEntry]: TableEntry[K] }[] = [];
  let oldest = 0;
  if (!trace.http) return { kind: 'hpack', flow, up, blocks, entries, capacity: table.capacity };
  for (const { unit, bytes } of blocksOf(trace, flow, up)) {
    const before = { entries: table.snapshot(), capacity: table.capacity };
    const fields: CodedField[] = [];
    const reader = new Reader(bytes, 0, bytes.length);
    while (reader.left > 0) {
      const { line } = readLine(reader);
      if (reader.problem !== null) break;
      const inserted = table.inserted;
      const field = fieldOf(table, line);
      if (field !== null && line.kind !== 'size') fields.push(codedOf(line, field));
      if (table.inserted > inserted && field !== null)
        entries.push({ name: field.name, value: field.value, size: entrySize(field), by: unit, out: -1 });
      for (; oldest < table.oldest; oldest++) {
        const gone = entries[oldest];
        if (gone) gone.out = unit;
      }
    }
    blocks.push({ unit, before, fields });
  }
  return { kind: 'hpack', flow, up, blocks, entries, capacity: table.capacity };
};

const known = new WeakMap<Trace, Map<string, Compression>>();

/** HPACK of one direction of a connection of HTTP/2 (RFC 7541), QPACK of one of HTTP/3, read from its real bytes. Without blocks where it has none. */
export const compressionOf = (trace: Trace, flow: number, up: boolean): Compression => {
  let all = known.get(trace);
  if (!all) known.set(trace, (all = new Map<string, Compression>()));
  const key = `${String(flow)} ${String(up)}`;
  let found = all.get(key);
  const isThree = trace.flows[flow]?.protocol === 'udp';
  if (!found) all.set(key, (found = (isThree ? qpackOf : read)(trace, flow, up)));
  return found;
};

/** The table before a frame's header block, for its field map; null where it has none. */
export const stateBefore = (trace: Trace, unit: number): TableState | null => {
  const { flow, up } = (trace.http as NonNullable<Trace['http']>).units;
  const { blocks } = compressionOf(trace, flow[unit] as number, up[unit] === 1);
  return blocks.find((block) => block.unit === unit)?.before ?? null;
};
