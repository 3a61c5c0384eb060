import { HttpKind } from '../../trace/http.ts';
import type { TraceHttp } from '../../trace/http.ts';
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
import { allowedTable } from '../quic/http3.ts';
import { LINE_OVERHEAD, unknownEntry } from './compression.ts';
import type { CodedField, Compression, HeaderBlock, TableEntry } from './compression.ts';
import { headBytes } from './heads.ts';

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

/** The fields of a section under the table that its encoder had (RFC 9204 §4.5); `required`: its Required Insert Count. */
const fieldsOf = (section: Section, table: DynamicTable, required: number): CodedField[] => {
  const base = section.negative ? required - section.deltaBase - 1 : required + section.deltaBase;
  return section.lines.map((line) => {
    const ref = line.kind === 'indexed' ? line : 'from' in line.name ? line.name : null;
    const entry = ref && qpackEntry(table, base, ref);
    const name = line.kind === 'literal' && !('from' in line.name) ? line.name.text : unknownEntry(ref?.index ?? 0);
    return codedOf(line, {
      name: entry?.name ?? name,
      value: line.kind === 'literal' ? line.value.text : (entry?.value ?? ''),
    });
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

/** Units of one direction in the order in which they were made; a capture has them stream by stream, and tells when each was whole. */
const unitsOf = (trace: Trace, http: TraceHttp, flow: number, up: boolean): number[] => {
  const { flow: flows, up: ups, last } = http.units;
  const rows: number[] = [];
  for (let unit = 0; unit < http.unitCount; unit++)
    if (flows[unit] === flow && (ups[unit] === 1) === up) rows.push(unit);
  if (trace.flows[flow]?.http) return rows;
  return rows.sort((a, b) => (last[a] as number) - (last[b] as number) || a - b);
};

/** One direction of QPACK as it is followed. */
class Follower {
  readonly table = new DynamicTable(0);
  readonly blocks: HeaderBlock[] = [];
  readonly entries: { -readonly [K in keyof TableEntry]: TableEntry[K] }[] = [];
  #oldest = 0;
  #rest: Uint8Array = new Uint8Array(0);
  /** Sections that were sent before the entries that they need. */
  #waiting: { readonly unit: number; readonly section: Section; readonly required: number }[] = [];

  /** `capacity`: the largest that the decoder allows, which counts insertions (RFC 9204 §4.5.1.1); null: nobody knows. */
  constructor(private readonly capacity: number | null) {}

  /** Bytes of the encoder stream; a capture may cut an instruction. */
  insert(unit: number, bytes: Uint8Array): void {
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    const reader = new Reader(all, 0, all.length);
    let read = 0;
    while (reader.left > 0) {
      const instruction = readEncoderInstruction(reader);
      if (reader.problem !== null) break;
      read = reader.at;
      const { table, entries } = this;
      const { inserted } = table;
      applyInstruction(table, instruction, Infinity);
      const entry = table.inserted > inserted ? table.get(inserted) : null;
      if (entry) entries.push({ ...entry, size: entrySize(entry), by: unit, out: -1 });
      for (; this.#oldest < table.oldest; this.#oldest++) {
        const gone = entries[this.#oldest];
        if (gone) gone.out = unit;
      }
      this.#free();
    }
    this.#rest = all.subarray(read);
  }

  section(unit: number, bytes: Uint8Array): void {
    const section = sectionOf(bytes);
    if (!section) return;
    const { table } = this;
    const required = unwrapInsertCount(section.insertCount, this.capacity ?? table.capacity, table.inserted);
    if (required > table.inserted) this.#waiting.push({ unit, section, required });
    else this.#block(unit, section, required);
  }

  #free(): void {
    const { inserted } = this.table;
    if (this.#waiting.every(({ required }) => required > inserted)) return;
    const free = this.#waiting.filter(({ required }) => required <= inserted);
    this.#waiting = this.#waiting.filter(({ required }) => required > inserted);
    for (const { unit, section, required } of free) this.#block(unit, section, required);
  }

  #block(unit: number, section: Section, required: number): void {
    const { table } = this;
    const before = { entries: table.snapshot(), capacity: table.capacity };
    this.blocks.push({ unit, before, fields: fieldsOf(section, table, required) });
  }

  /** What waits to the end is told without the entries that never came. */
  finish(): void {
    for (const { unit, section, required } of this.#waiting) this.#block(unit, section, required);
    this.#waiting = [];
    this.blocks.sort((a, b) => a.unit - b.unit);
  }
}

/** QPACK of one direction of a connection of HTTP/3 (RFC 9204), read from its real bytes: encoder stream and sections in the order in which they were made. */
export const qpackOf = (trace: Trace, flow: number, up: boolean): Compression => {
  const { http, quic } = trace;
  const follower = new Follower(quic ? allowedTable(trace, quic, flow, !up) : null);
  const encoders = new Set<number>();
  const rows = http ? unitsOf(trace, http, flow, up) : [];
  for (const unit of rows) {
    const { kind, type, stream } = (http as TraceHttp).units;
    // A stream's type is its first byte (RFC 9114 §6.2).
    if (kind[unit] === HttpKind.StreamType && headBytes(trace, unit)?.[0] === StreamType.QpackEncoder)
      encoders.add(stream[unit] as number);
    const isInsertion = kind[unit] === HttpKind.Instruction && encoders.has(stream[unit] as number);
    const isSection = kind[unit] === HttpKind.Frame && type[unit] === FrameType.Headers;
    const bytes = isInsertion || isSection ? headBytes(trace, unit) : null;
    if (!bytes) continue;
    if (isInsertion) follower.insert(unit, bytes);
    else follower.section(unit, bytes);
  }
  follower.finish();
  const { table, blocks, entries } = follower;
  return { kind: 'qpack', flow, up, blocks, entries, capacity: table.capacity };
};
