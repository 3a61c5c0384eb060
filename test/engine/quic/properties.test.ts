import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Rng } from '../../../src/base/rng.ts';
import { SpaceId } from '../../../src/engine/protocol/quic/space.ts';
import { frameSize } from '../../../src/wire/quic/frame/encode.ts';
import { isAckEliciting, mayCarry } from '../../../src/wire/quic/frame/frame.ts';
import { INITIAL_DATAGRAM_SIZE, leastPayload, packetSize } from '../../../src/wire/quic/packet/header.ts';
import { holds } from '../support/property.ts';
import { exchange, QuicPair } from './pair.ts';
import type { PairOptions } from './pair.ts';

const paths = fc.record({
  seed: fc.integer({ min: 1, max: 1e9 }),
  loss: fc.double({ min: 0, max: 0.3, noNaN: true }),
  late: fc.double({ min: 0, max: 0.3, noNaN: true }),
  twice: fc.double({ min: 0, max: 0.2, noNaN: true }),
  congestion: fc.constantFrom('reno', 'cubic', 'bbr'),
  profile: fc.constantFrom('rfc', 'ngtcp2', 'picoquic'),
  answer: fc.integer({ min: 0, max: 150_000 }),
  retry: fc.boolean(),
  pmtud: fc.boolean(),
  mtu: fc.integer({ min: 1280, max: 1500 }),
});
type Path = typeof paths extends fc.Arbitrary<infer T> ? T : never;

const pairOf = ({ seed, loss, late, twice, congestion, profile, retry, pmtud, mtu }: Path): QuicPair => {
  const rng = new Rng(seed);
  const fate: PairOptions['fate'] = ({ size }) => {
    // IPv4 and UDP headers are 28 bytes.
    if (size + 28 > mtu) return 'lose';
    const draw = rng.unit();
    if (draw < loss) return 'lose';
    if (draw < loss + twice) return 'twice';
    return rng.unit() < late ? rng.unit() * 60 : 0;
  };
  return new QuicPair({ seed, fate, profile, knobs: { congestion, retry, pmtud } });
};

/** What holds at every instant. */
const invariants = (pair: QuicPair): void => {
  for (const side of ['client', 'server'] as const) {
    const { core } = pair.ends[side];
    const { bytesInFlight } = core.window;
    let sum = 0;
    // What is still under way by an earlier path is not in flight on this one (RFC 9000 §9.4).
    for (const space of core.spaces)
      for (const { inFlight, number, size } of space.sent.values())
        if (inFlight && (space.id !== SpaceId.Application || number >= core.countsFrom)) sum += size;
    expect(bytesInFlight).toBe(sum);
    expect(core.window.cwnd).toBeGreaterThanOrEqual(1);
    expect(core.window.mss).toBe(core.pathMtu.size);
    // The three-times limit (RFC 9000 §8.1).
    if (!core.path.validated) expect(core.path.sent).toBeLessThanOrEqual(3 * core.path.received);
  }
};

test('whatever the path does, each byte comes once and in order, or the connection fails openly', () => {
  holds(paths, 60, (path) => {
    const pair = pairOf(path);
    pair.check = invariants;
    exchange(pair, 100, path.answer).run(300_000);
    const { bytes, fin, inOrder } = pair.got('client', 0);
    expect(inOrder).toBe(true);
    const done = fin && bytes === path.answer;
    if (done) return;
    // Silence for the whole idle time can end it; with few losses that does not happen.
    expect(path.loss).toBeGreaterThan(0.1);
    expect(pair.heard.client.find((one) => one.type === 'closed')).toMatchObject({ by: 'idle' });
  });
});

test('wherever the client goes on from, and whenever: the same, and no server is an amplifier', () => {
  const moves = fc.record({
    path: paths.map((path) => ({ ...path, loss: path.loss / 3, answer: path.answer + 200_000 })),
    atMs: fc.integer({ min: 0, max: 1500 }),
    how: fc.constantFrom('port', 'address', 'nat'),
    twice: fc.boolean(),
  });
  holds(moves, 30, ({ path, atMs, how, twice }) => {
    const pair = pairOf(path);
    pair.check = invariants;
    exchange(pair, 100, path.answer);
    for (const n of twice ? [1, 2] : [1]) {
      pair.run(atMs * n);
      if (how === 'nat') pair.nat = (from) => ({ ...from, port: from.port + n });
      else {
        const to = how === 'port' ? { address: 1, port: 50_000 + n } : { address: 1 + n, port: 50_000 };
        pair.command('client', { type: 'migrate', path: to });
      }
    }
    pair.run(300_000);
    expect(pair.got('client', 0)).toEqual({ bytes: path.answer, fin: true, inOrder: true });
  });
});

test('sizes are those of the wire, frames stand where they may, Initials fill their datagram', () => {
  holds(paths, 20, (path) => {
    const pair = exchange(pairOf(path), 100, path.answer).run(60_000);
    for (const side of ['client', 'server'] as const) {
      const { knobs, pathMtu } = pair.ends[side].core;
      expect(pathMtu.size).toBeLessThanOrEqual(Math.max(knobs.maxDatagram, path.mtu - 28));
      for (const { packets, size } of pair.datagrams[side]) {
        expect(size).toBe(packets.reduce((sum, packet) => sum + packet.size, 0));
        const isProbe = packets[0]?.kind === 'frames' && packets[0].frames[0]?.kind === 'ping';
        expect(size).toBeLessThanOrEqual(isProbe ? knobs.mtuSearch.most : pathMtu.size);
        for (const packet of packets) {
          if (packet.kind !== 'frames') continue;
          const { header, frames, payload } = packet;
          expect(payload).toBe(frames.reduce((sum, frame) => sum + frameSize(frame), 0));
          expect(packet.size).toBe(packetSize(header, payload));
          expect(payload).toBeGreaterThanOrEqual(leastPayload(header.numberLength));
          for (const frame of frames) expect(mayCarry(header.kind, frame)).toBe(true);
          const isFilled =
            header.kind === 'initial' && (side === 'client' || frames.some((f) => isAckEliciting(f.kind)));
          if (isFilled) expect(size).toBeGreaterThanOrEqual(INITIAL_DATAGRAM_SIZE);
        }
      }
    }
  });
});

test('packet numbers of a space only grow, and none is used twice (RFC 9000 §12.3)', () => {
  holds(paths, 20, (path) => {
    const { datagrams } = exchange(pairOf(path), 100, path.answer).run(60_000);
    for (const side of ['client', 'server'] as const) {
      const last = new Map<string, number>();
      for (const packet of datagrams[side].flatMap((one) => one.packets)) {
        if (packet.kind !== 'frames') continue;
        const space = packet.header.kind === 'zeroRtt' ? 'oneRtt' : packet.header.kind;
        expect(packet.header.number).toBeGreaterThan(last.get(space) ?? -1);
        last.set(space, packet.header.number);
      }
    }
  });
});

test('the same seed gives the same log', () => {
  holds(paths, 10, (path) => {
    const logs = [1, 2].map(() => exchange(pairOf(path), 100, path.answer).run(60_000).log);
    expect(logs[0]).toEqual(logs[1]);
  });
});
