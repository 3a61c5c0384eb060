import * as v from 'valibot';
import { fail, ok } from '../base/result.ts';
import type { Problem, Result } from '../base/result.ts';
import { checkGraph, checkShortForm } from './graph.ts';
import { checkQuic } from './quic.ts';
import { checkConnectionNames, checkHttp, isConnectionName } from './http.ts';
import { keyGivenTwice } from './json.ts';
import { problemOf } from './problems.ts';
import { scenarioSchema } from './schema.ts';
import type { Scenario, ScenarioInput, TlsSettings } from './schema.ts';

const MAX_PROBLEMS = 5;

/** Reads a scenario file. Problems name the key's path, what was found and what is allowed. */
export const parseScenario = (text: string): Result<Scenario> => {
  const json = text.replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return fail({
      where: '',
      what: `not JSON: ${error instanceof Error ? error.message : String(error)}. A scenario is one JSON object.`,
    });
  }
  const twice = keyGivenTwice(json);
  if (twice !== null)
    return fail({ where: twice, what: 'this key stands here twice, and only one can hold; take one out' });
  return validateScenario(value);
};

/** Checks a value against the schema, fills in the defaults, and checks what the schema cannot say. */
export const validateScenario = (value: unknown): Result<Scenario> => {
  // The first thing that is wrong with a value is enough.
  const result = v.safeParse(scenarioSchema, value, { abortPipeEarly: true });
  if (!result.success) return fail(...result.issues.slice(0, MAX_PROBLEMS).map(problemOf));
  const problems = crossChecks(result.output, value as ScenarioInput);
  return problems.length > 0 ? fail(...problems) : ok(result.output);
};

/** Names that must be there, forms that exclude each other, and what this version cannot simulate. */
const crossChecks = (scenario: Scenario, written: ScenarioInput): Problem[] => {
  const problems: Problem[] = [];
  if (scenario.nodes !== undefined || scenario.links !== undefined) checkGraph(scenario, written, problems);
  else checkShortForm(scenario, problems);
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
    const isQuic = flow.http.version === '3';
    checkTls(flow.tls, isQuic, `${at}.tls`, problems);
    if (isQuic) checkQuic(scenario, flow, at, problems);
    checkReplay(scenario, f, problems);
    checkHttp(flow, at, problems);
    const ids = flow.requests.map((request, r) => request.id ?? `request ${String(r + 1)}`);
    if (flow.closeAfter !== undefined && !ids.includes(flow.closeAfter)) {
      problems.push({
        where: `${at}.closeAfter`,
        what: `found ${JSON.stringify(flow.closeAfter)}; the requests are ${ids.join(', ') || 'none'}`,
      });
    }
    checkRequests(flow.requests, `${at}.requests`, problems);
  });
  checkConnectionNames(scenario, problems);
  for (const [t, touch] of (scenario.path?.touched ?? []).entries()) {
    if (!names.has(touch.flow) && !isConnectionName(scenario, touch.flow)) {
      problems.push({
        where: `path.touched[${String(t)}].flow`,
        what: `found ${JSON.stringify(touch.flow)}; the flows are ${[...names].join(', ')}`,
      });
    }
  }
  return problems;
};

/** What one version of TLS has and the other has not. */
const checkTls = (tls: TlsSettings, isQuic: boolean, at: string, problems: Problem[]): void => {
  const refuse = (key: keyof TlsSettings, what: string): void => {
    problems.push({ where: `${at}.${key}`, what: `found ${JSON.stringify(tls[key])}; ${what}` });
  };
  if (tls.version === 'none' && !isQuic) {
    if (tls.resume !== 'none') refuse('resume', 'without TLS (tls.version "none") there is no session, allowed: none');
    return;
  }
  if (tls.version === '1.2' && !isQuic) {
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

/** Only early data can be replayed, and only what was sent before. */
const checkReplay = (scenario: Scenario, f: number, problems: Problem[]): void => {
  const { replayOf } = scenario.flows[f]?.tls ?? {};
  if (replayOf === undefined) return;
  const earlier = scenario.flows.slice(0, f).filter(({ tls }) => tls.version === '1.3' && tls.resume === '0rtt');
  const names = earlier.map((flow) => flow.name ?? `flow ${String(scenario.flows.indexOf(flow) + 1)}`);
  if (names.includes(replayOf)) return;
  problems.push({
    where: `flows[${String(f)}].tls.replayOf`,
    what: `found ${JSON.stringify(replayOf)}; earlier flows with early data (tls.version "1.3", resume "0rtt") are ${names.join(', ') || 'none'}`,
  });
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
