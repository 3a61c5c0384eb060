import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nanos } from '../../../src/base/time.ts';
import { play } from '../../../src/engine/network/layers.ts';
import { INFINITE_SSTHRESH } from '../../../src/engine/protocol/congestion/types.ts';
import { quicProfiles } from '../../../src/engine/protocol/quic/knobs.ts';
import type { MtuSearch, QuicKnobs } from '../../../src/engine/protocol/quic/knobs.ts';
import { PathMtu } from '../../../src/engine/protocol/quic/pathMtu.ts';
import { RttEstimate } from '../../../src/engine/protocol/quic/rtt.ts';
import { SendWindow } from '../../../src/engine/protocol/quic/window.ts';
import { EventKind, Fate } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { describeWithFixtures } from '../../support/fixtures.ts';
import { scenarioOf } from '../support/scenarios.ts';
import { exchange, QuicPair } from './pair.ts';
import type { PairOptions } from './pair.ts';

/** IPv4 and UDP headers. */
const BELOW = 28;

/** What a search comes to on a path that takes datagrams of `takes` bytes, and what it sent. */
const found = (search: MtuSearch, takes: number, limit = 65_527): { size: number; sent: number[] } => {
  const mtu = new PathMtu(1200, search);
  const sent: number[] = [];
  for (let size = mtu.next(limit); size > 0; size = mtu.next(limit)) {
    mtu.onSent(sent.length, size, nanos(1));
    expect(mtu.next(limit)).toBe(0); // one at a time
    if (size <= takes) mtu.onAcked(sent.length);
    else mtu.onLost(sent.length);
    sent.push(size);
  }
  return { size: mtu.size, sent };
};

describe('the search (RFC 8899 §5)', () => {
  const { rfc, ngtcp2, picoquic } = quicProfiles;

  test('the largest first; where that is too large, halves, each size three times', () => {
    expect(found(rfc.mtuSearch, 9000)).toEqual({ size: 1472, sent: [1472] });
    expect(found(rfc.mtuSearch, 1272)).toEqual({
      size: 1268,
      sent: [1472, 1472, 1472, 1336, 1336, 1336, 1268, 1302, 1302, 1302, 1285, 1285, 1285],
    });
  });

  test('never more than the path takes or the peer wants, and as near as a step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1200, max: 1600 }), fc.integer({ min: 1200, max: 1600 }), (takes, limit) => {
        const { size, sent } = found(rfc.mtuSearch, takes, limit);
        const most = Math.min(takes, limit, 1472);
        expect(size).toBeLessThanOrEqual(most);
        expect(most - size).toBeLessThan(20);
        for (const one of sent) expect(one).toBeLessThanOrEqual(limit);
        for (const one of sent.filter((size) => size > takes))
          expect(sent.filter((size) => size === one)).toHaveLength(3);
      }),
    );
  });

  test('the sizes of ngtcp2 and picoquic, in their order', () => {
    expect(found(ngtcp2.mtuSearch, 1472)).toEqual({ size: 1444, sent: [1406, 1444] });
    expect(found(ngtcp2.mtuSearch, 1272)).toEqual({
      size: 1232,
      sent: [1406, 1406, 1406, 1342, 1342, 1342, 1232],
    });
    expect(found(picoquic.mtuSearch, 1472)).toEqual({ size: 1440, sent: [1440] });
    expect(found(picoquic.mtuSearch, 1410)).toEqual({ size: 1400, sent: [1440, 1400] });
  });

  test('no profile looks unless it is asked to', () => {
    for (const { pmtud } of Object.values(quicProfiles)) expect(pmtud).toBe(false);
    const pair = exchange(new QuicPair(), 100, 300_000).run();
    expect(Math.max(...pair.datagrams.server.map(({ size }) => size))).toBe(1200);
  });
});

/** A pair whose path takes IP packets of `mtu` bytes. */
const pairOver = (mtu: () => number, options: PairOptions = {}): QuicPair =>
  new QuicPair({
    ...options,
    knobs: { pmtud: true, ...options.knobs },
    fate: (crossing) => (crossing.size + BELOW > mtu() ? 'lose' : (options.fate?.(crossing) ?? 0)),
  });

const probes = (pair: QuicPair, side: 'client' | 'server' = 'server'): number[] =>
  pair.datagrams[side]
    .filter(
      ({ packets: [first, second] }) =>
        !second && first?.kind === 'frames' && first.frames[0]?.kind === 'ping' && first.frames[1]?.kind === 'padding',
    )
    .map(({ size }) => size);

describe('an end that looks for the size of its path', () => {
  test('a probe is PING and PADDING in a datagram of its own; once it is through, datagrams are so large', () => {
    const pair = exchange(
      pairOver(() => 1500),
      100,
      300_000,
    ).run();
    expect(probes(pair)).toEqual([1472]);
    expect(pair.heard.server.filter(({ type }) => type === 'mtu')).toMatchObject([{ size: 1472 }]);
    const at = pair.at('server', 'mtu');
    const later = pair.crossings.filter(({ from, sentAt }) => from === 'server' && sentAt > at);
    expect(later.filter(({ datagram }) => datagram.size === 1472).length).toBeGreaterThan(150);
    const before = pair.crossings.filter(
      ({ from, sentAt, datagram }) => from === 'server' && sentAt < at && datagram.size > 1200,
    );
    expect(before).toHaveLength(1);
    expect(pair.got('client', 0)).toEqual({ bytes: 300_000, fin: true, inOrder: true });
  });

  test('a path of 1300: the search ends within it, and what was too large is no sign of congestion (RFC 9000 §14.4)', () => {
    const pair = exchange(
      pairOver(() => 1300, { knobs: { pmtud: true } }),
      100,
      3_000_000,
    ).run();
    expect(probes(pair)).toEqual([1472, 1472, 1472, 1336, 1336, 1336, 1268, 1302, 1302, 1302, 1285, 1285, 1285]);
    const { core } = pair.ends.server;
    expect(core.pathMtu.size).toBe(1268);
    expect(core.window.mss).toBe(1268);
    // Nothing was reduced, nothing counted as lost but the probes, and no PTO was armed by them.
    expect([core.window.ssthresh, core.window.lostTotal]).toEqual([INFINITE_SSTHRESH, 0]);
    expect(pair.lost.filter(({ side }) => side === 'server')).toHaveLength(12);
    expect(pair.timeouts).toEqual([]);
    expect(pair.got('client', 0).bytes).toBe(3_000_000);
  });

  test('the loss of anything else is one', () => {
    const pair = exchange(
      pairOver(() => 1500, { lose: { server: [30] } }),
      100,
      300_000,
    ).run();
    expect(pair.ends.server.core.window.ssthresh).toBeLessThan(INFINITE_SSTHRESH);
  });

  test('probes that nobody answers are given up by their own time, and leave nothing in flight', () => {
    const pair = exchange(
      pairOver(() => 1228),
      100,
      3000,
    ).run(25_000);
    expect(probes(pair)).toEqual([1472, 1336, 1268, 1234, 1217].flatMap((size) => [size, size, size]));
    expect(pair.lost.some(({ side, by }) => side === 'server' && by === 'timeout')).toBe(true);
    expect(pair.timeouts).toEqual([]);
    for (const side of ['client', 'server'] as const) {
      expect(pair.ends[side].core.pathMtu.size).toBe(1200);
      expect(pair.ends[side].core.window.bytesInFlight).toBe(0);
    }
  });

  test('a probe waits for its part of the window (RFC 9000 §14.4)', () => {
    const pair = pairOver(() => 1300);
    exchange(pair, 100, 400_000).run(180);
    expect(probes(pair)).toEqual([1472]);
    // The first one is about to be found lost, and the window is over-full.
    const { window } = pair.ends.server.core;
    window.cwnd = 2;
    window.ssthresh = 2;
    expect(window.bytesInFlight).toBeGreaterThan(window.bytes);
    const seen = new Set([1]);
    pair.check = () => {
      const { length } = probes(pair);
      if (!seen.has(length)) expect(window.bytesInFlight).toBeLessThanOrEqual(window.bytes);
      seen.add(length);
    };
    pair.run(600);
    expect(seen.size).toBeGreaterThan(1);
  });

  test('on another path it begins anew: from the least that every path takes', () => {
    let mtu = 1500;
    const pair = pairOver(() => mtu);
    exchange(pair, 100, 2_000_000).run(400);
    expect(pair.ends.server.core.pathMtu.size).toBe(1472);
    mtu = 1300;
    const { length } = pair.datagrams.server;
    pair.command('client', { type: 'migrate', path: { address: 2, port: 50_000 } }).run(470);
    // Half a round trip later the server follows.
    expect([pair.ends.client.core.pathMtu.size, pair.ends.server.core.pathMtu.size]).toEqual([1200, 1200]);
    expect(pair.ends.server.core.window.mss).toBe(1200);
    pair.run();
    const after = pair.datagrams.server.slice(length).filter(({ path }) => path.address === 2);
    expect(
      Math.max(...after.filter((one) => !probes(pair).includes(one.size)).map(({ size }) => size)),
    ).toBeLessThanOrEqual(1268);
    expect(pair.ends.server.core.pathMtu.size).toBe(1268);
    expect(pair.got('client', 0)).toEqual({ bytes: 2_000_000, fin: true, inOrder: true });
  });

  test('another port of the same host is the same way: what was found holds', () => {
    const pair = pairOver(() => 1500);
    exchange(pair, 100, 2_000_000).run(400);
    pair.command('client', { type: 'migrate', path: { address: 1, port: 50_001 } }).run();
    expect(probes(pair)).toEqual([1472]);
    expect(pair.ends.server.core.pathMtu.size).toBe(1472);
  });
});

describe('the window when datagrams grow (RFC 9002 §7.2)', () => {
  const windowOf = (congestion: 'reno' | 'cubic' | 'bbr' = 'reno'): SendWindow =>
    new SendWindow({ ...quicProfiles.rfc, congestion }, new RttEstimate(333_000_000), 1);

  test('before anything was learnt it is the initial one of the new size', () => {
    const window = windowOf();
    window.resize(1472);
    expect([window.cwnd, window.mss, window.bytes]).toEqual([10, 1472, 14_720]);
  });

  test('what it has grown to stays in bytes, as far as whole datagrams go', () => {
    const window = windowOf();
    window.cwnd = 40;
    window.ssthresh = 100;
    window.resize(1472);
    expect([window.cwnd, window.ssthresh]).toEqual([32, 81]);
    expect(window.bytes).toBeLessThanOrEqual(48_000);
  });

  test('after a reduction it does not grow back, and two datagrams are the least', () => {
    const window = windowOf();
    window.onCongestion(0, 1000);
    expect(window.cwnd).toBe(5);
    window.resize(1472);
    expect(window.cwnd).toBe(4);
    window.cwnd = 2;
    window.resize(1500);
    expect(window.cwnd).toBe(2);
  });

  /** Sends `size` bytes a ms from `at` ms on, and hears of each 50 ms later. `tell`: after each ACK. */
  const feed = (window: SendWindow, size: number, at: number, times: number, tell: () => void): void => {
    const flying: Parameters<SendWindow['onAck']>[0][] = [];
    for (let ms = at; ms < at + times; ms++) {
      const sentAt = ms * 1_000_000;
      flying.push({ stamp: window.onSent(size, sentAt), sentAt, position: window.sndNxt });
      const newest = flying.length > 50 ? flying.shift() : undefined;
      if (!newest) continue;
      window.forget(size);
      window.onAck(newest, size, 0, 50_000_000, sentAt, window.bytesInFlight + size);
      tell();
    }
  };
  const fed = (changes: Partial<QuicKnobs>): SendWindow => {
    const rtt = new RttEstimate(333_000_000);
    rtt.sample(50_000_000, 0);
    return new SendWindow({ ...quicProfiles.rfc, ...changes }, rtt, 1);
  };

  test('cubic: its curve is that of datagrams which were large from the start', () => {
    const [grown, large] = [1200, 2400].map((maxDatagram) => {
      const window = fed({ congestion: 'cubic', maxDatagram, growsUnused: true });
      window.cwnd = 1_200_000 / maxDatagram;
      window.onCongestion(1, 1000);
      if (maxDatagram === 1200) window.resize(2400);
      const seen: number[] = [];
      feed(window, 24_000, 100, 9000, () => seen.push(window.cwnd));
      return seen;
    });
    expect(grown).toEqual(large);
    expect(Math.abs((grown?.at(-1) ?? 0) - 500)).toBeLessThan(5);
  });

  test('bbr: the bandwidth that it knows is the same in bytes', () => {
    const window = fed({ congestion: 'bbr' });
    feed(window, 1200, 100, 400, () => undefined);
    const before = window.pacingRate;
    window.resize(2400);
    const seen: number[] = [];
    feed(window, 1200, 500, 100, () => seen.push(window.pacingRate / before));
    expect(Math.min(...seen)).toBeGreaterThan(0.95);
    expect(Math.max(...seen)).toBeLessThan(1.3); // its own cycle asks for a quarter more at times
  });

  test.each(['reno', 'cubic', 'bbr'] as const)(
    '%s: no slower for larger datagrams, by less than their share',
    async (congestion) => {
      const end = async (pmtud: boolean): Promise<number> => {
        const trace = await playOver({ mbps: 20, rttMs: 40 }, { congestion, pmtud }, 2_000_000);
        return trace.requests[0]?.completion ?? 0;
      };
      // Headers are 3.5 % of small datagrams, 2.9 % of large ones.
      const ratio = (await end(true)) / (await end(false));
      expect(ratio).toBeGreaterThan(0.95);
      expect(ratio).toBeLessThan(1.01);
    },
  );
});

const playOver = (path: object, quic: object, responseBytes = 500_000): Promise<Trace> =>
  play(
    scenarioOf({
      roundtrip: 1,
      path: { rttMs: 80, mbps: 50, ...path },
      flows: [
        { name: 'page', http: { version: '3' }, quic, requests: [{ id: 'file', responseBytes }], close: 'client' },
      ],
    }),
  );

const events = (trace: Trace): number[] =>
  Array.from({ length: trace.eventCount }, (_, e) => e)
    .filter((e) => trace.events.kind[e] === EventKind.PathMtu && trace.events.node[e] === 1)
    .map((e) => trace.events.a[e] as number);

describe('in a run', () => {
  test('the path drops what is larger than its MTU, and nothing that gets through is', async () => {
    const trace = await playOver({ mtu: 1300, rttMs: 20, queuePackets: 50 }, { pmtud: true }, 5_000_000);
    expect(events(trace)).toEqual([1268]);
    const { size, fate } = trace.packets;
    const large = Array.from({ length: trace.packetCount }, (_, i) => i).filter((i) => (size[i] as number) > 1300);
    expect(large.length).toBeGreaterThanOrEqual(12);
    for (const i of large) expect(fate[i]).toBe(Fate.TooLarge);
    expect(trace.requests[0]?.delivered).toBe(5_000_000);
  });

  test('the same scenario gives the same run', async () => {
    const [one, other] = await Promise.all([
      playOver({ mtu: 1400 }, { pmtud: true }),
      playOver({ mtu: 1400 }, { pmtud: true }),
    ]);
    expect([...one.packets.sent]).toEqual([...other.packets.sent]);
    expect([...one.packets.size]).toEqual([...other.packets.size]);
  });
});

describeWithFixtures('picoquic’s own probing', (folder) => {
  interface Recorded {
    readonly dir?: string;
    readonly n: number;
    readonly t_in_us: number;
    readonly udp_payload: number;
  }
  const recorded = (name: string): Recorded[] =>
    gunzipSync(readFileSync(join(folder, 'quic', name, 'packets.jsonl.gz')))
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Recorded)
      .filter(({ dir, udp_payload: size }) => dir !== undefined && size > 0);

  test.each(['Q1', 'Q4', 'Q5', 'Q8'])(
    '%s: the same datagram is the probe, of the same size and at the same time',
    async (name) => {
      const real = recorded(`picoquic-cubic-${name}`);
      const first = real.find(({ udp_payload: size }) => size > 1252);
      expect(first).toMatchObject({ dir: 's2c', n: 3, udp_payload: 1440 });
      // None by the client, and one size only.
      expect(real.filter(({ dir, udp_payload: size }) => dir === 'c2s' && size > 1252)).toEqual([]);
      expect(new Set(real.filter(({ udp_payload: size }) => size > 1252).map(({ udp_payload: size }) => size))).toEqual(
        new Set([1440]),
      );
      const mbps = name === 'Q4' || name === 'Q5' ? 10 : 50;
      const trace = await playOver({ mbps }, { profile: 'picoquic', pmtud: true });
      const down = Array.from({ length: trace.packetCount }, (_, i) => i).filter((i) => trace.packets.link[i] === 1);
      const probe = down[2] ?? -1;
      expect((trace.packets.size[probe] as number) - BELOW).toBe(1440);
      expect(Math.abs((trace.packets.sent[probe] as number) / 1000 - (first?.t_in_us ?? 0))).toBeLessThan(1500);
      const sizes = new Set(down.map((i) => (trace.packets.size[i] as number) - BELOW).filter((size) => size > 1252));
      expect(sizes).toEqual(new Set([1440]));
      const up = Array.from({ length: trace.packetCount }, (_, i) => i).filter((i) => trace.packets.link[i] === 0);
      expect(up.every((i) => (trace.packets.size[i] as number) - BELOW <= 1252)).toBe(true);
    },
  );
});
