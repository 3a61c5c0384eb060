import type { Scenario, ScenarioRequest } from './schema.ts';

const PLAIN = {
  origin: 'there is one connection, whatever the origin',
  urgency: 'answers leave in the order of their requests',
  incremental: 'answers leave one after another',
} as const;

const says = (request: ScenarioRequest, key: keyof typeof PLAIN): boolean =>
  key === 'origin'
    ? request.origin !== undefined
    : key === 'urgency'
      ? request.urgency !== DEFAULT_URGENCY
      : request.incremental;
/** RFC 9218 §4.1, as in the schema. */
const DEFAULT_URGENCY = 3;

/**
 * What a valid scenario says to no effect, a sentence each. Requests without HTTP are payload and nothing else: what only
 * HTTP gives a meaning is accepted, so that a file can be tried with and without it, but not in silence.
 */
export const notesOf = (scenario: Scenario): string[] => {
  const notes: string[] = [];
  scenario.flows.forEach((flow, f) => {
    if (flow.http.version !== 'none') return;
    const at = `flows[${String(f)}]`;
    for (const key of ['origin', 'urgency', 'incremental'] as const) {
      const first = flow.requests.findIndex((request) => says(request, key));
      if (first < 0) continue;
      notes.push(
        `${at}.requests[${String(first)}].${key} has no effect without HTTP (http.version "none"): ${PLAIN[key]}`,
      );
    }
  });
  return notes;
};
