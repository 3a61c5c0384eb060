import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { nextState, tcpMachine } from '../../../src/engine/protocol/tcp/machine.ts';
import type { TcpEvent, TcpState } from '../../../src/engine/protocol/tcp/machine.ts';

const states = Object.keys(tcpMachine.states) as TcpState[];
const events = [
  ...new Set(Object.values(tcpMachine.states).flatMap((node) => [...node.transitions.keys()])),
] as TcpEvent['type'][];

/** What XState itself makes of an event in a state. */
const byXState = (state: TcpState, event: TcpEvent['type']): string => {
  const [next] = transition(tcpMachine, tcpMachine.resolveState({ value: state, context: {} }), { type: event });
  return String(next.value);
};

/** The arrows of RFC 9293 §3.3.2, figure 5: from, event, to. */
const FIGURE_5: readonly (readonly [TcpState, TcpEvent['type'], TcpState])[] = [
  ['CLOSED', 'PASSIVE_OPEN', 'LISTEN'],
  ['CLOSED', 'ACTIVE_OPEN', 'SYN-SENT'],
  ['LISTEN', 'CLOSE', 'CLOSED'],
  ['LISTEN', 'ACTIVE_OPEN', 'SYN-SENT'],
  ['LISTEN', 'RCV_SYN', 'SYN-RECEIVED'],
  ['SYN-SENT', 'CLOSE', 'CLOSED'],
  ['SYN-SENT', 'RCV_SYN', 'SYN-RECEIVED'],
  ['SYN-SENT', 'RCV_SYN_ACK', 'ESTABLISHED'],
  ['SYN-RECEIVED', 'RCV_ACK_OF_SYN', 'ESTABLISHED'],
  ['SYN-RECEIVED', 'CLOSE', 'FIN-WAIT-1'],
  ['ESTABLISHED', 'CLOSE', 'FIN-WAIT-1'],
  ['ESTABLISHED', 'RCV_FIN', 'CLOSE-WAIT'],
  ['FIN-WAIT-1', 'RCV_ACK_OF_FIN', 'FIN-WAIT-2'],
  ['FIN-WAIT-1', 'RCV_FIN', 'CLOSING'],
  ['FIN-WAIT-2', 'RCV_FIN', 'TIME-WAIT'],
  ['CLOSING', 'RCV_ACK_OF_FIN', 'TIME-WAIT'],
  ['CLOSE-WAIT', 'CLOSE', 'LAST-ACK'],
  ['LAST-ACK', 'RCV_ACK_OF_FIN', 'CLOSED'],
  ['TIME-WAIT', 'TIMEOUT_2MSL', 'CLOSED'],
];

/** Transitions that stand in the text of RFC 9293 §3.10 and not in its figure. */
const IN_THE_TEXT: readonly (readonly [TcpState, TcpEvent['type'], TcpState])[] = [
  // §3.10.7.4 eighth: the FIN may come with the ACK of our SYN.
  ['SYN-RECEIVED', 'RCV_FIN', 'CLOSE-WAIT'],
  // Not in the RFC: a host may bound FIN-WAIT-2 (Linux tcp_fin_timeout).
  ['FIN-WAIT-2', 'TIMEOUT_2MSL', 'CLOSED'],
];

describe('the connection’s machine', () => {
  it('has the eleven states of RFC 9293 §3.3.2', () => {
    expect(states).toHaveLength(11);
    const [first] = initialTransition(tcpMachine);
    expect(first.value).toBe('CLOSED');
  });

  it('is total: for every state and event the table says what XState says', () => {
    for (const state of states) {
      for (const event of events)
        expect(nextState(state, event) ?? state, `${event} in ${state}`).toBe(byXState(state, event));
    }
  });

  it('follows any sequence of events as XState does', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 30 }), (sequence) => {
        let [snapshot] = initialTransition(tcpMachine);
        let state: TcpState = 'CLOSED';
        for (const event of sequence) {
          [snapshot] = transition(tcpMachine, snapshot, { type: event });
          state = nextState(state, event) ?? state;
          expect(state).toBe(snapshot.value);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('has every arrow of RFC 9293 figure 5', () => {
    for (const [from, event, to] of FIGURE_5) expect(nextState(from, event), `${event} in ${from}`).toBe(to);
  });

  it('has no other arrow than those of figure 5, of the text, and RESET', () => {
    const known = new Set([...FIGURE_5, ...IN_THE_TEXT].map((arrow) => arrow.join(' ')));
    for (const state of states) {
      for (const event of events) {
        const to = nextState(state, event);
        if (to === null) continue;
        if (event === 'RESET') expect(to).toBe('CLOSED');
        else expect(known, `${event} in ${state}`).toContain([state, event, to].join(' '));
      }
    }
  });

  it('can be reset wherever there is a connection', () => {
    const nowhere = states.filter((state) => nextState(state, 'RESET') === null);
    expect(nowhere).toEqual(['CLOSED', 'LISTEN']);
  });

  it('leads back to CLOSED from everywhere', () => {
    const home = new Set<TcpState>(['CLOSED']);
    for (let i = 0; i < states.length; i++) {
      for (const state of states)
        if (events.some((event) => home.has(nextState(state, event) ?? state))) home.add(state);
    }
    expect([...home].sort()).toEqual([...states].sort());
  });
});
