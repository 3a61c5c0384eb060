import { setup } from 'xstate';

export type LifeEvent =
  | { readonly type: 'OPEN' }
  | { readonly type: 'RCV_INITIAL' }
  | { readonly type: 'RCV_RETRY' }
  | { readonly type: 'RCV_VERSIONS' }
  | { readonly type: 'HANDSHAKE_KEYS' }
  | { readonly type: 'COMPLETE' }
  | { readonly type: 'CONFIRM' }
  | { readonly type: 'CLOSE' }
  | { readonly type: 'RCV_CLOSE' }
  | { readonly type: 'RCV_RESET' }
  | { readonly type: 'IDLE' }
  | { readonly type: 'FORGET' }
  | { readonly type: 'DRAINED' };

const made = setup({ types: { events: {} as LifeEvent } });

/** What ends a connection from any state in which it lives (RFC 9000 §10). */
const ENDS = {
  CLOSE: 'CLOSING',
  RCV_CLOSE: 'DRAINING',
  IDLE: 'CLOSED',
  FORGET: 'CLOSED',
} as const;
const OPEN_ENDS = { ...ENDS, RCV_RESET: 'DRAINING' } as const;

/** Ends that both sides share (RFC 9000 §10.2). */
const after = {
  CLOSING: { on: { RCV_CLOSE: 'DRAINING', DRAINED: 'CLOSED', FORGET: 'CLOSED' } },
  DRAINING: { on: { DRAINED: 'CLOSED', FORGET: 'CLOSED' } },
  CLOSED: {},
} as const;

/** Life of a connection at the client (RFC 9000 §5 to §10, RFC 9001 §4.1). */
export const clientLife = made.createMachine({
  id: 'quic-client',
  initial: 'IDLE',
  states: {
    IDLE: { on: { OPEN: 'INITIAL' } },
    INITIAL: { on: { ...ENDS, RCV_RETRY: 'RETRIED', RCV_VERSIONS: 'INITIAL', HANDSHAKE_KEYS: 'HANDSHAKE' } },
    // A second Retry, or one behind an Initial, is passed over (RFC 9000 §17.2.5.2).
    RETRIED: { on: { ...ENDS, HANDSHAKE_KEYS: 'HANDSHAKE' } },
    HANDSHAKE: { on: { ...ENDS, COMPLETE: 'COMPLETE' } },
    COMPLETE: { on: { ...OPEN_ENDS, CONFIRM: 'CONFIRMED' } },
    CONFIRMED: { on: OPEN_ENDS },
    ...after,
  },
});

/** Life of a connection at the server, where complete is confirmed (RFC 9001 §4.1.2). */
export const serverLife = made.createMachine({
  id: 'quic-server',
  initial: 'IDLE',
  states: {
    IDLE: { on: { RCV_INITIAL: 'INITIAL', FORGET: 'CLOSED' } },
    INITIAL: { on: { ...ENDS, HANDSHAKE_KEYS: 'HANDSHAKE' } },
    HANDSHAKE: { on: { ...ENDS, CONFIRM: 'CONFIRMED' } },
    CONFIRMED: { on: OPEN_ENDS },
    ...after,
  },
});
