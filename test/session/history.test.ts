import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { begin, edit, redo, seal, undo } from '../../src/session/history.ts';

describe('history', () => {
  test('undo and redo walk the edits', () => {
    const h = edit(edit(begin('a'), 'b'), 'c');
    expect(undo(h).present).toBe('b');
    expect(undo(undo(h)).present).toBe('a');
    expect(redo(undo(h)).present).toBe('c');
  });

  test('edits of one slider are one step until it is let go', () => {
    let h = begin(0);
    for (const value of [1, 2, 3]) h = edit(h, value, 'rtt');
    expect(h.past).toEqual([0]);
    h = edit(seal(h), 4, 'rtt');
    expect(h.past).toEqual([0, 3]);
  });

  test('a new edit forgets what was undone', () => {
    const h = edit(undo(edit(begin('a'), 'b')), 'c');
    expect(redo(h)).toBe(h);
    expect(undo(h).present).toBe('a');
  });

  test('at the ends nothing changes', () => {
    const h = begin('a');
    expect(undo(h)).toBe(h);
    expect(redo(h)).toBe(h);
  });

  test('any number of undos and as many redos lead back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 30 }), fc.nat(40), (edits, steps) => {
        const full = edits.reduce((h, value) => edit(h, value), begin(0));
        let h = full;
        for (let k = 0; k < steps; k++) h = undo(h);
        for (let k = 0; k < steps; k++) h = redo(h);
        expect(h.present).toBe(full.present);
        expect(h.past).toEqual(full.past);
      }),
    );
  });
});
