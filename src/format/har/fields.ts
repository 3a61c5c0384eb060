/** An object of a HAR file. What its keys hold is not known before it is looked at. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A number, or one written as text; NaN where it is neither. */
export const numberOf = (value: unknown): number =>
  typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;

/** A size; −1, null and nothing mean that it is not known: NaN. */
export const sizeOf = (value: unknown): number => {
  const number = numberOf(value);
  return number >= 0 && Number.isFinite(number) ? Math.round(number) : NaN;
};

/** A time in ms; −1, null and nothing mean that it does not apply: 0. */
export const msOf = (value: unknown): number => {
  const number = numberOf(value);
  return number > 0 && Number.isFinite(number) ? number : 0;
};

/** "1 entry", "3 entries". */
export const counted = (n: number, one: string, many: string): string => `${String(n)} ${n === 1 ? one : many}`;
