import type { TableState } from '../../wire/hpack/fields.ts';
import type { HeaderField } from '../../wire/hpack/table.ts';

/** How one field of a header block went over the wire. */
export interface CodedField extends HeaderField {
  readonly how: 'indexed' | 'literal, added' | 'literal' | 'literal, never indexed';
  /** The name, or all of it, came from a table. */
  readonly from: 'static' | 'dynamic' | 'text';
  readonly huffman: boolean;
  /** Bytes on the wire, and as a line of HTTP/1. */
  readonly bytes: number;
  readonly plain: number;
}

/** A header block: what it said, and the table before it. */
export interface HeaderBlock {
  /** Row of `trace.http.units`. */
  readonly unit: number;
  readonly before: TableState;
  readonly fields: readonly CodedField[];
}

/** An entry of a table, from its insertion to its eviction. */
export interface TableEntry extends HeaderField {
  /** Bytes that it counts (RFC 7541 §4.1). */
  readonly size: number;
  /** The block that inserted it, and the one that drove it out; −1: none. */
  readonly by: number;
  readonly out: number;
}

/** One direction's compression: its blocks in order, and all that was ever inserted. */
export interface Compression {
  readonly kind: 'hpack' | 'qpack';
  readonly flow: number;
  /** The client's blocks. */
  readonly up: boolean;
  readonly blocks: readonly HeaderBlock[];
  readonly entries: readonly TableEntry[];
  readonly capacity: number;
}

/** ": " and the line's end, as HTTP/1 writes it. */
export const LINE_OVERHEAD = 4;

/** In place of a name that was put into the table before the capture began, or that it lacks. */
export const unknownEntry = (index: number): string => `(entry ${String(index)}, not in the capture)`;
