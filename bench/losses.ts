import { finishes } from '../src/engine/door/losses.ts';
import { layersFor } from '../src/engine/network/layers.ts';
import { run } from '../src/engine/network/run.ts';
import { validateScenario } from '../src/scenario/parse.ts';
import type { ScenarioInput } from '../src/scenario/schema.ts';
import { identityOf } from '../src/session/identity.ts';
import { Fate } from '../src/trace/types.ts';
import { quantile } from './numbers.ts';

const PACKETS = 700;
const ROUNDS = 5;

/** Twelve resources over HTTP/2 and TLS 1.3: about 700 packets that arrive. */
const PAGE: ScenarioInput = {
  roundtrip: 1,
  title: 'bench',
  path: { rttMs: 80, mbps: 10 },
  flows: [
    {
      name: 'page',
      tls: { version: '1.3' },
      http: { version: '2' },
      requests: Array.from({ length: 12 }, (_, i) => ({ id: `r${String(i)}`, responseBytes: 45_000, after: [] })),
    },
  ],
};

export interface LossFigures {
  readonly packets: number;
  /** ms on one core, for all of them; two cores take half. */
  readonly ms: { readonly best: number; readonly median: number };
  /** The same runs with their tables, as if each were to be looked at: what is saved. */
  readonly wholeRunsMs: number;
}

/** One run for each packet of a page: what the strip "What matters" asks of the workers. */
export const losses = async (): Promise<LossFigures> => {
  const valid = validateScenario(PAGE);
  if (!valid.ok) throw new Error(valid.problems.map((p) => `${p.where}: ${p.what}`).join('; '));
  const scenario = valid.value;
  const layers = await layersFor([scenario]);
  const trace = run(scenario, layers);
  const touches = Array.from({ length: trace.packetCount }, (_, i) => i)
    .filter((i) => trace.packets.fate[i] === Fate.Delivered)
    .slice(0, PACKETS)
    .flatMap((i) => {
      const identity = identityOf(trace, i);
      return identity ? [{ ...identity, drop: true as const }] : [];
    });
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    finishes(scenario, touches, layers);
    times.push(performance.now() - start);
  }
  const start = performance.now();
  for (let i = 0; i < touches.length; i++) run(scenario, layers);
  const wholeRunsMs = Math.round(performance.now() - start);
  return {
    packets: touches.length,
    ms: { best: Math.round(Math.min(...times)), median: Math.round(quantile(times, 0.5)) },
    wholeRunsMs,
  };
};

process.stdout.write(JSON.stringify(await losses()));
