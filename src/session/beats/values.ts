import { WITHOUT_LOSS } from './besides.ts';
import { roundTripOf } from './rtt.ts';
import { summarize } from '../../trace/summary.ts';
import type { FlowSummary, RequestSummary, Summary, UpDown } from '../../trace/summary.ts';
import type { Trace } from '../../trace/types.ts';
import type { Scenario } from '../../scenario/schema.ts';

/** What sentences and questions of beats may ask. */
export interface Told {
  readonly trace: Trace;
  /** null: a capture, which has no path and so no round trip to count by. */
  readonly scenario: Scenario | null;
  /** Runs of the same page by other ways, by the names that the comparison has for them; the one without loss, too. */
  readonly beside: readonly { readonly name: string; readonly trace: Trace }[];
  /** The other ways are being computed. */
  readonly pending?: boolean;
}

export type Unit = 'ms' | 'rtt' | 'count';
export interface Value {
  /** In its unit; null: it never happened. */
  readonly value: number | null;
  readonly unit: Unit;
  /** The run that it is asked from is being computed. */
  readonly pending?: boolean;
}

const known = new WeakMap<Trace, Summary>();
const summaryOf = (trace: Trace): Summary => {
  let summary = known.get(trace);
  if (!summary) known.set(trace, (summary = summarize(trace)));
  return summary;
};

/** A number and what kind it is; undefined: there is no such thing. */
type Found = { readonly of: 'time' | 'count'; readonly value: number | null } | undefined;

const time = (value: number | null): Found => ({ of: 'time', value });
const count = (value: number): Found => ({ of: 'count', value });
const counted = (both: UpDown, way: string | undefined): Found =>
  way === undefined ? count(both.up + both.down) : way === 'up' || way === 'down' ? count(both[way]) : undefined;

const ofRequest = (request: RequestSummary | undefined, field: string): Found => {
  if (!request) return undefined;
  switch (field) {
    case 'sent':
      return time(request.sentMs);
    case 'firstByte':
      return time(request.firstByteMs);
    case 'completion':
      return time(request.completionMs);
    case 'blocked':
      return time(request.blockedMs);
    case 'bytes':
      return count(request.bytes);
    default:
      return undefined;
  }
};

const ofFlow = (flow: FlowSummary | undefined, field: string): Found => {
  if (!flow) return undefined;
  const [name, way] = field.split('.');
  switch (name) {
    case 'connected':
      return time(flow.connectedMs);
    case 'secured':
      return time(flow.securedMs);
    case 'firstByte':
      return time(flow.firstByteMs);
    case 'completion':
      return time(flow.completionMs);
    case 'blocked':
      return time(flow.requests.reduce((most, { blockedMs }) => Math.max(most, blockedMs), 0));
    case 'packets':
    case 'data':
    case 'lost':
    case 'retransmitted':
      return counted(flow[name], way);
    case 'timeouts':
    case 'probes':
      return count(flow[name]);
    default:
      return undefined;
  }
};

/** `firstByte`, `page/lost.down`, `page/r07/blocked`, `page/start`, `dns`. */
const term = (told: Told, trace: Trace, text: string): Found => {
  const summary = summaryOf(trace);
  const parts = text.split('/');
  const field = parts.pop() ?? '';
  if (parts.length === 0) {
    if (field === 'completion') return time(summary.completionMs);
    if (field === 'dns') return time(told.scenario?.flows[0]?.dnsMs ?? null);
    return ofFlow(summary.flows[0], field);
  }
  const flow = summary.flows.find(({ name }) => name === parts[0]);
  if (parts.length === 2)
    return ofRequest(
      flow?.requests.find(({ id }) => id === parts[1]),
      field,
    );
  if (field !== 'start' && field !== 'dns') return ofFlow(flow, field);
  const flows = told.scenario?.flows ?? [];
  const first = flows.reduce((least, { startMs }) => Math.min(least, startMs), Infinity);
  const own = flows.find(({ name }) => name === parts[0]);
  return own ? time(field === 'dns' ? own.dnsMs : own.startMs - first) : undefined;
};

const UNIT = / (ms|rtt)$/;

/**
 * The value of an expression: `TERM`, `TERM - TERM + TERM`, with ` ms` or ` rtt` behind it, and before it `NAME: ` for a run
 * beside the one that is shown. undefined: it names nothing.
 */
export const valueOf = (told: Told, expression: string): Value | undefined => {
  const unit = UNIT.exec(expression)?.[1];
  const [, way, terms = ''] = /^(?:(.+): )?(.+)$/.exec(expression.replace(UNIT, '')) ?? [];
  const trace = way === undefined ? told.trace : told.beside.find(({ name }) => name === way)?.trace;
  if (!trace) {
    if (way === WITHOUT_LOSS) return { value: null, unit: 'ms' };
    return told.pending === true ? { value: null, unit: 'ms', pending: true } : undefined;
  }
  const found = terms.split(/ [-+] /).map((one) => term(told, trace, one.trim()));
  const [first] = found;
  if (!first || found.some((one) => one?.of !== first.of)) return undefined;
  const signs = [...terms.matchAll(/ ([-+]) /g)].map(([, sign]) => (sign === '-' ? -1 : 1));
  const value = found.reduce<number | null>((sum, one, i) => {
    const own = one?.value ?? null;
    return own === null || sum === null ? null : sum + own * (i === 0 ? 1 : (signs[i - 1] ?? 1));
  }, 0);
  if (first.of === 'count') return unit === undefined ? { value, unit: 'count' } : undefined;
  if (unit !== 'rtt') return { value, unit: 'ms' };
  const rtt = told.scenario ? roundTripOf(told.scenario) : null;
  return rtt === null ? undefined : { value: value === null ? null : value / rtt, unit: 'rtt' };
};
