import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ScenarioInput } from '../../../src/scenario/schema.ts';
import { httpFlowOf } from './http.ts';
import { tlsFlowOf } from './tls.ts';

/** One folder of `fixtures/linux` as a scenario of ours, with what the real run gave. */
export interface LinuxCase {
  readonly name: string;
  readonly config: CaseConfig;
  readonly summary: CaseSummary;
  /** null: the engine does not play this kind yet, and `why` says what is missing. */
  readonly scenario: ScenarioInput | null;
  readonly why: string;
}

interface CaseConfig {
  readonly path: {
    readonly rtt_ms: number;
    readonly rate_bps: number;
    readonly queue_pkts?: number;
    readonly drops?: readonly string[];
    readonly loss_down?: number;
  };
  readonly server_cc: 'reno' | 'cubic' | 'bbr';
  readonly variant: string;
  readonly protocol: string;
  readonly transfer_bytes?: number;
  readonly request_bytes?: number;
  readonly server_fin_after_last_byte?: boolean;
  readonly client_args?: readonly string[];
  readonly mode?: string;
  readonly opts?: Readonly<Record<string, number>>;
  readonly flows?: Readonly<Record<string, 'reno' | 'cubic' | 'bbr'>>;
  readonly duration_s?: number;
  readonly resources?: Readonly<Record<string, number>>;
}

interface CaseFlow {
  readonly last_response_byte_arrived_ms: number | null;
  readonly first_response_byte_arrived_ms: number | null;
  readonly established_client_ms: number | null;
  readonly retransmissions_s2c: readonly { readonly t_ms: number; readonly off: number; readonly len: number }[];
  readonly segments: {
    readonly s2c: { readonly bytes_unique: number; readonly drops_by: { readonly random?: readonly number[] } };
    readonly c2s: unknown;
  };
  readonly server_port: number;
  readonly t_syn_ms: number;
}

interface CaseSummary {
  readonly completion_ms: number;
  readonly retrans: number | readonly number[];
  readonly drops: number | readonly number[];
  readonly goodput_bps?: readonly number[];
  readonly flows: readonly CaseFlow[];
  readonly spread: {
    readonly completion_ms: readonly number[];
    readonly retrans: readonly (number | readonly number[])[];
  };
}

export interface PacketLine {
  readonly dir: 'c2s' | 's2c';
  readonly n: number;
  readonly dn: number;
  readonly len: number;
  readonly enq: number;
  readonly txs: number;
  readonly txe: number;
  readonly dlv: number | null;
  readonly drop?: string;
  readonly sp: number;
  readonly dp: number;
  readonly fl: string;
  readonly seq: number;
  readonly ack: number;
  readonly pl: number;
  readonly win: number;
}

const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

/** Packets of a run, times in µs after the SYN. */
export const packetsOf = (folder: string): PacketLine[] => {
  const lines = gunzipSync(readFileSync(join(folder, 'packets.jsonl.gz')))
    .toString('utf8')
    .trim()
    .split('\n');
  return lines.slice(1).map((line) => JSON.parse(line) as PacketLine);
};

export interface TcpInfo {
  readonly t_ms: number;
  readonly sport: number;
  readonly cwnd: number;
  readonly ssthresh: number;
  readonly rtt_us: number;
  readonly unacked: number;
  readonly notsent: number;
}

export const tcpInfoOf = (folder: string): TcpInfo[] =>
  gunzipSync(readFileSync(join(folder, 'tcpinfo.jsonl.gz')))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TcpInfo);

/** Every folder, in order of name. */
export const linuxCases = (fixtures: string): LinuxCase[] => {
  const root = join(fixtures, 'linux');
  return readdirSync(root)
    .sort()
    .map((name) => {
      const config = read<CaseConfig>(join(root, name, 'config.json'));
      const summary = read<CaseSummary>(join(root, name, 'summary.json'));
      const made = scenarioOf(name, config, summary, join(root, name));
      return { name, config, summary, scenario: made.scenario, why: made.why };
    });
};

type Made = { readonly scenario: ScenarioInput | null; readonly why: string };

type Knobs = NonNullable<NonNullable<ScenarioInput['flows'][number]['tcp']>>;

/** The variants' settings (see their `variant_sysctls`) as knobs of ours. */
const knobsOf = (variant: string): Knobs => {
  const textbook = { timestamps: false, tlp: false, frto: false, hystart: false, sackCompression: false };
  if (variant === 'textbook') return textbook;
  if (variant === 'newreno') return { ...textbook, sack: false };
  return {};
};

const scenarioOf = (name: string, config: CaseConfig, summary: CaseSummary, folder: string): Made => {
  const base = { roundtrip: 1 as const, title: name, path: pathOf(config, folder) };
  if (name.startsWith('H-')) return made({ ...base, flows: [httpFlowOf(name, config.resources ?? {})] });
  if (name.startsWith('T-')) return made({ ...base, flows: [tlsFlowOf(name, folder)] });
  const tcp = { congestion: config.server_cc, ...knobsOf(config.variant) };
  if (name.startsWith('A11')) return made({ ...base, ...twoFlows(config, summary) });
  if (name.startsWith('A12')) return made({ ...base, flows: [writeWriteRead(config, tcp)] });
  if (name.startsWith('A13')) return closing(config, base, tcp, summary);
  const flow: ScenarioInput['flows'][number] = {
    name: 'page',
    tcp,
    requests: [{ id: 'all', requestBytes: config.request_bytes ?? 100, responseBytes: config.transfer_bytes ?? 0 }],
    read: readerOf(config.client_args ?? []),
    close: config.server_fin_after_last_byte === false ? 'client' : 'server',
  };
  return made({ ...base, flows: [flow] });
};

const made = (scenario: ScenarioInput): Made => ({ scenario, why: '' });

/** Drop lists are 1-based; random losses are replayed as the list of packets that were hit. */
const pathOf = (config: CaseConfig, folder: string): NonNullable<ScenarioInput['path']> => {
  const loss: NonNullable<NonNullable<ScenarioInput['path']>['loss']> = [];
  for (const drop of config.path.drops ?? []) {
    const [dir, what, list] = drop.split(':') as [string, string, string];
    const numbers = list.split(',').map(Number);
    loss.push({ dir: dir === 's2c' ? 'down' : 'up', ...(what === 'data' ? { data: numbers } : { packets: numbers }) });
  }
  if (config.path.loss_down !== undefined) {
    const hit = packetsOf(folder).filter((packet) => packet.drop !== undefined && packet.dir === 's2c');
    loss.push({ dir: 'down', packets: hit.map((packet) => packet.n) });
  }
  return {
    rttMs: config.path.rtt_ms,
    mbps: config.path.rate_bps / 1e6,
    queuePackets: config.path.queue_pkts ?? 1000,
    loss,
  };
};

const readerOf = (args: readonly string[]): NonNullable<ScenarioInput['flows'][number]['read']> => {
  const value = (flag: string): number => {
    const at = args.indexOf(flag);
    return at < 0 ? 0 : Number(args[at + 1]);
  };
  return {
    pauseMs: value('--initial-ms'),
    bytes: value('--chunk'),
    everyMs: value('--interval-ms'),
    buffer: value('--rcvbuf'),
  };
};

const LARGE = 40_000_000;

const twoFlows = (config: CaseConfig, summary: CaseSummary): Pick<ScenarioInput, 'flows' | 'durationMs'> => ({
  durationMs: (config.duration_s ?? 10) * 1000,
  flows: Object.entries(config.flows ?? {}).map(([port, congestion]) => ({
    name: port,
    startMs: summary.flows.find((flow) => String(flow.server_port) === port)?.t_syn_ms ?? 0,
    tcp: { congestion },
    requests: [{ id: 'all', requestBytes: 100, responseBytes: LARGE }],
  })),
});

/** Write 20, write 20, read 10; with `think` the client waits before each round. */
const writeWriteRead = (config: CaseConfig, tcp: Knobs): ScenarioInput['flows'][number] => ({
  name: 'rounds',
  tcp: { ...tcp, nagle: !config.mode?.includes('nodelay') && !config.opts?.nodelay },
  requests: Array.from({ length: config.opts?.n ?? 1 }, (_, i) => ({
    id: `round ${String(i + 1)}`,
    requestWrites: [20, 20],
    responseBytes: 10,
    delayMs: (config.opts?.think ?? 0) * 1000,
  })),
  close: 'client',
});

/** The server writes on its own, one burst each `everyMs`. */
const bursts = (
  requestBytes: readonly number[],
  responseBytes: readonly number[],
  everyMs: number,
): NonNullable<ScenarioInput['flows'][number]['requests']> =>
  responseBytes.map((bytes, i) => ({
    id: `burst ${String(i + 1)}`,
    requestBytes: requestBytes[i] ?? 0,
    responseBytes: bytes,
    thinkMs: i * everyMs,
    ...(i > 0 ? { after: [] } : {}),
  }));

const closing = (
  config: CaseConfig,
  base: { roundtrip: 1; title: string; path: NonNullable<ScenarioInput['path']> },
  tcp: Knobs,
  summary: CaseSummary,
): Made => {
  const flow = (more: Partial<ScenarioInput['flows'][number]>, responseBytes = 1000): Made =>
    made({
      ...base,
      flows: [{ name: 'page', tcp, requests: [{ id: 'all', requestBytes: 100, responseBytes }], ...more }],
    });
  switch (config.mode) {
    case 'client_first':
      return flow({ close: 'client' });
    case 'client_first_delayed':
      return flow({ close: 'client', answerCloseDelayMs: 100 });
    case 'server_first':
      return flow({ close: 'server', answerCloseDelayMs: 100 });
    case 'simultaneous':
      return flow({ close: 'simultaneous', closeDelayMs: 300 }, 0);
    case 'closed_port':
      return flow({ refused: true });
    case 'half_close':
      return made({
        ...base,
        flows: [
          {
            name: 'page',
            tcp,
            requests: bursts([100, 0, 0], [1000, 1000, 1000], 50),
            close: 'half',
            answerCloseDelayMs: 50,
          },
        ],
      });
    case 'client_unread':
      return made({
        ...base,
        flows: [
          {
            name: 'page',
            tcp,
            requests: bursts([100, 0, 0], [10_000, 10_000, 10_000], 10),
            close: 'unread',
            closeDelayMs: 212.6,
          },
        ],
      });
    case 'client_close_then_data':
      return made({
        ...base,
        flows: [
          {
            name: 'page',
            tcp,
            requests: bursts([100, 0, 0, 0, 0], Array<number>(5).fill(10_000), 10),
            close: 'client',
            closeAfter: 'burst 1',
          },
        ],
      });
    case 'client_rst_linger':
      return made({
        ...base,
        flows: [
          {
            name: 'page',
            tcp,
            requests: bursts([100, 0, 0, 0, 0, 0], Array<number>(6).fill(10_000), 10),
            close: 'reset',
            closeAfter: 'burst 2',
          },
        ],
      });
    default:
      return {
        scenario: null,
        why: `the application of ${config.mode ?? 'this case'} writes in bursts of its own (${String(summary.flows[0]?.segments.s2c.bytes_unique ?? 0)} bytes)`,
      };
  }
};
