import { FieldWriter, grouped } from '../field.ts';
import type { Field } from '../field.ts';
import { Reader } from '../tls/reader.ts';
import { applyLine } from './decoder.ts';
import { readLine } from './line.ts';
import type { HpackLine, PlacedLine } from './line.ts';
import { STATIC_TABLE } from './staticTable.ts';
import { DynamicTable } from './table.ts';
import type { HeaderField } from './table.ts';

/** The table as a block finds it: entries newest first, and its size limit in bytes. */
export interface TableState {
  readonly entries: readonly HeaderField[];
  readonly capacity: number;
}

export const tableOf = ({ entries, capacity }: TableState): DynamicTable => {
  const table = new DynamicTable(capacity);
  for (let i = entries.length - 1; i >= 0; i--) table.insert(entries[i]!);
  return table;
};

const sections = {
  add: 'RFC 7541 §6.2.1',
  without: 'RFC 7541 §6.2.2',
  never: 'RFC 7541 §6.2.3',
} as const;

const kinds = {
  add: 'literal, added to the table',
  without: 'literal, not added',
  never: 'literal, never to be indexed',
} as const;

const fromWhere = (index: number): string =>
  index <= STATIC_TABLE.length ? 'static table' : `dynamic table, entry ${String(index - STATIC_TABLE.length)}`;

/** Bits of the first byte that hold flags. */
const flagBits = (line: HpackLine): number =>
  line.kind === 'indexed' ? 1 : line.kind === 'size' ? 3 : line.indexing === 'add' ? 2 : 4;

const partsOf = (w: FieldWriter, placed: PlacedLine): Field[] => {
  const { line, at, nameAt, valueAt, end } = placed;
  const flags = flagBits(line);
  const head = (nameAt - at) * 8;
  const bits = (from: number, to: number): [number, number] => [from * 8, (to - from) * 8];
  const parts = [w.make('kind', 'Kind', at * 8, flags, line.kind, '', 'RFC 7541 §6')];
  if (line.kind === 'size') {
    parts.push(w.make('size', 'Table size', at * 8 + flags, head - flags, grouped(line.size), 'bytes'));
    return parts;
  }
  const index = line.kind === 'indexed' ? line.index : typeof line.name === 'number' ? line.name : 0;
  const indexEnd = line.kind === 'indexed' ? end : Math.min(nameAt, valueAt);
  parts.push(
    w.make(
      'index',
      'Index',
      at * 8 + flags,
      (indexEnd - at) * 8 - flags,
      String(index),
      index === 0 ? 'the name follows' : fromWhere(index),
      'RFC 7541 §5.1',
    ),
  );
  if (line.kind === 'indexed') return parts;
  const how = (huffman: boolean): string => (huffman ? 'in the Huffman code' : 'as it is');
  const text = 'RFC 7541 §5.2';
  if (typeof line.name !== 'number')
    parts.push(w.make('name', 'Name', ...bits(nameAt, valueAt), line.name.text, how(line.name.huffman), text));
  parts.push(w.make('value', 'Value', ...bits(valueAt, end), line.value.text, how(line.value.huffman), text));
  return parts;
};

/**
 * The lines of the header block from `at` to `end` as fields, each with its parts. `state` is the table before the
 * block; without it, dynamic entries of earlier blocks have no names. Ends with a field that says what is wrong.
 */
export const hpackFields = (
  bytes: Uint8Array,
  at: number,
  end: number,
  state: TableState = { entries: [], capacity: 4096 },
): Field[] => {
  const w = new FieldWriter('hpack', 0, 'RFC 7541 §6');
  const table = tableOf(state);
  const reader = new Reader(bytes, at, end);
  while (reader.left > 0) {
    const from = reader.at;
    const placed = readLine(reader);
    if (reader.problem !== null) {
      w.add('cut', 'Not understood', from * 8, (Math.min(end, bytes.length) - from) * 8, 'wrong', reader.problem);
      break;
    }
    const { line } = placed;
    // An index into what is not known here keeps its number.
    const field = applyLine(table, line);
    const known = field !== null && typeof field !== 'string';
    const literal = line.kind === 'literal' ? line : null;
    const name = line.kind === 'size' ? 'Dynamic table size' : known ? field.name : 'Field';
    const value = line.kind === 'size' ? grouped(line.size) : known ? field.value : (literal?.value.text ?? 'unknown');
    const meaning =
      line.kind === 'indexed' ? `entry of the ${fromWhere(line.index)}` : literal ? kinds[literal.indexing] : 'bytes';
    const rfc = line.kind === 'indexed' ? 'RFC 7541 §6.1' : literal ? sections[literal.indexing] : 'RFC 7541 §6.3';
    w.add(line.kind, name, from * 8, (placed.end - from) * 8, value, meaning, rfc, partsOf(w, placed));
  }
  return w.fields;
};
