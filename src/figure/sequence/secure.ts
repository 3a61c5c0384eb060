import { recordsIn } from '../../trace/query/records.ts';
import type { TraceTls } from '../../trace/tls.ts';
import type { Trace } from '../../trace/types.ts';
import { decimal } from '../format.ts';
import type { TagLine } from '../label/tag.ts';
import type { Theme } from '../theme.ts';
import type { Stroke } from '../types.ts';
import type { Keyed } from './keyed.ts';

/** Epochs of keys as `wire/tls` numbers them: 0 plain, 1 early, 2 handshake, 3 application, one more for each update. */
const APPLICATION = 3;
/** What RFC 8446 figure 1 writes around messages: () early, {} handshake, [] application keys. */
const BRACKETS: readonly (readonly [string, string])[] = [
  ['', ''],
  ['(', ')'],
  ['{', '}'],
  ['[', ']'],
];
/** A line of a flight's label is broken where it grows longer than so many letters. */
const LONGEST = 46;
const MOST_LINES = 6;

const KEYS = ['in the clear', '(key of early data)', '{keys of the handshake}', '[keys of the application]'] as const;
const OBSERVED = ['in the clear', 'encrypted', 'encrypted', 'encrypted'] as const;

const kindOf = (epoch: number): number => Math.min(epoch, APPLICATION);

/** How a trace's TLS is shown on its arrows: colour and dash by key, messages as a flight, or what a wiretap sees of it. */
export class Secure implements Keyed {
  readonly #trace: Trace;
  readonly #tls: TraceTls;
  readonly #theme: Theme;
  readonly #observed: boolean;

  constructor(trace: Trace, tls: TraceTls, theme: Theme, observed: boolean) {
    this.#trace = trace;
    this.#tls = tls;
    this.#theme = theme;
    this.#observed = observed;
  }

  /** The key under which most of a packet's bytes go; null where it carries no record. */
  epochOf(packet: number): number | null {
    const range = recordsIn(this.#trace, packet);
    if (!range) return null;
    const { at, length, epoch } = this.#tls.records;
    const start = this.#trace.packets.offset[packet] as number;
    const stop = start + (this.#trace.packets.payload[packet] as number);
    const bytes = [0, 0, 0, 0];
    for (let r = range[0]; r < range[1]; r++) {
      const from = at[r] as number;
      const share = Math.min(stop, from + 5 + (length[r] as number)) - Math.max(start, from);
      const kind = kindOf(epoch[r] as number);
      bytes[kind] = (bytes[kind] as number) + share;
    }
    return bytes.indexOf(Math.max(...bytes));
  }

  /** Records hide what is in them; the segments around them are in clear. */
  hides(): boolean {
    return false;
  }

  color(epoch: number): string {
    const { theme } = { theme: this.#theme };
    if (this.#observed && epoch > 0) return theme.mute;
    return theme.epochs[kindOf(epoch)] ?? theme.data;
  }

  /** Colour is not alone: early data is dotted, the handshake dashed. A wiretap cannot tell one key from another. */
  stroke(base: Stroke, epoch: number): Stroke {
    const s = this.#theme.scale;
    const dash = this.#observed ? [] : epoch === 1 ? [2 * s, 2.5 * s] : epoch === 2 ? [7 * s, 2.5 * s] : [];
    return { ...base, color: this.color(epoch), ...(dash.length > 0 ? { dash } : {}) };
  }

  /** The records that end in these packets, a line for each key; null where none does. */
  flight(packets: readonly number[]): TagLine[] | null {
    const runs: { epoch: number; names: string[]; bytes: number }[] = [];
    const { epoch, length, name, last } = this.#tls.records;
    for (const i of packets) {
      const range = recordsIn(this.#trace, i);
      if (!range) continue;
      for (let r = range[0]; r < range[1]; r++) {
        if (last[r] !== i) continue;
        // A wiretap cannot tell one key from another.
        const kind = this.#observed ? Math.min(epoch[r] as number, 1) : kindOf(epoch[r] as number);
        const run = runs.at(-1);
        const text = this.#tls.labels[name[r] as number] ?? '';
        if (run?.epoch === kind) {
          run.names.push(text);
          run.bytes += length[r] as number;
        } else runs.push({ epoch: kind, names: [text], bytes: length[r] as number });
      }
    }
    if (runs.length === 0) return null;
    const lines = runs.flatMap((run) => this.#lines(run));
    return lines.length > MOST_LINES
      ? [
          ...lines.slice(0, MOST_LINES - 1),
          { text: `and ${decimal(lines.length - MOST_LINES + 1)} more lines`, color: this.#theme.mute },
        ]
      : lines;
  }

  /** What colours and brackets mean: the keys that these packets use. */
  legend(packets: ArrayLike<number>): TagLine[] {
    const seen = new Set<number>();
    for (let k = 0; k < packets.length; k++) {
      const range = recordsIn(this.#trace, packets[k] as number);
      if (!range) continue;
      for (let r = range[0]; r < range[1]; r++) seen.add(kindOf(this.#tls.records.epoch[r] as number));
    }
    const said = this.#observed ? OBSERVED : KEYS;
    const kinds = [...seen].filter((kind) => said[kind] !== undefined).sort((a, b) => a - b);
    const texts = new Map(kinds.map((kind) => [said[kind] as string, this.color(kind)]));
    return [...texts].map(([text, color]) => ({ text, color }));
  }

  #lines({ epoch, names, bytes }: { epoch: number; names: readonly string[]; bytes: number }): TagLine[] {
    const color = this.color(epoch);
    if (this.#observed && epoch > 0) return [{ text: `encrypted, ${decimal(bytes)} B`, color }];
    const [open, shut] = BRACKETS[epoch] as readonly [string, string];
    const lines: string[] = [];
    let line = '';
    for (const [text, n] of counted(names)) {
      const one = n > 1 ? `${String(n)} × ${text}` : text;
      if (line !== '' && line.length + one.length > LONGEST) {
        lines.push(`${line},`);
        line = one;
      } else line = line === '' ? one : `${line}, ${one}`;
    }
    lines.push(line);
    return lines.map((text, k) => ({
      text: `${k === 0 ? open : ''}${text}${k === lines.length - 1 ? shut : ''}`,
      color,
    }));
  }
}

const counted = (names: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};
