import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { DynamicTable, entrySize } from '../hpack/table.ts';
import type { HeaderField } from '../hpack/table.ts';
import { unwrapInsertCount } from './insertCount.ts';
import type { DecoderInstruction, EncoderInstruction } from './instruction.ts';
import { decodeSection } from './section.ts';
import type { EntryRef, QpackLine, Section } from './section.ts';
import { QPACK_STATIC_TABLE } from './staticTable.ts';

/** A field with the line that brought it. */
export interface QpackField extends HeaderField {
  readonly line: QpackLine;
  readonly neverIndexed: boolean;
}

/** A section that could be read: its stream, its fields, and how many insertions it needed. */
export interface ReadSection {
  readonly stream: number;
  readonly required: number;
  readonly fields: readonly QpackField[];
}

/** What an entry reference means under a base; null where it means nothing (yet, or any more). */
export const qpackEntry = (table: DynamicTable, base: number, ref: EntryRef): HeaderField | null =>
  ref.from === 'static'
    ? (QPACK_STATIC_TABLE[ref.index] ?? null)
    : table.get(ref.from === 'base' ? base - 1 - ref.index : base + ref.index);

/** Does to a table what an instruction says; a sentence where that cannot be done (RFC 9204 §3.2, §4.3). */
export const applyInstruction = (table: DynamicTable, instruction: EncoderInstruction, most: number): string | null => {
  if (instruction.kind === 'capacity') {
    if (instruction.capacity > most)
      return `capacity ${String(instruction.capacity)} is above the ${String(most)} that the settings allow`;
    table.resize(instruction.capacity);
    return null;
  }
  const relative = (index: number): HeaderField | null => table.get(table.inserted - 1 - index);
  let field: HeaderField | null;
  if (instruction.kind === 'duplicate') {
    field = relative(instruction.index);
    if (field === null) return `entry ${String(instruction.index)}, to be duplicated, is not in the table`;
  } else {
    const { name, value } = instruction;
    if (!('from' in name)) field = { name: name.text, value: value.text };
    else {
      const entry = name.from === 'static' ? (QPACK_STATIC_TABLE[name.index] ?? null) : relative(name.index);
      if (entry === null)
        return `entry ${String(name.index)} of the ${name.from} table, to give the name, is not there`;
      field = { name: entry.name, value: value.text };
    }
  }
  if (entrySize(field) > table.capacity)
    return `an entry of ${String(entrySize(field))} bytes is larger than the table of ${String(table.capacity)}`;
  table.insert(field);
  return null;
};

/** Room for the text of a field section. */
const DEFAULT_LIST_LIMIT = 1 << 20;

/**
 * The receiving side of one direction of QPACK (RFC 9204 §2.2): takes instructions and sections in the order in which
 * they come, holds back sections whose entries are still on their way, and says what to tell the encoder.
 */
export class QpackDecoder {
  readonly table: DynamicTable;
  readonly #capacity: number;
  readonly #maxBlocked: number;
  readonly #listLimit: number;
  /** Sections in wait by stream, in order. */
  readonly #waiting = new Map<number, { readonly required: number; readonly section: Section }[]>();
  #feedback: DecoderInstruction[] = [];
  /** Insertions that the encoder knows to have come. */
  #told = 0;

  /** Our SETTINGS_QPACK_MAX_TABLE_CAPACITY and SETTINGS_QPACK_BLOCKED_STREAMS; the table starts with capacity 0. */
  constructor(capacity = 0, maxBlocked = 0, listLimit = DEFAULT_LIST_LIMIT) {
    this.table = new DynamicTable(0);
    this.#capacity = capacity;
    this.#maxBlocked = maxBlocked;
    this.#listLimit = listLimit;
  }

  /** Streams that stand still for want of entries. */
  get blocked(): number {
    return this.#waiting.size;
  }
  /** Insertions that a stream waits for; 0 where it does not. */
  waitsFor(stream: number): number {
    return this.#waiting.get(stream)?.[0]?.required ?? 0;
  }

  /** Takes instructions of the encoder stream; gives the sections that they set free, by stream in order of blocking. */
  insert(instructions: readonly EncoderInstruction[]): Result<ReadSection[]> {
    for (const instruction of instructions) {
      const wrong = applyInstruction(this.table, instruction, this.#capacity);
      if (wrong !== null) return fail({ where: 'encoder stream', what: wrong });
    }
    const free: ReadSection[] = [];
    for (const [stream, sections] of this.#waiting) {
      const waits = sections.findIndex(({ required }) => required > this.table.inserted);
      for (const { required, section } of sections.splice(0, waits < 0 ? sections.length : waits)) {
        const read = this.#read(stream, section, required);
        if (!read.ok) return read;
        free.push(read.value);
      }
      if (sections.length === 0) this.#waiting.delete(stream);
    }
    return ok(free);
  }

  /** Takes a field section. Null: it waits, and `insert` will give it. */
  section(stream: number, section: Section): Result<ReadSection | null> {
    const { inserted } = this.table;
    const required = unwrapInsertCount(section.insertCount, this.#capacity, inserted);
    const where = `stream ${String(stream)}`;
    if (required < 0)
      return fail({
        where,
        what: `Required Insert Count ${String(section.insertCount)} fits no table of ${String(this.#capacity)} bytes`,
      });
    const queue = this.#waiting.get(stream);
    if (required <= inserted && queue === undefined) return this.#read(stream, section, required);
    if (queue === undefined && this.#waiting.size >= this.#maxBlocked)
      return fail({
        where,
        what: `${String(required)} insertions are needed, ${String(inserted)} have come, and no more than ${String(this.#maxBlocked)} streams may wait`,
      });
    if (queue) queue.push({ required, section });
    else this.#waiting.set(stream, [{ required, section }]);
    return ok(null);
  }

  /** Takes a field section as bytes. */
  bytes(stream: number, bytes: Uint8Array): Result<ReadSection | null> {
    const section = decodeSection(bytes);
    return section.ok ? this.section(stream, section.value) : section;
  }

  /** The stream is given up: reset, or not read to its end (RFC 9204 §2.2.2.2). */
  cancel(stream: number): void {
    this.#waiting.delete(stream);
    if (this.#capacity > 0) this.#feedback.push({ kind: 'cancel', stream });
  }

  /** What is to be said on the decoder stream, which is then said. Insertions not told by a section are counted last. */
  feedback(): DecoderInstruction[] {
    const said = this.#feedback;
    this.#feedback = [];
    const count = this.table.inserted - this.#told;
    if (count > 0) said.push({ kind: 'increment', count });
    this.#told = this.table.inserted;
    return said;
  }

  #read(stream: number, section: Section, required: number): Result<ReadSection> {
    const where = `stream ${String(stream)}`;
    const { negative, deltaBase, lines } = section;
    // RFC 9204 §4.5.1.2: below zero by the sign would be a base that cannot be.
    const base = negative ? required - deltaBase - 1 : required + deltaBase;
    if (base < 0) return fail({ where, what: `the Base would be ${String(base)}` });
    const fields: QpackField[] = [];
    let room = this.#listLimit;
    for (const line of lines) {
      const ref = line.kind === 'indexed' ? line : 'from' in line.name ? line.name : null;
      const entry = ref && qpackEntry(this.table, base, ref);
      const absolute =
        ref === null || ref.from === 'static' ? -1 : base + (ref.from === 'base' ? -1 - ref.index : ref.index);
      // RFC 9204 §2.2.3: an entry has to be among those that the section says it needs.
      if (ref && (entry === null || absolute >= required))
        return fail({
          where,
          what: `field line ${String(fields.length + 1)} refers to ${ref.from === 'static' ? `static entry ${String(ref.index)}` : `insertion ${String(absolute)}`}, which is not there`,
        });
      const field: HeaderField =
        line.kind === 'indexed'
          ? entry!
          : { name: entry?.name ?? ('from' in line.name ? '' : line.name.text), value: line.value.text };
      room -= entrySize(field);
      if (room < 0)
        return fail({ where, what: `the field section is longer than the ${String(this.#listLimit)} bytes allowed` });
      fields.push({ name: field.name, value: field.value, line, neverIndexed: line.kind === 'literal' && line.never });
    }
    if (required > 0) {
      this.#feedback.push({ kind: 'acknowledge', stream });
      this.#told = Math.max(this.#told, required);
    }
    return ok({ stream, required, fields });
  }
}
