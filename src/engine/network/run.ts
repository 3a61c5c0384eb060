import { fromMs, nanos } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import { expand } from '../../scenario/expand.ts';
import type { Topology } from '../../scenario/expand.ts';
import type { Scenario, ScenarioFlow } from '../../scenario/schema.ts';
import { TraceBuilder } from '../../trace/builder.ts';
import type { Trace } from '../../trace/types.ts';
import { SegmentPool } from '../protocol/tcp/segment.ts';
import { Connector, nameOf } from './connector.ts';
import type { Layers } from './layers.ts';
import { addPlainFlow, addPlainRequests } from './plainFlow.ts';
import type { QuicConnector } from './quicConnector.ts';
import { Simulator } from './simulator.ts';

/** Rows that are reserved at most; a longer run grows from there. */
const MOST_RESERVED = 1_048_576;

const TCP_ALONE: Layers = { tls: null };

/**
 * The machinery of the last run; nobody reads it. With the last object of a class goes the shape that code was compiled for,
 * and the code: without this, a collection between two runs makes the next one start from bytecode (measured with V8: 136
 * functions thrown away once in twenty runs, 9 with it; the next run takes up to three times as long).
 */
const kept: { last: Simulator | null } = { last: null };

/**
 * Plays a scenario to its end and returns what happened. Deterministic: the same scenario gives the same trace. `layers`:
 * what stands upon TCP, loaded by `layersFor`.
 */
export const run = (scenario: Scenario, layers: Layers = TCP_ALONE): Trace => {
  const topology = expand(scenario);
  const builder = new TraceBuilder();
  for (const node of topology.nodes) builder.nodes.push({ name: node.name, role: node.role, address: node.address });
  for (const link of topology.links) {
    builder.links.push({
      from: link.from,
      to: link.to,
      mbps: link.mbps,
      delay: fromMs(link.delayMs),
      queuePackets: link.queuePackets,
    });
  }
  const segments = expectedSegments(scenario, topology);
  builder.reserve(Math.min(2 * segments + 64, MOST_RESERVED), Math.min(segments + 64, MOST_RESERVED));
  const names = scenario.flows.map(nameOf);
  const pool = new SegmentPool();
  const simulator = new Simulator(topology, builder, scenario.seed, names);
  const connector = new Connector(scenario, topology, builder, simulator, pool, layers);
  const quic = layers.quic ? new layers.quic.QuicConnector(scenario, topology, builder, simulator) : null;
  const report = scenario.flows.map((flow, f) => addFlow(flow, f, builder, connector, quic, simulator, layers));
  const end = simulator.run(fromMs(scenario.durationMs));
  simulator.markInFlight();
  for (const write of report) write();
  for (const sentence of simulator.touches.unmet()) builder.warn(sentence);
  const trace = builder.finish({
    source: 'simulated',
    title: scenario.title,
    seed: scenario.seed,
    end: lastInstant(builder, end),
  });
  const plain = layers.quic && quic ? { ...trace, quic: layers.quic.quicTable(trace, quic) } : trace;
  const secure = layers.tls ? { ...plain, tls: layers.tls.secureTable(plain) } : plain;
  const whole = layers.http ? { ...secure, http: layers.http.httpTable(secure, layers.tls?.Places ?? null) } : secure;
  builder.release();
  quic?.quic.release();
  kept.last = simulator;
  return whole;
};

/** Adds a flow of the scenario; what is returned writes its requests, once the run is over. */
const addFlow = (
  flow: ScenarioFlow,
  f: number,
  builder: TraceBuilder,
  connector: Connector,
  quic: QuicConnector | null,
  simulator: Simulator,
  layers: Layers,
): (() => void) => {
  if (flow.http.version === '3') {
    if (!layers.quic || !quic) throw new Error(`Flow "${nameOf(flow, f)}" speaks QUIC, and that part is not loaded.`);
    return layers.quic.addQuicFlow(flow, f, builder, quic, simulator);
  }
  if (flow.http.version === 'none') {
    const connection = addPlainFlow(flow, f, connector);
    return () => {
      addPlainRequests(builder, flow, connection, layers);
    };
  }
  if (!layers.http) throw new Error(`Flow "${nameOf(flow, f)}" speaks HTTP, and that part is not loaded.`);
  return layers.http.addHttpFlow(flow, f, builder, connector, simulator, layers.tls?.Places ?? null);
};

/** Segments of payload that the workload asks for, at the size that the smallest MTU allows: what memory is reserved by. */
const expectedSegments = (scenario: Scenario, topology: Topology): number => {
  const mtu = topology.links.reduce((least, link) => Math.min(least, link.mtu), Infinity);
  let bytes = 0;
  for (const flow of scenario.flows)
    for (const request of flow.requests) bytes += request.requestBytes + request.responseBytes;
  return Math.ceil(bytes / Math.max(mtu - 52, 64));
};

/** The last event, or the last arrival where that is later. */
const lastInstant = (builder: TraceBuilder, end: Nanos): Nanos => {
  let last: number = end;
  for (let i = Math.max(0, builder.packetCount - 1000); i < builder.packetCount; i++)
    last = Math.max(last, builder.packets.arrived[i] as number);
  return nanos(last);
};
