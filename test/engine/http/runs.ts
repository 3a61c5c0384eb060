import { play } from '../../../src/engine/network/layers.ts';
import type { ScenarioInput } from '../../../src/scenario/schema.ts';
import { FrameType } from '../../../src/wire/http2/codes.ts';
import { SpanKind } from '../../../src/trace/types.ts';
import type { Trace, TraceRequest } from '../../../src/trace/types.ts';
import type { HttpSession, SentUnit } from '../../../src/wire/http/session.ts';
import { scenarioOf } from '../support/scenarios.ts';

export type Flow = ScenarioInput['flows'][number];
export type Path = NonNullable<ScenarioInput['path']>;

/** A run of one flow that speaks HTTP. */
export const playHttp = (flow: Flow, path: Path = {}, seed = 1): Promise<Trace> =>
  play(scenarioOf({ roundtrip: 1, seed, path, flows: [{ name: 'page', ...flow }] }));

/** Resources of these sizes, all wanted at once. */
export const sized = (...sizes: readonly number[]): NonNullable<Flow['requests']> =>
  sizes.map((responseBytes, i) => ({ id: `r${String(i + 1)}`, responseBytes }));

export const requestOf = (trace: Trace, id: string): TraceRequest => {
  const request = trace.requests.find((one) => one.id === id);
  if (!request) throw new Error(`no request ${id}`);
  return request;
};

/** Ids in the order in which they were complete at the client. */
export const finished = (trace: Trace): string[] =>
  trace.requests
    .filter(({ completion }) => completion !== null)
    .sort((a, b) => (a.completion ?? 0) - (b.completion ?? 0))
    .map(({ id }) => id);

export const httpOf = (trace: Trace, flow = 0): HttpSession => {
  const session = trace.flows[flow]?.http;
  if (!session) throw new Error(`flow ${String(flow)} has no HTTP`);
  return session;
};

const names = new Map<number, string>(Object.entries(FrameType).map(([name, type]) => [type, name]));

/** A unit in short: "Headers 1 end", "Data 1 8192", "request GET /", "chunk 1000". */
export const said = (unit: SentUnit): string => {
  if (unit.kind === 'frame') {
    const name = names.get(unit.type) ?? String(unit.type);
    const ends = (unit.type === FrameType.Data || unit.type === FrameType.Headers) && (unit.flags & 1) !== 0;
    return `${name} ${String(unit.stream)}${unit.body > 0 ? ` ${String(unit.body)}` : ''}${ends ? ' end' : ''}`;
  }
  const line = unit.head.split('\r\n')[0] ?? '';
  return unit.kind === 'request' || unit.kind === 'response' ? line : `${unit.kind} ${String(unit.body)}`;
};

/** Spans of a kind: label, its number `a`, start and end in ms. */
export const spansOf = (
  trace: Trace,
  kind: number,
): {
  readonly label: string;
  readonly a: number;
  readonly node: number;
  readonly start: number;
  readonly end: number;
}[] => {
  const { spans: s } = trace;
  return Array.from({ length: trace.spanCount }, (_, i) => i)
    .filter((i) => s.kind[i] === kind)
    .map((i) => ({
      label: trace.labels[s.label[i] as number] ?? '',
      a: s.a[i] as number,
      node: s.node[i] as number,
      start: (s.start[i] as number) / 1e6,
      end: (s.end[i] as number) / 1e6,
    }));
};

export const heldOf = (trace: Trace): ReturnType<typeof spansOf> => spansOf(trace, SpanKind.HttpHeld);
