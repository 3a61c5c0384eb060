import type * as v from 'valibot';

/** What the walk below looks at; valibot's own types do not name a schema whose kind is known only at run time. */
interface Part {
  readonly type: string;
  readonly wrapped?: Part;
  readonly default?: unknown;
  readonly entries?: Readonly<Record<string, Part>>;
  readonly item?: Part;
  readonly options?: readonly unknown[];
  readonly literal?: unknown;
  readonly pipe?: readonly Part[];
  readonly requirement?: unknown;
}

/** A key of the file, as the schema has it. */
export interface KeyOfForm {
  /** `path.loss[].rate` */
  readonly path: string;
  /** What it takes, in words. */
  readonly takes: string;
  /** Its default as JSON; null: the key may be left out and stands for nothing then; undefined: it is required. */
  readonly fallback: string | null | undefined;
}

const partOf = (schema: v.GenericSchema): Part => schema;

/** Past `optional`, and past the first step of a pipe to the one that has the keys. */
const bare = (part: Part): Part => {
  if (part.wrapped !== undefined) return bare(part.wrapped);
  const inner = part.pipe?.find((step) => step !== part && step.entries !== undefined);
  if (part.entries === undefined && inner !== undefined) return inner;
  const nested = part.pipe?.find((step) => step !== part && step.pipe !== undefined);
  return part.entries === undefined && part.item === undefined && nested !== undefined ? bare(nested) : part;
};

const grouped = (value: unknown): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

const requirement = (part: Part, type: string): unknown => part.pipe?.find((step) => step.type === type)?.requirement;

const bounds = (part: Part, kinds: readonly [string, string], unit: string): string => {
  const least = requirement(part, kinds[0]);
  const most = requirement(part, kinds[1]);
  if (least === undefined && most === undefined) return '';
  if (most === undefined) return `, at least ${grouped(least)}${unit}`;
  return least === undefined
    ? `, at most ${grouped(most)}${unit}`
    : ` from ${grouped(least)} to ${grouped(most)}${unit}`;
};

const plural = (words: string): string => words.replace(/^a (whole number|number)/, '$1s').replace(/^text/, 'texts');

const inWords = (part: Part): string => {
  const p = bare(part);
  switch (p.type) {
    case 'literal':
      return String(p.literal);
    case 'picklist':
      return (p.options ?? []).map(String).join(', ');
    case 'boolean':
      return 'true or false';
    case 'number':
      return `a ${p.pipe?.some((step) => step.type === 'integer') === true ? 'whole number' : 'number'}${bounds(p, ['min_value', 'max_value'], '')}`;
    case 'string':
      return p.pipe?.some((step) => step.type === 'ipv4') === true
        ? 'an IPv4 address'
        : `text${bounds(p, ['min_length', 'max_length'], ' characters')}`;
    case 'union':
      return (p.options ?? []).map((one) => inWords(one as Part)).join(', or ');
    case 'array':
      return `a list of ${bare(p.item as Part).entries === undefined ? plural(inWords(p.item as Part)) : 'objects'}`;
    default:
      return 'an object';
  }
};

/** What the value at these keys may be, in words; null where the schema has no such place. */
export const takesAt = (schema: v.GenericSchema, keys: readonly (string | number)[]): string | null => {
  let part: Part | undefined = partOf(schema);
  for (const key of keys) {
    part = bare(part);
    part = typeof key === 'number' ? part.item : part.entries?.[key];
    if (part === undefined) return null;
  }
  return inWords(part);
};

/** Every key of a form, in the order in which it is written. */
export const keysOf = function* (schema: v.GenericSchema): Generator<KeyOfForm> {
  yield* walk(partOf(schema), '');
};

const walk = function* (part: Part, at: string): Generator<KeyOfForm> {
  const p = bare(part);
  if (p.item !== undefined) yield* walk(p.item, `${at}[]`);
  for (const [key, value] of Object.entries(p.entries ?? {})) {
    const path = at === '' ? key : `${at}.${key}`;
    const isOptional = value.type === 'optional';
    yield {
      path,
      takes: inWords(value),
      fallback: !isOptional ? undefined : value.default === undefined ? null : JSON.stringify(value.default),
    };
    yield* walk(value, path);
  }
};
