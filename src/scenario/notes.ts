import * as v from 'valibot';
import { scenarioSchema } from './schema.ts';
import type { Scenario, ScenarioFlow, ScenarioRequest } from './schema.ts';

const PLAIN = {
  origin: 'there is one connection, whatever the origin',
  urgency: 'answers leave in the order of their requests',
  incremental: 'answers leave one after another',
  reprioritize: 'answers leave in the order of their requests',
} as const;

const says = (request: ScenarioRequest, key: keyof typeof PLAIN): boolean =>
  key === 'origin'
    ? request.origin !== undefined
    : key === 'urgency'
      ? request.urgency !== DEFAULT_URGENCY
      : key === 'reprioritize'
        ? request.reprioritize !== undefined
        : request.incremental;
/** RFC 9218 §4.1, as in the schema. */
const DEFAULT_URGENCY = 3;

type Transport = 'tcp' | 'quic';

/** Whether a flow sets something of a transport besides its congestion control, which one switch sets for both. */
const sets = (flow: ScenarioFlow, transport: Transport): boolean => {
  const plain = v.parse(scenarioSchema, { roundtrip: 1, flows: [{}] }).flows[0] as ScenarioFlow;
  const said = (one: ScenarioFlow): string => JSON.stringify({ ...one[transport], congestion: null });
  return said(flow) !== said(plain);
};

/**
 * What a valid scenario says to no effect, a sentence each. Requests without HTTP are payload and nothing else: what only
 * HTTP gives a meaning is accepted, so that a file can be tried with and without it, but not in silence.
 */
export const notesOf = (scenario: Scenario): string[] => {
  const notes: string[] = [];
  scenario.flows.forEach((flow, f) => {
    const at = `flows[${String(f)}]`;
    const note = (key: keyof typeof PLAIN, why: string): void => {
      const first = flow.requests.findIndex((request) => says(request, key));
      if (first >= 0) notes.push(`${at}.requests[${String(first)}].${key} has no effect ${why}`);
    };
    const { version, server } = flow.http;
    if (version === '3' && sets(flow, 'tcp'))
      notes.push(`${at}.tcp has no effect with http.version "3": it runs over QUIC`);
    if (version !== '3' && sets(flow, 'quic')) notes.push(`${at}.quic has no effect without http.version "3"`);
    if (version === 'none') {
      for (const key of ['origin', 'urgency', 'incremental', 'reprioritize'] as const)
        note(key, `without HTTP (http.version "none"): ${PLAIN[key]}`);
    } else if (version !== '2' && version !== '3') {
      note('incremental', `in HTTP/1: ${PLAIN.incremental}`);
      note('reprioritize', `in HTTP/1 once the request has gone: ${PLAIN.reprioritize}`);
    } else if (server === 'nginx' && version === '3')
      note('reprioritize', 'with http.server "nginx": it knows no priorities, all answers take turns');
    else if (server === 'nginx')
      for (const key of ['urgency', 'incremental', 'reprioritize'] as const)
        note(key, 'with http.server "nginx": answers take turns of 64 KB, first come, first served');
  });
  return notes;
};
