import type * as v from 'valibot';
import type { Problem } from '../base/result.ts';
import { takesAt } from './describe.ts';
import { scenarioSchema } from './schema.ts';

const keysOf = (issue: v.BaseIssue<unknown>): (string | number)[] =>
  (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));

const pathOf = (keys: readonly (string | number)[]): string =>
  keys.map((key, i) => (typeof key === 'number' ? `[${String(key)}]` : i === 0 ? key : `.${key}`)).join('');

const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  // JSON has no word for a number beyond all others, but 1e400 reads as one.
  if (typeof value === 'number') return String(value);
  const text =
    typeof value === 'string' || typeof value === 'boolean' || value === null
      ? JSON.stringify(value)
      : Array.isArray(value)
        ? 'a list'
        : 'an object';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

/** What the schema found wrong, for a person: the path of the key, what was found, what is allowed. */
export const problemOf = (issue: v.BaseIssue<unknown>): Problem => {
  const keys = keysOf(issue);
  return { where: pathOf(keys), what: sentence(issue, keys) };
};

const sentence = (issue: v.BaseIssue<unknown>, keys: readonly (string | number)[]): string => {
  const found = shown(issue.input);
  switch (issue.type) {
    case 'strict_object':
      if (issue.expected === 'never') return 'this key is not known here; check its spelling, or take it out';
      return `is missing; required: ${takesAt(scenarioSchema, keys) ?? 'a value'}`;
    case 'custom':
      return `found ${found}, expected an object`;
    case 'min_value':
      return `found ${found}, the least allowed is ${String(issue.requirement)}`;
    case 'max_value':
      return `found ${found}, the most allowed is ${String(issue.requirement)}`;
    case 'integer':
      return `found ${found}, a whole number is required`;
    case 'finite':
      return `found ${found}, a finite number is required`;
    case 'check':
      return issue.message;
    case 'min_length':
      return `found ${found}, at least ${String(issue.requirement)} ${issue.requirement === 1 ? 'entry is' : 'entries are'} required`;
    case 'max_length':
      return `is too long: at most ${String(issue.requirement)}`;
    default:
      return `found ${found}, allowed: ${takesAt(scenarioSchema, keys) ?? issue.expected ?? 'something else'}`;
  }
};
