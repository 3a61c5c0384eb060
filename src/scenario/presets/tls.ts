import type { ScenarioInput } from '../schema.ts';
import type { Preset, PresetPanel } from './types.ts';

type Tls = NonNullable<ScenarioInput['flows'][number]['tls']>;
type Path = NonNullable<ScenarioInput['path']>;

/** The path and the answer of the recorded handshakes, so that the presets can be held against them. */
const path: Path = { rttMs: 80, mbps: 10 };
const page = { name: 'page', requests: [{ id: 'answer', requestBytes: 67, responseBytes: 10_251 }] };

interface Scene {
  readonly name: string;
  readonly title: string;
  readonly look: string;
  readonly tls: Tls;
  readonly at: number;
  readonly to?: number;
  readonly path?: Path;
  readonly dnsMs?: number;
  readonly panels?: readonly PresetPanel[];
}

/** All on one time axis where they fit, so that one can be compared with the next. */
const TO = 380;

const scene = ({
  name,
  title,
  look,
  tls,
  at,
  to = TO,
  path: own = path,
  dnsMs = 0,
  panels = ['sequence', 'throughput'],
}: Scene): Preset => ({
  name,
  tab: 'TLS',
  title,
  look,
  scenario: {
    roundtrip: 1,
    title,
    path: own,
    flows: [{ ...page, dnsMs, tls: { alpn: ['http/1.1'], ...tls } }],
  },
  at,
  from: 0,
  to,
  panels,
});

/** Handshakes of TLS (RFC 8446, RFC 5246), their shortcuts, and what goes wrong. */
export const tls: readonly Preset[] = [
  {
    ...scene({
      name: 'handshakes',
      title: 'Handshakes compared',
      look: 'The same page by six handshakes: each round trip saved is a whole 80 ms; the answer itself takes as long as ever.',
      tls: { version: '1.3' },
      at: 162,
    }),
    panels: ['compare'],
  },
  {
    ...scene({
      name: 'latency-budget',
      title: 'Latency budget',
      look: 'Name, connection, keys, request: four waits before the first byte; faster handshakes shorten one of them.',
      tls: { version: '1.3' },
      at: 183,
      to: 410,
      dnsMs: 20,
    }),
    panels: ['compare'],
  },
  {
    ...scene({
      name: 'handshakes-lost-flight',
      title: 'Handshakes, the server’s flight lost',
      look: 'The server’s first two segments die in each: resumed, it has only one to send, loses it twice, and waits longest.',
      tls: { version: '1.3', resume: 'psk' },
      path: { ...path, loss: [{ dir: 'down', data: [1, 2] }] },
      at: 294,
      to: 1100,
    }),
    panels: ['compare'],
  },
  scene({
    name: 'tls13',
    title: 'TLS 1.3',
    look: 'One round trip after TCP’s, and the request may go: behind the ServerHello everything is encrypted, the certificate, too.',
    tls: { version: '1.3' },
    at: 164,
    panels: ['sequence', 'keys'],
  }),
  scene({
    name: 'tls12',
    title: 'TLS 1.2',
    look: 'Two round trips after TCP’s: keys and certificate cross in the clear, and the request waits for the server’s Finished.',
    tls: { version: '1.2' },
    at: 204,
    to: 450,
    panels: ['sequence', 'keys'],
  }),
  scene({
    name: 'tls13-resumed',
    title: 'TLS 1.3, resumed',
    look: 'A ticket from an earlier visit replaces certificate and signature, but not the round trip: that takes early data.',
    tls: { version: '1.3', resume: 'psk' },
    at: 161.3,
    panels: ['sequence', 'keys'],
  }),
  scene({
    name: 'tls12-resumed',
    title: 'TLS 1.2, resumed by session id',
    look: 'Both ends still know the session: no certificate, no key exchange, one round trip less than the full handshake.',
    tls: { version: '1.2', resume: 'session' },
    at: 161,
    to: 350,
    panels: ['sequence', 'keys'],
  }),
  scene({
    name: 'tls12-ticket',
    title: 'TLS 1.2, resumed by ticket',
    look: 'The client hands back what the server once sealed for itself: the server need not remember anything.',
    tls: { version: '1.2', resume: 'psk' },
    at: 161,
    to: 350,
  }),
  scene({
    name: 'early-data',
    title: '0-RTT: early data',
    look: 'The request rides with the ClientHello; the answer is on its way before the client has finished its handshake.',
    tls: { version: '1.3', resume: '0rtt' },
    at: 121,
    to: 300,
    panels: ['sequence', 'keys'],
  }),
  scene({
    name: 'early-data-rejected',
    title: '0-RTT, rejected',
    look: 'The server takes the session but not the early data: it passes over them, and the client sends its request once more.',
    tls: { version: '1.3', resume: '0rtt', earlyRejected: true },
    at: 162,
    panels: ['sequence', 'keys'],
  }),
  {
    name: 'early-data-replay',
    tab: 'TLS',
    title: '0-RTT, replayed',
    look: 'Somebody on the way sends the recorded first flight once more: the server takes the same request twice, and must bear that.',
    scenario: {
      roundtrip: 1,
      title: '0-RTT, replayed',
      nodes: [
        { name: 'Client', role: 'client' },
        { name: 'Server', role: 'server' },
        { name: 'Attacker', role: 'client' },
      ],
      links: [
        { from: 'Client', to: 'Server', mbps: 10, delayMs: 40 },
        { from: 'Attacker', to: 'Server', mbps: 10, delayMs: 40 },
      ],
      flows: [
        { ...page, client: 'Client', server: 'Server', tls: { version: '1.3', resume: '0rtt', alpn: ['http/1.1'] } },
        {
          ...page,
          name: 'replay',
          startMs: 260,
          client: 'Attacker',
          server: 'Server',
          tls: { version: '1.3', resume: '0rtt', alpn: ['http/1.1'], replayOf: 'page' },
        },
      ],
    },
    at: 381,
    from: 0,
    to: 520,
    panels: ['sequence'],
  },
  scene({
    name: 'resumption-fallback',
    title: 'Resumption falls back',
    look: 'The server has forgotten the session: it answers as if none had been offered, and no round trip is lost by asking.',
    tls: { version: '1.3', resume: 'psk', forgotten: true },
    at: 164,
  }),
  scene({
    name: 'hello-retry',
    title: 'HelloRetryRequest',
    look: 'The client has guessed the wrong group for its key: the server names another, and one more round trip passes.',
    tls: { version: '1.3', retryRequest: true, group: 'p384' },
    at: 163,
    to: 450,
  }),
  scene({
    name: 'mutual-tls',
    title: 'Client certificate',
    look: 'The server asks who is there: the client shows a certificate and signs with it, all under the handshake’s keys.',
    tls: { version: '1.3', clientAuth: true },
    at: 166,
  }),
  scene({
    name: 'mutual-tls12',
    title: 'Client certificate, TLS 1.2',
    look: 'In TLS 1.2 the client’s certificate crosses in the clear: whoever listens learns who is there.',
    tls: { version: '1.2', clientAuth: true },
    at: 208,
    to: 450,
  }),
  scene({
    name: 'rsa-certificate',
    title: 'RSA certificate',
    look: 'The same handshake with RSA: a longer chain on the wire, and a signature that costs the server twice the time.',
    tls: { version: '1.3', certificate: 'rsa' },
    at: 165,
  }),
  scene({
    name: 'key-update',
    title: 'KeyUpdate',
    look: 'In the middle of the answer the server changes its keys and asks the client for the same: one short record each way.',
    tls: { version: '1.3', keyUpdateAfter: 4_096 },
    at: 250,
    panels: ['sequence', 'keys'],
  }),
  scene({
    name: 'hybrid-key-share',
    title: 'Post-quantum key share',
    look: 'X25519MLKEM768 makes the ClientHello cross one segment: two packets must arrive before the server can answer.',
    tls: { version: '1.3', group: 'x25519mlkem768' },
    at: 122,
  }),
  scene({
    name: 'long-chain',
    title: 'A chain that is too long',
    look: 'Sixteen certificates do not fit the initial window of ten segments: the last ones wait for a whole round trip.',
    tls: { version: '1.3', certificate: 'rsa', intermediates: 15 },
    at: 204,
    to: 440,
  }),
  scene({
    name: 'lost-server-hello',
    title: 'Lost ServerHello flight',
    look: 'Both segments of the server’s flight die, and so little is on its way that only a timer can notice.',
    tls: { version: '1.3' },
    path: { ...path, loss: [{ dir: 'down', data: [1, 2] }] },
    at: 400,
    to: 700,
  }),
  scene({
    name: 'lost-half-flight',
    title: 'Half the flight is lost',
    look: 'The second segment is there, but its records begin in the first: nothing can be read before the repair.',
    tls: { version: '1.3' },
    path: { ...path, loss: [{ dir: 'down', data: [1] }] },
    at: 240,
    to: 555,
  }),
  scene({
    name: 'expired-certificate',
    title: 'Expired certificate',
    look: 'The client reads the date, sends a fatal alert instead of its Finished, and no request ever goes.',
    tls: { version: '1.3', fault: 'expired' },
    at: 163.5,
    to: 300,
  }),
  scene({
    name: 'unknown-authority',
    title: 'Unknown authority',
    look: 'The chain leads to a root that the client does not trust: unknown_ca, and the connection ends.',
    tls: { version: '1.3', fault: 'unknownCa' },
    at: 163.5,
    to: 300,
  }),
  scene({
    name: 'wrong-name',
    title: 'Wrong name',
    look: 'The certificate is good, but for another host: the client asked for a name that it does not cover.',
    tls: { version: '1.3', fault: 'wrongName' },
    at: 163.5,
    to: 300,
  }),
  scene({
    name: 'no-common-version',
    title: 'No common version',
    look: 'The client speaks TLS 1.3 only, the server 1.2 only: protocol_version, in the clear, after one round trip.',
    tls: { version: '1.3', fault: 'noVersion' },
    at: 122,
    to: 256,
  }),
  scene({
    name: 'no-common-cipher',
    title: 'No common cipher suite',
    look: 'Nothing in the client’s list is in the server’s: handshake_failure.',
    tls: { version: '1.3', fault: 'noCipher' },
    at: 122,
    to: 256,
  }),
  scene({
    name: 'no-common-alpn',
    title: 'No common protocol',
    look: 'The client wants a protocol (ALPN) that the server does not speak: no_application_protocol.',
    tls: { version: '1.3', fault: 'noAlpn' },
    at: 122,
    to: 256,
  }),
  scene({
    name: 'bad-record-mac',
    title: 'A changed byte',
    look: 'One byte of the server’s first protected record was changed on the way: its tag is wrong, and the client gives up.',
    tls: { version: '1.3', fault: 'badMac' },
    at: 163.5,
    to: 300,
  }),
];
