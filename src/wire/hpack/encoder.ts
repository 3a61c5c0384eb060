import { applyLine, DEFAULT_TABLE_SIZE } from './decoder.ts';
import type { HpackLine, Indexing } from './line.ts';
import { asText } from './prefix.ts';
import type { HuffmanUse } from './prefix.ts';
import { STATIC_TABLE } from './staticTable.ts';
import { DynamicTable, entrySize, pairKey } from './table.ts';
import type { HeaderField } from './table.ts';

/** What an encoder is free to choose. The same policy, fields and settings give the same bytes. */
export interface HpackPolicy {
  readonly huffman: HuffmanUse;
  readonly indexing: (field: HeaderField, capacity: number) => Indexing;
}

/** Values that change with each message: their entries would only push others out. */
const changing = new Set([
  ':path',
  'age',
  'content-length',
  'etag',
  'if-modified-since',
  'if-none-match',
  'location',
  'set-cookie',
]);

/**
 * What nghttp2 does, and curl with it (`nghttp2_hd.c`, `hd_deflate_decide_indexing`): secrets are never indexed, what
 * changes each time or fills three quarters of the table is not, all else is.
 */
export const NGHTTP2_POLICY: HpackPolicy = {
  huffman: 'shorter',
  indexing: (field, capacity) =>
    field.name === 'authorization' || (field.name === 'cookie' && field.value.length < 20)
      ? 'never'
      : changing.has(field.name) || entrySize(field) > Math.floor((capacity * 3) / 4)
        ? 'without'
        : 'add',
};

/** Index of the first static entry of each name, and of each pair; from 1 on. */
const staticNames = new Map<string, number>();
const staticPairs = new Map<string, number>();
STATIC_TABLE.forEach(({ name, value }, i) => {
  if (!staticNames.has(name)) staticNames.set(name, i + 1);
  staticPairs.set(pairKey(name, value), i + 1);
});

/** Turns header lists into lines, in order (RFC 7541 §2); `linesSize` and `encodeLines` take it from there. */
export class HpackEncoder {
  readonly table: DynamicTable;
  readonly #policy: HpackPolicy;
  readonly #most: number;
  /** Smallest and last size since the last block; null where the peer has said nothing new. */
  #announce: { readonly least: number; readonly last: number } | null = null;

  /** `most`: the largest table that this encoder wants, whatever the peer allows. */
  constructor(policy: HpackPolicy = NGHTTP2_POLICY, most = DEFAULT_TABLE_SIZE) {
    this.table = new DynamicTable(Math.min(most, DEFAULT_TABLE_SIZE));
    this.#policy = policy;
    this.#most = most;
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE; the next block begins by taking it up (RFC 7541 §4.2). */
  setLimit(limit: number): void {
    const last = Math.min(limit, this.#most);
    this.#announce = { least: Math.min(last, this.#announce?.least ?? last), last };
  }

  /** The lines of one block. Changes the table: blocks have to be sent in the order in which they are made. */
  lines(fields: readonly HeaderField[]): HpackLine[] {
    const lines: HpackLine[] = [];
    if (this.#announce !== null) {
      const { least, last } = this.#announce;
      if (least < last) lines.push({ kind: 'size', size: least });
      lines.push({ kind: 'size', size: last });
      this.#announce = null;
      for (const line of lines) applyLine(this.table, line);
    }
    for (const field of fields) {
      const line = this.#line(field);
      applyLine(this.table, line);
      lines.push(line);
    }
    return lines;
  }

  #index(absolute: number): number {
    return absolute < 0 ? 0 : STATIC_TABLE.length + this.table.inserted - absolute;
  }

  #line(field: HeaderField): HpackLine {
    const { name, value } = field;
    const indexing = this.#policy.indexing(field, this.table.capacity);
    if (indexing !== 'never') {
      const index = staticPairs.get(pairKey(name, value)) ?? this.#index(this.table.find(name, value));
      if (index > 0) return { kind: 'indexed', index };
    }
    const index = staticNames.get(name) ?? this.#index(this.table.findName(name));
    const { huffman } = this.#policy;
    return { kind: 'literal', indexing, name: index || asText(name, huffman), value: asText(value, huffman) };
  }
}
