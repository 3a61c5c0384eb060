import { expect } from 'vitest';
import type { Field } from '../../../src/wire/field.ts';

/** Every field lies inside its place, its parts inside it, and each names its section. */
export const within = (fields: readonly Field[], from: number, end: number): void => {
  for (const field of fields) {
    if (field.bit < from || field.bits < 0 || field.bit + field.bits > end)
      expect.fail(`${field.id} at ${field.bit} + ${field.bits} is outside ${from} to ${end}`);
    expect(field.rfc).toMatch(/^(RFC \d+|draft-)/);
    within(field.parts, field.bit, field.bit + field.bits);
  }
};
