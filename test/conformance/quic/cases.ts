import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ScenarioInput } from '../../../src/scenario/schema.ts';

/** One folder of `fixtures/quic` as a scenario of ours, with what the real run gave. */
export interface QuicCase {
  readonly name: string;
  readonly run: QuicRun;
  readonly scenario: ScenarioInput;
}

/** What the run's summary says, ms after the first datagram. */
export interface QuicRun {
  readonly impl: 'ngtcp2' | 'picoquic';
  readonly cc: 'reno' | 'cubic';
  readonly rtt_ms: number;
  readonly rate_mbit: number;
  readonly queue: number;
  readonly get: readonly string[];
  readonly retry?: boolean;
  readonly zero_rtt?: boolean;
  readonly migrate?: string;
  readonly client_handshake_complete_ms: number;
  readonly overall_completion_ms: number;
  readonly streams: Readonly<
    Record<
      string,
      {
        readonly path: string;
        readonly stream_bytes: number;
        readonly complete_ms: number;
        readonly hol_stalls_ms: readonly (readonly [number, number, number])[];
      }
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
}

const json = (folder: string, name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const packetsOf = (folder: string): Packet[] =>
  gunzipSync(readFileSync(join(folder, 'packets.jsonl.gz')))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Packet);

type Loss = NonNullable<NonNullable<ScenarioInput['path']>['loss']>[number];

/** What the emulator dropped, on arrival: full-size 1-RTT datagrams by their count, others by their number. */
const lossOf = (packets: readonly Packet[]): Loss[] =>
  (['c2s', 's2c'] as const).flatMap((dir): Loss[] => {
    const lost = packets.filter((one) => one.dir === dir && one.fate !== 'delivered');
    const counted = lost.filter((one) => one.data_n > 0).map((one) => one.data_n);
    const others = lost.filter((one) => !(one.data_n > 0)).map((one) => one.n);
    const rule = { dir: dir === 'c2s' ? ('up' as const) : ('down' as const), at: 'arrival' as const };
    return [
      ...(counted.length > 0 ? [{ ...rule, data: counted, min: 1000 }] : []),
      ...(others.length > 0 ? [{ ...rule, packets: others }] : []),
    ];
  });

/** Bytes of headers that `stream_bytes` counts with the body: 15 to 19. */
const bodyOf = (bytes: number): number => Math.floor(bytes / 1000) * 1000;

const scenarioOf = (name: string, run: QuicRun, packets: readonly Packet[]): ScenarioInput => {
  const moved = packets.find((one) => one.dir === 'c2s' && one.sport !== packets[0]?.sport);
  return {
    roundtrip: 1,
    title: name,
    path: { rttMs: run.rtt_ms, mbps: run.rate_mbit, queuePackets: run.queue, loss: lossOf(packets) },
    flows: [
      {
        name: 'page',
        quic: {
          profile: run.impl,
          congestion: run.cc,
          // The recorded ngtcp2 ran with --no-pmtud; picoquic has no such switch.
          pmtud: run.impl === 'picoquic',
          ...(run.retry ? { retry: true } : {}),
          ...(run.migrate && moved ? { migrate: [{ atMs: Math.round(moved.t_in_us / 1000) }] } : {}),
        },
        tls: { version: '1.3', ...(run.zero_rtt ? { resume: '0rtt' as const } : {}) },
        http: { version: '3' },
        requests: Object.entries(run.streams).map(([, { path, stream_bytes }]) => ({
          id: path,
          path: `/${path}`,
          responseBytes: bodyOf(stream_bytes),
        })),
        close: 'client',
      },
    ],
  };
};

/** Every folder, in order of name. */
export const quicCases = (fixtures: string): QuicCase[] => {
  const root = join(fixtures, 'quic');
  return readdirSync(root)
    .sort()
    .map((name) => {
      const folder = join(root, name);
      const run = { ...(json(folder, 'config.json') as QuicRun), ...(json(folder, 'summary.json') as QuicRun) };
      return { name, run, scenario: scenarioOf(name, run, packetsOf(folder)) };
    });
};
