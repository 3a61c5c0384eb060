import { setup } from 'xstate';

/** What the guards of both machines may look at. */
export interface Context12 {
  /** The server knows the session: certificates and key exchange fall away (RFC 5246 §7.3, figure 2). */
  readonly resumed: boolean;
  /** A NewSessionTicket is coming (RFC 5077 §3.3). */
  readonly ticket: boolean;
  readonly asked: boolean;
  /** The client's certificate message is empty: no CertificateVerify follows. */
  readonly empty: boolean;
}

export type Event12 =
  | { readonly type: 'OPEN' }
  | { readonly type: 'RCV_CLIENT_HELLO' }
  | { readonly type: 'ANSWERED' }
  | { readonly type: 'RCV_SERVER_HELLO' }
  | { readonly type: 'RCV_CERTIFICATE' }
  | { readonly type: 'RCV_SERVER_KEY_EXCHANGE' }
  | { readonly type: 'RCV_CERTIFICATE_REQUEST' }
  | { readonly type: 'RCV_SERVER_HELLO_DONE' }
  | { readonly type: 'RCV_CLIENT_KEY_EXCHANGE' }
  | { readonly type: 'RCV_CERTIFICATE_VERIFY' }
  | { readonly type: 'RCV_TICKET' }
  | { readonly type: 'RCV_CHANGE_CIPHER_SPEC' }
  | { readonly type: 'RCV_FINISHED' }
  | { readonly type: 'RCV_CLOSE_NOTIFY' }
  | { readonly type: 'CLOSE' }
  | { readonly type: 'FAIL' };

export const guards12 = {
  resumed: (context: Context12): boolean => context.resumed,
  ticket: (context: Context12): boolean => context.ticket,
  asked: (context: Context12): boolean => context.asked,
  unsigned: (context: Context12): boolean => !context.asked || context.empty,
} as const;

const made = setup({
  types: { events: {} as Event12, context: {} as Context12 },
  guards: {
    resumed: ({ context }) => guards12.resumed(context),
    ticket: ({ context }) => guards12.ticket(context),
    asked: ({ context }) => guards12.asked(context),
    unsigned: ({ context }) => guards12.unsigned(context),
  },
});

const context: Context12 = { resumed: false, ticket: false, asked: false, empty: false };
const FAIL = { FAIL: 'FAILED' } as const;
const ends = {
  CONNECTED: { on: { ...FAIL, CLOSE: 'CLOSING', RCV_CLOSE_NOTIFY: 'PEER_CLOSED' } },
  CLOSING: { on: { ...FAIL, RCV_CLOSE_NOTIFY: 'CLOSED' } },
  PEER_CLOSED: { on: { ...FAIL, CLOSE: 'CLOSED' } },
  CLOSED: {},
  FAILED: {},
} as const;

/** The client of TLS 1.2 (RFC 5246 §7.3, RFC 5077 §3.1), from the hello to its close. */
export const client12 = made.createMachine({
  id: 'tls12-client',
  context,
  initial: 'START',
  states: {
    START: { on: { ...FAIL, OPEN: 'WAIT_SH' } },
    WAIT_SH: {
      on: {
        ...FAIL,
        RCV_SERVER_HELLO: [{ guard: 'resumed', target: 'WAIT_CCS' }, { target: 'WAIT_CERT' }],
      },
    },
    WAIT_CERT: { on: { ...FAIL, RCV_CERTIFICATE: 'WAIT_SKE' } },
    WAIT_SKE: { on: { ...FAIL, RCV_SERVER_KEY_EXCHANGE: 'WAIT_SHD' } },
    WAIT_SHD: {
      on: {
        ...FAIL,
        RCV_CERTIFICATE_REQUEST: 'WAIT_SHD',
        RCV_SERVER_HELLO_DONE: [{ guard: 'ticket', target: 'WAIT_TICKET' }, { target: 'WAIT_CCS' }],
      },
    },
    WAIT_TICKET: { on: { ...FAIL, RCV_TICKET: 'WAIT_CCS' } },
    WAIT_CCS: { on: { ...FAIL, RCV_CHANGE_CIPHER_SPEC: 'WAIT_FINISHED' } },
    WAIT_FINISHED: { on: { ...FAIL, RCV_FINISHED: 'CONNECTED' } },
    ...ends,
  },
});

/** The server of TLS 1.2. In a resumption its Finished comes first, and the client's ends the handshake. */
export const server12 = made.createMachine({
  id: 'tls12-server',
  context,
  initial: 'START',
  states: {
    START: { on: { ...FAIL, RCV_CLIENT_HELLO: 'RECVD_CH' } },
    RECVD_CH: {
      on: {
        ...FAIL,
        ANSWERED: [
          { guard: 'resumed', target: 'WAIT_CCS' },
          { guard: 'asked', target: 'WAIT_CERT' },
          { target: 'WAIT_CKE' },
        ],
      },
    },
    WAIT_CERT: { on: { ...FAIL, RCV_CERTIFICATE: 'WAIT_CKE' } },
    WAIT_CKE: {
      on: { ...FAIL, RCV_CLIENT_KEY_EXCHANGE: [{ guard: 'unsigned', target: 'WAIT_CCS' }, { target: 'WAIT_CV' }] },
    },
    WAIT_CV: { on: { ...FAIL, RCV_CERTIFICATE_VERIFY: 'WAIT_CCS' } },
    WAIT_CCS: { on: { ...FAIL, RCV_CHANGE_CIPHER_SPEC: 'WAIT_FINISHED' } },
    WAIT_FINISHED: { on: { ...FAIL, RCV_FINISHED: 'CONNECTED' } },
    ...ends,
  },
});
