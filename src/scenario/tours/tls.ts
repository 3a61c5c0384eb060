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
        say: 'TCP comes first, whatever follows: after {tls12/connected rtt} the client may speak (RFC 9293 §3.5).',
      },
      {
        at: 162.5,
        ...first,
        show: ['sequence'],
        say: 'TLS 1.2 needs a round trip to agree and to get the certificate (RFC 5246 §7.3). ECDHE exchanges keys; ECDSA or RSA only signs them (RFC 8422 §2).',
      },
      {
        at: 244.4,
        ...first,
        show: ['sequence'],
        say: 'And one more, until the server’s Finished is there (RFC 5246 §7.3). The request leaves after {tls12/secured rtt}.',
      },
      {
        at: 326,
        ...first,
        show: ['sequence'],
        say: 'The first byte comes after {tls12/firstByte rtt}: TCP 1, TLS 2, request 1, and a little for the sending itself. The certificate crossed in clear (RFC 5246 §7.4.2).',
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
        say: 'After {tls13/firstByte - tls13/start rtt}: TCP 1, TLS 1, request 1 (RFC 8446 §2). The 3.5 of some books adds the half after which the server is established: nobody waits for that.',
      },
      {
        at: 764.1,
        ...second,
        show: ['sequence'],
        say: 'The client sends its key share at once, before it knows what the server takes; a wrong guess costs a round trip (RFC 8446 §2.1). From EncryptedExtensions on the server’s answer is encrypted (RFC 8446 §4.3.1).',
      },
      {
        at: 846,
        ...second,
        show: ['sequence'],
        say: 'TLS 1.3 saved {tls12/firstByte - tls13/firstByte + tls13/start rtt}, {tls12/firstByte - tls13/firstByte + tls13/start}, on each new connection (RFC 8446 §2).',
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
        say: 'A ticket from an earlier visit. Resumption alone still costs a round trip (RFC 8446 §2.2). Only early data costs none: the request rides with the ClientHello (RFC 8446 §2.3).',
      },
      {
        at: 162.4,
        from: -8,
        to: 300,
        show: ['sequence'],
        say: 'The first byte comes after {page/firstByte rtt}: TCP 1, TLS 0, request 1 (RFC 8446 §2.3).',
      },
      {
        at: 201.4,
        from: -8,
        to: 300,
        show: ['sequence'],
        packet: 'page.up.667.1',
        say: 'Only now has the server heard the client’s Finished. When it answered, nothing had proved that the early data were fresh (RFC 8446 §2.3).',
      },
      {
        at: 340.2,
        from: 240,
        to: 520,
        show: ['sequence'],
        packet: 'replay.up.0.1',
        hide: ['future'],
        ask: {
          say: 'Somebody recorded that first flight and sends it once more, without being able to read it. What does this server do?',
          answers: [
            { say: 'It refuses: the keys are another’s' },
            { say: 'It takes the request again', right: true },
            { say: 'It asks for a certificate' },
          ],
        },
        say: 'It takes the request a second time: early data can be replayed (RFC 8446 §8). A server that keeps count can refuse: a ticket for one use (RFC 8446 §8.1), a list of the hellos that came (RFC 8446 §8.2).',
      },
      {
        at: 429.7,
        from: 240,
        to: 520,
        show: ['sequence'],
        say: 'Whoever sent it can read nothing of the answer. But what was asked for was done twice. So clients send only what may safely be repeated as early data, such as a GET (RFC 8470 §4).',
      },
    ],
  }),
];
