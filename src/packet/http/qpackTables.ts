import { HttpKind } from '../../trace/http.ts';
import type { Trace } from '../../trace/types.ts';
import { DynamicTable, entrySize } from '../../wire/hpack/table.ts';
import type { HeaderField } from '../../wire/hpack/table.ts';
import { FrameType, StreamType } from '../../wire/http3/codes.ts';
import { applyInstruction, qpackEntry } from '../../wire/qpack/decoder.ts';
import { unwrapInsertCount } from '../../wire/qpack/insertCount.ts';
import { readEncoderInstruction } from '../../wire/qpack/instruction.ts';
import { decodeSection, qpackLineSize } from '../../wire/qpack/section.ts';
import type { QpackLine, Section } from '../../wire/qpack/section.ts';
import { Reader } from '../../wire/tls/reader.ts';
import { readVarint } from '../../wire/varint.ts';
import { LINE_OVERHEAD } from './compression.ts';
import type { CodedField, Compression, HeaderBlock, TableEntry } from './compression.ts';
import { headBytes } from './units.ts';

const codedOf = (line: QpackLine, field: HeaderField): CodedField => {
  const ref = line.kind === 'indexed' ? line : 'from' in line.name ? line.name : null;
  const isText = line.kind === 'literal';
  return {
    ...field,
    how: isText ? (line.never ? 'literal, never indexed' : 'literal') : 'indexed',
    from: ref === null ? 'text' : ref.from === 'static' ? 'static' : 'dynamic',
    huffman: isText && (line.value.huffman || (!('from' in line.name) && line.name.huffman)),
    bytes: qpackLineSize(line),
    plain: field.name.length + field.value.length + LINE_OVERHEAD,
  };
};

/** The fields of a section under the table that its encoder had (RFC 9204 §4.5). */
const fieldsOf = (section: Section, table: DynamicTable): CodedField[] => {
  const required = unwrapInsertCount(section.insertCount, table.capacity, table.inserted);
  const base = section.negative ? required - section.deltaBase - 1 : required + section.deltaBase;
  return section.lines.flatMap((line) => {
    const ref = line.kind === 'indexed' ? line : 'from' in line.name ? line.name : null;
    const entry = ref && qpackEntry(table, base, ref);
    if (line.kind === 'indexed') return entry ? [codedOf(line, entry)] : [];
    const name = entry?.name ?? ('from' in line.name ? '' : line.name.text);
    return [codedOf(line, { name, value: line.value.text })];
  });
};

/** The section in a HEADERS frame, behind its type and length (RFC 9114 §7.2.2). */
const sectionOf = (bytes: Uint8Array): Section | null => {
  const reader = new Reader(bytes, 0, bytes.length);
  readVarint(reader, 'type');
  readVarint(reader, 'length');
  const section = decodeSection(bytes, reader.at, bytes.length);
  return section.ok ? section.value : null;
};

/** QPACK of one direction of a connection of HTTP/3 (RFC 9204), read from its real bytes: encoder stream and sections in the order in which they were made. */
export const qpackOf = (trace: Trace, flow: number, up: boolean): Compression => {
  const table = new DynamicTable(0);
  const blocks: HeaderBlock[] = [];
  const entries: { -readonly [K in keyof TableEntry]: TableEntry[K] }[] = [];
  const { http } = trace;
  const encoders = new Set<number>();
  let oldest = 0;
  const insert = (unit: number, bytes: Uint8Array): void => {
    const reader = new Reader(bytes, 0, bytes.length);
    while (reader.left > 0) {
      const instruction = readEncoderInstruction(reader);
      if (reader.problem !== null) return;
      const { inserted } = table;
      applyInstruction(table, instruction, Infinity);
      const entry = table.inserted > inserted ? table.get(inserted) : null;
      if (entry) entries.push({ ...entry, size: entrySize(entry), by: unit, out: -1 });
      for (; oldest < table.oldest; oldest++) {
        const gone = entries[oldest];
        if (gone) gone.out = unit;
      }
    }
  };
  for (let unit = 0; http && unit < http.unitCount; unit++) {
    const { kind, type, stream } = http.units;
    if (http.units.flow[unit] !== flow || (http.units.up[unit] === 1) !== up) continue;
    // A stream's type is its first byte (RFC 9114 §6.2).
    if (kind[unit] === HttpKind.StreamType && headBytes(trace, unit)?.[0] === StreamType.QpackEncoder)
      encoders.add(stream[unit] as number);
    const isInsertion = kind[unit] === HttpKind.Instruction && encoders.has(stream[unit] as number);
    const isSection = kind[unit] === HttpKind.Frame && type[unit] === FrameType.Headers;
    const bytes = isInsertion || isSection ? headBytes(trace, unit) : null;
    if (!bytes) continue;
    if (isInsertion) {
      insert(unit, bytes);
      continue;
    }
    const section = sectionOf(bytes);
    const before = { entries: table.snapshot(), capacity: table.capacity };
    if (section) blocks.push({ unit, before, fields: fieldsOf(section, table) });
  }
  return { kind: 'qpack', flow, up, blocks, entries, capacity: table.capacity };
};
