/** Strings, and the marks that open, part and close; what lies between does not matter here. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/gs;

interface Open {
  /** Keys so far; null in a list. */
  readonly keys: Set<string> | null;
  /** The key, or the place in the list, that is being read. */
  at: string | number;
  awaitsKey: boolean;
}

const pathTo = (open: readonly Open[]): string =>
  open.map(({ at }, i) => (typeof at === 'number' ? `[${String(at)}]` : i === 0 ? at : `.${at}`)).join('');

/**
 * Path of the first key that an object holds twice, or null. JSON itself lets the last one win (RFC 8259 §4), in silence.
 * `text` must be valid JSON; linear in its length.
 */
export const keyGivenTwice = (text: string): string | null => {
  const open: Open[] = [];
  for (const [token] of text.matchAll(TOKENS)) {
    const inner = open[open.length - 1];
    if (token === '{') open.push({ keys: new Set(), at: '', awaitsKey: true });
    else if (token === '[') open.push({ keys: null, at: 0, awaitsKey: false });
    else if (token === '}' || token === ']') open.pop();
    else if (inner === undefined) return null;
    else if (token === ',') {
      if (typeof inner.at === 'number') inner.at++;
      else inner.awaitsKey = true;
    } else if (inner.awaitsKey && inner.keys !== null) {
      const key = JSON.parse(token) as string;
      inner.at = key;
      inner.awaitsKey = false;
      if (inner.keys.has(key)) return pathTo(open);
      inner.keys.add(key);
    }
  }
  return null;
};
