import { describe, expect, it } from 'vitest';
import type { TcpState } from '../../../src/engine/protocol/tcp/machine.ts';
import { dropData, duplicateNth } from './link.ts';
import { Pair } from './pair.ts';
import { stages } from './states.ts';

describe('the Pair harness', () => {
  it.each(Object.keys(stages) as TcpState[])('builds a pair in %s', (state) => {
    expect(stages[state]().subject.state).toBe(state);
  });

  it('carries bytes both ways and jumps from wake-up to wake-up', () => {
    const pair = new Pair({ delayMs: 10 }).connect();
    pair.write(pair.a, 100_000).write(pair.b, 50_000);
    expect(pair.until(() => pair.a.received === 50_000 && pair.b.received === 100_000, 5000)).toBe(true);
    pair.do(pair.a, { type: 'close' }).do(pair.b, { type: 'close' }).drain();
    expect([pair.a.state, pair.b.state]).toEqual(['CLOSED', 'CLOSED']);
  });

  it('loses what it is told to lose, and duplicates what it is told to duplicate', () => {
    const pair = new Pair({ there: dropData(2), back: duplicateNth(1) }).connect();
    pair.write(pair.a, 10_000).until(() => pair.b.received === 10_000);
    expect(pair.a.data.filter((s) => s.dropped).map((s) => s.offset)).toEqual([1448]);
    expect(pair.a.data.filter((s) => s.nth > 1).map((s) => s.offset)).toContain(1448);
  });
});
