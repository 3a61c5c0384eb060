import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';

/** What a command takes: the name of its one operand, and options with the word for their value. */
export interface CommandShape {
  readonly operand: string | null;
  readonly options: Readonly<Record<string, string>>;
}

export interface Args {
  readonly operand: string;
  readonly options: ReadonlyMap<string, string>;
}

const listed = (shape: CommandShape): string => Object.keys(shape.options).join(' ') || 'none';

/** Reads the words behind the command's name. `--name value` and `--name=value` are the same; each option once. */
export const parseArgs = (command: string, shape: CommandShape, words: readonly string[]): Result<Args> => {
  const options = new Map<string, string>();
  const operands: string[] = [];
  const wrong = (what: string): Result<Args> => fail({ where: '', what });
  for (let k = 0; k < words.length; k++) {
    const word = words[k] as string;
    if (word === '-' || !word.startsWith('-')) {
      operands.push(word);
      continue;
    }
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    const name = equals < 0 ? word : word.slice(0, equals);
    const meaning = shape.options[name];
    if (meaning === undefined) return wrong(`${command} has no option ${name}; its options: ${listed(shape)}`);
    if (options.has(name)) return wrong(`${name} is given twice`);
    const value = equals < 0 ? words[++k] : word.slice(equals + 1);
    if (value === undefined || value === '') return wrong(`${name} needs a value: ${name} ${meaning}`);
    options.set(name, value);
  }
  if (shape.operand === null && operands.length > 0) return wrong(`${command} takes no ${operands[0] as string}`);
  if (shape.operand !== null && operands.length !== 1) {
    return wrong(
      `${command} takes one ${shape.operand}, ${operands.length === 0 ? 'none was given' : `${String(operands.length)} were given: ${operands.join(' ')}`}`,
    );
  }
  return ok({ operand: operands[0] ?? '', options });
};

/** A finite number of ms, at least 0. */
export const parseMs = (name: string, text: string | undefined): Result<number | null> => {
  if (text === undefined) return ok(null);
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) && value >= 0
    ? ok(value)
    : fail({ where: '', what: `${name} takes milliseconds, 0 or more, not "${text}"` });
};

const MAX_SIDE = 10_000;

/** `1440x900`: width and height in pixels. */
export const parseSize = (text: string | undefined): Result<{ width: number; height: number }> => {
  if (text === undefined) return ok({ width: 1440, height: 720 });
  const [, w, h] = /^(\d{1,5})x(\d{1,5})$/.exec(text) ?? [];
  const width = Number(w);
  const height = Number(h);
  return width >= 100 && height >= 50 && width <= MAX_SIDE && height <= MAX_SIDE
    ? ok({ width, height })
    : fail({
        where: '',
        what: `--size takes width x height in pixels, like 1440x720, from 100x50 to ${String(MAX_SIDE)}x${String(MAX_SIDE)}, not "${text}"`,
      });
};
