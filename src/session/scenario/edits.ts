import type { LossRule, Scenario } from '../../scenario/schema.ts';
import { pathOf, withPath } from './path.ts';

type Path = NonNullable<Scenario['path']>;
type Congestion = Scenario['flows'][number]['tcp']['congestion'];

/** Drops the keys of one direction that a slider for both replaces. */
const without = (way: Path['down'], key: 'mbps' | 'delayMs' | 'queuePackets'): Path['down'] => {
  if (!way) return way;
  const { [key]: _gone, ...rest } = way;
  return Object.keys(rest).length > 0 ? rest : undefined;
};
const bothWays = (scenario: Scenario, key: 'mbps' | 'delayMs' | 'queuePackets', change: Partial<Path>): Scenario => {
  const { down, up, ...path } = pathOf(scenario);
  const less = { down: without(down, key), up: without(up, key) };
  return {
    ...scenario,
    path: { ...path, ...(less.down && { down: less.down }), ...(less.up && { up: less.up }), ...change },
  };
};

export const withRtt = (scenario: Scenario, rttMs: number): Scenario => bothWays(scenario, 'delayMs', { rttMs });
export const withRate = (scenario: Scenario, mbps: number): Scenario => bothWays(scenario, 'mbps', { mbps });
export const withQueue = (scenario: Scenario, queuePackets: number): Scenario =>
  bothWays(scenario, 'queuePackets', { queuePackets });

const isRandom = (rule: LossRule): boolean => rule.dir === 'down' && rule.rate !== undefined;
const isBurst = (rule: LossRule): boolean => rule.dir === 'down' && rule.burst !== undefined;

/** Puts `rule` (or nothing) in the place of the rules that `mine` finds. */
const replaced = (rules: readonly LossRule[], mine: (rule: LossRule) => boolean, rule: LossRule | null): LossRule[] => [
  ...rules.filter((r) => !mine(r)),
  ...(rule ? [rule] : []),
];

export const randomLossOf = (scenario: Scenario): number => pathOf(scenario).loss.find(isRandom)?.rate ?? 0;

/** Independent loss from server to client. */
export const withRandomLoss = (scenario: Scenario, rate: number): Scenario =>
  withPath(scenario, {
    loss: replaced(pathOf(scenario).loss, isRandom, rate > 0 ? { dir: 'down', rate, at: 'egress' } : null),
  });

/** A burst loses every second packet and lasts 1 / 0.3 packets on average; the slider sets how often one begins. */
const LEAVE = 0.3;
const LOSS_IN = 0.5;

/** Mean loss of the Gilbert–Elliott rule: time in the bad state × its loss. */
export const burstLossOf = (scenario: Scenario): number => {
  const burst = pathOf(scenario).loss.find(isBurst)?.burst;
  if (!burst || burst.enter + burst.leave === 0) return 0;
  const bad = burst.enter / (burst.enter + burst.leave);
  return bad * burst.lossIn + (1 - bad) * burst.lossOut;
};

export const withBurstLoss = (scenario: Scenario, mean: number): Scenario => {
  const bad = Math.min(mean / LOSS_IN, 0.95);
  const enter = Number(((bad * LEAVE) / (1 - bad)).toPrecision(4));
  const rule: LossRule = {
    dir: 'down',
    burst: { enter: Math.min(enter, 1), leave: LEAVE, lossIn: LOSS_IN, lossOut: 0 },
    at: 'egress',
  };
  return withPath(scenario, { loss: replaced(pathOf(scenario).loss, isBurst, mean > 0 ? rule : null) });
};

/** The same congestion control for every flow, as one switch sets it. */
export const withCongestion = (scenario: Scenario, congestion: Congestion): Scenario => ({
  ...scenario,
  flows: scenario.flows.map((flow) => ({
    ...flow,
    tcp: { ...flow.tcp, congestion },
    quic: { ...flow.quic, congestion },
  })),
});
