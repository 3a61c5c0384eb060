import type { Question } from '../../scenario/beats.ts';
import { questionWords as words } from './Beats.words.ts';

/** A question as it is written by hand: one line an answer. */
export interface WrittenQuestion {
  readonly say: string;
  readonly answers: string;
  readonly of: string;
}

export const asWritten = (ask: Question | undefined): WrittenQuestion => ({
  say: ask?.say ?? '',
  of: ask?.of ?? '',
  answers: (ask?.answers ?? []).map(({ say, right }) => (right === true ? `* ${say}` : say)).join('\n'),
});

/** The question that was written; undefined: none; a sentence where it cannot be one. */
export const readQuestion = ({ say, answers, of }: WrittenQuestion): Question | undefined | string => {
  const lines = answers
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, 6);
  if (say.trim() === '' && lines.length === 0) return undefined;
  if (lines.length < 2 || say.trim() === '') return words.few;
  if (of.trim() !== '') {
    const numbered = lines.map((line) => ({ say: line.slice(0, 200), is: Number.parseFloat(line.replace(/,/g, '')) }));
    if (numbered.some(({ is }) => !Number.isFinite(is))) return words.numbers;
    return { say: say.trim(), of: of.trim(), answers: numbered };
  }
  const marked = lines.map((line) => ({
    say: line.replace(/^\*\s*/, '').slice(0, 200),
    ...(line.startsWith('*') && { right: true }),
  }));
  return marked.some(({ right }) => right) ? { say: say.trim(), answers: marked } : words.none;
};
