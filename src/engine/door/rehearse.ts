import type { Scenario, Touch } from '../../scenario/schema.ts';
import { isUpward } from '../../trace/direction.ts';
import type { Trace } from '../../trace/types.ts';
import { nameOf } from '../network/connector.ts';
import type { Request } from './messages.ts';

/**
 * Packets that are played in rehearsal, and runs at most. Measured: by then the browser has compiled what a run uses,
 * and 1 MB takes 2 ms for the 45 of the first time.
 */
const PACKETS = 40_000;
const RUNS = 60;

/** The loss of the packet in the middle of what a server sent. */
const middleLoss = (scenario: Scenario, trace: Trace): Touch | null => {
  const { packets: p, packetCount } = trace;
  for (let i = packetCount >> 1; i < packetCount; i++) {
    const flow = scenario.flows[p.flow[i] as number];
    if (!flow || p.payload[i] === 0 || isUpward(trace, i)) continue;
    const stream = p.stream[i] as number;
    const offset = p.offset[i] as number;
    const at = { flow: nameOf(flow, p.flow[i] as number), dir: 'down', offset, nth: 1, drop: true } as const;
    return { ...at, stream: flow.http.version === '3' ? stream : 0 };
  }
  return null;
};

/**
 * What a run that was just shown is likely to be asked for next: itself with one packet lost. Played a few times while
 * nobody waits, so that the first loss that somebody tries takes no longer than the tenth.
 */
export class Rehearsal {
  readonly #known = new Set<string>();

  /** The runs that follow on what was asked for; none of a kind that was rehearsed before, or that is too long. */
  after(request: Request, traces: readonly Trace[]): readonly Scenario[] {
    if (request.type !== 'run') return [];
    return request.scenarios.flatMap((scenario, i) => {
      const trace = traces[i];
      return trace ? this.#of(scenario, trace) : [];
    });
  }

  #of(scenario: Scenario, trace: Trace): readonly Scenario[] {
    const { path } = scenario;
    if (!path || trace.packetCount > PACKETS) return [];
    const kind = scenario.flows.map((flow) => `${flow.http.version} ${flow.tls.version}`).join();
    const touch = middleLoss(scenario, trace);
    if (!touch || this.#known.has(kind)) return [];
    this.#known.add(kind);
    const next = { ...scenario, path: { ...path, touched: [...path.touched, touch] } };
    return Array.from({ length: Math.min(Math.ceil(PACKETS / trace.packetCount), RUNS) }, () => next);
  }
}
