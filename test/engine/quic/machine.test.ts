import { expect, test } from 'vitest';
import { getNextSnapshot } from 'xstate';
import { clientLife, serverLife } from '../../../src/engine/protocol/quic/machine.ts';
import type { LifeEvent } from '../../../src/engine/protocol/quic/machine.ts';
import { lifeTables, nextLife } from '../../../src/engine/protocol/quic/table.ts';

const events: readonly LifeEvent['type'][] = [
  'OPEN',
  'RCV_INITIAL',
  'RCV_RETRY',
  'RCV_VERSIONS',
  'HANDSHAKE_KEYS',
  'COMPLETE',
  'CONFIRM',
  'CLOSE',
  'RCV_CLOSE',
  'RCV_RESET',
  'IDLE',
  'FORGET',
  'DRAINED',
];

for (const [side, machine] of [
  ['client', clientLife],
  ['server', serverLife],
] as const) {
  test(`the table of the ${side} is the machine, for every state and event`, () => {
    for (const state of Object.keys(machine.states)) {
      for (const type of events) {
        const next = getNextSnapshot(machine, machine.resolveState({ value: state }), { type });
        expect(nextLife(lifeTables[side], state, type) ?? state).toBe(next.value);
      }
    }
  });

  test(`every state of the ${side} can be reached, and leads to its end`, () => {
    const table = lifeTables[side];
    const after = (from: string): Set<string> => {
      const seen = new Set([from]);
      for (const state of seen) for (const next of table.get(state)?.values() ?? []) seen.add(next);
      return seen;
    };
    expect([...after('IDLE')].sort()).toEqual([...table.keys()].sort());
    for (const state of table.keys()) expect(after(state)).toContain('CLOSED');
  });
}
