import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { client12, server12 } from '../../../src/engine/protocol/tls/machine12.ts';
import { client13, server13 } from '../../../src/engine/protocol/tls/machine13.ts';
import { nextState, tables } from '../../../src/engine/protocol/tls/table.ts';
import type { TlsContext, TlsEvent } from '../../../src/engine/protocol/tls/table.ts';

const machines: Readonly<Record<keyof typeof tables, AnyStateMachine>> = { client13, server13, client12, server12 };
const keys = ['psk', 'early', 'asked', 'empty', 'closed', 'resumed', 'ticket'] as const;
const contexts = Array.from({ length: 1 << keys.length }, (_, bits) =>
  Object.fromEntries(keys.map((key, i) => [key, (bits & (1 << i)) !== 0])),
) as unknown as TlsContext[];

describe.each(['client13', 'server13', 'client12', 'server12'] as const)('%s', (name) => {
  const machine = machines[name];
  const events = [...new Set(Object.values(machine.states).flatMap((s) => [...s.transitions.keys()]))] as TlsEvent[];

  it('the table goes where XState goes, for every state, event and context', () => {
    for (const state of Object.keys(machine.states)) {
      for (const event of events) {
        for (const context of contexts) {
          const value = machine.resolveState({ value: state, context });
          const actor = createActor(machine, { snapshot: machine.getPersistedSnapshot(value) });
          actor.start();
          const can = actor.getSnapshot().can({ type: event });
          actor.send({ type: event });
          expect([state, event, nextState(tables[name], state, event, context)]).toEqual([
            state,
            event,
            can ? actor.getSnapshot().value : null,
          ]);
        }
      }
    }
  });

  it('every state can be reached, and every one but the ends can fail', () => {
    const reached = new Set(['START']);
    for (const state of reached) {
      for (const event of events) {
        for (const context of contexts) {
          const next = nextState(tables[name], state, event, context);
          if (next !== null) reached.add(next);
        }
      }
    }
    expect([...reached].sort()).toEqual(Object.keys(machine.states).sort());
    for (const state of Object.keys(machine.states)) {
      const ends = state === 'CLOSED' || state === 'FAILED';
      expect(nextState(tables[name], state, 'FAIL', contexts[0] as TlsContext)).toBe(ends ? null : 'FAILED');
    }
  });
});
