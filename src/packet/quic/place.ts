import type { Field } from '../../wire/field.ts';

/**
 * Where opened bytes stand in a packet. Encryption keeps places: what is opened byte by byte lies on the same bytes of the
 * packet. Where they cannot be matched, all of it lies on one stretch.
 */
export interface Ground {
  /** Byte of the packet at which byte 0 of the opened ones stands. */
  readonly shift: number;
  /** The stretch for what has no exact place; null: all has. */
  readonly whole: readonly [from: number, length: number] | null;
}

export const moved = (field: Field, ground: Ground, rename: (id: string) => string): Field => {
  const { shift, whole } = ground;
  const parts = field.parts.map((part) => moved(part, ground, rename));
  const place = whole ? { bit: whole[0] * 8, bits: whole[1] * 8 } : { bit: field.bit + shift * 8, bits: field.bits };
  return { ...field, ...place, id: rename(field.id), parts };
};

/** Lines of one layer are told apart by their ids: the second of a name gets a number behind it. */
export const distinct = (fields: readonly Field[]): Field[] => {
  const seen = new Map<string, number>();
  return fields.map((field) => {
    const n = (seen.get(field.id) ?? 0) + 1;
    seen.set(field.id, n);
    return n === 1 ? field : { ...field, id: `${field.id}.${String(n)}` };
  });
};

/** A stretch as a ground, moved by `by` bytes of what is opened. */
export const groundAt = (ground: Ground, by: number): Ground => ({ ...ground, shift: ground.shift + by });

/** The bytes of a packet on which opened bytes [at, end) lie. */
export const stretch = ({ shift, whole }: Ground, at: number, end: number): readonly [from: number, length: number] =>
  whole ?? [shift + at, end - at];
