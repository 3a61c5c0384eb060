import type { ScenarioInput } from '../schema.ts';
import type { Preset } from './types.ts';

type Flow = ScenarioInput['flows'][number];
type Path = NonNullable<ScenarioInput['path']>;

const one = [{ id: 'page', path: '/', responseBytes: 20_000 }];

/** One connection over one path, 80 ms and 10 Mbit/s unless it says otherwise. */
const quicPreset = (
  name: string,
  title: string,
  look: string,
  flow: Partial<Flow>,
  view: { readonly at: number; readonly to: number; readonly from?: number; readonly panels?: Preset['panels'] },
  path: Path = {},
): Preset => ({
  name,
  tab: 'QUIC',
  title,
  look,
  scenario: {
    roundtrip: 1,
    title,
    path: { rttMs: 80, mbps: 10, ...path },
    flows: [{ name: 'page', http: { version: '3' }, requests: one, close: 'client', ...flow }],
  },
  at: view.at,
  from: view.from ?? 0,
  to: view.to,
  panels: view.panels ?? ['sequence'],
});

/** The twelve resources of the HTTP presets, all wanted at once. */
const sizes = [12, 2, 24, 96, 300, 4, 8, 16, 32, 64, 120, 48];
const twelve = (more: (i: number) => object = () => ({})): NonNullable<Flow['requests']> =>
  sizes.map((kilobytes, i) => {
    const name = `r${String(i + 1).padStart(2, '0')}`;
    return { id: name, path: `/${name}`, responseBytes: kilobytes * 1000, after: [], ...more(i) };
  });

/** QUIC and HTTP/3 (RFC 9000, 9001, 9002, 9114, 9204). */
export const quic: readonly Preset[] = [
  quicPreset(
    'quic-handshake',
    'QUIC handshake',
    'Transport and TLS 1.3 share one round trip: the request leaves after 1 RTT, the first byte of the answer is here after 2.',
    {},
    { at: 90, to: 300 },
  ),
  quicPreset(
    'quic-0rtt',
    '0-RTT request',
    'The request rides in the first datagram, under keys of an earlier visit: the answer is here after 1 RTT.',
    { tls: { version: '1.3', resume: '0rtt' } },
    { at: 60, to: 260 },
  ),
  quicPreset(
    'quic-0rtt-rejected',
    '0-RTT refused',
    'The server does not take the early data: the client sends the request again under new keys, a round trip later.',
    { tls: { version: '1.3', resume: '0rtt', earlyRejected: true } },
    { at: 130, to: 320 },
  ),
  quicPreset(
    'quic-retry',
    'Retry',
    'The server answers with a token only, and does nothing before the client has shown that it hears at its address: 1 RTT more.',
    { quic: { retry: true } },
    { at: 60, to: 380 },
  ),
  quicPreset(
    'quic-version-negotiation',
    'Version negotiation',
    'The client begins with version 2, which the server does not speak: it names those it does, and the client begins again.',
    { quic: { versions: 'negotiate' } },
    { at: 60, to: 380 },
  ),
  quicPreset(
    'quic-lost-initial',
    'Lost Initial',
    'Nobody knows the round-trip time yet: the client waits 999 ms before it asks again.',
    {},
    { at: 1000, to: 1300 },
    { loss: [{ dir: 'up', packets: [1] }] },
  ),
  quicPreset(
    'http3',
    'HTTP/3',
    'Twelve streams on one connection: QUIC numbers the bytes of each stream for itself.',
    { requests: twelve() },
    { at: 420, to: 1100, panels: ['waterfall', 'sequence'] },
  ),
  quicPreset(
    'http3-one-loss',
    'HTTP/3 and one lost packet',
    'The answers take turns; the stream whose bytes were lost stands still, the others go on, only slower: they share its window.',
    { requests: twelve(() => ({ incremental: true })) },
    { at: 330, to: 1000, panels: ['streams', 'timesequence'] },
    { loss: [{ dir: 'down', data: [20], min: 1000 }] },
  ),
  quicPreset(
    'qpack-blocking',
    'QPACK: waiting for the table',
    'A packet with the server’s insertions is lost: the header block that refers to them has come, and cannot be read before they do.',
    { requests: twelve(() => ({ incremental: true })).filter(({ responseBytes = 0 }) => responseBytes <= 24_000) },
    { at: 200, to: 500, panels: ['streams', 'sequence'] },
    { loss: [{ dir: 'down', packets: [3] }] },
  ),
  quicPreset(
    'quic-flow-control',
    'Flow control: a small stream window',
    'The client lets each stream be 16 kB ahead: the server has more to send and room in its window, and waits for MAX_STREAM_DATA.',
    { http: { version: '3', streamWindow: 16_384 }, requests: [{ id: 'big', path: '/big', responseBytes: 200_000 }] },
    { at: 300, to: 1000, panels: ['sequence', 'streams'] },
  ),
  quicPreset(
    'priorities-right',
    'Priorities put right',
    'The style sheet and the script that the page waits for are asked for last, with urgency 1: they come first.',
    { requests: twelve((i) => ({ urgency: i === 9 || i === 11 ? 1 : 4 })) },
    { at: 300, to: 1100, panels: ['waterfall'] },
  ),
  quicPreset(
    'priorities-wrong',
    'Priorities left alone',
    'All have the same urgency: what the page waits for (r10 and r12) comes behind a large picture that nobody sees yet.',
    { requests: twelve() },
    { at: 300, to: 1100, panels: ['waterfall'] },
  ),
  quicPreset(
    'priorities-changed',
    'Priorities changed on the way',
    'At 300 ms the page finds out what it waits for: PRIORITY_UPDATE leaves, and r10 and r12 overtake the picture half a round trip later.',
    { requests: twelve((i) => (i === 9 || i === 11 ? { reprioritize: [{ atMs: 300, urgency: 1 }] } : {})) },
    { at: 340, to: 1100, panels: ['waterfall', 'sequence'] },
  ),
  quicPreset(
    'quic-key-update',
    'Key update',
    'The client changes its keys in the middle: one bit of the header says so, and the server follows.',
    { quic: { keyUpdateAtMs: 250 }, requests: [{ id: 'file', path: '/file', responseBytes: 200_000 }] },
    { at: 300, to: 520, from: 200 },
  ),
  quicPreset(
    'quic-nat-rebinding',
    'NAT rebinding',
    'A NAT forgets the client and gives it another port: the server asks the new one to prove itself, and goes on.',
    { quic: { rebindAtMs: 300 }, requests: [{ id: 'file', path: '/file', responseBytes: 300_000 }] },
    { at: 400, to: 600, from: 240 },
  ),
  {
    name: 'quic-migration',
    tab: 'QUIC',
    title: 'From Wi-Fi to the mobile network',
    look: 'The client leaves the Wi-Fi: the connection goes on over the other way, with a path challenge, another id and a fresh window.',
    scenario: {
      roundtrip: 1,
      title: 'From Wi-Fi to the mobile network',
      nodes: [
        { name: 'Phone', role: 'client' },
        { name: 'Wi-Fi', role: 'router' },
        { name: 'Mobile', role: 'router' },
        { name: 'Server', role: 'server' },
      ],
      links: [
        { from: 'Phone', to: 'Wi-Fi', mbps: 50, delayMs: 2 },
        { from: 'Wi-Fi', to: 'Server', mbps: 20, delayMs: 13 },
        { from: 'Phone', to: 'Mobile', mbps: 10, delayMs: 25 },
        { from: 'Mobile', to: 'Server', mbps: 50, delayMs: 10 },
      ],
      flows: [
        {
          name: 'page',
          client: 'Phone',
          server: 'Server',
          quic: { migrate: [{ atMs: 200, via: 'Mobile' }] },
          http: { version: '3' },
          requests: [{ id: 'film', path: '/film', responseBytes: 700_000 }],
          close: 'client',
        },
      ],
    },
    at: 260,
    from: 150,
    to: 420,
    panels: ['sequence', 'window'],
  },
  quicPreset(
    'quic-stateless-reset',
    'Stateless reset',
    'The server has lost its memory: all it can do is to send a token that only it can know, and the client gives up at once.',
    { quic: { forgetAtMs: 250 }, requests: [{ id: 'file', path: '/file', responseBytes: 200_000 }] },
    { at: 330, to: 480, from: 200 },
  ),
];
