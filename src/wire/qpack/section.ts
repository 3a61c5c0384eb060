import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { prefixedSize, putPrefixed, putText, readPrefixed, readText, textSize } from '../hpack/prefix.ts';
import type { Text } from '../hpack/prefix.ts';
import { Reader } from '../tls/reader.ts';

/**
 * Which entry: of the static table; of the dynamic one, counted back from the base; or counted on from it, for entries
 * that were inserted while the section was written (RFC 9204 §3.2.5, §3.2.6).
 */
export interface EntryRef {
  readonly from: 'static' | 'base' | 'postBase';
  readonly index: number;
}

/** A field line as it stands on the wire (RFC 9204 §4.5). */
export type QpackLine =
  | ({ readonly kind: 'indexed' } & EntryRef)
  | {
      readonly kind: 'literal';
      /** May not be indexed further on either. */
      readonly never: boolean;
      readonly name: EntryRef | Text;
      readonly value: Text;
    };

/** A field section as it stands on the wire: what its prefix means depends on the table (RFC 9204 §4.5.1). */
export interface Section {
  /** The Required Insert Count as it is encoded; 0 where no dynamic entry is used. */
  readonly insertCount: number;
  readonly negative: boolean;
  readonly deltaBase: number;
  readonly lines: readonly QpackLine[];
}

/** The flag of the sign, above its prefix of 7 bits. */
const SIGN = 0x80;

export const qpackLineSize = (line: QpackLine): number => {
  if (line.kind === 'indexed') return prefixedSize(line.index, line.from === 'postBase' ? 4 : 6);
  const { name } = line;
  const head = 'from' in name ? prefixedSize(name.index, name.from === 'postBase' ? 3 : 4) : textSize(name, 3);
  return head + textSize(line.value);
};

const putLine = (bytes: Uint8Array, at: number, line: QpackLine): number => {
  if (line.kind === 'indexed') {
    if (line.from === 'postBase') return putPrefixed(bytes, at, 0x10, 4, line.index); // §4.5.3
    return putPrefixed(bytes, at, line.from === 'static' ? 0xc0 : 0x80, 6, line.index); // §4.5.2
  }
  const { name, never, value } = line;
  if (!('from' in name))
    at = putText(bytes, at, name, never ? 0x30 : 0x20, 3); // §4.5.6
  else if (name.from === 'postBase')
    at = putPrefixed(bytes, at, never ? 0x08 : 0, 3, name.index); // §4.5.5
  else {
    const flags = 0x40 | (never ? 0x20 : 0) | (name.from === 'static' ? 0x10 : 0);
    at = putPrefixed(bytes, at, flags, 4, name.index); // §4.5.4
  }
  return putText(bytes, at, value);
};

/** Bytes of a field section. */
export const sectionSize = (section: Section): number =>
  section.lines.reduce(
    (sum, line) => sum + qpackLineSize(line),
    prefixedSize(section.insertCount, 8) + prefixedSize(section.deltaBase, 7),
  );

export const encodeSection = (section: Section): Uint8Array => {
  const bytes = new Uint8Array(sectionSize(section));
  let at = putPrefixed(bytes, 0, 0, 8, section.insertCount);
  at = putPrefixed(bytes, at, section.negative ? SIGN : 0, 7, section.deltaBase);
  for (const line of section.lines) at = putLine(bytes, at, line);
  return bytes;
};

/** A line and where it stands: `valueAt` is `end` where there is no value. */
export interface PlacedQpackLine {
  readonly line: QpackLine;
  readonly at: number;
  readonly valueAt: number;
  readonly end: number;
}

/** Reads one line; the reader's problem says where it could not. */
export const readQpackLine = (reader: Reader): PlacedQpackLine => {
  const { at } = reader;
  const first = reader.u8('field line');
  const index = (from: EntryRef['from'], bits: number): EntryRef => ({
    from,
    index: readPrefixed(reader, first, bits, 'index'),
  });
  const literal = (never: boolean, name: EntryRef | Text): PlacedQpackLine => {
    const valueAt = reader.at;
    const value = readText(reader, reader.u8('length of the value'), 7, 'value');
    return { line: { kind: 'literal', never, name, value }, at, valueAt, end: reader.at };
  };
  const indexed = (ref: EntryRef): PlacedQpackLine => ({
    line: { kind: 'indexed', ...ref },
    at,
    valueAt: reader.at,
    end: reader.at,
  });
  if (first >= 0x80) return indexed(index((first & 0x40) !== 0 ? 'static' : 'base', 6));
  if (first >= 0x40) return literal((first & 0x20) !== 0, index((first & 0x10) !== 0 ? 'static' : 'base', 4));
  if (first >= 0x20) return literal((first & 0x10) !== 0, readText(reader, first, 3, 'name'));
  if (first >= 0x10) return indexed(index('postBase', 4));
  return literal((first & 0x08) !== 0, index('postBase', 3));
};

/** The prefix in front of the lines. */
export const readSectionPrefix = (reader: Reader): Omit<Section, 'lines'> => {
  const insertCount = readPrefixed(reader, reader.u8('Required Insert Count'), 8, 'Required Insert Count');
  const first = reader.u8('Base');
  return { insertCount, negative: first >= SIGN, deltaBase: readPrefixed(reader, first, 7, 'Base') };
};

/** Reads a whole field section without a table. */
export const decodeSection = (bytes: Uint8Array, at = 0, end = bytes.length): Result<Section> => {
  const reader = new Reader(bytes, at, end);
  const prefix = readSectionPrefix(reader);
  const lines: QpackLine[] = [];
  while (reader.left > 0) {
    const { line } = readQpackLine(reader);
    if (reader.problem === null) lines.push(line);
  }
  return reader.problem === null
    ? ok({ ...prefix, lines })
    : fail({ where: `byte ${String(reader.at)}`, what: reader.problem });
};
