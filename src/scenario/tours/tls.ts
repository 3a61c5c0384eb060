import { tls } from '../presets/tls.ts';
import type { Preset } from '../presets/types.ts';
import { runOf, tour } from './tour.ts';

const request = [{ id: 'answer', requestBytes: 67, responseBytes: 10_251 }];
const first = { from: -10, to: 420 };
const second = { from: 590, to: 1020 };

/** TLS: what the handshake costs, and what early data may cost (RFC 8446). */
export const tlsTours: readonly Preset[] = [
  tour({
    name: 'tls13',
    title: 'Tour: what TLS 1.3 saved',
    look: 'The same request twice: with TLS 1.2, then with TLS 1.3.',
    scenario: {
      roundtrip: 1,
      path: { rttMs: 80, mbps: 10 },
      flows: [
        { name: 'tls12', tls: { version: '1.2' }, requests: request },
        { name: 'tls13', startMs: 600, tls: { version: '1.3' }, requests: request },
      ],
    },
    beats: [
      {
        at: 80.2,
        ...first,
        show: ['sequence'],
        say: 'TCP comes first, whatever follows: after {tls12/connected rtt} the client may speak.',
      },
      {
        at: 162.5,
        ...first,
        show: ['sequence'],
        say: 'TLS 1.2 needs one round trip to agree and to get the certificate. ECDHE exchanges keys; ECDSA or RSA only signs them (RFC 5246 §7.3).',
      },
      {
        at: 244.4,
        ...first,
        show: ['sequence'],
        say: 'And one more, until the server’s Finished is there: the request leaves after {tls12/secured rtt}.',
      },
      {
        at: 326,
        ...first,
        show: ['sequence'],
        say: 'The first byte: {tls12/firstByte rtt}. Of these only the last was the request’s own.',
      },
      {
        at: 680.3,
        ...second,
        show: ['sequence'],
        hide: ['future'],
        ask: {
          say: 'Now TLS 1.3. When will its first byte be there?',
          of: 'tls13/firstByte - tls13/start rtt',
          answers: [
            { say: '2 RTT', is: 2 },
            { say: '3 RTT', is: 3 },
            { say: '3.5 RTT', is: 3.5 },
          ],
        },
        say: 'After {tls13/firstByte - tls13/start rtt}: TCP 1, TLS 1, request 1. Half round trips are nobody’s.',
      },
      {
        at: 764.1,
        ...second,
        show: ['sequence'],
        say: 'The client sends its key share with its first message, before it knows what the server takes: so one round trip is enough (RFC 8446 §2).',
      },
      {
        at: 846,
        ...second,
        show: ['sequence'],
        say: 'TLS 1.3 saved {tls12/firstByte - tls13/firstByte + tls13/start rtt}, {tls12/firstByte - tls13/firstByte + tls13/start}, on each new connection.',
      },
    ],
  }),
  tour({
    name: '0rtt',
    title: 'Tour: 0-RTT and its replay',
    look: 'Early data saves a round trip, and anyone may send it again.',
    scenario: runOf(tls, 'early-data-replay'),
    beats: [
      {
        at: 80.3,
        from: -8,
        to: 300,
        show: ['sequence'],
        packet: 'page.up.0.1',
        say: 'A session from an earlier visit. Resumption alone still costs a round trip; only early data costs none: the request rides with the ClientHello (RFC 8446 §2.3).',
      },
      {
        at: 162.4,
        from: -8,
        to: 300,
        show: ['sequence'],
        say: 'The first byte comes after {page/firstByte rtt}: TCP 1, TLS 0, request 1.',
      },
      {
        at: 201.4,
        from: -8,
        to: 300,
        show: ['sequence'],
        packet: 'page.up.667.1',
        say: 'Only now has the server heard the client’s Finished. When it answered the early data, nothing proved that they were fresh.',
      },
      {
        at: 340.2,
        from: 240,
        to: 520,
        show: ['sequence'],
        packet: 'replay.up.0.1',
        hide: ['future'],
        ask: {
          say: 'Somebody recorded that first flight and sends it once more. He cannot read it. What does the server do?',
          answers: [
            { say: 'It refuses: the keys are not his' },
            { say: 'It takes the request again', right: true },
            { say: 'It asks for a certificate' },
          ],
        },
        say: 'It takes the request a second time: early data can be replayed (RFC 8446 §8).',
      },
      {
        at: 429.7,
        from: 240,
        to: 520,
        show: ['sequence'],
        say: 'Whoever sent it can read nothing of the answer. But what was asked for was done twice: so early data are for requests that may be repeated (RFC 8470 §3).',
      },
    ],
  }),
];
