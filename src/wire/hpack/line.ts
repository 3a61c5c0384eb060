import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { Reader } from '../tls/reader.ts';
import { prefixedSize, putPrefixed, putText, readPrefixed, readText, textSize } from './prefix.ts';
import type { Text } from './prefix.ts';

/** What a literal does to the dynamic table (RFC 7541 §6.2). Intermediaries may never index what is `never` indexed. */
export type Indexing = 'add' | 'without' | 'never';

/** A line of a header block as it stands on the wire (RFC 7541 §6): what it means depends on the table. */
export type HpackLine =
  | { readonly kind: 'indexed'; readonly index: number }
  | {
      readonly kind: 'literal';
      readonly indexing: Indexing;
      /** An index, or the name itself. */
      readonly name: number | Text;
      readonly value: Text;
    }
  | { readonly kind: 'size'; readonly size: number };

/** First bits and length of the index's prefix, by kind (RFC 7541 §6.2.1 to §6.2.3). */
const literals: Readonly<Record<Indexing, readonly [flags: number, bits: number]>> = {
  add: [0x40, 6],
  without: [0x00, 4],
  never: [0x10, 4],
};

/** Bytes of a line. */
export const lineSize = (line: HpackLine): number => {
  switch (line.kind) {
    case 'indexed':
      return prefixedSize(line.index, 7);
    case 'size':
      return prefixedSize(line.size, 5);
    case 'literal': {
      const { name } = line;
      const head = typeof name === 'number' ? prefixedSize(name, literals[line.indexing][1]) : 1 + textSize(name);
      return head + textSize(line.value);
    }
  }
};

const putLine = (bytes: Uint8Array, at: number, line: HpackLine): number => {
  switch (line.kind) {
    case 'indexed':
      return putPrefixed(bytes, at, 0x80, 7, line.index);
    case 'size':
      return putPrefixed(bytes, at, 0x20, 5, line.size);
    case 'literal': {
      const [flags, bits] = literals[line.indexing];
      const { name } = line;
      at = putPrefixed(bytes, at, flags, bits, typeof name === 'number' ? name : 0);
      if (typeof name !== 'number') at = putText(bytes, at, name);
      return putText(bytes, at, line.value);
    }
  }
};

/** Bytes of a header block. */
export const linesSize = (lines: readonly HpackLine[]): number => lines.reduce((sum, line) => sum + lineSize(line), 0);

export const encodeLines = (lines: readonly HpackLine[]): Uint8Array => {
  const bytes = new Uint8Array(linesSize(lines));
  let at = 0;
  for (const line of lines) at = putLine(bytes, at, line);
  return bytes;
};

/** A line and where it stands: `nameAt` its literal name, `valueAt` its value; both are `end` where there is none. */
export interface PlacedLine {
  readonly line: HpackLine;
  readonly at: number;
  readonly nameAt: number;
  readonly valueAt: number;
  readonly end: number;
}

/** Reads one line; the reader's problem says where it could not. */
export const readLine = (reader: Reader): PlacedLine => {
  const { at } = reader;
  const first = reader.u8('header line');
  let line: HpackLine;
  let nameAt = -1;
  let valueAt = -1;
  if (first >= 0x80) line = { kind: 'indexed', index: readPrefixed(reader, first, 7, 'index') };
  else if (first >= 0x20 && first < 0x40) line = { kind: 'size', size: readPrefixed(reader, first, 5, 'table size') };
  else {
    const indexing: Indexing = first >= 0x40 ? 'add' : first >= 0x10 ? 'never' : 'without';
    const index = readPrefixed(reader, first, literals[indexing][1], 'index of the name');
    nameAt = index === 0 ? reader.at : -1;
    const name = index === 0 ? readText(reader, reader.u8('length of the name'), 7, 'name') : index;
    valueAt = reader.at;
    const value = readText(reader, reader.u8('length of the value'), 7, 'value');
    line = { kind: 'literal', indexing, name, value };
  }
  const end = reader.at;
  return { line, at, nameAt: nameAt < 0 ? end : nameAt, valueAt: valueAt < 0 ? end : valueAt, end };
};

/** The lines of a whole header block, read without a table. */
export const decodeLines = (bytes: Uint8Array, at = 0, end = bytes.length): Result<HpackLine[]> => {
  const reader = new Reader(bytes, at, end);
  const lines: HpackLine[] = [];
  while (reader.left > 0) {
    const { line } = readLine(reader);
    if (reader.problem === null) lines.push(line);
  }
  return reader.problem === null ? ok(lines) : fail({ where: `byte ${String(reader.at)}`, what: reader.problem });
};
