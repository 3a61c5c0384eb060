import { play } from '../../../src/engine/network/layers.ts';
import type { ScenarioInput } from '../../../src/scenario/schema.ts';
import { EventKind, SpanKind } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import type { Side, TlsSession } from '../../../src/wire/tls/make/session.ts';
import { scenarioOf } from '../support/scenarios.ts';

export const playSecure = (input: ScenarioInput): Promise<Trace> => play(scenarioOf(input));

export const sessionOf = (trace: Trace, flow = 0): TlsSession => {
  const session = trace.flows[flow]?.tls;
  if (!session) throw new Error(`flow ${String(flow)} has no TLS`);
  return session;
};

export const nodeOf = (trace: Trace, side: Side, flow = 0): number => trace.flows[flow]?.[side].node ?? -1;

/** States that an end went through, in order: of TCP, or of the TLS handshake. */
export const statesOf = (trace: Trace, side: Side, kind: 'tcp' | 'tls', flow = 0): string[] => {
  const { spans } = trace;
  const wanted = kind === 'tcp' ? SpanKind.State : SpanKind.TlsState;
  const names: string[] = [];
  for (let i = 0; i < trace.spanCount; i++) {
    if (spans.kind[i] !== wanted || spans.flow[i] !== flow || spans.node[i] !== nodeOf(trace, side, flow)) continue;
    names.push(trace.labels[spans.label[i] as number] ?? '');
  }
  return names;
};

/** Events of a kind at one end: time and both numbers. */
export const eventsAt = (
  trace: Trace,
  side: Side,
  kind: number,
  flow = 0,
): { readonly at: number; readonly a: number; readonly b: number }[] => {
  const { events: e } = trace;
  const found = [];
  for (let i = 0; i < trace.eventCount; i++) {
    if (e.kind[i] !== kind || e.flow[i] !== flow || e.node[i] !== nodeOf(trace, side, flow)) continue;
    found.push({ at: e.time[i] as number, a: e.a[i] as number, b: e.b[i] as number });
  }
  return found;
};

/** Alerts that ended TLS at an end: number, and whether the peer sent it. */
export const failuresAt = (trace: Trace, side: Side): { readonly alert: number; readonly fromPeer: boolean }[] =>
  eventsAt(trace, side, EventKind.TlsFailed).map(({ a, b }) => ({ alert: a, fromPeer: b === 1 }));

/** A TCP connection that is over, or only waits for old segments. */
export const isClosed = (state: string | undefined): boolean => state === 'CLOSED' || state === 'TIME-WAIT';
