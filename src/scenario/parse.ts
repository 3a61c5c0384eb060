import * as v from 'valibot';
import { fail, ok } from '../base/result.ts';
import type { Problem, Result } from '../base/result.ts';
import { scenarioSchema } from './schema.ts';
import type { Scenario, TlsSettings } from './schema.ts';

const MAX_PROBLEMS = 5;

/** Reads a scenario file. Problems name the key's path, what was found and what is allowed. */
export const parseScenario = (text: string): Result<Scenario> => {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return fail({
      where: '',
      what: `not JSON: ${error instanceof Error ? error.message : String(error)}. A scenario is one JSON object.`,
    });
  }
  return validateScenario(value);
};

/** Checks a value against the schema, fills in the defaults, and checks what the schema cannot say. */
export const validateScenario = (value: unknown): Result<Scenario> => {
  const result = v.safeParse(scenarioSchema, value);
  if (!result.success) return fail(...result.issues.slice(0, MAX_PROBLEMS).map(problemOf));
  const problems = crossChecks(result.output);
  return problems.length > 0 ? fail(...problems) : ok(result.output);
};

const pathOf = (issue: v.BaseIssue<unknown>): string => {
  let path = '';
  for (const item of issue.path ?? []) {
    const key: unknown = item.key;
    path += typeof key === 'number' ? `[${String(key)}]` : path === '' ? String(key) : `.${String(key)}`;
  }
  return path;
};

const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  const text =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null
      ? JSON.stringify(value)
      : Array.isArray(value)
        ? 'a list'
        : 'an object';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

const problemOf = (issue: v.BaseIssue<unknown>): Problem => {
  const where = pathOf(issue);
  const found = shown(issue.input);
  switch (issue.type) {
    case 'custom':
    case 'strict_object':
      return issue.expected === 'never'
        ? { where, what: 'this key is not known here; check its spelling, or take it out' }
        : {
            where,
            what:
              issue.input === undefined
                ? `is missing; ${issue.expected ?? 'a value'} is required`
                : `found ${found}, expected an object`,
          };
    case 'min_value':
      return { where, what: `found ${found}, the least allowed is ${String(issue.requirement)}` };
    case 'max_value':
      return { where, what: `found ${found}, the most allowed is ${String(issue.requirement)}` };
    case 'integer':
      return { where, what: `found ${found}, a whole number is required` };
    case 'finite':
      return { where, what: `found ${found}, a finite number is required` };
    case 'picklist':
    case 'literal':
      return {
        where,
        what: `found ${found}, allowed: ${(issue.expected ?? '').replace(/[()"]/g, '').replace(/ \| /g, ', ')}`,
      };
    case 'check':
      return { where, what: issue.message };
    case 'min_length':
      return {
        where,
        what: `found ${found}, at least ${String(issue.requirement)} ${issue.requirement === 1 ? 'entry is' : 'entries are'} required`,
      };
    case 'max_length':
      return { where, what: `is too long: at most ${String(issue.requirement)}` };
    default:
      return { where, what: `found ${found}, expected ${issue.expected ?? 'something else'}` };
  }
};

/** Names that must be there, forms that exclude each other, and what this version cannot simulate. */
const crossChecks = (scenario: Scenario): Problem[] => {
  const problems: Problem[] = [];
  if (scenario.nodes !== undefined || scenario.links !== undefined) checkGraph(scenario, problems);
  const names = new Set<string>();
  scenario.flows.forEach((flow, f) => {
    const at = `flows[${String(f)}]`;
    const name = flow.name ?? `flow ${String(f + 1)}`;
    if (names.has(name))
      problems.push({
        where: `${at}.name`,
        what: `found ${JSON.stringify(name)} twice; each flow needs a name of its own`,
      });
    names.add(name);
    checkTls(flow.tls, `${at}.tls`, problems);
    if (flow.http.version !== 'none') {
      problems.push({
        where: `${at}.http.version`,
        what: `found ${JSON.stringify(flow.http.version)}; this version simulates TCP alone, allowed: none`,
      });
    }
    const ids = flow.requests.map((request, r) => request.id ?? `request ${String(r + 1)}`);
    if (flow.closeAfter !== undefined && !ids.includes(flow.closeAfter)) {
      problems.push({
        where: `${at}.closeAfter`,
        what: `found ${JSON.stringify(flow.closeAfter)}; the requests are ${ids.join(', ') || 'none'}`,
      });
    }
    checkRequests(flow.requests, `${at}.requests`, problems);
  });
  for (const [t, touch] of (scenario.path?.touched ?? []).entries()) {
    if (!names.has(touch.flow)) {
      problems.push({
        where: `path.touched[${String(t)}].flow`,
        what: `found ${JSON.stringify(touch.flow)}; the flows are ${[...names].join(', ')}`,
      });
    }
  }
  return problems;
};

/** What one version of TLS has and the other has not. */
const checkTls = (tls: TlsSettings, at: string, problems: Problem[]): void => {
  const refuse = (key: keyof TlsSettings, what: string): void => {
    problems.push({ where: `${at}.${key}`, what: `found ${JSON.stringify(tls[key])}; ${what}` });
  };
  if (tls.version === 'none') {
    if (tls.resume !== 'none') refuse('resume', 'without TLS (tls.version "none") there is no session, allowed: none');
    return;
  }
  if (tls.version === '1.2') {
    if (tls.resume === '0rtt') refuse('resume', 'TLS 1.2 has no early data, allowed: none, session, psk');
    if (tls.group === 'x25519mlkem768') refuse('group', 'TLS 1.2 has no hybrid groups, allowed: x25519, p256, p384');
    if (tls.retryRequest) refuse('retryRequest', 'HelloRetryRequest is a message of TLS 1.3, allowed: false');
    if (tls.keyUpdateAfter > 0) refuse('keyUpdateAfter', 'KeyUpdate is a message of TLS 1.3, allowed: 0');
  }
  if (tls.earlyRejected && tls.resume !== '0rtt') refuse('earlyRejected', 'it needs early data (resume "0rtt")');
  if (tls.forgotten && tls.resume === 'none') refuse('forgotten', 'there is no session to forget (resume "none")');
  if (tls.fault === 'noClientCertificate' && !tls.clientAuth)
    refuse('fault', 'the server asks for no certificate (clientAuth false)');
};

const checkRequests = (requests: Scenario['flows'][number]['requests'], at: string, problems: Problem[]): void => {
  const known = new Set<string>();
  requests.forEach((request, r) => {
    for (const [a, name] of (request.after ?? []).entries()) {
      if (!known.has(name)) {
        problems.push({
          where: `${at}[${String(r)}].after[${String(a)}]`,
          what: `found ${JSON.stringify(name)}; only the id of an earlier request of this flow is allowed`,
        });
      }
    }
    const id = request.id ?? `request ${String(r + 1)}`;
    if (known.has(id))
      problems.push({
        where: `${at}[${String(r)}].id`,
        what: `found ${JSON.stringify(id)} twice; each request needs an id of its own`,
      });
    known.add(id);
  });
};

const checkGraph = (scenario: Scenario, problems: Problem[]): void => {
  if ((scenario.links ?? []).length === 0) {
    problems.push({ where: 'links', what: 'is missing or empty; nodes need links between them' });
    return;
  }
  const seen = new Set<string>();
  (scenario.nodes ?? []).forEach((node, i) => {
    if (seen.has(node.name)) {
      problems.push({
        where: `nodes[${String(i)}].name`,
        what: `found ${JSON.stringify(node.name)} twice; each node needs a name of its own`,
      });
    }
    seen.add(node.name);
  });
  const nodes = new Set((scenario.nodes ?? []).map((node) => node.name));
  (scenario.links ?? []).forEach((link, i) => {
    for (const end of ['from', 'to'] as const) {
      if (!nodes.has(link[end])) {
        problems.push({
          where: `links[${String(i)}].${end}`,
          what: `found ${JSON.stringify(link[end])}; the nodes are ${[...nodes].join(', ') || 'none'}`,
        });
      }
    }
  });
  const reached = (from: string): Set<string> => {
    const found = new Set([from]);
    for (const at of found) {
      for (const link of scenario.links ?? []) {
        if (link.from === at) found.add(link.to);
        if (link.to === at) found.add(link.from);
      }
    }
    return found;
  };
  scenario.flows.forEach((flow, f) => {
    const { client, server } = flow;
    if (client !== undefined && server !== undefined && nodes.has(client) && nodes.has(server)) {
      if (client === server)
        problems.push({ where: `flows[${String(f)}].server`, what: 'is the client too; a flow needs two nodes' });
      else if (!reached(client).has(server))
        problems.push({
          where: `flows[${String(f)}].server`,
          what: `found ${JSON.stringify(server)}; no links lead there from ${JSON.stringify(client)}`,
        });
    }
    for (const end of ['client', 'server'] as const) {
      const name = flow[end];
      if (name === undefined)
        problems.push({
          where: `flows[${String(f)}].${end}`,
          what: 'is missing; with nodes and links each flow names its two ends',
        });
      else if (!nodes.has(name))
        problems.push({
          where: `flows[${String(f)}].${end}`,
          what: `found ${JSON.stringify(name)}; the nodes are ${[...nodes].join(', ') || 'none'}`,
        });
    }
  });
};
