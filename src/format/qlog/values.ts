/** An object of a log. What its keys hold is not known before it is looked at. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

/** A number, whether it is written as one or as text; NaN where it is neither. */
export const numberOf = (value: unknown): number =>
  typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : NaN;

/** A whole number that is not negative, or `otherwise`. */
export const countOf = (value: unknown, otherwise = 0): number => {
  const number = numberOf(value);
  return number >= 0 && number <= Number.MAX_SAFE_INTEGER ? Math.floor(number) : otherwise;
};

export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

const NOTHING = new Uint8Array(0);

/** Bytes that are written in hexadecimal, with colons or without, alone or as `data` of an object. */
export const bytesOf = (value: unknown): Uint8Array => {
  const text = isFields(value) ? value['data'] : value;
  if (typeof text !== 'string' || text === '') return NOTHING;
  const digits = text.includes(':') ? text.replaceAll(':', '') : text;
  if (digits.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(digits)) return NOTHING;
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
};

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** "1 packet", "3 packets". */
export const counted = (n: number, what: string): string => `${String(n)} ${what}${n === 1 ? '' : 's'}`;

/** How often things were met, for one sentence: "info:message (8), x:y (1)". */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  get total(): number {
    let sum = 0;
    for (const n of this.#counts.values()) sum += n;
    return sum;
  }

  /** The most frequent first, at most `limit` of them. */
  words(limit = 4): string {
    const all = [...this.#counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const shown = all.slice(0, limit).map(([name, n]) => `${name} (${String(n)})`);
    if (all.length > limit) shown.push(`${String(all.length - limit)} other kinds`);
    return shown.join(', ');
  }
}
