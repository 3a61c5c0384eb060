import { expect, test } from 'vitest';
import { exchange, QuicPair } from './pair.ts';

test('one round trip, then a request and its answer (RFC 9000 §7, RFC 9001 §4)', () => {
  const pair = exchange(new QuicPair(), 100, 100_000).run(5000);
  expect(pair.states.client).toEqual(['INITIAL', 'HANDSHAKE', 'COMPLETE', 'CONFIRMED']);
  expect(pair.states.server).toEqual(['INITIAL', 'HANDSHAKE', 'CONFIRMED']);
  expect(pair.got('server', 0)).toEqual({ bytes: 100, fin: true, inOrder: true });
  expect(pair.got('client', 0)).toEqual({ bytes: 100_000, fin: true, inOrder: true });
  expect(pair.lost).toEqual([]);
  expect(pair.timeouts).toEqual([]);
  expect(pair.at('client', 'connected') / 1e6).toBeCloseTo(82.7, 0);
  expect(pair.at('client', 'confirmed') / 1e6).toBeCloseTo(163.2, 0);
});

test('Initials fill their datagram up; Initial, Handshake and 1-RTT share one (RFC 9000 §12.2, §14.1)', () => {
  const pair = exchange(new QuicPair(), 100, 100).run(5000);
  expect(pair.flights('client').slice(0, 2)).toEqual(['initial 1200', 'initial 48 + handshake 86 + oneRtt 1066']);
  expect(pair.flights('server').slice(0, 2)).toEqual(['initial 142 + handshake 1058', 'handshake 626 + oneRtt 54']);
});

test('Handshake keys go when they are of no more use (RFC 9001 §4.9)', () => {
  const pair = exchange(new QuicPair(), 100, 100).run(5000);
  for (const side of ['client', 'server'] as const) {
    const { spaces, window } = pair.ends[side].core;
    expect(spaces.map((space) => space.isDiscarded)).toEqual([true, true, false]);
    expect(window.bytesInFlight).toBe(0);
  }
});

test.each([
  ['client', [1]],
  ['client', [2]],
  ['client', [1, 2]],
  ['server', [1]],
  ['server', [2]],
  ['server', [1, 2]],
  ['server', [1, 2, 3]],
  ['server', [3]],
] as const)('a lost handshake is repaired: datagrams of the %s %j', (side, lose) => {
  const pair = exchange(new QuicPair({ lose: { [side]: lose } }), 100, 30_000).run(20_000);
  expect(pair.got('client', 0)).toEqual({ bytes: 30_000, fin: true, inOrder: true });
  expect(pair.states.client).toContain('CONFIRMED');
});

test('a lost first Initial goes again after the PTO of kInitialRtt: 999 ms (RFC 9002 §6.2.2)', () => {
  const pair = exchange(new QuicPair({ lose: { client: [1] } }), 100, 100).run(5000);
  const [first, again] = pair.crossings.filter((one) => one.from === 'client');
  expect(((again?.sentAt ?? 0) - (first?.sentAt ?? 0)) / 1e6).toBeCloseTo(999, 0);
  expect(pair.timeouts[0]).toMatchObject({ side: 'client', space: 0, count: 1 });
});

test('the log holds every message that CRYPTO carried, each epoch in order', () => {
  const pair = exchange(new QuicPair(), 100, 100).run(5000);
  expect(pair.log.messages.map((one) => `${one.from} ${String(one.epoch)} ${one.message.type}`)).toEqual([
    'client 0 clientHello',
    'server 0 serverHello',
    'server 2 encryptedExtensions',
    'server 2 certificate13',
    'server 2 certificateVerify',
    'server 2 finished',
    'client 2 finished',
    'server 3 ticket13',
    'server 3 ticket13',
  ]);
});

test('a fault of TLS closes the connection with CRYPTO_ERROR (RFC 9001 §4.8)', () => {
  const pair = exchange(new QuicPair({ client: { roots: [] } }), 100, 100).run(20_000);
  const sentences = pair.heard.client.filter((one) => one.type === 'closed').map((one) => one.sentence);
  expect(sentences).toEqual(['Closed by this end: CRYPTO_ERROR 0x130: the TLS handshake failed']);
  expect(pair.heard.server.find((one) => one.type === 'closed')).toMatchObject({ by: 'peer' });
  expect([pair.ends.client.state, pair.ends.server.state]).toEqual(['CLOSED', 'CLOSED']);
});
