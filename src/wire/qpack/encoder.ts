import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { NGHTTP2_POLICY } from '../hpack/encoder.ts';
import type { HpackPolicy } from '../hpack/encoder.ts';
import { asText } from '../hpack/prefix.ts';
import type { Text } from '../hpack/prefix.ts';
import { DynamicTable, entrySize, pairKey } from '../hpack/table.ts';
import type { HeaderField } from '../hpack/table.ts';
import { wrapInsertCount } from './insertCount.ts';
import type { DecoderInstruction, EncoderInstruction } from './instruction.ts';
import type { EntryRef, QpackLine, Section } from './section.ts';
import { QPACK_STATIC_TABLE } from './staticTable.ts';

const staticNames = new Map<string, number>();
const staticPairs = new Map<string, number>();
QPACK_STATIC_TABLE.forEach(({ name, value }, index) => {
  if (!staticNames.has(name)) staticNames.set(name, index);
  staticPairs.set(pairKey(name, value), index);
});

/** A section that is not yet acknowledged: insertions needed, and the entries that it uses. */
interface Outstanding {
  readonly required: number;
  readonly used: readonly number[];
}

/** What one field section takes: instructions to go first, on the encoder stream, and the section itself. */
export interface EncodedFields {
  readonly instructions: readonly EncoderInstruction[];
  readonly section: Section;
}

/** The section that is being written. */
interface Draft {
  readonly instructions: EncoderInstruction[];
  readonly base: number;
  readonly used: number[];
  required: number;
  /** Whether it may wait at the decoder for entries on their way. */
  readonly mayBlock: boolean;
}

/**
 * The sending side of one direction of QPACK (RFC 9204 §2.1). An entry is used where it is acknowledged, or where the
 * stream may block; it is evicted only when acknowledged and no longer in use. The same calls give the same bytes.
 */
export class QpackEncoder {
  readonly table = new DynamicTable(0);
  readonly #policy: HpackPolicy;
  readonly #most: number;
  #peerCapacity = 0;
  #maxBlocked = 0;
  /** The Known Received Count (§2.1.4). */
  #known = 0;
  readonly #outstanding = new Map<number, Outstanding[]>();
  /** Streams that may be blocked at the decoder, with the insertions that they may wait for. */
  readonly #blocking = new Map<number, number>();
  /** How many outstanding sections use an entry. */
  readonly #uses = new Map<number, number>();
  #first: EncoderInstruction[] = [];

  /** `most`: the largest table that this encoder wants, whatever the peer allows. */
  constructor(policy: HpackPolicy = NGHTTP2_POLICY, most = 4096) {
    this.#policy = policy;
    this.#most = most;
  }

  get known(): number {
    return this.#known;
  }
  /** Sections in flight that use an entry. */
  uses(absolute: number): number {
    return this.#uses.get(absolute) ?? 0;
  }

  /** The peer's SETTINGS_QPACK_MAX_TABLE_CAPACITY and SETTINGS_QPACK_BLOCKED_STREAMS, once. */
  setPeer(capacity: number, maxBlocked: number): void {
    this.#peerCapacity = capacity;
    this.#maxBlocked = maxBlocked;
    const chosen = Math.min(capacity, this.#most);
    if (chosen === 0) return;
    this.table.resize(chosen);
    this.#first = [{ kind: 'capacity', capacity: chosen }];
  }

  /** Encodes the fields of one section of a stream. Changes the table. */
  section(stream: number, fields: readonly HeaderField[]): EncodedFields {
    const draft: Draft = {
      instructions: this.#first,
      base: this.table.inserted,
      used: [],
      required: 0,
      mayBlock: this.#blocking.has(stream) || this.#blocking.size < this.#maxBlocked,
    };
    this.#first = [];
    const lines = fields.map((field) => this.#line(field, draft));
    const { instructions, base, required, used } = draft;
    if (required > 0) {
      const sections = this.#outstanding.get(stream);
      if (sections) sections.push({ required, used });
      else this.#outstanding.set(stream, [{ required, used }]);
      if (required > this.#known) this.#blocking.set(stream, Math.max(required, this.#blocking.get(stream) ?? 0));
    }
    const negative = required > base;
    const deltaBase = required === 0 ? 0 : negative ? required - base - 1 : base - required;
    return {
      instructions,
      section: { insertCount: wrapInsertCount(required, this.#peerCapacity), negative, deltaBase, lines },
    };
  }

  /** Takes what the decoder stream says (RFC 9204 §4.4). Fails where it acknowledges what was never sent. */
  acknowledge(instructions: readonly DecoderInstruction[]): Result<undefined> {
    const where = 'decoder stream';
    for (const instruction of instructions) {
      if (instruction.kind === 'increment') {
        const { count } = instruction;
        if (count === 0 || this.#known + count > this.table.inserted)
          return fail({
            where,
            what: `an increment of ${String(count)} where ${String(this.table.inserted - this.#known)} insertions are unknown`,
          });
        this.#learn(this.#known + count);
        continue;
      }
      const { stream } = instruction;
      const sections = this.#outstanding.get(stream);
      if (instruction.kind === 'cancel') {
        for (const one of sections ?? []) this.#release(one);
        this.#outstanding.delete(stream);
        this.#blocking.delete(stream);
        continue;
      }
      const done = sections?.shift();
      if (sections === undefined || done === undefined)
        return fail({ where, what: `stream ${String(stream)} has no section that waits for an acknowledgment` });
      if (sections.length === 0) this.#outstanding.delete(stream);
      this.#release(done);
      this.#learn(Math.max(this.#known, done.required));
    }
    return ok(undefined);
  }

  #learn(known: number): void {
    this.#known = known;
    for (const [stream, required] of this.#blocking) if (required <= known) this.#blocking.delete(stream);
  }

  #release({ used }: Outstanding): void {
    for (const absolute of used) {
      const left = this.uses(absolute) - 1;
      if (left > 0) this.#uses.set(absolute, left);
      else this.#uses.delete(absolute);
    }
  }

  #line(field: HeaderField, draft: Draft): QpackLine {
    const { name, value } = field;
    const indexing = this.#policy.indexing(field, this.table.capacity);
    if (indexing !== 'never') {
      const fixed = staticPairs.get(pairKey(name, value));
      if (fixed !== undefined) return { kind: 'indexed', from: 'static', index: fixed };
      const found = this.#usable(this.table.find(name, value), draft);
      if (found) return { kind: 'indexed', ...found };
      if (indexing === 'add' && this.table.find(name, value) < 0 && this.#insert(field, draft)) {
        const added = this.#usable(this.table.inserted - 1, draft);
        if (added) return { kind: 'indexed', ...added };
      }
    }
    const fixed = staticNames.get(name);
    const ref: EntryRef | null =
      fixed === undefined ? this.#usable(this.table.findName(name), draft) : { from: 'static', index: fixed };
    return { kind: 'literal', never: indexing === 'never', name: ref ?? this.#text(name), value: this.#text(value) };
  }

  #text(text: string): Text {
    return asText(text, this.#policy.huffman);
  }

  /** A reference to an entry, which is then in use; null where the section may not refer to it (§2.1.2). */
  #usable(absolute: number, draft: Draft): EntryRef | null {
    if (absolute < 0 || (absolute >= this.#known && !draft.mayBlock)) return null;
    draft.used.push(absolute);
    this.#uses.set(absolute, this.uses(absolute) + 1);
    draft.required = Math.max(draft.required, absolute + 1);
    return absolute < draft.base
      ? { from: 'base', index: draft.base - 1 - absolute }
      : { from: 'postBase', index: absolute - draft.base };
  }

  /** Inserts an entry, where what it pushes out may go (§2.1.1). */
  #insert(field: HeaderField, draft: Draft): boolean {
    const size = entrySize(field);
    if (size > this.table.capacity) return false;
    const stays = this.table.oldestAfter(size);
    for (let absolute = this.table.oldest; absolute < stays; absolute++)
      if (absolute >= this.#known || this.uses(absolute) > 0) return false;
    const fixed = staticNames.get(field.name);
    const named = this.table.findName(field.name);
    draft.instructions.push({
      kind: 'insert',
      name:
        fixed !== undefined
          ? { from: 'static', index: fixed }
          : named >= 0
            ? { from: 'dynamic', index: this.table.inserted - 1 - named }
            : this.#text(field.name),
      value: this.#text(field.value),
    });
    return this.table.insert(field);
  }
}
