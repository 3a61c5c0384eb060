import { setup } from 'xstate';

/** What the guards of both machines may look at. */
export interface Context13 {
  /** The server took the offered key: no certificates follow. */
  readonly psk: boolean;
  /** Early data was accepted: EndOfEarlyData comes first. */
  readonly early: boolean;
  /** The server asked for the client's certificate. */
  readonly asked: boolean;
  /** The client's certificate message is empty: no CertificateVerify follows. */
  readonly empty: boolean;
  /** The server has answered early data and closed before the client's Finished came. */
  readonly closed: boolean;
}

export type Event13 =
  | { readonly type: 'OPEN' }
  | { readonly type: 'RCV_CLIENT_HELLO' }
  | { readonly type: 'RETRY' }
  | { readonly type: 'ANSWERED' }
  | { readonly type: 'RCV_HELLO_RETRY' }
  | { readonly type: 'RCV_SERVER_HELLO' }
  | { readonly type: 'RCV_ENCRYPTED_EXTENSIONS' }
  | { readonly type: 'RCV_CERTIFICATE_REQUEST' }
  | { readonly type: 'RCV_CERTIFICATE' }
  | { readonly type: 'RCV_CERTIFICATE_VERIFY' }
  | { readonly type: 'RCV_END_OF_EARLY_DATA' }
  | { readonly type: 'RCV_FINISHED' }
  | { readonly type: 'RCV_TICKET' }
  | { readonly type: 'RCV_KEY_UPDATE' }
  | { readonly type: 'RCV_CLOSE_NOTIFY' }
  | { readonly type: 'CLOSE' }
  | { readonly type: 'FAIL' };

export const guards13 = {
  psk: (context: Context13): boolean => context.psk,
  early: (context: Context13): boolean => context.early,
  certificate: (context: Context13): boolean => context.asked && !context.psk,
  empty: (context: Context13): boolean => context.empty,
  closed: (context: Context13): boolean => context.closed,
} as const;

const made = setup({
  types: { events: {} as Event13, context: {} as Context13 },
  guards: {
    psk: ({ context }) => guards13.psk(context),
    early: ({ context }) => guards13.early(context),
    certificate: ({ context }) => guards13.certificate(context),
    empty: ({ context }) => guards13.empty(context),
    closed: ({ context }) => guards13.closed(context),
  },
});

const context: Context13 = { psk: false, early: false, asked: false, empty: false, closed: false };
const FAIL = { FAIL: 'FAILED' } as const;
const CONNECTED = {
  on: {
    ...FAIL,
    RCV_TICKET: 'CONNECTED',
    RCV_KEY_UPDATE: 'CONNECTED',
    CLOSE: 'CLOSING',
    RCV_CLOSE_NOTIFY: 'PEER_CLOSED',
  },
} as const;
/** Each direction closes for itself (RFC 8446 §6.1). */
const ends = {
  CLOSING: { on: { ...FAIL, RCV_TICKET: 'CLOSING', RCV_KEY_UPDATE: 'CLOSING', RCV_CLOSE_NOTIFY: 'CLOSED' } },
  PEER_CLOSED: { on: { ...FAIL, CLOSE: 'CLOSED' } },
  CLOSED: {},
  FAILED: {},
} as const;

/** The client of TLS 1.3 (RFC 8446 appendix A.1). */
export const client13 = made.createMachine({
  id: 'tls13-client',
  context,
  initial: 'START',
  states: {
    START: { on: { ...FAIL, OPEN: 'WAIT_SH' } },
    WAIT_SH: { on: { ...FAIL, RCV_HELLO_RETRY: 'WAIT_SH_AGAIN', RCV_SERVER_HELLO: 'WAIT_EE' } },
    // A second HelloRetryRequest is an error (RFC 8446 §4.1.4).
    WAIT_SH_AGAIN: { on: { ...FAIL, RCV_SERVER_HELLO: 'WAIT_EE' } },
    WAIT_EE: {
      on: {
        ...FAIL,
        RCV_ENCRYPTED_EXTENSIONS: [{ guard: 'psk', target: 'WAIT_FINISHED' }, { target: 'WAIT_CERT_CR' }],
      },
    },
    WAIT_CERT_CR: { on: { ...FAIL, RCV_CERTIFICATE_REQUEST: 'WAIT_CERT', RCV_CERTIFICATE: 'WAIT_CV' } },
    WAIT_CERT: { on: { ...FAIL, RCV_CERTIFICATE: 'WAIT_CV' } },
    WAIT_CV: { on: { ...FAIL, RCV_CERTIFICATE_VERIFY: 'WAIT_FINISHED' } },
    WAIT_FINISHED: { on: { ...FAIL, RCV_FINISHED: 'CONNECTED' } },
    CONNECTED,
    ...ends,
  },
});

/** The server of TLS 1.3 (RFC 8446 appendix A.2). */
export const server13 = made.createMachine({
  id: 'tls13-server',
  context,
  initial: 'START',
  states: {
    START: { on: { ...FAIL, RCV_CLIENT_HELLO: 'RECVD_CH' } },
    RECVD_CH: {
      on: {
        ...FAIL,
        RETRY: 'WAIT_CH_AGAIN',
        ANSWERED: [
          { guard: 'early', target: 'WAIT_EOED' },
          { guard: 'certificate', target: 'WAIT_CERT' },
          { target: 'WAIT_FINISHED' },
        ],
      },
    },
    WAIT_CH_AGAIN: { on: { ...FAIL, RCV_CLIENT_HELLO: 'RECVD_CH' } },
    WAIT_EOED: { on: { ...FAIL, CLOSE: 'WAIT_EOED', RCV_END_OF_EARLY_DATA: 'WAIT_FINISHED' } },
    WAIT_CERT: {
      on: { ...FAIL, RCV_CERTIFICATE: [{ guard: 'empty', target: 'WAIT_FINISHED' }, { target: 'WAIT_CV' }] },
    },
    WAIT_CV: { on: { ...FAIL, RCV_CERTIFICATE_VERIFY: 'WAIT_FINISHED' } },
    WAIT_FINISHED: {
      on: {
        ...FAIL,
        CLOSE: 'WAIT_FINISHED',
        RCV_FINISHED: [{ guard: 'closed', target: 'CLOSING' }, { target: 'CONNECTED' }],
      },
    },
    CONNECTED,
    ...ends,
  },
});
