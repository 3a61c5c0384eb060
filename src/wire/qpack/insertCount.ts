import { ENTRY_OVERHEAD } from '../hpack/table.ts';

/** Entries that a table of `capacity` bytes can hold at most (RFC 9204 §4.5.1.1). */
const maxEntries = (capacity: number): number => Math.floor(capacity / ENTRY_OVERHEAD);

/** The Required Insert Count as it goes over the wire; `capacity` is the largest that the decoder allows. */
export const wrapInsertCount = (required: number, capacity: number): number =>
  required === 0 ? 0 : (required % (2 * maxEntries(capacity))) + 1;

/** The Required Insert Count meant, given how many entries the decoder has seen; −1 where it can be none. */
export const unwrapInsertCount = (encoded: number, capacity: number, inserted: number): number => {
  if (encoded === 0) return 0;
  const most = maxEntries(capacity);
  const range = 2 * most;
  if (encoded > range) return -1;
  const highest = inserted + most;
  const required = Math.floor(highest / range) * range + encoded - 1;
  if (required <= highest) return required === 0 ? -1 : required;
  return required <= range ? -1 : required - range;
};
