import type { Scenario, Touch } from '../../scenario/schema.ts';
import type { PacketIdentity } from '../identity.ts';

type Path = NonNullable<Scenario['path']>;

/** What `path` is where a scenario leaves it out; the schema's defaults. */
const defaultPath: Path = {
  rttMs: 40,
  mbps: 20,
  queuePackets: 1000,
  jitterMs: 0,
  mtu: 1500,
  loss: [],
  touched: [],
  ecnThreshold: 0,
};

export const pathOf = (scenario: Scenario): Path => scenario.path ?? defaultPath;

export const withPath = (scenario: Scenario, change: Partial<Path>): Scenario => ({
  ...scenario,
  path: { ...pathOf(scenario), ...change },
});

/** What a hand does to a packet. */
export type Act = { readonly drop: true } | { readonly delayMs: number } | { readonly duplicate: true };

const same = (touch: Touch, id: PacketIdentity): boolean =>
  touch.flow === id.flow &&
  touch.dir === id.dir &&
  touch.stream === id.stream &&
  touch.offset === id.offset &&
  touch.kind === id.kind &&
  touch.ackOf === id.ackOf &&
  touch.nth === id.nth;

export const touchOf = (scenario: Scenario, id: PacketIdentity): Touch | null =>
  pathOf(scenario).touched.find((touch) => same(touch, id)) ?? null;

/** Adds an act to a packet, or changes the one that it has. */
export const withTouch = (scenario: Scenario, id: PacketIdentity, act: Act): Scenario => {
  const { touched } = pathOf(scenario);
  const known = touched.find((touch) => same(touch, id));
  const next: Touch = { ...(known ?? id), ...act };
  return withPath(scenario, { touched: [...touched.filter((touch) => touch !== known), next] });
};

/** Takes every act on a packet back. */
export const withoutTouch = (scenario: Scenario, id: PacketIdentity): Scenario =>
  withPath(scenario, { touched: pathOf(scenario).touched.filter((touch) => !same(touch, id)) });

/** The same scenario in which nothing is lost by rule or by hand; full queues still drop. */
export const lossless = (scenario: Scenario): Scenario => {
  const path = pathOf(scenario);
  return withPath(scenario, {
    loss: [],
    touched: path.touched.filter((touch) => touch.drop !== true),
  });
};

/** Whether `lossless` would change anything. */
export const isLossy = (scenario: Scenario): boolean => {
  const path = pathOf(scenario);
  return path.loss.length > 0 || path.touched.some((touch) => touch.drop === true);
};
