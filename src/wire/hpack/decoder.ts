import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { Reader } from '../tls/reader.ts';
import { readLine } from './line.ts';
import type { HpackLine, PlacedLine } from './line.ts';
import { STATIC_TABLE } from './staticTable.ts';
import { DynamicTable, entrySize } from './table.ts';
import type { HeaderField } from './table.ts';

/** SETTINGS_HEADER_TABLE_SIZE until it is said otherwise (RFC 9113 §6.5.2). */
export const DEFAULT_TABLE_SIZE = 4096;

/** The entry that an index means (RFC 7541 §2.3.3); null where it means none. */
export const hpackEntry = (table: DynamicTable, index: number): HeaderField | null =>
  index <= STATIC_TABLE.length
    ? (STATIC_TABLE[index - 1] ?? null)
    : table.get(table.inserted - (index - STATIC_TABLE.length));

/** A field with the line that brought it. */
export interface DecodedField extends HeaderField {
  readonly line: HpackLine;
  /** Its value may never be put into a table, here or further on (RFC 7541 §7.1.3). */
  readonly neverIndexed: boolean;
}

/**
 * Does to the table what a line says, and gives the line's field: null for a change of size, text for what is wrong.
 * Encoder, decoder and field map share it.
 */
export const applyLine = (table: DynamicTable, line: HpackLine): HeaderField | null | string => {
  if (line.kind === 'size') {
    table.resize(line.size);
    return null;
  }
  const index = line.kind === 'indexed' ? line.index : line.name;
  const entry = typeof index === 'number' ? hpackEntry(table, index) : null;
  if (typeof index === 'number' && entry === null)
    return `index ${String(index)} names no entry: the tables hold ${String(STATIC_TABLE.length + table.count)}`;
  if (line.kind === 'indexed') return entry;
  const name = typeof line.name === 'number' ? (entry?.name ?? '') : line.name.text;
  const field = { name, value: line.value.text };
  if (line.indexing === 'add') table.insert(field);
  return field;
};

/** Room for the text of a header list: what protects from a small block that unfolds into a large list. */
const DEFAULT_LIST_LIMIT = 1 << 20;

/** Reads header blocks in order (RFC 7541 §3). After an error the table is out of step, and the connection has to end. */
export class HpackDecoder {
  readonly table: DynamicTable;
  #limit: number;
  readonly #listLimit: number;

  /** `limit`: the largest table allowed, in bytes; `listLimit`: SETTINGS_MAX_HEADER_LIST_SIZE. */
  constructor(limit = DEFAULT_TABLE_SIZE, listLimit = DEFAULT_LIST_LIMIT) {
    this.table = new DynamicTable(limit);
    this.#limit = limit;
    this.#listLimit = listLimit;
  }

  /** Our SETTINGS_HEADER_TABLE_SIZE, from its acknowledgement on. */
  setLimit(limit: number): void {
    this.#limit = limit;
  }

  /**
   * Decodes a whole block. Fails with a sentence where a line is cut or names nothing, where a size is above the limit
   * or stands behind a field, and where a lower limit was not answered.
   */
  decode(bytes: Uint8Array, at = 0, end = bytes.length): Result<DecodedField[]> {
    const reader = new Reader(bytes, at, end);
    const fields: DecodedField[] = [];
    let room = this.#listLimit;
    while (reader.left > 0) {
      const placed = readLine(reader);
      const wrong = reader.problem ?? this.#misplaced(placed, fields.length > 0);
      const field = wrong ?? applyLine(this.table, placed.line);
      if (typeof field === 'string') return fail({ where: `byte ${String(placed.at)}`, what: field });
      if (field === null) continue;
      const { line } = placed;
      room -= entrySize(field);
      if (room < 0)
        return fail({
          where: `byte ${String(placed.at)}`,
          what: `the header list is longer than the ${String(this.#listLimit)} bytes allowed`,
        });
      fields.push({ ...field, line, neverIndexed: line.kind === 'literal' && line.indexing === 'never' });
    }
    return ok(fields);
  }

  #misplaced({ line }: PlacedLine, behindField: boolean): string | null {
    if (line.kind !== 'size') {
      // A lower limit has to be answered before anything else (RFC 7541 §4.2).
      return this.table.capacity > this.#limit
        ? `the block does not begin with a table size of at most ${String(this.#limit)}, which the settings ask for`
        : null;
    }
    if (behindField) return 'a table size stands behind a header line, where only a block’s start may have one';
    return line.size > this.#limit
      ? `table size ${String(line.size)} is above the ${String(this.#limit)} that the settings allow`
      : null;
  }
}
