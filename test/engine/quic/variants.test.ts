import { expect, test } from 'vitest';
import { QuicVersion } from '../../../src/wire/quic/codes.ts';
import { describe as told, early, exchange, QuicPair } from './pair.ts';

const { V1, V2 } = QuicVersion;
const whole = (bytes: number): unknown => ({ bytes, fin: true, inOrder: true });

test('0-RTT: the request goes with the first flight, the answer comes a round trip earlier (RFC 9001 §4.6)', () => {
  const pair = exchange(early(), 300, 20_000).run(5000);
  expect(pair.flights('client')[0]).toMatch(/^initial \d+ \+ zeroRtt \d+$/);
  expect(pair.crossings[0]?.datagram.size).toBe(1200);
  const first = pair.heard.client.find((one) => one.type === 'readable')?.at ?? 0;
  expect(first / 1e6).toBeLessThan(90);
  expect(pair.got('server', 0)).toEqual(whole(300));
  expect(pair.got('client', 0)).toEqual(whole(20_000));
  expect(pair.log.messages.some((one) => one.message.type === 'endOfEarlyData')).toBe(false);
});

test('0-RTT refused: all of it goes again in 1-RTT (RFC 9001 §4.6.2)', () => {
  const pair = exchange(early({ server: { takesEarly: false } }), 300, 20_000).run(5000);
  expect(pair.heard.client.find((one) => one.type === 'early')).toMatchObject({ accepted: false });
  expect(pair.got('server', 0)).toEqual(whole(300));
  expect(pair.got('client', 0)).toEqual(whole(20_000));
  const first = pair.heard.client.find((one) => one.type === 'readable')?.at ?? 0;
  expect(first / 1e6).toBeGreaterThan(160);
});

test('0-RTT lost, or ahead of its Initial: it is repaired', () => {
  for (const options of [{ lose: { client: [1] } }, { fate: ({ n }: { n: number }) => (n === 1 ? 30 : 0) }]) {
    const pair = exchange(early(options), 5000, 20_000).run(20_000);
    expect(pair.got('server', 0)).toEqual(whole(5000));
    expect(pair.got('client', 0)).toEqual(whole(20_000));
  }
});

test('Retry costs a round trip and proves the address (RFC 9000 §8.1.2, §17.2.5)', () => {
  const pair = exchange(new QuicPair({ knobs: { retry: true } }), 100, 30_000).run(5000);
  expect(pair.flights('server')[0]).toBe('retry 71');
  expect(pair.states.client).toEqual(['INITIAL', 'RETRIED', 'HANDSHAKE', 'COMPLETE', 'CONFIRMED']);
  const [first, second] = pair.crossings.filter((one) => one.from === 'client');
  const [a, b] = [first, second].map((one) => one?.datagram.packets[0]);
  if (a?.kind !== 'frames' || b?.kind !== 'frames' || b.header.kind !== 'initial') throw new Error('no Initials');
  expect(b.header.token.length).toBe(32);
  expect(b.header.number).toBe(a.header.number + 1);
  expect(b.header.destination).not.toEqual(a.header.destination);
  expect(pair.ends.server.core.path.validated).toBe(true);
  expect(pair.got('client', 0)).toEqual(whole(30_000));
  expect(pair.at('client', 'connected') / 1e6).toBeCloseTo(163, 0);
});

test('0-RTT and Retry: the early data goes again behind it', () => {
  const pair = exchange(early({ knobs: { retry: true } }), 300, 20_000).run(5000);
  expect(
    pair
      .flights('client')
      .slice(0, 2)
      .every((one) => one.includes('zeroRtt')),
  ).toBe(true);
  expect(pair.got('server', 0)).toEqual(whole(300));
  expect(pair.got('client', 0)).toEqual(whole(20_000));
});

test('version negotiation: the client goes on with a version of both, or gives up (RFC 9000 §6)', () => {
  const both = new QuicPair({
    knobs: { versions: [QuicVersion.V2, QuicVersion.V1] },
    serverKnobs: { versions: [QuicVersion.V1] },
  });
  exchange(both, 100, 1000).run(5000);
  expect(both.flights('server')[0]).toMatch(/^versionNegotiation/);
  expect(both.ends.client.core.version).toBe(QuicVersion.V1);
  expect(both.got('client', 0)).toEqual(whole(1000));
  const none = new QuicPair({ knobs: { versions: [QuicVersion.V2] }, serverKnobs: { versions: [QuicVersion.V1] } });
  exchange(none, 100, 1000).run(5000);
  expect(none.heard.client.find((one) => one.type === 'closed')).toMatchObject({ by: 'error' });
});

test.each([
  ['version negotiation', { knobs: { versions: [V2, V1] }, serverKnobs: { versions: [V1] } }],
  ['Retry', { knobs: { retry: true } }],
  // Early data of the first attempt comes late: behind the connection that the second one began.
  [
    'version negotiation, a datagram late',
    {
      knobs: { versions: [V2, V1] },
      serverKnobs: { versions: [V1] },
      fate: ({ n }: { n: number }) => (n === 2 ? 130 : 0),
    },
  ],
  ['Retry, a datagram late', { knobs: { retry: true }, fate: ({ n }: { n: number }) => (n === 2 ? 130 : 0) }],
])(
  '0-RTT and %s: what went with the first attempt is lost, and all of it goes again (RFC 9000 §6.2, §17.2.3, RFC 9001 §4.6.2)',
  (name, options) => {
    const pair = exchange(early(options), 3000, 20_000).run(5000);
    const sent = pair.crossings.flatMap(({ from, datagram }) =>
      datagram.packets.flatMap((packet) => (from === 'client' && packet.kind === 'frames' ? [packet] : [])),
    );
    const of = (kind: string) => sent.filter(({ header }) => header.kind === kind);
    const initials = of('initial').map(({ header }) => header);
    const [first, second] = initials;
    if (!first || !second || !('version' in first) || !('version' in second)) throw new Error('no Initials');
    const isFirst = ({ header }: (typeof sent)[number]): boolean =>
      'version' in header && Buffer.compare(header.destination, first.destination) === 0;
    const bytesOf = (list: typeof sent): number =>
      list.flatMap(({ frames }) => frames).reduce((sum, one) => sum + (one.kind === 'stream' ? one.data.length : 0), 0);
    const [before, after] = [of('zeroRtt').filter(isFirst), of('zeroRtt').filter((one) => !isFirst(one))];
    // The request, once with each attempt, under new numbers and, where it was that, the new version.
    expect([bytesOf(before), bytesOf(after)]).toEqual([3000, 3000]);
    const numbers = of('zeroRtt').map(({ header }) => header.number);
    expect(numbers).toEqual(numbers.map((_, k) => k));
    for (const { header } of after)
      expect('version' in header && header.version).toBe(name.startsWith('Retry') ? first.version : V1);
    // The server has kept nothing: it acknowledges packets of the second attempt alone.
    const acked = pair.crossings.flatMap(({ from, datagram }) =>
      datagram.packets.flatMap((packet) =>
        from === 'server' && packet.kind === 'frames' && packet.header.kind === 'oneRtt'
          ? packet.frames.flatMap((frame) => (frame.kind === 'ack' ? frame.ranges : []))
          : [],
      ),
    );
    expect(Math.min(...acked.map(({ smallest }) => smallest))).toBe(before.length);
    // Neither window nor flow control counts it twice, and nothing of it is waited for.
    const { core } = pair.ends.client;
    expect([core.sentData, core.window.bytesInFlight, core.ptoCount]).toEqual([3000, 0, 0]);
    expect(core.spaces.every((space) => space.sent.size === 0 && space.elicitingInFlight === 0)).toBe(true);
    expect(pair.heard.client.find((one) => one.type === 'early')).toMatchObject({ accepted: true });
    expect(pair.got('server', 0)).toEqual(whole(3000));
    expect(pair.got('client', 0)).toEqual(whole(20_000));
  },
);

test('HelloRetryRequest: a second ClientHello in the same CRYPTO stream', () => {
  const pair = exchange(new QuicPair({ client: { shares: [0x17] }, server: { groups: [0x1d] } }), 100, 1000).run(5000);
  const hellos = pair.log.messages.filter((one) => one.message.type === 'clientHello');
  expect(hellos.map((one) => one.epoch)).toEqual([0, 0]);
  expect(pair.got('client', 0)).toEqual(whole(1000));
});

test('a client with its own certificate', () => {
  const pair = new QuicPair({ client: {}, server: { clientAuth: 'request' } });
  exchange(pair, 100, 1000).run(5000);
  expect(pair.got('client', 0)).toEqual(whole(1000));
});

test('ids are given out as far as the peer takes them (RFC 9000 §5.1.1), a token after the handshake (§8.1.3)', () => {
  const pair = exchange(new QuicPair({ profile: 'ngtcp2' }), 100, 1000).run(5000);
  for (const side of ['client', 'server'] as const)
    expect(pair.ends[side].core.peerIds.map((one) => one.sequence)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(pair.heard.client.some((one) => one.type === 'token' && one.token.length === 41)).toBe(true);
});

test('the spin bit turns once a round trip (RFC 9000 §17.4)', () => {
  const pair = exchange(new QuicPair(), 100, 100_000).run(5000);
  let turns = 0;
  let last = false;
  for (const { from, datagram } of pair.crossings) {
    const [packet] = datagram.packets;
    if (from !== 'server' || packet?.kind !== 'frames' || packet.header.kind !== 'oneRtt') continue;
    if (packet.header.spin !== last) turns++;
    last = packet.header.spin;
  }
  const rounds = (pair.heard.client.findLast((one) => one.type === 'readable')?.at ?? 0) / 80e6;
  expect(turns).toBeGreaterThanOrEqual(2);
  expect(turns).toBeLessThanOrEqual(rounds + 1);
  expect(told(pair.crossings[0]!.datagram)).toBe('initial 1200');
});
