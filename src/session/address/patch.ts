/** JSON merge patch (RFC 7396): how a scenario differs from its preset, so that a URL stays short. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };
type JsonObject = { readonly [key: string]: Json | undefined };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const equal = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The patch that turns `from` into `to`; undefined where they are equal. Lists are replaced as a whole. */
export const difference = (from: Json, to: Json): Json | undefined => {
  if (!isObject(from) || !isObject(to)) return equal(from, to) ? undefined : to;
  const patch: Record<string, Json> = {};
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const before = from[key];
    const after = to[key];
    if (after === undefined) {
      if (before !== undefined) patch[key] = null;
    } else if (before === undefined) patch[key] = after;
    else {
      const inner = difference(before, after);
      if (inner !== undefined) patch[key] = inner;
    }
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
};

/** `target` with `patch` applied; null takes a key away. */
export const patched = (target: Json | undefined, patch: Json): Json => {
  if (!isObject(patch)) return patch;
  // No prototype: a URL may name any key.
  const result = Object.assign(Object.create(null) as Record<string, Json | undefined>, isObject(target) ? target : {});
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (value !== undefined) result[key] = patched(result[key], value);
  }
  return { ...result };
};
