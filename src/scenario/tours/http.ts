import { http } from '../presets/http.ts';
import { pages } from '../presets/pages.ts';
import { quic } from '../presets/quic.ts';
import type { Preset } from '../presets/types.ts';
import { runOf, tour } from './tour.ts';

const all = [...http, ...pages, ...quic];

/** HTTP over TCP and over QUIC (RFC 9112, RFC 9113, RFC 9114). */
export const httpTours: readonly Preset[] = [
  tour({
    name: 'six-connections',
    title: 'Tour: six connections',
    look: 'Why browsers opened six, and what the seventh pays.',
    scenario: runOf(all, 'http1-six'),
    beats: [
      {
        at: 80.2,
        from: -20,
        to: 1060,
        show: ['waterfall', 'sequence'],
        say: 'Twelve resources by HTTP/1.1: answers follow one another on a connection (RFC 9112 §9.3.2). So browsers open six, each with its own handshake; the number is a habit, not a rule (RFC 9112 §9.4).',
      },
      {
        at: 164.1,
        say: 'TCP and TLS on each of them: six times {secured rtt}, side by side. Nothing is asked before (RFC 8446 §2).',
      },
      {
        at: 246,
        say: 'The first byte after {firstByte rtt}. Each connection starts slowly for itself: six windows of ten segments are sixty (RFC 6928 §2).',
      },
      {
        at: 330,
        hide: ['future'],
        ask: {
          say: 'Resource r07 found no free connection. When is it complete?',
          of: 'page/r07/completion ms',
          answers: [
            { say: '260 ms', is: 260 },
            { say: '340 ms', is: 340 },
            { say: '600 ms', is: 600 },
          ],
        },
        say: 'After {page/r07/completion ms}: first an answer had to end on one of the six, then came a round trip of its own (RFC 9112 §9.3).',
      },
      {
        at: 971,
        say: 'All is there after {completion rtt}. For a while the link was full, and six connections make it no wider. In the end one large answer is left, with one window of the six (RFC 5681 §3.1).',
      },
    ],
  }),
  tour({
    name: 'http2-loss',
    title: 'Tour: HTTP/2 and the one lost packet',
    look: 'One connection for all: one hole stops them all.',
    scenario: runOf(all, 'http2-shared-loss'),
    beats: [
      {
        at: 246.1,
        from: 140,
        to: 620,
        show: ['streams', 'sequence'],
        say: 'HTTP/2: twelve requests on one connection, all sent after {secured rtt} (RFC 9113 §5). Their answers take turns because the client asked for it (RFC 9218 §4.2); the old tree of priorities is gone (RFC 9113 §5.3).',
      },
      {
        at: 294.5,
        from: 140,
        to: 620,
        show: ['streams', 'sequence'],
        say: 'One packet dies. Its DATA frame belonged to a single resource, r03 (RFC 9113 §6.1).',
      },
      {
        at: 340,
        from: 140,
        to: 620,
        show: ['streams'],
        hide: ['future'],
        ask: {
          say: 'Bytes of other resources arrive behind it. Which of them may the browser have?',
          answers: [
            { say: 'All but those of the lost one' },
            { say: 'None', right: true },
            { say: 'Those that are complete' },
          ],
        },
        say: 'None: TCP knows one stream of bytes and hands it on in its order (RFC 9293 §2.2). Of the streams of HTTP/2 above it, it knows nothing.',
      },
      {
        at: 426.6,
        from: 140,
        to: 620,
        show: ['streams'],
        say: 'The repair comes a round trip later. r03 waited {page/r03/blocked ms}. r04 waited {page/r04/blocked ms} and had lost nothing; who had nothing under way got nothing either (RFC 9114 §1.1).',
      },
      {
        at: 600,
        from: -40,
        to: 2150,
        show: ['streams'],
        say: 'All is there after {completion ms}, and would have been after {without loss: completion ms}. Loss is the connection’s: whoever shares it shares the smaller window, too (RFC 9438 §4.6).',
      },
    ],
  }),
  tour({
    name: 'http3-loss',
    title: 'Tour: HTTP/3 and the one lost packet',
    look: 'Who lost bytes waits; the others go on.',
    scenario: runOf(all, 'http3-one-loss'),
    beats: [
      {
        at: 89.7,
        from: -10,
        to: 520,
        show: ['streams', 'sequence'],
        say: 'HTTP/3 runs over QUIC: connection and keys in one handshake, so the request leaves after {secured rtt} (RFC 9001 §4). It is found by Alt-Svc or an HTTPS record (RFC 9460 §9), not by ALPN over TCP (RFC 9114 §3.1).',
      },
      {
        at: 231.5,
        from: 140,
        to: 620,
        show: ['streams', 'sequence'],
        say: 'One packet dies again. It, too, carried bytes of one answer; but QUIC numbers the bytes of each stream for itself (RFC 9000 §2.2).',
      },
      {
        at: 300,
        from: 140,
        to: 620,
        show: ['streams'],
        hide: ['future'],
        ask: {
          say: 'How many of the twelve answers stand still for it?',
          answers: [{ say: '1', right: true }, { say: '6' }, { say: 'All 12' }],
        },
        say: 'One, r09, whose bytes were lost. It waits {page/r09/blocked ms}; its neighbour r08 waits {page/r08/blocked ms} (RFC 9000 §2.2).',
      },
      {
        at: 389,
        from: 140,
        to: 620,
        show: ['streams'],
        say: 'The repair comes in a new packet with a new number (RFC 9000 §13.3). Within a stream QUIC keeps the order as TCP does, and headers can wait for QPACK’s table (RFC 9204 §2.1.2): “no head-of-line blocking” holds across streams only.',
      },
      {
        at: 600,
        from: -40,
        to: 2300,
        show: ['compare'],
        say: 'HTTP/3 saves the standing still, and no more: the window is the connection’s (RFC 9002 §7), and with datagrams of 1,200 bytes it opens slowly. {completion ms} in all, {HTTP/2: completion ms} with HTTP/2, {without loss: completion ms} without the loss.',
      },
    ],
  }),
  tour({
    name: 'http3-not',
    title: 'Tour: when HTTP/3 does not help',
    look: 'One large file on a clean path.',
    scenario: {
      roundtrip: 1,
      path: { rttMs: 40, mbps: 20 },
      flows: [
        {
          name: 'page',
          tls: { version: '1.3' },
          http: { version: '3' },
          requests: [{ id: 'file', path: '/file', responseBytes: 2_000_000 }],
        },
      ],
    },
    beats: [
      {
        at: 45.5,
        from: -10,
        to: 220,
        show: ['sequence'],
        say: 'One large file, nothing lost, HTTP/3. Connection and keys come together: the request leaves after {secured rtt} (RFC 9001 §4), over TCP and TLS 1.3 after {HTTP/2: secured rtt}.',
      },
      {
        at: 130,
        from: -20,
        to: 1100,
        show: ['compare'],
        hide: ['future'],
        ask: {
          say: 'How much sooner is the file complete than with HTTP/2?',
          answers: [{ say: 'By half' }, { say: 'By a third' }, { say: 'Hardly at all', right: true }],
        },
        say: '{completion ms} with HTTP/3, {HTTP/2: completion ms} with HTTP/2. Once the link is full, it sets the pace, not who speaks: both may use the same congestion control (RFC 9002 §7).',
      },
      {
        at: 600,
        from: -20,
        to: 1100,
        show: ['compare'],
        say: 'Part of the head start is even paid back: QUIC begins with datagrams of 1,200 bytes (RFC 9000 §14.1), TCP fills packets of 1,500. More packets carry more headers.',
      },
      {
        at: 800,
        from: -20,
        to: 1100,
        show: ['compare'],
        say: 'And one stream has no neighbours. That TCP keeps the order of all bytes costs nobody else anything here (RFC 9000 §2.2).',
      },
      {
        at: 1000,
        from: -20,
        to: 1100,
        show: ['compare'],
        say: 'HTTP/3 pays where connections are short, where many answers share a path that loses packets, and where the path changes: a phone leaves the Wi-Fi, its connection lives on (RFC 9000 §9).',
      },
    ],
  }),
  tour({
    name: 'web-request',
    title: 'Tour: the journey of a web request',
    look: 'Name, connection, keys, request: where the time goes.',
    scenario: {
      roundtrip: 1,
      path: { rttMs: 80, mbps: 10 },
      flows: [
        {
          name: 'page',
          dnsMs: 30,
          tls: { version: '1.3' },
          http: { version: '2' },
          requests: [{ id: 'index', path: '/', responseBytes: 30_000, thinkMs: 20 }],
        },
      ],
    },
    beats: [
      {
        at: 30,
        from: -10,
        to: 430,
        show: ['waterfall', 'sequence'],
        say: 'The name comes first. A resolver nearby knows it: {dns ms}, set in the scenario, not played. Did it not know, it would ask one server after another, a round trip each (RFC 1034 §5.3.3).',
      },
      {
        at: 110.2,
        say: 'TCP: {connected rtt} (RFC 9293 §3.5). Distance is paid in round trips, and no bandwidth makes them shorter.',
      },
      {
        at: 194,
        say: 'TLS 1.3: one more (RFC 8446 §2). Now the request may go, {secured rtt} after the first packet. Its hello named the server in clear (RFC 6066 §3).',
      },
      {
        at: 255,
        hide: ['future'],
        ask: {
          say: 'The server thinks for 20 ms. When does the first byte of the page arrive, counted from the SYN?',
          of: 'firstByte rtt',
          answers: [
            { say: '2 RTT', is: 2 },
            { say: '3.3 RTT', is: 3.3 },
            { say: '4.5 RTT', is: 4.5 },
          ],
        },
        say: 'After {firstByte rtt}: TCP 1, TLS 1, request 1, the thinking, and a little for the sending itself (RFC 9113 §8.1).',
      },
      {
        at: 386.4,
        say: 'Complete {dns + completion ms} after the name was asked for. The page itself took the last {completion - firstByte ms}; the rest was getting there. A connection that is kept saves most of it (RFC 9113 §9.1).',
      },
    ],
  }),
];
