import * as v from 'valibot';

/** An object with these keys and no others. A list is none, though its keys may all be left out. */
export const strict = <E extends v.ObjectEntries>(entries: E): v.StrictObjectSchema<E, undefined> =>
  // The pipe takes in and gives out what its second step does; its own type would forget the first half of that.
  v.pipe(
    v.custom<object>((input) => typeof input === 'object' && input !== null && !Array.isArray(input)),
    v.strictObject(entries),
  ) as unknown as v.StrictObjectSchema<E, undefined>;
