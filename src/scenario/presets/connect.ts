import type { Preset } from './types.ts';

const exchange = { name: 'page', requests: [{ id: 'answer', requestBytes: 100, responseBytes: 3000 }] };

/** Opening a connection (RFC 9293 §3.5). */
export const connect: readonly Preset[] = [
  {
    name: 'handshake',
    tab: 'Connect',
    title: 'The handshake',
    look: 'One round trip, then the client may ask; the first byte of the answer comes after two.',
    scenario: { roundtrip: 1, title: 'The handshake', path: { rttMs: 40, mbps: 20 }, flows: [exchange] },
    at: 40.2,
    from: 0,
    to: 132,
  },
  {
    name: 'lost-syn',
    tab: 'Connect',
    title: 'Lost SYN',
    look: 'Nothing has been measured yet, so the client can only wait a whole second before it knocks again.',
    scenario: {
      roundtrip: 1,
      title: 'Lost SYN',
      path: { rttMs: 40, mbps: 20, loss: [{ dir: 'up', packets: [1] }] },
      flows: [exchange],
    },
    at: 1016,
    from: 0,
    to: 1160,
  },
  {
    name: 'lost-syn-ack',
    tab: 'Connect',
    title: 'Lost SYN-ACK',
    look: 'The server has heard the client, but the client cannot know: its SYN goes again and the answer with it.',
    scenario: {
      roundtrip: 1,
      title: 'Lost SYN-ACK',
      path: { rttMs: 40, mbps: 20, loss: [{ dir: 'down', packets: [1] }] },
      flows: [exchange],
    },
    at: 1036.1,
    from: 0,
    to: 1160,
  },
];
