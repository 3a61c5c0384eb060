import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/base/result.ts';
import { play } from '../../../src/engine/network/layers.ts';
import { openLogs } from '../../../src/format/qlog/open.ts';
import { writeQlog } from '../../../src/format/qlog/write/file.ts';
import { validateScenario } from '../../../src/scenario/parse.ts';
import { presets } from '../../../src/scenario/presets.ts';
import { summarize } from '../../../src/trace/summary.ts';
import type { Summary } from '../../../src/trace/summary.ts';
import type { Trace } from '../../../src/trace/types.ts';

const runs = new Map<string, Promise<Trace>>();

/** A preset's run, made once. */
const runOf = (name: string): Promise<Trace> => {
  const known = runs.get(name);
  if (known) return known;
  const scenario = validateScenario(presets.find((preset) => preset.name === name)?.scenario);
  if (!scenario.ok) throw new Error(`${name}: ${explain(scenario.problems)}`);
  const made = play(scenario.value);
  runs.set(name, made);
  return made;
};

const reopened = async (bytes: Uint8Array): Promise<Trace> => {
  const opened = await openLogs([{ name: 'x.qlog', bytes }]);
  if (!opened.ok) throw new Error(explain(opened.problems));
  return opened.value.trace;
};

/** What can be compared: the hash names the trace, and waits go to a host's turn, some µs after the arrival that a log has. */
const comparable = ({ flows, completionMs }: Summary): unknown => ({
  completionMs,
  flows: flows.map(({ requests, ...flow }) => ({
    ...flow,
    requests: requests.map(({ blockedMs: _, ...request }) => request),
  })),
});

const blocked = ({ flows }: Summary): number[] => flows.flatMap(({ requests }) => requests.map((one) => one.blockedMs));

const NAMES = [
  'handshake',
  'lost-syn',
  'one-lost-segment',
  'lost-retransmission',
  'tail-loss-probe',
  'reset-close',
  'simultaneous-close',
  'tls13',
  'early-data',
  'wrong-name',
  'http1-six-loss',
  'http2-one-loss',
  'quic-handshake',
  'quic-0rtt',
  'quic-0rtt-rejected',
  'quic-retry',
  'quic-version-negotiation',
  'quic-lost-initial',
  'http3-one-loss',
  'qpack-blocking',
  'quic-flow-control',
  'quic-key-update',
  'quic-nat-rebinding',
  'quic-migration',
  'quic-stateless-reset',
] as const;

/** draft-ietf-quic-qlog-quic-events and -h3-events at version 0.3; and the one event of our own. */
const drafts = new Set([
  'connectivity:connection_started',
  'connectivity:connection_state_updated',
  'transport:parameters_set',
  'transport:packet_sent',
  'transport:packet_received',
  'security:key_updated',
  'recovery:metrics_updated',
  'recovery:congestion_state_updated',
  'recovery:loss_timer_updated',
  'recovery:packet_lost',
  'http:frame_created',
  'http:frame_parsed',
  'qpack:stream_state_updated',
  'roundtrip:request',
]);

const packetTypes = new Set([
  'initial',
  'handshake',
  '0RTT',
  '1RTT',
  'retry',
  'version_negotiation',
  'stateless_reset',
  'unknown',
]);

/** Fields that the drafts require of a frame, beside its type. */
const required: Readonly<Record<string, readonly string[]>> = {
  padding: [],
  ping: [],
  ack: ['acked_ranges'],
  reset_stream: ['stream_id', 'error_code', 'final_size'],
  stop_sending: ['stream_id', 'error_code'],
  crypto: ['offset', 'length'],
  new_token: ['token'],
  stream: ['stream_id', 'offset', 'length'],
  max_data: ['maximum'],
  max_stream_data: ['stream_id', 'maximum'],
  max_streams: ['stream_type', 'maximum'],
  data_blocked: ['limit'],
  stream_data_blocked: ['stream_id', 'limit'],
  streams_blocked: ['stream_type', 'limit'],
  new_connection_id: ['sequence_number', 'retire_prior_to', 'connection_id'],
  retire_connection_id: ['sequence_number'],
  path_challenge: [],
  path_response: [],
  connection_close: [],
  handshake_done: [],
};

interface Event {
  readonly time: number;
  readonly name: string;
  readonly data: {
    readonly header?: { readonly packet_type?: string; readonly packet_number?: number };
    readonly raw?: { readonly length?: number };
    readonly frames?: readonly Readonly<Record<string, unknown>>[];
  };
  readonly group_id?: string;
}

interface Document {
  readonly qlog_version: string;
  readonly qlog_format: string;
  readonly traces: readonly {
    readonly vantage_point: { readonly type: string };
    readonly common_fields: Readonly<Record<string, unknown>>;
    readonly events: readonly Event[];
  }[];
}

/** Everything that is wrong with an event, by the drafts. */
const faults = ({ time, name, data }: Event): string[] => {
  const wrong: string[] = [];
  if (!drafts.has(name)) wrong.push(`unknown event ${name}`);
  if (!(time >= 0)) wrong.push(`${name}: time ${String(time)}`);
  if (name !== 'transport:packet_sent' && name !== 'transport:packet_received') return wrong;
  const { header, raw, frames } = data;
  if (!packetTypes.has(header?.packet_type ?? '')) wrong.push(`packet type ${String(header?.packet_type)}`);
  if (!(Number(raw?.length) > 0)) wrong.push(`${String(header?.packet_type)}: no length`);
  for (const frame of frames ?? []) {
    const type = String(frame['frame_type']);
    const keys = required[type];
    if (!keys) wrong.push(`unknown frame ${type}`);
    for (const key of keys ?? []) if (frame[key] === undefined) wrong.push(`${type} without ${key}`);
  }
  return wrong;
};

const decoded = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe.each(NAMES)('the log of %s', (name) => {
  it('JSON of both ends, read again, comes to the same', async () => {
    const trace = await runOf(name);
    const again = await reopened(writeQlog(trace, 'json'));
    expect(comparable(summarize(again))).toEqual(comparable(summarize(trace)));
    blocked(summarize(trace)).forEach((ms, i) => {
      expect(Math.abs((blocked(summarize(again))[i] as number) - ms)).toBeLessThan(0.03);
    });
    expect(again.warnings).toEqual([]);
  });

  it('has the events and fields of the drafts, each trace in order of time', async () => {
    const file = JSON.parse(decoded(writeQlog(await runOf(name), 'json'))) as Document;
    expect([file.qlog_version, file.qlog_format]).toEqual(['0.3', 'JSON']);
    expect(new Set(file.traces.map(({ vantage_point: point }) => point.type))).toEqual(new Set(['client', 'server']));
    for (const { common_fields: common, events } of file.traces) {
      expect([common['time_format'], common['reference_time']]).toEqual(['relative', 0]);
      expect(Array.isArray(common['protocol_type'])).toBe(true);
      expect(new Set(events.flatMap(faults))).toEqual(new Set());
      expect(events.findIndex(({ time }, i) => i > 0 && time < (events[i - 1] as Event).time)).toBe(-1);
    }
  });
});

describe('JSON-SEQ', () => {
  it('holds the log of one end: a head, then an event a record', async () => {
    const trace = await runOf('http3-one-loss');
    for (const side of ['client', 'server'] as const) {
      const records = decoded(writeQlog(trace, 'seq', side))
        .split('\u001e')
        .slice(1);
      expect(records.every((record) => record.endsWith('\n'))).toBe(true);
      const [head, ...events] = records.map((record) => JSON.parse(record) as Event & Document);
      expect(head?.qlog_format).toBe('JSON-SEQ');
      expect((head as unknown as { trace: { vantage_point: { type: string } } }).trace.vantage_point.type).toBe(side);
      expect(new Set(events.flatMap(faults))).toEqual(new Set());
    }
  });

  it('is read again as a log of one end: every request, and what was sent and received', async () => {
    const trace = await runOf('http3-one-loss');
    const again = await reopened(writeQlog(trace, 'seq', 'client'));
    const [flow, told] = [summarize(trace).flows[0], summarize(again).flows[0]];
    expect(told?.requests.map(({ blockedMs: _, ...one }) => one)).toEqual(
      flow?.requests.map(({ blockedMs: _, ...one }) => one),
    );
    expect(told?.packets.up).toBe(flow?.packets.up);
    // The lost packet never reached the client.
    expect(told?.packets.down).toBe((flow?.packets.down ?? 0) - 1);
    expect(again.warnings.join()).toContain('A log of the client only');
  });

  it('names the flow of each event where there are six', async () => {
    const trace = await runOf('http1-six-loss');
    const again = await reopened(writeQlog(trace, 'seq', 'client'));
    expect(again.flows.map(({ name }) => name)).toEqual(trace.flows.map(({ name }) => name));
    expect(summarize(again).flows[0]?.requests.map(({ id, completionMs }) => [id, completionMs])).toEqual(
      summarize(trace).flows[0]?.requests.map(({ id, completionMs }) => [id, completionMs]),
    );
  });
});

describe('TCP in the terms of QUIC', () => {
  it('numbers packets, and acknowledges each number once', async () => {
    const file = JSON.parse(decoded(writeQlog(await runOf('one-lost-segment'), 'json'))) as Document;
    const server = file.traces.find(({ vantage_point: point }) => point.type === 'server')?.events ?? [];
    const sent = server.filter(({ name }) => name === 'transport:packet_sent');
    expect(sent.map(({ data }) => data.header?.packet_number)).toEqual(sent.map((_, i) => i));
    const acked = server
      .filter(({ name }) => name === 'transport:packet_received')
      .flatMap(({ data }) => data.frames ?? [])
      .filter((frame) => frame['frame_type'] === 'ack')
      .flatMap((frame) => frame['acked_ranges'] as [number, number][])
      .flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
    expect(new Set(acked).size).toBe(acked.length);
    const data = sent.filter((event) => event.data.frames?.some((frame) => frame['frame_type'] === 'stream'));
    const lost = server
      .filter(({ name }) => name === 'recovery:packet_lost')
      .map((event) => event.data.header?.packet_number);
    expect(lost).toHaveLength(1);
    // All but the lost one.
    expect([...acked, ...lost].sort((a, b) => Number(a) - Number(b))).toEqual(
      data.map((event) => event.data.header?.packet_number),
    );
  });
});
