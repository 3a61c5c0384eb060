import type { Preset } from './types.ts';

const path = { rttMs: 40, mbps: 20 };
const requests = [{ id: 'answer', requestBytes: 100, responseBytes: 1000 }];

/** Ending a connection (RFC 9293 §3.6). */
export const close: readonly Preset[] = [
  {
    name: 'four-way-close',
    tab: 'Close',
    title: 'Four-way close',
    look: 'FIN, ACK, FIN, ACK: the server takes 100 ms to close its side, so that its ACK and its FIN part.',
    scenario: {
      roundtrip: 1,
      title: 'Four-way close',
      path,
      flows: [{ name: 'page', requests, close: 'client', answerCloseDelayMs: 100 }],
    },
    at: 142,
    from: 60.2,
    to: 260,
  },
  {
    name: 'three-packet-close',
    tab: 'Close',
    title: 'Close in three packets',
    look: 'The server closes at once: its FIN rides with the ACK, and three packets do.',
    scenario: {
      roundtrip: 1,
      title: 'Close in three packets',
      path,
      flows: [{ name: 'page', requests, close: 'client' }],
    },
    at: 100.8,
    from: 60.2,
    to: 150,
  },
  {
    name: 'simultaneous-close',
    tab: 'Close',
    title: 'Simultaneous close',
    look: 'Both FINs cross on the way: both ends pass CLOSING, and both wait in TIME-WAIT.',
    scenario: {
      roundtrip: 1,
      title: 'Simultaneous close',
      path,
      flows: [{ name: 'page', requests, close: 'simultaneous', closeDelayMs: 40 }],
    },
    at: 141,
    from: 100,
    to: 170,
  },
  {
    name: 'reset-close',
    tab: 'Close',
    title: 'Close with unread data',
    look: 'The client closes without reading what came: that is no orderly end, so it sends RST, and the server is told.',
    scenario: {
      roundtrip: 1,
      title: 'Close with unread data',
      path,
      flows: [
        {
          name: 'page',
          requests: [{ id: 'answer', requestBytes: 100, responseBytes: 10_000 }],
          close: 'unread',
          closeDelayMs: 20,
        },
      ],
    },
    at: 104.6,
    from: 56,
    to: 135,
  },
  {
    name: 'time-wait',
    tab: 'Close',
    title: 'What TIME-WAIT is for',
    look: 'The last ACK is lost. Because the client still waits in TIME-WAIT, it can acknowledge the FIN that comes again.',
    scenario: {
      roundtrip: 1,
      title: 'What TIME-WAIT is for',
      path: { ...path, loss: [{ dir: 'up', packets: [6] }] },
      flows: [{ name: 'page', requests, close: 'client' }],
    },
    at: 366.1,
    from: 60.2,
    to: 415,
  },
];
