import type { Scenario } from '../../scenario/schema.ts';

/** The round trip that a scenario counts by, ms: propagation there and back over its path, or over its first link; null: there is none. */
export const roundTripOf = (scenario: Scenario): number | null => {
  const { path, links } = scenario;
  const link = links?.[0];
  const rtt = link ? link.delayMs + (link.back?.delayMs ?? link.delayMs) : (path?.rttMs ?? 40);
  return rtt > 0 ? rtt : null;
};
