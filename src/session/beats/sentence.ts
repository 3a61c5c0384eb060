import type { Question } from '../../scenario/beats.ts';
import { valueOf } from './values.ts';
import type { Told, Value } from './values.ts';

const groups = /\B(?=(\d{3})+$)/g;
const rounded = (value: number, decimals: number): string => {
  const [whole = '0', part] = String(Number(value.toFixed(decimals))).split('.');
  return `${whole.replace(groups, ',')}${part === undefined ? '' : `.${part}`}`;
};

/** "3.1 RTT", "248 ms", "692"; "–" for what never happened, "…" for what is being computed. */
export const valueWords = ({ value, unit, pending }: Value): string => {
  if (value === null) return pending === true ? '…' : '–';
  switch (unit) {
    case 'rtt':
      return `${rounded(value, 1)} RTT`;
    case 'ms':
      return `${rounded(value, Math.abs(value) < 100 ? 1 : 0)} ms`;
    case 'count':
      return rounded(value, 0);
  }
};

const ASKED = /\{([^{}]{1,120})\}/g;

/** The sentence of a beat with the run's own numbers in it. Braces that name nothing stay as they are, so that their author sees them. */
export const sentenceOf = (told: Told | null, say: string): string =>
  say.replace(ASKED, (whole, expression: string) => {
    if (!told) return '…';
    const value = valueOf(told, expression);
    return value ? valueWords(value) : whole;
  });

/** What the run says to a question: which answers are right, and its own number where it was asked for one. */
export interface Verdict {
  readonly right: readonly number[];
  /** "3.1 RTT"; null where no number was asked for. */
  readonly value: string | null;
}

/** The answer nearest to the run's number is right; without a number those that say so. null: the run does not know. */
export const verdictOf = (told: Told, { of, answers }: Question): Verdict | null => {
  if (of === undefined) {
    const right = answers.flatMap((answer, i) => (answer.right === true ? [i] : []));
    return { right, value: null };
  }
  const asked = valueOf(told, of);
  if (asked?.value == null) return null;
  const { value } = asked;
  const apart = answers.map(({ is = Infinity }) => Math.abs(is - value));
  const least = Math.min(...apart);
  return { right: apart.flatMap((distance, i) => (distance === least ? [i] : [])), value: valueWords(asked) };
};
