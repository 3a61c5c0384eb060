import type { Problem } from '../base/result.ts';
import { addressOf, DEFAULT_PATH, linkName } from './expand.ts';
import type { Scenario, ScenarioInput } from './schema.ts';

const quoted = (text: string): string => JSON.stringify(text);

/** Keys that mean something only where nodes and links are written. */
export const checkShortForm = (scenario: Scenario, problems: Problem[]): void => {
  scenario.flows.forEach((flow, f) => {
    for (const end of ['client', 'server'] as const) {
      const name = flow[end];
      if (name === undefined) continue;
      problems.push({
        where: `flows[${String(f)}].${end}`,
        what: `found ${quoted(name)}; it names one of nodes, and this file has none: add nodes and links, or take it out`,
      });
    }
  });
  (scenario.path?.loss ?? []).forEach((rule, r) => {
    if (rule.link === undefined) return;
    problems.push({
      where: `path.loss[${String(r)}].link`,
      what: `found ${quoted(rule.link)}; it names one of links, and path is a single one: take it out`,
    });
  });
};

/** Nodes and links: names, addresses, ways between the ends, and what `path` may still say beside them. */
export const checkGraph = (scenario: Scenario, written: ScenarioInput, problems: Problem[]): void => {
  if ((scenario.links ?? []).length === 0) {
    problems.push({ where: 'links', what: 'is missing or empty; nodes need links between them' });
    return;
  }
  const nodes = (scenario.nodes ?? []).map((node) => node.name);
  checkNodes(scenario, problems);
  (scenario.links ?? []).forEach((link, i) => {
    for (const end of ['from', 'to'] as const)
      if (!nodes.includes(link[end])) problems.push(notOneOf(`links[${String(i)}].${end}`, link[end], nodes, 'nodes'));
  });
  checkPath(scenario, written, problems);
  checkEnds(scenario, nodes, problems);
};

const notOneOf = (where: string, found: string, all: readonly string[], what: string): Problem => ({
  where,
  what: `found ${quoted(found)}; the ${what} are ${all.join(', ') || 'none'}`,
});

const checkNodes = (scenario: Scenario, problems: Problem[]): void => {
  const names = new Set<string>();
  const addresses = new Map<string, string>();
  (scenario.nodes ?? []).forEach((node, i) => {
    if (names.has(node.name))
      problems.push({
        where: `nodes[${String(i)}].name`,
        what: `found ${quoted(node.name)} twice; each node needs a name of its own`,
      });
    names.add(node.name);
    const address = addressOf(node.address, i);
    const other = addresses.get(address);
    if (other !== undefined)
      problems.push({
        where: `nodes[${String(i)}].address`,
        what: `${node.address === undefined ? 'without one this node has' : 'found'} ${quoted(address)}, the address of ${quoted(other)}; each node needs an address of its own`,
      });
    addresses.set(address, node.name);
  });
};

/** Rates, delays and queues stand at each link. What equals a default has been filled in, not written against the links. */
const checkPath = (scenario: Scenario, written: ScenarioInput, problems: Problem[]): void => {
  const links = (scenario.links ?? []).map(linkName);
  (scenario.path?.loss ?? []).forEach((rule, r) => {
    if (rule.link !== undefined && !links.includes(rule.link))
      problems.push(notOneOf(`path.loss[${String(r)}].link`, rule.link, links, 'links'));
  });
  const defaults: Readonly<Record<string, unknown>> = { ...DEFAULT_PATH };
  for (const [key, value] of Object.entries(written.path ?? {})) {
    if (key === 'loss' || key === 'touched' || value === undefined || value === defaults[key]) continue;
    problems.push({
      where: `path.${key}`,
      what: 'has no effect beside nodes and links, where each link has its own; allowed here: loss, touched',
    });
  }
};

/** Every node that links lead to, either way, from one. */
const reachable = (scenario: Scenario, from: string): Set<string> => {
  const found = new Set([from]);
  for (const at of found) {
    for (const link of scenario.links ?? []) {
      if (link.from === at) found.add(link.to);
      if (link.to === at) found.add(link.from);
    }
  }
  return found;
};

const checkEnds = (scenario: Scenario, nodes: readonly string[], problems: Problem[]): void => {
  scenario.flows.forEach((flow, f) => {
    const { client, server } = flow;
    for (const end of ['client', 'server'] as const) {
      const where = `flows[${String(f)}].${end}`;
      const name = flow[end];
      if (name === undefined)
        problems.push({ where, what: 'is missing; with nodes and links each flow names its two ends' });
      else if (!nodes.includes(name)) problems.push(notOneOf(where, name, nodes, 'nodes'));
    }
    if (client === undefined || server === undefined || !nodes.includes(client) || !nodes.includes(server)) return;
    const where = `flows[${String(f)}].server`;
    if (client === server) problems.push({ where, what: 'is the client too; a flow needs two nodes' });
    else if (!reachable(scenario, client).has(server))
      problems.push({ where, what: `found ${quoted(server)}; no links lead there from ${quoted(client)}` });
  });
};
