import { FieldWriter, grouped } from '../field.ts';
import type { Field } from '../field.ts';
import type { Text } from '../hpack/prefix.ts';
import { DynamicTable } from '../hpack/table.ts';
import { Reader } from '../tls/reader.ts';
import { qpackEntry } from './decoder.ts';
import { unwrapInsertCount } from './insertCount.ts';
import { readDecoderInstruction, readEncoderInstruction } from './instruction.ts';
import type { DecoderInstruction, EncoderInstruction } from './instruction.ts';
import { readQpackLine, readSectionPrefix } from './section.ts';
import type { EntryRef, PlacedQpackLine } from './section.ts';

/** What a reader of a section may know: the decoder's table then, and the largest capacity that its settings allow. */
export interface QpackContext {
  readonly table: DynamicTable;
  readonly capacity: number;
}

const LINE_SECTIONS = {
  static: 'RFC 9204 §4.5.2',
  base: 'RFC 9204 §4.5.2',
  postBase: 'RFC 9204 §4.5.3',
} as const;
const NAMED_SECTIONS = {
  static: 'RFC 9204 §4.5.4',
  base: 'RFC 9204 §4.5.4',
  postBase: 'RFC 9204 §4.5.5',
} as const;

const how = ({ huffman }: Text): string => (huffman ? 'in the Huffman code' : 'as it is');
const where = (ref: EntryRef): string =>
  ref.from === 'static'
    ? `static entry ${String(ref.index)}`
    : `dynamic, ${String(ref.index)} ${ref.from === 'base' ? 'back from' : 'on from'} the base`;

/** For a section whose table is not known: its dynamic entries have no names. */
const NOTHING = new DynamicTable(0);

const lineField = (w: FieldWriter, placed: PlacedQpackLine, context: QpackContext | null, base: number): void => {
  const { line, at, valueAt, end } = placed;
  const ref = line.kind === 'indexed' ? line : 'from' in line.name ? line.name : null;
  const entry = ref && qpackEntry(context?.table ?? NOTHING, base, ref);
  const literalName = line.kind === 'literal' && !('from' in line.name) ? line.name : null;
  const name = entry?.name ?? literalName?.text ?? 'Field';
  const value = line.kind === 'literal' ? line.value.text : (entry?.value ?? 'unknown');
  const rfc = line.kind === 'indexed' ? LINE_SECTIONS[line.from] : ref ? NAMED_SECTIONS[ref.from] : 'RFC 9204 §4.5.6';
  const head: [number, number] = [at * 8, (valueAt - at) * 8];
  const parts = [
    ref
      ? w.make('entry', line.kind === 'indexed' ? 'Entry' : 'Name', ...head, String(ref.index), where(ref), rfc)
      : w.make('name', 'Name', ...head, name, literalName ? how(literalName) : '', rfc),
  ];
  if (line.kind === 'literal')
    parts.push(w.make('value', 'Value', valueAt * 8, (end - valueAt) * 8, value, how(line.value), 'RFC 9204 §4.1.2'));
  const meaning = line.kind === 'indexed' ? where(line) : line.never ? 'literal, never to be indexed' : 'literal';
  w.add(line.kind, name, at * 8, (end - at) * 8, value, meaning, rfc, parts);
};

/** The fields of the field section from `at` to `end`. Ends with one that says what is wrong. */
export const sectionFields = (
  bytes: Uint8Array,
  at: number,
  end: number,
  context: QpackContext | null = null,
): Field[] => {
  const w = new FieldWriter('qpack', 0, 'RFC 9204 §4.5.1');
  const stop = Math.min(end, bytes.length);
  const reader = new Reader(bytes, at, stop);
  const cut = (from: number, what: string): Field[] => {
    w.add('cut', 'Not understood', from * 8, (stop - from) * 8, 'wrong', what);
    return w.fields;
  };
  const prefix = readSectionPrefix(reader);
  if (reader.problem !== null) return cut(at, reader.problem);
  const required = context ? unwrapInsertCount(prefix.insertCount, context.capacity, context.table.inserted) : -1;
  const base = prefix.negative ? required - prefix.deltaBase - 1 : required + prefix.deltaBase;
  const isKnown = prefix.insertCount === 0 || required > 0;
  w.add(
    'prefix',
    'Section prefix',
    at * 8,
    (reader.at - at) * 8,
    prefix.insertCount === 0 ? 'no dynamic entries' : isKnown ? `insertions up to ${String(required)}` : 'coded',
    isKnown && prefix.insertCount > 0
      ? `Base ${String(base)}; until they have come the stream is blocked`
      : `Required Insert Count ${String(prefix.insertCount)} as it is coded`,
  );
  while (reader.left > 0) {
    const from = reader.at;
    const placed = readQpackLine(reader);
    if (reader.problem !== null) return cut(from, reader.problem);
    lineField(w, placed, required > 0 ? context : null, base);
  }
  return w.fields;
};

type Said = readonly [name: string, value: string, meaning: string, rfc: string];

const encoderSaid = (one: EncoderInstruction): Said => {
  if (one.kind === 'capacity') return ['Set Dynamic Table Capacity', grouped(one.capacity), 'bytes', 'RFC 9204 §4.3.1'];
  if (one.kind === 'duplicate')
    return ['Duplicate', String(one.index), 'entries back from the newest', 'RFC 9204 §4.3.4'];
  const { name, value } = one;
  return 'from' in name
    ? ['Insert with name reference', value.text, `name of ${name.from} entry ${String(name.index)}`, 'RFC 9204 §4.3.2']
    : ['Insert with literal name', `${name.text}: ${value.text}`, how(value), 'RFC 9204 §4.3.3'];
};

const decoderSaid = (one: DecoderInstruction): Said =>
  one.kind === 'acknowledge'
    ? ['Section Acknowledgment', `stream ${String(one.stream)}`, 'its oldest section was read', 'RFC 9204 §4.4.1']
    : one.kind === 'cancel'
      ? ['Stream Cancellation', `stream ${String(one.stream)}`, 'its sections will not be read', 'RFC 9204 §4.4.2']
      : ['Insert Count Increment', grouped(one.count), 'more insertions have come', 'RFC 9204 §4.4.3'];

/** The instructions from `at` on as fields. The last may be cut: its rest comes later in the stream. */
export const instructionFields = (bytes: Uint8Array, at: number, end: number, from: 'encoder' | 'decoder'): Field[] => {
  const w = new FieldWriter('qpack', 0, from === 'encoder' ? 'RFC 9204 §4.3' : 'RFC 9204 §4.4');
  const stop = Math.min(end, bytes.length);
  const reader = new Reader(bytes, at, stop);
  while (reader.left > 0) {
    const start = reader.at;
    const one = from === 'encoder' ? readEncoderInstruction(reader) : readDecoderInstruction(reader);
    if (reader.problem !== null) {
      w.add('cut', 'Goes on later', start * 8, (stop - start) * 8, `${String(stop - start)} bytes`, reader.problem);
      break;
    }
    const said =
      one.kind === 'capacity' || one.kind === 'duplicate' || one.kind === 'insert'
        ? encoderSaid(one)
        : decoderSaid(one);
    w.add(one.kind, said[0], start * 8, (reader.at - start) * 8, said[1], said[2], said[3]);
  }
  return w.fields;
};
