/** Where a value of a text begins and ends: pairs of [from, to) one after another. */
export type Stretches = readonly number[];

/** A document of JSON taken apart: what stands around the events as text that can be parsed, and where each event stands. */
export interface SplitJson {
  /** The document, its `events` left empty. */
  readonly head: string;
  /** Of each trace, in order. */
  readonly events: readonly Stretches[];
  /** Where the text ends too early or goes wrong; −1: it does not. */
  readonly brokenAt: number;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN = 123;
const CLOSE = 125;

/** Where the next thing that is no white space stands. */
const skipSpace = (text: string, at: number): number => {
  let i = at;
  for (let c = text.charCodeAt(i); c === 32 || c === 10 || c === 13 || c === 9; c = text.charCodeAt(++i));
  return i;
};

/** Behind the string whose first quote is at `at`; −1 where it does not end. */
const skipString = (text: string, at: number): number => {
  for (let i = at + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) return i + 1;
    if (c === BACKSLASH) i++;
  }
  return -1;
};

/** Behind the value at `at`; −1 where the text ends within it. Its inside is not checked. */
export const skipValue = (text: string, at: number): number => {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return skipString(text, at);
  if (first !== OPEN && first !== OPEN_LIST) {
    let i = at;
    for (let c = text.charCodeAt(i); i < text.length && c !== COMMA && c !== CLOSE && c !== CLOSE_LIST && c > 32;)
      c = text.charCodeAt(++i);
    return i > at && i < text.length ? i : -1;
  }
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) {
      i = skipString(text, i) - 1;
      if (i < 0) return -1;
    } else if (c === OPEN || c === OPEN_LIST) depth++;
    else if ((c === CLOSE || c === CLOSE_LIST) && --depth === 0) return i + 1;
  }
  return -1;
};

/** Thrown within this file where a document ends too early or is none. */
class Broken extends Error {
  constructor(readonly at: number) {
    super('broken');
  }
}

class Splitter {
  at = 0;

  constructor(readonly text: string) {}

  value(): string {
    const end = skipValue(this.text, this.at);
    if (end < 0) throw new Broken(this.at);
    const value = this.text.slice(this.at, end);
    this.at = end;
    return value;
  }

  /** Goes through an object: `each` is called with a key in quotes, and `at` on its value; gives what becomes of both. */
  object(parts: string[], each: (key: string) => string): void {
    this.at++;
    for (;;) {
      this.at = skipSpace(this.text, this.at);
      const c = this.text.charCodeAt(this.at);
      if (c === CLOSE) {
        this.at++;
        return;
      }
      if (c === COMMA) {
        this.at++;
        continue;
      }
      if (c !== QUOTE) throw new Broken(this.at);
      const key = this.value();
      this.at = skipSpace(this.text, this.at);
      if (this.text.charCodeAt(this.at) !== COLON) throw new Broken(this.at);
      this.at = skipSpace(this.text, this.at + 1);
      parts.push(`${key}:${each(key)}`);
    }
  }

  /** Goes through a list: `each` is called with `at` on each element, and takes it. */
  list(each: () => void): void {
    this.at++;
    for (;;) {
      this.at = skipSpace(this.text, this.at);
      const c = this.text.charCodeAt(this.at);
      if (c === CLOSE_LIST) {
        this.at++;
        return;
      }
      if (c === COMMA) this.at++;
      else if (Number.isNaN(c)) throw new Broken(this.at);
      else each();
    }
  }

  isAt(code: number): boolean {
    return this.text.charCodeAt(this.at) === code;
  }
}

/**
 * Finds the events of a qlog in one document of JSON, without making anything of them: they are parsed one by one later,
 * so that none of them has to stay, and a file that was cut gives what it has.
 */
export const splitJson = (text: string): SplitJson => {
  const reader = new Splitter(text);
  const head: string[] = [];
  const traces: string[] = [];
  const events: number[][] = [];
  const takeEvents = (own: number[]): void => {
    reader.list(() => {
      const from = reader.at;
      const to = skipValue(text, from);
      if (to < 0) throw new Broken(from);
      own.push(from, to);
      reader.at = to;
    });
  };
  const takeTrace = (): void => {
    if (!reader.isAt(OPEN)) {
      reader.value();
      return;
    }
    const parts: string[] = [];
    const own: number[] = [];
    events.push(own);
    const index = traces.push('{}') - 1;
    try {
      reader.object(parts, (key) => {
        if (key !== '"events"' || !reader.isAt(OPEN_LIST)) return reader.value();
        takeEvents(own);
        return '[]';
      });
    } finally {
      traces[index] = `{${parts.join(',')}}`;
    }
  };
  let brokenAt = -1;
  try {
    reader.at = skipSpace(text, 0);
    if (!reader.isAt(OPEN)) throw new Broken(reader.at);
    reader.object(head, (key) => {
      if (key !== '"traces"' || !reader.isAt(OPEN_LIST)) return reader.value();
      reader.list(takeTrace);
      return '[]';
    });
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    brokenAt = error.at;
  }
  const others = head.filter((part) => !part.startsWith('"traces":'));
  return { head: `{${[...others, `"traces":[${traces.join(',')}]`].join(',')}}`, events, brokenAt };
};

const RECORD_SEPARATOR = '\u001e';

/** The records of JSON-SEQ (RFC 7464 §2), which a separator begins; or of NDJSON, a line each. Empty ones are none. */
export const splitRecords = (text: string): number[] => {
  const separator = text.startsWith(RECORD_SEPARATOR) ? RECORD_SEPARATOR : '\n';
  const stretches: number[] = [];
  for (let from = 0; from < text.length;) {
    let to = text.indexOf(separator, from);
    if (to < 0) to = text.length;
    const start = skipSpace(text, from);
    if (start < to) stretches.push(start, to);
    from = to + 1;
  }
  return stretches;
};
