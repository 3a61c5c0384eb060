import { expect, test } from 'vitest';
import { opened } from '../../../src/session/document.ts';
import { begin, edit, redo, seal, undo } from '../../../src/session/history.ts';
import { travelOf, travelWords } from '../../../src/view/notice/travel.ts';
import { scenarioOf, small } from '../../session/lossy.ts';

const first = opened(scenarioOf(small), null);
const second = { ...first, scenario: { ...first.scenario, seed: 7 }, did: '#30 lost' };
const named = { ...second, did: 'a beat' };
const all = edit(edit(begin(first), second), named);

test('a step back or on is told by what it takes back or does again; an edit is none', () => {
  const back = undo(all);
  expect(travelOf(all, back)).toEqual({ kind: 'undone', did: 'a beat', runs: false });
  expect(travelOf(back, undo(back))).toEqual({ kind: 'undone', did: '#30 lost', runs: true });
  expect(travelOf(back, redo(back))).toEqual({ kind: 'redone', did: 'a beat', runs: false });
  expect(travelOf(all, edit(all, first))).toBe(null);
  // The same again as an edit of its own clears what could be done again.
  expect(travelOf(back, edit(back, { ...named }))).toBe(null);
  expect(travelOf(all, seal(all))).toBe(null);
  expect(travelOf(null, all)).toBe(null);
});

test('and with what came of it', () => {
  expect(travelWords({ kind: 'undone', did: '#30 lost', runs: true }, 'done at 950.2 ms')).toBe(
    'Undone: #30 lost. Now done at 950.2 ms.',
  );
  expect(travelWords({ kind: 'redone', did: '', runs: false }, null)).toBe('Done again.');
});
