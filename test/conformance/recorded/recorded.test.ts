import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { play } from '../../../src/engine/network/layers.ts';
import { validateScenario } from '../../../src/scenario/parse.ts';
import type { ScenarioInput } from '../../../src/scenario/schema.ts';
import { summarize } from '../../../src/trace/summary.ts';
import { retransmittedOffsets } from '../linux/compare.ts';

interface Run {
  readonly rttMs: number;
  readonly mbps: number;
  readonly queuePackets: number;
  readonly drops: readonly string[];
  readonly congestion: 'reno' | 'cubic' | 'bbr';
  readonly sack: boolean;
  readonly bytes: number;
  readonly completionMs: readonly number[];
  readonly kept: number;
  readonly queueDrops: number;
}

const folder = join(import.meta.dirname, 'runs');

const scenarioOf = (name: string, run: Run): ScenarioInput => ({
  roundtrip: 1,
  title: name,
  path: {
    rttMs: run.rttMs,
    mbps: run.mbps,
    queuePackets: run.queuePackets,
    loss: run.drops.map((drop) => {
      const [dir, what, list] = drop.split(':') as [string, string, string];
      const numbers = list.split(',').map(Number);
      return { dir: dir === 's2c' ? 'down' : 'up', ...(what === 'data' ? { data: numbers } : { packets: numbers }) };
    }),
  },
  flows: [
    {
      name: 'page',
      tcp: { congestion: run.congestion, ...(run.sack ? {} : { sack: false, dsack: false }) },
      requests: [{ id: 'all', requestBytes: 100, responseBytes: run.bytes }],
      close: 'server',
    },
  ],
});

/** Offsets that the real server sent a second time, in order. */
const realRetransmissions = (name: string): number[] => {
  const lines = gunzipSync(readFileSync(join(folder, name, 'packets.tsv.gz')))
    .toString('utf8')
    .trim()
    .split('\n');
  const again: number[] = [];
  let high = 0;
  for (const line of lines.slice(1)) {
    const [dir, , , , , offset, bytes] = line.split('\t');
    if (dir !== 's2c' || Number(bytes) === 0) continue;
    if (Number(offset) < high) again.push(Number(offset));
    high = Math.max(high, Number(offset) + Number(bytes));
  }
  return again;
};

const inOrder = (offsets: readonly number[]): number[] => [...offsets].sort((a, b) => a - b);

describe('runs of a real Linux kernel that we recorded ourselves', () => {
  for (const name of readdirSync(folder)) {
    test(name, async () => {
      const run = JSON.parse(readFileSync(join(folder, name, 'run.json'), 'utf8')) as Run;
      const scenario = validateScenario(scenarioOf(name, run));
      if (!scenario.ok) throw new Error(JSON.stringify(scenario.problems));
      const trace = await play(scenario.value);
      const ours = summarize(trace).flows[0]?.completionMs ?? 0;
      const real = run.completionMs[run.kept] as number;
      // 1 % or the spread of the three; 3 % with BBR or where the queue overflows.
      const slack = run.congestion === 'bbr' || run.queueDrops > 0 ? 0.03 : 0.01;
      expect(ours).toBeGreaterThan(Math.min(real * (1 - slack), ...run.completionMs));
      expect(ours).toBeLessThan(Math.max(real * (1 + slack), ...run.completionMs));
      const again = retransmittedOffsets(trace, 0);
      const wanted = realRetransmissions(name);
      if (run.queueDrops === 0) expect(inOrder(again)).toEqual(inOrder(wanted));
      else expect(Math.abs(again.length - wanted.length)).toBeLessThanOrEqual(0.15 * wanted.length);
    });
  }
});
