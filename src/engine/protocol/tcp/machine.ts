import { setup } from 'xstate';

/** What the connection's machine hears: control events only, never every segment. */
export type TcpEvent =
  | { readonly type: 'ACTIVE_OPEN' }
  | { readonly type: 'PASSIVE_OPEN' }
  | { readonly type: 'RCV_SYN' }
  | { readonly type: 'RCV_SYN_ACK' }
  | { readonly type: 'RCV_ACK_OF_SYN' }
  | { readonly type: 'RCV_FIN' }
  | { readonly type: 'RCV_ACK_OF_FIN' }
  | { readonly type: 'CLOSE' }
  | { readonly type: 'RESET' }
  | { readonly type: 'TIMEOUT_2MSL' };

/**
 * The states of a TCP connection (RFC 9293 §3.3.2, figure 5), used by both ends. A FIN that also acknowledges ours is
 * two events in the order of RFC 9293 §3.10.7.4: first the ACK, then the FIN. RESET is any abort: a RST received, one
 * sent, or the user's time-out.
 */
export const tcpMachine = setup({ types: { events: {} as TcpEvent } }).createMachine({
  id: 'tcp',
  initial: 'CLOSED',
  states: {
    CLOSED: { on: { ACTIVE_OPEN: 'SYN-SENT', PASSIVE_OPEN: 'LISTEN' } },
    LISTEN: { on: { RCV_SYN: 'SYN-RECEIVED', CLOSE: 'CLOSED', ACTIVE_OPEN: 'SYN-SENT' } },
    'SYN-SENT': { on: { RCV_SYN_ACK: 'ESTABLISHED', RCV_SYN: 'SYN-RECEIVED', CLOSE: 'CLOSED', RESET: 'CLOSED' } },
    'SYN-RECEIVED': {
      on: { RCV_ACK_OF_SYN: 'ESTABLISHED', RCV_FIN: 'CLOSE-WAIT', CLOSE: 'FIN-WAIT-1', RESET: 'CLOSED' },
    },
    ESTABLISHED: { on: { CLOSE: 'FIN-WAIT-1', RCV_FIN: 'CLOSE-WAIT', RESET: 'CLOSED' } },
    'FIN-WAIT-1': { on: { RCV_ACK_OF_FIN: 'FIN-WAIT-2', RCV_FIN: 'CLOSING', RESET: 'CLOSED' } },
    'FIN-WAIT-2': { on: { RCV_FIN: 'TIME-WAIT', RESET: 'CLOSED', TIMEOUT_2MSL: 'CLOSED' } },
    'CLOSE-WAIT': { on: { CLOSE: 'LAST-ACK', RESET: 'CLOSED' } },
    CLOSING: { on: { RCV_ACK_OF_FIN: 'TIME-WAIT', RESET: 'CLOSED' } },
    'LAST-ACK': { on: { RCV_ACK_OF_FIN: 'CLOSED', RESET: 'CLOSED' } },
    'TIME-WAIT': { on: { TIMEOUT_2MSL: 'CLOSED', RESET: 'CLOSED' } },
  },
});

export type TcpState =
  | 'CLOSED'
  | 'LISTEN'
  | 'SYN-SENT'
  | 'SYN-RECEIVED'
  | 'ESTABLISHED'
  | 'FIN-WAIT-1'
  | 'FIN-WAIT-2'
  | 'CLOSE-WAIT'
  | 'CLOSING'
  | 'LAST-ACK'
  | 'TIME-WAIT';

type Table = Readonly<Record<string, Readonly<Record<string, TcpState>>>>;

/** The machine as a table, read once from its own definition: what runs is what is drawn, at the price of a look-up. */
const table: Table = Object.fromEntries(
  Object.entries(tcpMachine.states).map(([name, node]) => [
    name,
    Object.fromEntries(
      [...node.transitions].map(([event, candidates]) => [
        event,
        (candidates[0]?.target?.[0]?.key ?? name) as TcpState,
      ]),
    ),
  ]),
);

/** The next state, or null where the event means nothing in this one. */
export const nextState = (state: TcpState, event: TcpEvent['type']): TcpState | null => table[state]?.[event] ?? null;
