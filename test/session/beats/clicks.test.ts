import { expect, test } from 'vitest';
import { clicksOf } from '../../../src/session/beats/clicks.ts';

test('a question takes two clicks, every other beat one', () => {
  const ask = { say: 'Which?', answers: [{ say: 'one', right: true }, { say: 'two' }] };
  expect(
    clicksOf([
      { at: 0, say: '' },
      { at: 1, say: '', ask },
      { at: 2, say: '' },
    ]),
  ).toEqual([
    { beat: 0, answered: true },
    { beat: 1, answered: false },
    { beat: 1, answered: true },
    { beat: 2, answered: true },
  ]);
  expect(clicksOf([])).toEqual([]);
});
