import { TimeHeap } from '../src/base/heap.ts';
import { run } from '../src/engine/network/run.ts';
import { validateScenario } from '../src/scenario/parse.ts';
import type { ScenarioInput } from '../src/scenario/schema.ts';
import type { Trace } from '../src/trace/types.ts';
import { quantile } from './numbers.ts';

/** 100 MB over 100 Mbit/s, rtt 20 ms, queue 167. */
const LARGE: ScenarioInput = {
  roundtrip: 1,
  title: 'bench',
  path: { rttMs: 20, mbps: 100, queuePackets: 167 },
  flows: [{ name: 'bulk', requests: [{ requestBytes: 100, responseBytes: 100_000_000 }] }],
};
const ROUNDS = 20;

/** Links that hold this many packets at once, as the bottleneck and its way back do. */
const UNDERWAY = 330;

/** Arrivals only: what the bare loop of the same heap takes for as many packets, each sent, queued and arriving. */
const bareLoop = (packets: number): number => {
  const heap = new TimeHeap();
  let left = packets;
  let sum = 0;
  for (let i = 0; i < UNDERWAY; i++) heap.push(i * 120_000, i);
  while (left > 0) {
    const now = heap.firstTime;
    const item = heap.pop();
    // The first half of its way, then the second.
    if ((item & 1) === 0) heap.push(now + 120_000, item | 1);
    else {
      left--;
      sum = (sum + item) | 0;
      heap.push(now + 20_000_000, item & ~1);
    }
  }
  return sum;
};

/** Several times: buffers of arrays that died are given back one collection later. */
const collect = (): void => {
  for (let i = 0; i < 4; i++) (globalThis as { gc?: () => void }).gc?.();
};
const memory = (): number => {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

export interface EngineFigures {
  readonly packets: number;
  readonly packetsPerSecond: { readonly best: number; readonly median: number };
  readonly bareLoopPacketsPerSecond: { readonly best: number; readonly median: number };
  /** Bare loop ÷ simulator, medians of the same rounds, run in turn. */
  readonly timesBareLoop: number;
  readonly bytesPerPacket: number;
}

const speeds = (packets: number, times: readonly number[]): { best: number; median: number } => ({
  best: Math.round((packets / Math.min(...times)) * 1000),
  median: Math.round((packets / quantile(times, 0.5)) * 1000),
});

/** The simulator against a bare loop, in turn in one process: what else the machine does weighs on both. */
export const engine = (): EngineFigures => {
  const scenario = validateScenario(LARGE);
  if (!scenario.ok) throw new Error(scenario.problems.map((p) => `${p.where}: ${p.what}`).join('; '));
  // Memory before speed, so that no other round is set free meanwhile; once beforehand, so that no code is counted.
  run(scenario.value);
  const before = memory();
  const kept: Trace = run(scenario.value);
  const bytesPerPacket = (memory() - before) / kept.packetCount;
  const ours: number[] = [];
  const bare: number[] = [];
  let packets = 0;
  // No forced collection between rounds: it throws away hidden classes, and with them the compiled code.
  for (let i = 0; i < ROUNDS + 5; i++) {
    const start = performance.now();
    packets = run(scenario.value).packetCount;
    const middle = performance.now();
    bareLoop(packets);
    const end = performance.now();
    if (i < 5) continue; // compiled by then
    ours.push(middle - start);
    bare.push(end - middle);
  }
  const mine = speeds(packets, ours);
  const theirs = speeds(packets, bare);
  return {
    packets,
    packetsPerSecond: mine,
    bareLoopPacketsPerSecond: theirs,
    timesBareLoop: Number((theirs.median / mine.median).toFixed(2)),
    bytesPerPacket: Math.round(bytesPerPacket),
  };
};

process.stdout.write(JSON.stringify(engine()));
