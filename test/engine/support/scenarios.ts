import fc from 'fast-check';
import { run } from '../../../src/engine/network/run.ts';
import { validateScenario } from '../../../src/scenario/parse.ts';
import type { Scenario, ScenarioInput } from '../../../src/scenario/schema.ts';
import { EventKind, NONE } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';

/** Validates a scenario, or says why it is none. */
export const scenarioOf = (input: ScenarioInput): Scenario => {
  const result = validateScenario(input);
  if (!result.ok) throw new Error(result.problems.map((p) => `${p.where}: ${p.what}`).join('; '));
  return result.value;
};

export const simulate = (input: ScenarioInput): Trace => run(scenarioOf(input));

/** One flow that asks for `bytes` and gets them. */
export const download = (
  bytes: number,
  path: ScenarioInput['path'] = {},
  flow: Partial<ScenarioInput['flows'][number]> = {},
): ScenarioInput => ({
  roundtrip: 1,
  path,
  flows: [{ name: 'page', requests: [{ id: 'all', requestBytes: 100, responseBytes: bytes }], ...flow }],
});

/** Rows of a flow's packets that `keep` takes. */
export const rows = (trace: Trace, keep: (row: number) => boolean = () => true): number[] =>
  Array.from({ length: trace.packetCount }, (_, i) => i).filter(keep);

/** Rows of data packets from server to client on their first link. */
export const dataDown = (trace: Trace): number[] =>
  rows(
    trace,
    (i) =>
      (trace.packets.payload[i] ?? 0) > 0 &&
      trace.links[trace.packets.link[i] ?? 0]?.from === trace.flows[trace.packets.flow[i] ?? 0]?.server.node,
  );

export const dataUp = (trace: Trace): number[] =>
  rows(
    trace,
    (i) =>
      (trace.packets.payload[i] ?? 0) > 0 &&
      trace.links[trace.packets.link[i] ?? 0]?.from === trace.flows[trace.packets.flow[i] ?? 0]?.client.node,
  );

export const hasFailed = (trace: Trace, flow: number): boolean => {
  for (let i = 0; i < trace.eventCount; i++)
    if (trace.events.kind[i] === EventKind.Failed && trace.events.flow[i] === flow) return true;
  return false;
};

export const countEvents = (trace: Trace, kind: number): number => {
  let n = 0;
  for (let i = 0; i < trace.eventCount; i++) if (trace.events.kind[i] === kind) n++;
  return n;
};

/** The packet that a packet's identity names from one run to the next. */
export const identity = (trace: Trace, row: number): string => {
  const p = trace.packets;
  const kind = p.kind[row] ?? 0;
  const position = (p.payload[row] ?? 0) > 0 ? (p.offset[row] ?? 0) : kind === 1 ? (p.ack[row] ?? 0) : 0;
  return `${p.flow[row]} ${p.link[row]} ${kind} ${position} ${p.nth[row]}`;
};

export const retransmissions = (trace: Trace): number[] =>
  rows(trace, (i) => trace.packets.retransmissionOf[i] !== NONE);

const profiles = fc.constantFrom('linux', 'rfc', 'textbook');
const controls = fc.constantFrom('reno', 'cubic', 'bbr');
const percent = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most }).map((n) => n / 100);

const losses = fc.array(
  fc.oneof(
    fc.record({ dir: fc.constantFrom('up', 'down'), rate: percent(25) }),
    fc.record({
      dir: fc.constantFrom('up', 'down'),
      data: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 8 }),
    }),
    fc.record({
      dir: fc.constantFrom('up', 'down'),
      packets: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 8 }),
      at: fc.constantFrom('egress', 'arrival'),
    }),
    fc.record({
      dir: fc.constantFrom('up', 'down'),
      burst: fc.record({ enter: percent(5), leave: percent(90).map((x) => x + 0.1), lossIn: percent(100) }),
    }),
  ),
  { maxLength: 3 },
);

/** Any path, any TCP, some reading and closing: what the properties run on. */
export const anyScenario: fc.Arbitrary<ScenarioInput> = fc
  .record({
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    path: fc.record({
      rttMs: fc.integer({ min: 0, max: 300 }),
      mbps: fc.constantFrom(0.5, 2, 20, 100, 1000),
      queuePackets: fc.constantFrom(0, 1, 3, 10, 50, 1000),
      jitterMs: fc.constantFrom(0, 0, 1, 10, 100),
      mtu: fc.constantFrom(1500, 1500, 576, 9000),
      ecnThreshold: fc.constantFrom(0, 0, 5),
      loss: losses,
    }),
    tcp: fc.record({
      profile: profiles,
      congestion: controls,
      ecn: fc.boolean(),
      nagle: fc.boolean(),
    }),
    knobs: fc.record(
      {
        sack: fc.boolean(),
        timestamps: fc.boolean(),
        recovery: fc.constantFrom('newreno', 'sack', 'rack'),
        prr: fc.boolean(),
        tlp: fc.boolean(),
        frto: fc.boolean(),
        delayedAckMs: fc.constantFrom(0, 40, 200),
        windowScale: fc.constantFrom(-1, 0, 7),
        initialWindow: fc.constantFrom(1, 2, 10, 100),
        pacing: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
    sizes: fc.array(
      fc.record({ requestBytes: fc.constantFrom(1, 100, 5000), responseBytes: fc.integer({ min: 1, max: 120_000 }) }),
      { minLength: 1, maxLength: 3 },
    ),
    read: fc.record({
      pauseMs: fc.constantFrom(0, 0, 500),
      bytes: fc.constantFrom(0, 0, 2000),
      everyMs: fc.constantFrom(0, 0, 5),
      buffer: fc.constantFrom(0, 0, 8000, 65_536),
    }),
    close: fc.constantFrom('server', 'client', 'none', 'half', 'simultaneous'),
  })
  .map(({ seed, path, tcp, knobs, sizes, read, close }) => ({
    roundtrip: 1,
    seed,
    durationMs: 3_000_000,
    path,
    flows: [
      {
        name: 'page',
        tcp: { ...tcp, ...knobs },
        requests: sizes,
        read,
        close,
      },
    ],
  }));
