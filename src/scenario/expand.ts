import type { LossRule, Scenario, Touch } from './schema.ts';

/** A node of the graph that everything runs on. */
export interface NodeSpec {
  readonly name: string;
  readonly role: 'client' | 'server' | 'router';
  readonly address: string;
}

/** One direction of a link. Times in ms. */
export interface LinkSpec {
  readonly from: number;
  readonly to: number;
  /** `up`: as the link was written (client to server in the short form); `down`: the way back. */
  readonly direction: 'up' | 'down';
  readonly mbps: number;
  readonly delayMs: number;
  readonly queuePackets: number;
  readonly jitterMs: number;
  readonly mtu: number;
  readonly ecnThreshold: number;
  readonly loss: readonly LossRule[];
}

export interface Topology {
  readonly nodes: readonly NodeSpec[];
  readonly links: readonly LinkSpec[];
  readonly touched: readonly Touch[];
  /** Per flow: node indices of client and server. */
  readonly ends: readonly (readonly [number, number])[];
  /** Per pair of nodes [from][to]: the link to take next, −1 where there is no way. */
  readonly routes: readonly (readonly number[])[];
}

/** The path where a file has none: the schema's defaults. */
export const DEFAULT_PATH: NonNullable<Scenario['path']> = {
  rttMs: 40,
  mbps: 20,
  queuePackets: 1000,
  jitterMs: 0,
  mtu: 1500,
  loss: [],
  touched: [],
  ecnThreshold: 0,
};

/** The path in force, with its defaults. */
export const pathOf = (scenario: Scenario): NonNullable<Scenario['path']> => scenario.path ?? DEFAULT_PATH;

/** A node's address, or the one that it is given by its place in the list. */
export const addressOf = (address: string | undefined, place: number): string =>
  address ?? `10.0.${String((place + 1) >> 8)}.${String((place + 1) & 255)}`;

/** By what name loss rules find a link. */
export const linkName = (link: NonNullable<Scenario['links']>[number]): string =>
  link.name ?? `${link.from} – ${link.to}`;

/** The short form (`path`) is expanded into nodes and links before anything reads it. */
export const expand = (scenario: Scenario): Topology =>
  scenario.nodes !== undefined && scenario.links !== undefined ? fromGraph(scenario) : fromPath(scenario);

const fromPath = (scenario: Scenario): Topology => {
  const path = pathOf(scenario);
  const nodes: NodeSpec[] = [
    { name: 'Client', role: 'client', address: '10.0.0.2' },
    { name: 'Server', role: 'server', address: '10.0.0.1' },
  ];
  const oneWay = (direction: 'up' | 'down'): LinkSpec => {
    const own = path[direction] ?? {};
    return {
      from: direction === 'up' ? 0 : 1,
      to: direction === 'up' ? 1 : 0,
      direction,
      mbps: own.mbps ?? path.mbps,
      delayMs: own.delayMs ?? path.rttMs / 2,
      queuePackets: own.queuePackets ?? path.queuePackets,
      jitterMs: own.jitterMs ?? path.jitterMs,
      mtu: path.mtu,
      ecnThreshold: path.ecnThreshold,
      loss: path.loss.filter((rule) => rule.dir === direction && rule.link === undefined),
    };
  };
  return {
    nodes,
    links: [oneWay('up'), oneWay('down')],
    touched: path.touched,
    ends: scenario.flows.map(() => [0, 1] as const),
    routes: [
      [-1, 0],
      [1, -1],
    ],
  };
};

const fromGraph = (scenario: Scenario): Topology => {
  const path = pathOf(scenario);
  const nodes = (scenario.nodes ?? []).map((node, i) => ({
    name: node.name,
    role: node.role,
    address: addressOf(node.address, i),
  }));
  const indexOf = (name: string | undefined): number => nodes.findIndex((node) => node.name === name);
  const links: LinkSpec[] = [];
  for (const link of scenario.links ?? []) {
    const name = linkName(link);
    const back = link.back ?? {};
    const rules = (direction: 'up' | 'down'): LossRule[] =>
      path.loss.filter((rule) => rule.dir === direction && (rule.link === undefined || rule.link === name));
    const shared = { mtu: link.mtu, ecnThreshold: link.ecnThreshold };
    links.push({
      from: indexOf(link.from),
      to: indexOf(link.to),
      direction: 'up',
      mbps: link.mbps,
      delayMs: link.delayMs,
      queuePackets: link.queuePackets,
      jitterMs: link.jitterMs,
      loss: rules('up'),
      ...shared,
    });
    links.push({
      from: indexOf(link.to),
      to: indexOf(link.from),
      direction: 'down',
      mbps: back.mbps ?? link.mbps,
      delayMs: back.delayMs ?? link.delayMs,
      queuePackets: back.queuePackets ?? link.queuePackets,
      jitterMs: back.jitterMs ?? link.jitterMs,
      loss: rules('down'),
      ...shared,
    });
  }
  return {
    nodes,
    links,
    touched: path.touched,
    ends: scenario.flows.map((flow) => [indexOf(flow.client), indexOf(flow.server)] as const),
    routes: shortestRoutes(nodes.length, links),
  };
};

/** Fewest hops, the first-written link among equals. */
const shortestRoutes = (count: number, links: readonly LinkSpec[]): number[][] => {
  const routes = Array.from({ length: count }, () => new Array<number>(count).fill(-1));
  for (let target = 0; target < count; target++) {
    const reached = new Set([target]);
    let frontier = [target];
    while (frontier.length > 0) {
      const next: number[] = [];
      for (const node of frontier) {
        links.forEach((link, i) => {
          if (link.to !== node || reached.has(link.from)) return;
          reached.add(link.from);
          (routes[link.from] as number[])[target] = i;
          next.push(link.from);
        });
      }
      frontier = next;
    }
  }
  return routes;
};
