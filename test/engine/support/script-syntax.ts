import { readFlags } from './notation.ts';

/** A segment as a script writes it; what is undefined is not compared, or takes the runner's default when injected. */
export interface SegmentText {
  readonly flags: number;
  /** PSH is compared only where it is written. */
  readonly push: boolean;
  readonly start?: number;
  readonly end?: number;
  /** Length of each of a burst of equal segments that cover start … end. */
  readonly each?: number;
  readonly ack?: number;
  readonly win?: number;
  readonly mss?: number;
  readonly wscale?: number;
  readonly sackok?: boolean;
  /** Bytes of the Fast Open cookie; −1: no such option. */
  readonly fo?: number;
  readonly sack?: readonly number[];
  readonly ts?: readonly [val: number | undefined, ecr: number | undefined];
  readonly noTs?: boolean;
  readonly noSack?: boolean;
  readonly ecn?: number;
  readonly nth?: number;
}

export interface Line {
  readonly number: number;
  readonly text: string;
  /** ms; relative to the line before where `relative`. */
  readonly time: number;
  readonly relative: boolean;
  /** How much later or earlier an expected segment may be, ms. */
  readonly tolerance: number;
  readonly verb: string;
  readonly words: readonly string[];
  readonly segment: SegmentText | null;
}

const ECN: Readonly<Record<string, number>> = { notect: 0, ect1: 1, ect0: 2, ce: 3 };

class Words {
  #at = 0;
  constructor(
    readonly words: readonly string[],
    readonly line: string,
  ) {}
  get more(): boolean {
    return this.#at < this.words.length;
  }
  next(): string {
    const word = this.words[this.#at++];
    if (word === undefined) throw new Error(`a word is missing at the end of “${this.line}”`);
    return word;
  }
  number(): number {
    const word = this.next();
    const value = Number(word);
    if (!Number.isFinite(value)) throw new Error(`“${word}” is no number in “${this.line}”`);
    return value;
  }
}

const stamp = (text: string): number | undefined => (text === '*' ? undefined : Number(text));

/**
 * `FLAGS [start:end[/each]] [ack N] [win N] [mss N] [wscale N] [sackok] [fo N | nofo] [sack a:b,c:d | nosack]
 * [ts val/ecr | nots] [ect0 | ce | notect] [nth N]`, numbers relative to the initial sequence numbers.
 */
const readSegment = (words: Words): SegmentText => {
  const letters = words.next();
  const flags = readFlags(letters === 'none' ? '' : letters);
  if (flags === undefined) throw new Error(`“${letters}” are no flags in “${words.line}”`);
  const segment: { -readonly [K in keyof SegmentText]: SegmentText[K] } = { flags, push: letters.includes('P') };
  while (words.more) {
    const word = words.next();
    const range = /^(\d+)(?::(\d+)(?:\/(\d+))?)?$/.exec(word);
    if (range) {
      segment.start = Number(range[1]);
      if (range[2] !== undefined) segment.end = Number(range[2]);
      if (range[3] !== undefined) segment.each = Number(range[3]);
    } else if (word in ECN) segment.ecn = ECN[word];
    else if (word === 'ack') segment.ack = words.number();
    else if (word === 'win') segment.win = words.number();
    else if (word === 'mss') segment.mss = words.number();
    else if (word === 'wscale') segment.wscale = words.number();
    else if (word === 'fo') segment.fo = words.number();
    else if (word === 'nofo') segment.fo = -1;
    else if (word === 'nth') segment.nth = words.number();
    else if (word === 'sackok') segment.sackok = true;
    else if (word === 'nosackok') segment.sackok = false;
    else if (word === 'nosack') segment.noSack = true;
    else if (word === 'nots') segment.noTs = true;
    else if (word === 'sack') segment.sack = words.next().split(/[,:]/).map(Number);
    else if (word === 'ts') {
      const [val, ecr] = words.next().split('/');
      segment.ts = [stamp(val ?? '*'), stamp(ecr ?? '*')];
    } else throw new Error(`“${word}” is not known in “${words.line}”`);
  }
  return segment;
};

/** Reads a script: a line each, `TIME VERB …`; `#` begins a comment. */
export const readScript = (text: string): Line[] => {
  const lines: Line[] = [];
  text.split('\n').forEach((raw, i) => {
    const content = raw.replace(/#.*$/, '').trim();
    if (content === '') return;
    const [when = '', verb = '', ...rest] = content.split(/\s+/);
    const time = /^(\+?)([\d.]+)(?:~([\d.]+))?$/.exec(when);
    if (!time) throw new Error(`line ${i + 1}: “${when}” is no time in “${content}”`);
    const isSegment = verb === 'in' || verb === 'out';
    lines.push({
      number: i + 1,
      text: content,
      time: Number(time[2]),
      relative: time[1] === '+',
      tolerance: Number(time[3] ?? 0),
      verb,
      words: rest,
      segment: isSegment ? readSegment(new Words(rest, content)) : null,
    });
  });
  return lines;
};
