import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { describeWithFixtures } from '../../support/fixtures.ts';
import { early, page, QuicPair } from './pair.ts';
import type { PairOptions } from './pair.ts';

/** One run of a real stack with one object: `fixtures/quic`. */
interface Run {
  readonly rtt_ms: number;
  readonly rate_mbit: number;
  readonly client_handshake_complete_ms: number;
  readonly handshake_confirmed_ms: number;
  readonly overall_completion_ms: number;
  readonly streams: Readonly<
    Record<
      string,
      { readonly stream_bytes: number; readonly hol_stalls_ms: readonly unknown[]; readonly complete_ms: number }
    >
  >;
}
interface Packet {
  readonly dir: 'c2s' | 's2c';
  readonly n: number;
  readonly data_n: number;
  readonly t_in_us: number;
  readonly sport: number;
  readonly fate: string;
  readonly udp_payload: number;
  readonly quic: readonly { readonly t: string; readonly len: number }[];
}

const json = (folder: string, name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const runOf = (folder: string): Run => ({
  ...(json(folder, 'config.json') as Run),
  ...(json(folder, 'summary.json') as Run),
});
const packetsOf = (folder: string): Packet[] =>
  gunzipSync(readFileSync(join(folder, 'packets.jsonl.gz')))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Packet);

/** Loses what the emulator lost: full-size 1-RTT datagrams by their count, others by their number. */
const fateOf = (packets: readonly Packet[]): PairOptions['fate'] => {
  const dropped = packets.filter((one) => one.fate !== 'delivered');
  let full = 0;
  return ({ from, n, size, isShort }) => {
    const dir = from === 'client' ? 'c2s' : 's2c';
    const counted = isShort && size >= 1000 && from === 'server';
    if (counted) full++;
    const hit = dropped.some(
      (one) => one.dir === dir && (one.data_n > 0 ? counted && one.data_n === full : one.n === n),
    );
    return hit ? 'lose' : 0;
  };
};

const replay = (
  folder: string,
  congestion: 'reno' | 'cubic',
  retry: boolean,
  isEarly = false,
  profile: 'ngtcp2' | 'picoquic' = 'ngtcp2',
): { run: Run; pair: QuicPair } => {
  const run = runOf(folder);
  const options: PairOptions = {
    profile,
    knobs: { congestion, retry },
    delayMs: run.rtt_ms / 2,
    mbps: run.rate_mbit,
    fate: fateOf(packetsOf(folder)),
  };
  const pair = isEarly ? early(options) : new QuicPair(options);
  const answers = Object.entries(run.streams).map(([id, { stream_bytes }]) => [Number(id), stream_bytes] as const);
  page(pair, 20, new Map(answers)).run(20_000);
  return { run, pair };
};

/** Milliseconds after the client's first datagram. */
const since = (pair: QuicPair, at: number): number => (at - (pair.crossings[0]?.sentAt ?? 0)) / 1e6;
const completion = (pair: QuicPair): number =>
  since(pair, pair.heard.client.findLast((one) => one.type === 'readable' && one.fin)?.at ?? -1);
/** When the client's Finished left: that is what the run's summary calls complete. */
const finishedAt = (pair: QuicPair): number =>
  pair.crossings.find(
    ({ from, datagram }) =>
      from === 'client' &&
      datagram.packets.some(
        (one) =>
          one.kind === 'frames' &&
          one.header.kind === 'handshake' &&
          one.frames.some((frame) => frame.kind === 'crypto'),
      ),
  )?.sentAt ?? -1;
const ends = (pair: QuicPair): number[] =>
  pair.heard.client.flatMap((one) => (one.type === 'readable' && one.fin ? [one.stream] : []));

/** Most that a time may be off, by how much of the run's. */
const CLEAN = 0.05;
const LOSSY = 0.15;
const cases = ['Q1', 'Q2', 'Q3', 'Q4', 'Q5', 'Q6', 'Q7a', 'Q7b', 'Q8', 'Q10'].flatMap((name) =>
  (['cubic', 'reno'] as const).map((congestion) => [name, congestion] as const),
);

describeWithFixtures('runs of ngtcp2', (fixtures) => {
  test.each(cases)('%s %s: handshake, completion, order, stalls', (name, congestion) => {
    const folder = join(fixtures, 'quic', `ngtcp2-${congestion}-${name}`);
    const { run, pair } = replay(folder, congestion, name === 'Q10', name === 'Q3');
    expect(Math.abs(since(pair, finishedAt(pair)) - run.client_handshake_complete_ms)).toBeLessThan(5);
    expect(Math.abs(since(pair, pair.at('client', 'confirmed')) - run.handshake_confirmed_ms)).toBeLessThan(5);
    const allowed = pair.crossings.some((one) => one.arrivesAt === null) ? LOSSY : CLEAN;
    expect(Math.abs(completion(pair) / run.overall_completion_ms - 1)).toBeLessThan(allowed);
    const streams = Object.entries(run.streams);
    expect(ends(pair)).toEqual(
      [...streams].sort(([, a], [, b]) => a.complete_ms - b.complete_ms).map(([id]) => Number(id)),
    );
    expect([...pair.stalled]).toEqual(
      streams.flatMap(([id, one]) => (one.hol_stalls_ms.length > 0 ? [Number(id)] : [])),
    );
  });

  // Of the recorded runs this one drew packet numbers as long as those of the seed.
  test('Q1 cubic: the flights of the handshake, packet by packet', () => {
    const folder = join(fixtures, 'quic', 'ngtcp2-cubic-Q1');
    const { pair } = replay(folder, 'cubic', false);
    const types = { Initial: 'initial', Handshake: 'handshake', '1RTT': 'oneRtt' } as const;
    for (const side of ['client', 'server'] as const) {
      const recorded = packetsOf(folder).filter((one) => one.dir === (side === 'client' ? 'c2s' : 's2c'));
      const told = recorded.slice(0, 3).map((one) => ({
        size: one.udp_payload,
        packets: one.quic.map(({ t }) => types[t as keyof typeof types]),
      }));
      const mine = pair.crossings
        .filter((one) => one.from === side)
        .slice(0, 3)
        .map(({ datagram }) => ({
          size: datagram.size,
          packets: datagram.packets.map((one) => (one.kind === 'frames' ? one.header.kind : one.kind)),
        }));
      expect(mine).toEqual(told);
    }
  });

  test.each(['cubic', 'reno'] as const)('Q11 %s: the client goes on from another port', (congestion) => {
    const folder = join(fixtures, 'quic', `ngtcp2-${congestion}-Q11`);
    const run = runOf(folder);
    const packets = packetsOf(folder);
    const moved = packets.find((one) => one.dir === 'c2s' && one.sport !== packets[0]?.sport);
    const pair = new QuicPair({
      profile: 'ngtcp2',
      knobs: { congestion },
      delayMs: run.rtt_ms / 2,
      mbps: run.rate_mbit,
    });
    page(pair, 20, new Map([[0, run.streams['0']?.stream_bytes ?? 0]])).run(Math.round((moved?.t_in_us ?? 0) / 1000));
    pair.command('client', { type: 'migrate', path: { address: 1, port: 50001 } }).run(20_000);
    expect(pair.ends.server.core.path).toMatchObject({ path: { port: 50001 }, validated: true });
    expect(Math.abs(completion(pair) / run.overall_completion_ms - 1)).toBeLessThan(CLEAN);
  });
});

describeWithFixtures('runs of picoquic', (fixtures) => {
  test.each(['Q1', 'Q8'])('%s: handshake', (name) => {
    const folder = join(fixtures, 'quic', `picoquic-cubic-${name}`);
    const { run, pair } = replay(folder, 'cubic', false, false, 'picoquic');
    expect(Math.abs(since(pair, finishedAt(pair)) - run.client_handshake_complete_ms)).toBeLessThan(5);
    expect(Math.abs(since(pair, pair.at('client', 'confirmed')) - run.handshake_confirmed_ms)).toBeLessThan(5);
  });
});
