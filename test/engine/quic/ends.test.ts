import { expect, test } from 'vitest';
import { exchange, QuicPair } from './pair.ts';

const closed = (pair: QuicPair, side: 'client' | 'server'): unknown =>
  pair.heard[side].find((one) => one.type === 'closed');

test('close: said at once, the peer drains, both forget after three PTOs (RFC 9000 §10.2)', () => {
  const pair = exchange(new QuicPair(), 100, 1000).run(1000);
  pair.command('client', { type: 'close', code: 0x100, reason: 'done' });
  const at = pair.now;
  expect(pair.ends.client.state).toBe('CLOSING');
  pair.run(1060);
  expect(pair.ends.server.state).toBe('DRAINING');
  expect(closed(pair, 'server')).toMatchObject({ by: 'peer', sentence: 'Closed by the peer: done' });
  pair.run();
  expect([pair.ends.client.state, pair.ends.server.state]).toEqual(['CLOSED', 'CLOSED']);
  expect(pair.now - at).toBeLessThan(3e9);
});

test('a lost close is said again when the peer goes on, ever more rarely (RFC 9000 §10.2.1)', () => {
  const pair = exchange(new QuicPair(), 100, 400_000).run(300);
  const before = pair.crossings.length;
  pair.command('client', { type: 'close', code: 0, reason: '' }).run(10_000);
  const said = pair.crossings.slice(before).filter((one) => one.from === 'client').length;
  expect(said).toBeGreaterThan(1);
  expect(said).toBeLessThan(8);
  expect(pair.ends.server.state).toBe('CLOSED');
});

test('silence ends a connection after the idle time (RFC 9000 §10.1)', () => {
  const pair = exchange(new QuicPair({ knobs: { idleTimeoutMs: 5000 } }), 100, 1000).run();
  expect(closed(pair, 'client')).toMatchObject({ by: 'idle' });
  expect(closed(pair, 'server')).toMatchObject({ by: 'idle' });
  const last = Math.max(...pair.crossings.map((one) => one.arrivesAt ?? 0));
  expect((pair.now - last) / 1e6).toBeLessThan(5001);
  expect((pair.now - last) / 1e6).toBeGreaterThan(4900);
});

test('a server that has lost its state answers with a stateless reset (RFC 9000 §10.3)', () => {
  const pair = exchange(new QuicPair(), 100, 1000).run(1000);
  pair.command('server', { type: 'forget' });
  pair.command('client', { type: 'write', stream: 4, bytes: 100, fin: true }).run();
  const reset = pair.crossings.find((one) => one.datagram.packets[0]?.kind === 'statelessReset');
  const asked = pair.crossings.findLast((one) => one.from === 'client');
  expect(reset?.datagram.size).toBeLessThan(asked?.datagram.size ?? 0);
  expect(closed(pair, 'client')).toMatchObject({ by: 'reset' });
  expect(pair.ends.client.state).toBe('CLOSED');
});

test('key update: both directions turn, nothing is lost (RFC 9001 §6)', () => {
  const pair = exchange(new QuicPair(), 100, 300_000).run(250);
  pair.command('server', { type: 'keyUpdate' }).run(5000);
  expect(pair.got('client', 0)).toEqual({ bytes: 300_000, fin: true, inOrder: true });
  for (const side of ['client', 'server'] as const)
    expect([pair.ends[side].core.sendPhase, pair.ends[side].core.readPhase]).toEqual([1, 1]);
  // Nothing that the client sent in the new phase is acknowledged: it has to wait with a second update (§6.5).
  pair.command('client', { type: 'keyUpdate' });
  expect(pair.ends.client.core.sendPhase).toBe(1);
  pair.command('client', { type: 'write', stream: 4, bytes: 100, fin: true }).run(6000);
  pair.command('client', { type: 'keyUpdate' });
  expect(pair.ends.client.core.sendPhase).toBe(2);
});

test('no key update before the handshake is confirmed (RFC 9001 §6.1)', () => {
  const pair = exchange(new QuicPair(), 100, 100).run(90);
  pair.command('client', { type: 'keyUpdate' });
  expect(pair.ends.client.core.sendPhase).toBe(0);
});

test('migration: another address, another id, a challenge answered, window and RTT from the start (RFC 9000 §9)', () => {
  const pair = exchange(new QuicPair({ profile: 'ngtcp2' }), 100, 1_000_000).run(450);
  const before = pair.ends.client.core.destination;
  pair.command('client', { type: 'migrate', path: { address: 2, port: 4000 } });
  const sent = pair.crossings.at(-1);
  expect(sent?.datagram.path).toEqual({ address: 2, port: 4000 });
  expect(sent?.datagram.size).toBe(1200);
  expect(pair.ends.client.core.destination).not.toEqual(before);
  pair.run(500);
  expect(pair.ends.server.core.path.path).toEqual({ address: 2, port: 4000 });
  expect(pair.ends.server.core.path.validated).toBe(false);
  pair.run(10_000);
  expect(pair.ends.server.core.path.validated).toBe(true);
  expect(pair.got('client', 0)).toEqual({ bytes: 1_000_000, fin: true, inOrder: true });
  const proven = pair.heard.server.filter((one) => one.type === 'path').map((one) => one.validated);
  expect(proven).toEqual([false, true]);
});

test('a NAT gives the client another port: the server follows and keeps its window (RFC 9000 §9.3, §9.4)', () => {
  const pair = exchange(new QuicPair(), 100, 1_000_000).run(450);
  const { cwnd } = pair.ends.server.core.window;
  pair.nat = (path) => ({ ...path, port: path.port + 1 });
  pair.run(560);
  expect(pair.ends.server.core.path.path).toEqual({ address: 1, port: 50001 });
  expect(pair.ends.server.core.window.cwnd).toBeGreaterThanOrEqual(cwnd);
  pair.run(10_000);
  expect(pair.ends.server.core.path.validated).toBe(true);
  expect(pair.got('client', 0)).toEqual({ bytes: 1_000_000, fin: true, inOrder: true });
});
