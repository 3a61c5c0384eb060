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
  {
    name: 'tcp-fast-open',
    tab: 'Connect',
    title: 'TCP Fast Open',
    look: 'A cookie from an earlier visit lets the request ride on the SYN: the answer is there after one round trip, not two.',
    scenario: {
      roundtrip: 1,
      title: 'TCP Fast Open',
      path: { rttMs: 40, mbps: 20 },
      flows: [{ ...exchange, tcp: { fastOpen: 'cookie' } }],
    },
    at: 20.3,
    from: 0,
    to: 120,
  },
  {
    name: 'tcp-fast-open-tls',
    tab: 'Connect',
    title: 'TCP Fast Open with TLS 1.3',
    look: 'Cookie and session ticket together: hello and early data ride on the SYN, and an encrypted answer takes one round trip.',
    scenario: {
      roundtrip: 1,
      title: 'TCP Fast Open with TLS 1.3',
      path: { rttMs: 40, mbps: 20 },
      flows: [{ ...exchange, tls: { version: '1.3', resume: '0rtt' }, tcp: { fastOpen: 'cookie' } }],
    },
    at: 20.5,
    from: 0,
    to: 102,
  },
];
