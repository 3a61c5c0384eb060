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
        say: 'Twelve resources by HTTP/1.1: one answer at a time on a connection. So six connections, each with a handshake of its own (RFC 9112 §9.4).',
      },
      {
        at: 164.1,
        say: 'TLS on each of them: six times {secured rtt}, side by side. Nothing is asked before.',
      },
      {
        at: 246,
        say: 'The first byte after {firstByte rtt}. Each connection starts slowly for itself: six windows of ten segments are sixty.',
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
        say: 'After {page/r07/completion ms}: first an answer had to end, then a round trip for itself.',
      },
      {
        at: 971,
        say: 'All is there after {completion rtt}. The link was full in the end: six connections do not make it wider.',
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
        say: 'HTTP/2: twelve requests at once on one connection, and their answers take turns in one stream of bytes (RFC 9113 §5).',
      },
      {
        at: 294.5,
        from: 140,
        to: 620,
        show: ['streams', 'sequence'],
        say: 'One packet dies. It carried bytes of a single resource.',
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
        say: 'None: TCP knows one stream of bytes and hands it on in its order (RFC 9293 §3.4). The streams of HTTP/2 are above it.',
      },
      {
        at: 426.6,
        from: 140,
        to: 620,
        show: ['streams'],
        say: 'The repair comes a round trip later. The longest wait was {blocked ms}, and most who waited had lost nothing.',
      },
      {
        at: 600,
        from: -40,
        to: 2150,
        show: ['streams'],
        say: 'All is there after {completion ms}. Loss is the connection’s: whoever shares it shares the smaller window, too.',
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
        say: 'HTTP/3 runs over QUIC: connection and keys in one go, so the request leaves after {secured rtt}. It is found by Alt-Svc or an HTTPS record, not by ALPN over TCP (RFC 9114 §3.1).',
      },
      {
        at: 231.5,
        from: 140,
        to: 620,
        show: ['streams'],
        say: 'One packet dies again. QUIC numbers the bytes of each stream for itself (RFC 9000 §2.2).',
      },
      {
        at: 300,
        from: 140,
        to: 620,
        show: ['streams'],
        hide: ['future'],
        ask: {
          say: 'How many of the twelve stand still for it?',
          answers: [{ say: '1', right: true }, { say: '6' }, { say: 'All 12' }],
        },
        say: 'One, r09: it lost bytes. It waits {page/r09/blocked ms}; r08 waits {page/r08/blocked ms}.',
      },
      {
        at: 389,
        from: 140,
        to: 620,
        show: ['streams'],
        say: 'The repair comes in a new packet with a new number. Within its stream QUIC keeps the order as TCP does: “no head-of-line blocking” holds across streams only.',
      },
      {
        at: 600,
        from: -40,
        to: 2300,
        show: ['compare'],
        say: 'Loss detection and window are still the connection’s (RFC 9002 §7): all slow down together. So nothing need be complete sooner, {completion ms} here, {HTTP/2: completion ms} with HTTP/2; what is saved is the standing still.',
      },
    ],
  }),
  tour({
    name: 'http3-not',
    title: 'Tour: when HTTP/3 does not help',
    look: 'One large file on a clean path.',
    scenario: runOf(all, 'compared-one-big'),
    beats: [
      {
        at: 90,
        from: -10,
        to: 400,
        show: ['sequence'],
        say: 'One large file, nothing lost, HTTP/3. The handshake is shorter: the request leaves after {secured rtt} instead of {HTTP/2: secured rtt}.',
      },
      {
        at: 300,
        from: -20,
        to: 1400,
        show: ['compare'],
        hide: ['future'],
        ask: {
          say: 'And how much sooner is the file complete than with HTTP/2?',
          answers: [{ say: 'About half' }, { say: 'A third' }, { say: 'Hardly at all', right: true }],
        },
        say: '{completion ms} with HTTP/3, {HTTP/2: completion ms} with HTTP/2: what the link carries decides, not who speaks.',
      },
      {
        at: 700,
        from: -20,
        to: 1400,
        show: ['compare'],
        say: 'One stream has no neighbours to wait for. HTTP/3 pays where there are many, where packets are lost, and where the path changes (RFC 9000 §9).',
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
        at: 0,
        from: -20,
        to: 420,
        show: ['waterfall', 'sequence'],
        say: 'The name first: a resolver nearby had it in 30 ms. Had it not, each server that it asks would cost a round trip of its own (RFC 1034 §5.3.3).',
      },
      {
        at: 80.2,
        say: 'TCP: {connected rtt}. Distance is paid in round trips; no bandwidth makes them shorter.',
      },
      { at: 164, say: 'TLS 1.3: one more. Now the request may go, {secured rtt} after the first packet.' },
      {
        at: 226,
        hide: ['future'],
        ask: {
          say: 'The server thinks for 20 ms. When does the first byte of the page arrive?',
          of: 'firstByte rtt',
          answers: [
            { say: '2 RTT', is: 2 },
            { say: '3.3 RTT', is: 3.3 },
            { say: '4.5 RTT', is: 4.5 },
          ],
        },
        say: 'After {firstByte rtt}: three round trips and the thinking.',
      },
      {
        at: 380,
        say: 'Complete after {completion ms}. Only the last part of it was the page; the rest was getting there.',
      },
    ],
  }),
];
