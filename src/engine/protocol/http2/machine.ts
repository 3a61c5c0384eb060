import { setup } from 'xstate';

/** What changes the state of a stream (RFC 9113 §5.1, figure 2). `END`: with the frame that carries END_STREAM. */
export type StreamEvent =
  | { readonly type: 'SND_HEADERS' }
  | { readonly type: 'RCV_HEADERS' }
  | { readonly type: 'SND_PUSH_PROMISE' }
  | { readonly type: 'RCV_PUSH_PROMISE' }
  | { readonly type: 'SND_END_STREAM' }
  | { readonly type: 'RCV_END_STREAM' }
  | { readonly type: 'SND_RST_STREAM' }
  | { readonly type: 'RCV_RST_STREAM' };

const RESET = { SND_RST_STREAM: 'closed', RCV_RST_STREAM: 'closed' } as const;

/** The states of a stream of HTTP/2 (RFC 9113 §5.1). One definition for the table that runs and for what is drawn. */
export const streamMachine = setup({ types: { events: {} as StreamEvent } }).createMachine({
  id: 'http2-stream',
  initial: 'idle',
  states: {
    idle: {
      on: {
        SND_HEADERS: 'open',
        RCV_HEADERS: 'open',
        SND_PUSH_PROMISE: 'reserved (local)',
        RCV_PUSH_PROMISE: 'reserved (remote)',
      },
    },
    'reserved (local)': { on: { SND_HEADERS: 'half-closed (remote)', ...RESET } },
    'reserved (remote)': { on: { RCV_HEADERS: 'half-closed (local)', ...RESET } },
    open: {
      on: {
        SND_HEADERS: 'open',
        RCV_HEADERS: 'open',
        SND_END_STREAM: 'half-closed (local)',
        RCV_END_STREAM: 'half-closed (remote)',
        ...RESET,
      },
    },
    'half-closed (local)': {
      on: { RCV_HEADERS: 'half-closed (local)', RCV_END_STREAM: 'closed', ...RESET },
    },
    'half-closed (remote)': {
      on: { SND_HEADERS: 'half-closed (remote)', SND_END_STREAM: 'closed', ...RESET },
    },
    closed: {},
  },
});
