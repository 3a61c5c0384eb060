import { HpackEncoder } from '../../../wire/hpack/encoder.ts';
import { encodeLines } from '../../../wire/hpack/line.ts';
import type { HpackLine } from '../../../wire/hpack/line.ts';
import { asText } from '../../../wire/hpack/prefix.ts';
import { STATIC_TABLE } from '../../../wire/hpack/staticTable.ts';
import type { HeaderField } from '../../../wire/hpack/table.ts';

/** Makes header blocks, in the order in which they are sent. */
export interface BlockEncoder {
  encode(fields: readonly HeaderField[]): Uint8Array;
  /** The peer's SETTINGS_HEADER_TABLE_SIZE. */
  setLimit(limit: number): void;
}

/** Static and dynamic table, as nghttp2 uses them (curl, nghttp, and what the house takes for a browser). */
export class TableEncoder implements BlockEncoder {
  readonly #encoder = new HpackEncoder();

  encode(fields: readonly HeaderField[]): Uint8Array {
    return encodeLines(this.#encoder.lines(fields));
  }

  setLimit(limit: number): void {
    this.#encoder.setLimit(limit);
  }
}

const staticName = (name: string): number => STATIC_TABLE.findIndex((entry) => entry.name === name) + 1;

/** Lines that nginx writes with a name from the static table and asks the peer to index. */
const INDEXED = new Set(['server', 'date', 'content-type', 'content-length', 'last-modified', 'location']);

/**
 * What nginx 1.22 does (`ngx_http_v2_header_filter`): it asks for entries and never uses one, so that every answer has
 * its lines in full; a length is not put into the Huffman code.
 */
export class NginxEncoder implements BlockEncoder {
  encode(fields: readonly HeaderField[]): Uint8Array {
    return encodeLines(fields.map((field) => this.#line(field)));
  }

  #line({ name, value }: HeaderField): HpackLine {
    const pair = STATIC_TABLE.findIndex((entry) => entry.name === name && entry.value === value) + 1;
    if (name.startsWith(':') && pair > 0) return { kind: 'indexed', index: pair };
    const text = asText(value, name === 'content-length' ? 'never' : 'shorter');
    return INDEXED.has(name)
      ? { kind: 'literal', indexing: 'add', name: staticName(name), value: text }
      : { kind: 'literal', indexing: 'without', name: asText(name, 'shorter'), value: text };
  }

  setLimit(): void {
    // It uses no entry, so any table is large enough; the peer counts what it evicts by itself.
  }
}
